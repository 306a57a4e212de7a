"""The command that audits a policy."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tiaoli.cli_options import dump, language_of, open_oracle, with_benefits, with_json, with_language, with_policy
from tiaoli.errors import CallError
from tiaoli.words import Lang

if TYPE_CHECKING:
    from tiaoli.auditor import Report
    from tiaoli.explanation import Explanation
    from tiaoli.finding import Finding
    from tiaoli.oracle import Oracle

# the kinds of `finding`, which loads the solver
_KINDS = ("gap", "overlap", "conflict", "dead", "out_of_time", "cliff", "fork", "wording")
_SHAPES = ("text", "markdown", "sarif")


@click.command()
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(_KINDS), help="Look for this kind of finding alone; may be given several times."
)
@with_benefits
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the witness of each finding there as case files.")
@click.option("--why", is_flag=True, help="Explain what each witness shows.")
@click.option("--accepted", type=click.Path(path_type=Path), metavar="FILE", help="Findings that were accepted, with the reason (TOML).")
@click.option("--accept", is_flag=True, help="Print the file that accepts all findings, for the reasons to be written in.")
@click.option("--strict", is_flag=True, help="End with exit code 1 where anything is found.")
@click.option("--format", "shape", type=click.Choice(_SHAPES), default="text", show_default=True, help="How to print the findings.")
@click.option(
    "--limit", type=click.FloatRange(min=0, min_open=True), default=300, show_default=True, metavar="SECONDS", help="Time for all checks."
)
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes to run the checks in; by default one a core.")
@with_policy
@with_json
@with_language
def audit(
    kinds: tuple[str, ...],
    benefits: tuple[str, ...],
    out: Path | None,
    why: bool,
    accepted: Path | None,
    accept: bool,
    strict: bool,
    shape: str,
    limit: float,
    workers: int | None,
    policy: str | None,
    policy_root: Path | None,
    as_json: bool,
    lang: Lang | None,
) -> int:
    """What is wrong or doubtful in the policy itself: gaps, overlaps, conflicts, dead rules, deadlines that outlive it, cliffs,
    readings that part, and doubtful words.

    Each finding names the clause and has a smallest case that shows it, decided again by the exact engine. Nothing is written
    unless --out is given.
    """
    from tiaoli import render, render_audit
    from tiaoli.accepted import acceptance_text, read_accepted
    from tiaoli.auditor import run

    language = lang or language_of(())
    if as_json and shape != "text":
        raise click.UsageError(f"--json and --format {shape} exclude each other; choose one")
    oracle = open_oracle(policy, policy_root, ())
    before = read_accepted(accepted) if accepted else ()
    with render_audit.progress(sys.stderr, language) as progress:
        found = run(
            oracle.encoding,
            kinds=kinds or None,
            benefits=oracle.checked_benefits(benefits or None),
            limit=limit,
            accepted=before,
            root=policy_root,
            workers=workers,
            progress=progress,
        )
    files = dict(_written(found, out)) if out else {}
    if accept:
        click.echo(acceptance_text(found.findings, oracle.encoding), nl=False)
    elif as_json:
        click.echo(dump(_as_json(oracle, found, language)))
    elif shape == "sarif":
        from tiaoli.load import default_root
        from tiaoli.sarif import sarif

        notice = Path("policy") / oracle.policy.id / "notice.md"
        text = ((policy_root or default_root()) / notice).read_text("utf-8")
        click.echo(dump(sarif(oracle.encoding, found.findings, text, notice.as_posix(), language)))
    elif shape == "markdown":
        from tiaoli.audit_markdown import markdown

        click.echo(markdown(oracle.encoding, found, _whys(oracle, found) if why else {}, language), nl=False)
    else:
        render.show(render_audit.report(oracle.encoding, found, files, _whys(oracle, found) if why else {}, language), sys.stdout)
    return 3 if found.limit_reached else 1 if strict and found.findings else 0


def _written(found: Report, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Write the witnesses; a finding whose copies differ has a file for each."""
    from tiaoli.documents import write_document

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for finding in found.findings:
            if finding.witness is not None:
                names = []
                copies = (finding.witness.case, *finding.witness.others)
                for number, case in enumerate(copies, 1):
                    slug = finding.id.replace(":", ".").replace("+", "-")
                    path = folder / f"{slug}{f'.{number}' if len(copies) > 1 else ''}.yaml"
                    write_document({**case, "id": path.stem}, path)
                    names.append(str(path))
                yield finding.id, names
    except OSError as error:
        raise CallError.one(str(folder), f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}") from None


def _whys(oracle: Oracle, found: Report) -> dict[str, list[Explanation]]:
    return {finding.id: list(_explained(oracle, finding)) for finding in found.findings}


def _explained(oracle: Oracle, finding: Finding) -> Iterator[Explanation]:
    """Why each side of a finding is decided as it is."""
    if finding.witness is not None:
        for case in (finding.witness.case, *finding.witness.others):
            for benefit, subject in finding.about:
                yield oracle.why(case, benefit, subject, readings=finding.witness.readings)


def _as_json(oracle: Oracle, found: Report, lang: Lang) -> dict[str, Any]:
    document = found.to_json(oracle.encoding, lang)
    for finding, written in zip(found.findings, document["findings"], strict=True):
        written["why"] = [explanation.to_json() for explanation in _explained(oracle, finding)]
    return document
