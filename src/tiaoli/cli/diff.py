"""The command that compares two versions of a policy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiaoli.base import CallError, InternalError, Lang
from tiaoli.cli.options import dump, language_of, open_oracle, report, with_benefits, with_json, with_language, with_limit_of, with_readings

if TYPE_CHECKING:
    from tiaoli.oracle import Oracle
    from tiaoli.populations import Impact


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", required=False)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Put another number into NEW; may be given several times.")
@with_readings
@with_benefits
@click.option("--population", type=click.Path(allow_dash=True, path_type=Path), metavar="FILE", help="Count what changes for these cases.")
@with_limit_of(60, "Time to search, for all benefits together; what is certain by then is printed.")
@click.option("--policy-root", type=click.Path(path_type=Path), metavar="DIR", help="A folder holding policy/ and encodings/, for ids.")
@with_json
@with_language
def diff(
    old: str,
    new: str | None,
    settings: tuple[str, ...],
    readings: tuple[str, ...],
    benefits: tuple[str, ...],
    population: Path | None,
    limit: float,
    policy_root: Path | None,
    as_json: bool,
    lang: Lang | None,
) -> int:
    """What another version of a policy changes: for each benefit equivalent, wider, narrower, or both ways.

    OLD and NEW are ids of policies, folders policy/ID, or folders that hold policy/ and encodings/. NEW is OLD where it is left out; --set
    and --reading apply to NEW. Each difference comes with a smallest case, decided under both versions, and with the clauses that
    differ. FILE holds a case a line (JSON Lines). Exit code 1 where there is a difference.
    """
    from tiaoli.encoding import located
    from tiaoli.oracle import diff as compare

    language = lang or language_of(())
    if new is None and not settings and not readings:
        raise CallError.one(
            "NEW",
            "没有可比较的内容；请给出第二个版本，或者 --set、--reading",
            "there is nothing to compare; name a second version, or give --set or --reading",
        )
    one = open_oracle(*located(old, policy_root), ())
    other = open_oracle(*located(new or old, policy_root), readings, settings)
    try:
        found = compare(one, other, benefits=benefits or None, limit=limit)
        counted = None if population is None else _counted(one, other, population, benefits, limit, language)
    except InternalError as error:
        report([("", error)], language)
        return error.exit_code
    if as_json:
        click.echo(dump(found.to_json() | ({"population": counted.to_json()} if counted else {})))
    else:
        from tiaoli import terminal

        terminal.show(terminal.difference(found, language), sys.stdout)
        if counted is not None:
            terminal.show(terminal.population(one.policy, other.policy, counted, language), sys.stdout)
    for text in counted.rejects if counted else ():
        click.echo(text, err=True)
    if counted is not None and counted.rejects:
        return 2
    return 3 if found.limit_reached else 1 if found.differs else 0


def _counted(old: Oracle, new: Oracle, source: Path, benefits: tuple[str, ...], limit: float, lang: Lang) -> Impact:
    from tiaoli import terminal
    from tiaoli.populations import measure_impact, read_lines

    with terminal.progress(sys.stderr, lang) as told:
        return measure_impact(
            old, new, read_lines(source), benefits=benefits or None, limit=limit, told=lambda lines: told(lines, 0, 0, None)
        )
