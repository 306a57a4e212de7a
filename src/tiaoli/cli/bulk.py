"""The command that decides a population."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from tiaoli import populations, present, terminal
from tiaoli.base import check_outputs
from tiaoli.cli.options import DECIDING, SharedOptions, with_benefits, with_shared
from tiaoli.cli.output import dump

_A_FILE = click.Path(allow_dash=True, path_type=Path)


@click.command()
@click.argument("source", metavar="IN", type=_A_FILE)
@click.option("-o", "--output", "target", required=True, metavar="OUT", type=_A_FILE, help="The answers.")
@click.option("--format", "kind", type=click.Choice(["jsonl", "parquet"]), help="Of IN and OUT; by default what IN's name ends with.")
@click.option("--rejects", metavar="FILE", type=_A_FILE, help="Lines without a case; OUT.rejects.jsonl by default.")
@with_benefits
@click.option("--why", is_flag=True, help="Write the unmet conditions of every refusal, with clauses and words.")
@click.option("--full", is_flag=True, help="Write full answers (slow: clingo decides every case).")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write the summary as a page with plots.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Processes.")
@click.option("--resume", is_flag=True, help="Go on with a run that was stopped.")
@click.option("--restart", is_flag=True, help="Forget a run that was stopped.")
@with_shared(*DECIDING)
def bulk(
    shared: SharedOptions,
    source: Path,
    target: Path,
    kind: str | None,
    rejects: Path | None,
    why: bool,
    full: bool,
    report: Path | None,
    workers: int,
    resume: bool,
    restart: bool,
) -> int:
    """Decide a population: a case a line in IN (JSON Lines), an answer a line in OUT, in the same order.

    With Parquet it is a case a row in IN and a decision a row in OUT. Lines (rows) that hold no case go to a file of their own with number,
    path and reason. OUT appears when it is whole; a run that was stopped goes on with --resume. A sample of every run is decided again by
    clingo. `-` is standard input or output.
    """
    started = time.monotonic()
    oracle = shared.oracle
    options = populations.BulkOptions(oracle.checked_benefits(shared.benefits or None), full, why, shared.limit)
    job = populations.BulkJob(oracle, source, target, rejects, options, workers, resume, restart)
    check_outputs([*job.outputs, ("--report", report)], [("IN", source)])
    in_parquet = kind == "parquet" or (kind is None and source.suffix in (".parquet", ".pq"))
    run = populations.run_parquet if in_parquet else populations.run_json_lines
    with terminal.progress(sys.stderr, shared.lang) as show_progress:
        totals = run(job, lambda progress: show_progress(*progress))
    found = populations.run_summary(oracle, totals, time.monotonic() - started)
    if report is not None:
        present.write(report, oracle.policy, found)
    # standard output is the result's where it was asked for
    stream = sys.stderr if "-" in (str(target), str(rejects)) else sys.stdout
    if shared.as_json:
        click.echo(dump(found), file=stream)
    else:
        terminal.show(terminal.bulk_summary(oracle.policy, found, job.rejects_path, shared.lang), stream)
    return 2 if totals.rejected else 3 if totals.limited else 0
