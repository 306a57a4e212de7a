"""The command that proves properties of the policy, or finds the case that refutes them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tiaoli import terminal
from tiaoli.cli.options import (
    SharedOptions,
    complete,
    with_alone,
    with_json,
    with_language,
    with_limit_of,
    with_policy,
    with_readings,
    with_shared,
)
from tiaoli.cli.output import dump, write_cases


def _names(_: object) -> list[str]:
    from tiaoli.analysis import own_property_files
    from tiaoli.encoding import rules_folder

    return [path.stem for path in own_property_files(rules_folder())]


@click.command()
@click.argument("properties", nargs=-1, metavar="[PROPERTY]...", shell_complete=complete(_names))
@click.option("--out", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write the counterexamples here, as case files.")
@with_shared(
    with_limit_of(60, "Time for each property; one that is not settled by then is unknown."),
    with_readings,
    with_alone,
    with_policy,
    with_json,
    with_language,
)
def prove(shared: SharedOptions, properties: tuple[str, ...], folder: Path | None) -> int:
    """Prove properties of the policy over all cases of a domain, or find a smallest case that refutes them.

    PROPERTY is the name of one that comes with the policy, or the path of a file of your own that ends in .lp; all of the policy's own
    without any. Every reading is free unless --reading, or the property itself, fixes it. Exit code 1 with a counterexample, 3 where the
    limit left one unknown.
    """
    oracle = shared.oracle
    with terminal.proof_progress(sys.stderr, shared.lang) as report:
        found = oracle.prove(properties or None, limit=shared.limit, report=report)
    if folder is not None:
        write_cases(folder, {name: case for proof in found for name, case in proof.files.items()})
    limited = any(proof.result == "unknown" for proof in found)
    if shared.as_json:
        content: dict[str, object] = {"properties": [proof.to_json(shared.lang, folder) for proof in found]}
        click.echo(dump(content | ({"limit_reached": True} if limited else {})))
    else:
        shared.show_text(terminal.proofs(oracle.policy, found, shared.lang, folder))
    return 1 if any(proof.result == "counterexample" for proof in found) else 3 if limited else 0
