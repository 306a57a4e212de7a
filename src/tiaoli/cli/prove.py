"""The command that proves properties of the policy, or finds the case that refutes them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tiaoli import terminal
from tiaoli.base import CallError, CaseError, Statement, TiaoliError
from tiaoli.cli.options import (
    SharedOptions,
    complete,
    named_numbers,
    with_alone,
    with_json,
    with_language,
    with_limit_of,
    with_policy,
    with_readings,
    with_shared,
)
from tiaoli.cli.output import dump, made_folder, report, write_cases


def _names(_: object) -> list[str]:
    from tiaoli.analysis import own_property_files
    from tiaoli.encoding import rules_folder

    return [path.stem for path in own_property_files(rules_folder())]


@click.command()
@click.argument("properties", nargs=-1, metavar="[PROPERTY]...", shell_complete=complete(_names))
@click.option("--out", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write the counterexamples here, as case files.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="LIST=N",
    help="Where no number of items is enough for a proof, look at so many of this list; what holds of them is then answered with 0.",
)
@click.option(
    "--memory",
    type=click.IntRange(min=1),
    default=2048,
    show_default=True,
    metavar="MB",
    help="Memory for each property; one that is not settled within it is unknown.",
)
@with_shared(
    with_limit_of(60, "Time for each property; one that is not settled by then is unknown."),
    with_readings,
    with_alone,
    with_policy,
    with_json,
    with_language,
)
def prove(shared: SharedOptions, properties: tuple[str, ...], folder: Path | None, scopes: tuple[str, ...], memory: int) -> int:
    """Prove properties of the policy of every case there can be, or find a small case that refutes them.

    PROPERTY is the name of one that comes with the policy, or the path of a file of your own that ends in .lp; all of the policy's own
    without any. Every reading is free unless --reading, or the property itself, fixes it. Exit code 1 with a counterexample; 3 where one
    holds only up to a number of items, unless --scope asked for it, and where one is unknown. It needs tiaoli[prove].
    """
    oracle = shared.oracle
    if folder is not None:
        made_folder(folder)
    scope = named_numbers("--scope", scopes, Statement("列表=项数", "LIST=N"))
    with terminal.proof_progress(sys.stderr, shared.lang) as told:
        found = oracle.prove(properties or None, limit=shared.limit, memory=memory, scope=scope, report=told)
    refused: list[tuple[str, TiaoliError]] = []
    if folder is not None:
        try:
            write_cases(folder, {name: case for proof in found for name, case in proof.files.items()})
        except (CallError, CaseError) as error:
            # what was proved is said all the same
            refused, folder = [("", error)], None
    if shared.as_json:
        content: dict[str, object] = {"properties": [proof.to_json(shared.lang, folder) for proof in found]}
        limited = any(proof.limited for proof in found)
        click.echo(dump(content | ({"limit_reached": True} if limited else {})))
    else:
        shared.show_text(terminal.proofs(oracle.policy, found, shared.lang, folder))
    if refused:
        report(refused, shared.lang)
        return 2
    results = {proof.result for proof in found}
    if "counterexample" in results:
        return 1
    return 3 if "unknown" in results or ("bounded" in results and not scope) else 0
