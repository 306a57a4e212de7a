"""The command that says what a set of cases exercises of a policy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiaoli import terminal
from tiaoli.base import CaseError, TiaoliError
from tiaoli.cli.options import (
    SharedOptions,
    read_case,
    with_alone,
    with_json,
    with_language,
    with_limit_of,
    with_memory,
    with_policy,
    with_readings,
    with_shared,
)
from tiaoli.cli.output import dump, empty_folder, report, write_cases

if TYPE_CHECKING:
    from tiaoli.analysis import GeneratedCases


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="CASES...", type=click.Path(allow_dash=True))
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Look for cases that exercise what is missed, and write them here."
)
@with_memory
@with_shared(
    with_limit_of(600, "Time for everything together; what is certain by then is printed."),
    with_readings,
    with_alone,
    with_policy,
    with_json,
    with_language,
)
def coverage(shared: SharedOptions, files: tuple[str, ...], out: Path | None, memory: int) -> int:
    """What a set of case files exercises of a policy, and what it misses.

    Counts rules that apply, conditions met and unmet, boundaries (exactly on each, the day or unit before, and after) and options of
    readings that change an answer. --out writes a case for each thing that is missed, where there is one; what no case there can be
    reaches is named, and what was not settled, with exit code 3. It needs tiaoli[prove].
    """
    from tiaoli.analysis import measure_coverage
    from tiaoli.base import deadline_of

    deadline = deadline_of(shared.limit)
    oracle = shared.oracle
    if out is not None:
        # what has to be installed for it is said before anything is written
        from tiaoli.symbolic import Budget

        empty_folder(out)
    cases, bad = [], list[tuple[str, TiaoliError]]()
    for name in files:
        try:
            cases.append(read_case(oracle, name))
        except CaseError as error:
            bad.append((name, error))
    if not cases:
        report(bad, shared.lang)
        return 2
    found = measure_coverage(oracle.encoding, cases, oracle.readings_in_force, deadline)
    filling: GeneratedCases | None = None
    if out is not None:
        from tiaoli.analysis import generate_cases

        with terminal.progress(sys.stderr, shared.lang) as told:
            filling = generate_cases(
                oracle.encoding, found, oracle.readings_in_force, Budget(deadline, memory), lambda done, total: told(done, 0, done, total)
            )
        write_cases(out, {f"{document['id']}.yaml": document for document, _ in filling.cases})
    if shared.as_json:
        click.echo(dump(found.to_json() | (filling.to_json() if filling else {})))
    else:
        shared.show_text(terminal.coverage(found, filling, str(out), shared.lang))
    report(bad, shared.lang)
    return 2 if bad else 3 if found.limit_reached or (filling is not None and not filling.settled) else 0
