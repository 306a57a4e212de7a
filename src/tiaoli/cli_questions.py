"""The commands that ask what would be otherwise: on which days, after which changes, with which answers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tiaoli.cli_options import (
    dump,
    language_of,
    open_oracle,
    read_case,
    report,
    with_json,
    with_language,
    with_limit,
    with_policy,
    with_readings,
    with_subject,
)
from tiaoli.errors import CallError, CaseError, InternalError
from tiaoli.words import Lang, shown

if TYPE_CHECKING:
    from tiaoli.hypothesis import Hypothesis
    from tiaoli.policy import Policy
    from tiaoli.repairs import WhatIf


@click.command()
@with_subject
@with_limit
@with_readings
@with_policy
@with_json
@with_language
def when(
    file: str,
    benefit: str,
    subject: str | None,
    limit: float,
    readings: tuple[str, ...],
    policy: str | None,
    policy_root: Path | None,
    as_json: bool,
    lang: Lang | None,
) -> int:
    """The spans of application days on which BENEFIT is granted.

    Says what opens and what closes each. Everything but the day of the application stays as the case has it.
    """
    language = lang or language_of(())
    oracle = open_oracle(policy, policy_root, readings)
    try:
        found = oracle.when(read_case(file), benefit, subject, limit=limit)
    except (CaseError, InternalError) as error:
        report([(file, error)], language)
        return error.exit_code
    if as_json:
        click.echo(dump(found.to_json()))
    else:
        from tiaoli import render, render_questions

        render.show(render_questions.calendar(oracle.policy, found, language), sys.stdout)
    return 3 if found.limit_reached else 0


@click.command("what-if")
@with_subject
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Try one hypothetical instead; may be given several times.")
@click.option("--lose", is_flag=True, help="The changes after which it is certain not to be granted.")
@click.option("--max", "most", type=click.IntRange(min=1), default=10, show_default=True, metavar="N", help="How many to look for.")
@click.option("--all", "every", is_flag=True, help="Look for all of them.")
@with_limit
@with_readings
@with_policy
@with_json
@with_language
def what_if(
    file: str,
    benefit: str,
    subject: str | None,
    settings: tuple[str, ...],
    lose: bool,
    most: int,
    every: bool,
    limit: float,
    readings: tuple[str, ...],
    policy: str | None,
    policy_root: Path | None,
    as_json: bool,
    lang: Lang | None,
) -> int:
    """The smallest changes after which BENEFIT would be granted, fewest first.

    Only what somebody can still change is changed: by the applicant, by an authority, or by waiting. Each was decided again. PATH is a
    fact's path in the case, like employments.e1.start; VALUE is written as in a case file.
    """
    language = lang or language_of(())
    oracle = open_oracle(policy, policy_root, readings)
    try:
        case = read_case(file)
        found: WhatIf | Hypothesis
        if settings:
            found = oracle.suppose(case, benefit, subject, changes=_settings(oracle.policy, settings), limit=limit)
        else:
            found = oracle.what_if(case, benefit, subject, lose=lose, most=None if every else most, limit=limit)
    except (CaseError, InternalError) as error:
        report([(file, error)], language)
        return error.exit_code
    if as_json:
        click.echo(dump(found.to_json()))
    else:
        from tiaoli import render, render_questions
        from tiaoli.repairs import WhatIf

        if isinstance(found, WhatIf):
            render.show(render_questions.what_if(oracle.policy, found, language), sys.stdout)
        else:
            render.show(render_questions.hypothesis(oracle.policy, found, language), sys.stdout)
    return 3 if found.limit_reached else 0


def _settings(policy: Policy, settings: Sequence[str]) -> dict[str, Any]:
    """The values that `--set` gives, by path, as a case file would have them."""
    from tiaoli.setting import parse_value

    found = {}
    for text in settings:
        path, equals, value = text.partition("=")
        if not equals:
            raise CallError.one("--set", f"{shown(text)} 应写成 路径=值", f"write {shown(text)} as PATH=VALUE")
        found[path.strip()] = parse_value(policy, path.strip(), value.strip())
    return found


COMMANDS = (when, what_if)
