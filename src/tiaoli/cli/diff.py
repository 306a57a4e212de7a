"""The command that compares two versions of a policy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiaoli import terminal
from tiaoli.base import CallError, Statement
from tiaoli.cli.options import (
    SharedOptions,
    named_numbers,
    open_oracle,
    with_alone,
    with_benefits,
    with_json,
    with_language,
    with_limit_of,
    with_memory,
    with_readings,
    with_root_for_ids,
    with_scope,
    with_shared,
)
from tiaoli.cli.output import dump

if TYPE_CHECKING:
    from tiaoli.oracle import Oracle
    from tiaoli.populations import Impact


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="[NEW]", required=False)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Put another number into NEW; may be given several times.")
@with_readings
@with_alone
@with_benefits
@click.option("--population", type=click.Path(allow_dash=True, path_type=Path), metavar="FILE", help="Count what changes for these cases.")
@with_scope
@with_limit_of(60, "Time to search, for all benefits together; what is certain by then is printed.")
@with_memory
@with_root_for_ids
@with_shared(with_json, with_language)
def diff(
    shared: SharedOptions,
    old: str,
    new: str | None,
    settings: tuple[str, ...],
    population: Path | None,
    scope: tuple[str, ...],
    memory: int,
) -> int:
    """What another version of a policy changes: for each benefit equivalent, wider, narrower, both ways, or answered otherwise.

    OLD and NEW are ids of policies, folders policy/ID, or folders that hold policy/ and encodings/. NEW is OLD where it is left out; --set
    and --reading apply to NEW. Each difference comes with a smallest case, decided under both versions, and with the clauses that
    differ; what no case is shown of is proved, for any number of items or for as many as are said. FILE holds a case a line (JSON Lines).
    Exit code 1 where there is a difference, 3 where anything is left open or holds only for so many items, unless --scope asked for these.
    """
    from tiaoli.encoding import locate_policy
    from tiaoli.oracle import diff as compare

    if new is None and not settings and not shared.readings:
        raise CallError.one(
            "NEW",
            "没有可比较的内容；请给出第二个版本，或者 --set、--reading",
            "there is nothing to compare; name a second version, or give --set or --reading",
        )
    one = open_oracle(*locate_policy(old, shared.policy_root), (), alone=shared.alone)
    other = open_oracle(*locate_policy(new or old, shared.policy_root), shared.readings, settings, alone=shared.alone)
    found = compare(
        one,
        other,
        benefits=shared.benefits or None,
        limit=shared.limit,
        scope=named_numbers("--scope", scope, Statement("列表=项数", "LIST=N")),
        memory=memory,
    )
    counted = None if population is None else _counted(shared, one, other, population)
    if shared.as_json:
        click.echo(dump(found.to_json() | ({"population": counted.to_json()} if counted else {})))
    else:
        shared.show_text(terminal.difference(found, shared.lang))
        if counted is not None:
            shared.show_text(terminal.population(one.policy, other.policy, counted, shared.lang))
    for text in counted.rejects if counted else ():
        click.echo(text, err=True)
    if counted is not None and counted.rejects:
        return 2
    return 3 if not found.settled else 1 if found.differs else 0


def _counted(shared: SharedOptions, old: Oracle, new: Oracle, source: Path) -> Impact:
    from tiaoli.populations import measure_impact, read_lines

    benefits, limit = shared.benefits or None, shared.limit
    with terminal.progress(sys.stderr, shared.lang) as told:
        return measure_impact(old, new, read_lines(source), benefits=benefits, limit=limit, told=lambda lines: told(lines, 0, 0, None))
