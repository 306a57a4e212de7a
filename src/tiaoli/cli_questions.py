"""The commands that ask what would be otherwise: on which days, after which changes, with which answers."""

from __future__ import annotations

import sys
from pathlib import Path

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
from tiaoli.errors import CaseError, InternalError
from tiaoli.words import Lang


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


COMMANDS = (when,)
