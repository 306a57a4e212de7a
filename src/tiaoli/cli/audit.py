"""The command that audits a policy."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tiaoli import present, protocol, terminal
from tiaoli.audit import FINDING_KINDS
from tiaoli.base import CallError, CaseError, TiaoliError
from tiaoli.cli.options import (
    SharedOptions,
    with_alone,
    with_benefits,
    with_json,
    with_language,
    with_limit_of,
    with_memory,
    with_policy,
    with_shared,
)
from tiaoli.cli.output import dump, made_folder, report, write_cases

if TYPE_CHECKING:
    from tiaoli.audit import Finding

_KIND = "Look for this kind of finding alone; may be given several times."
_SHAPES = ("text", "markdown", "sarif")


@click.command()
@click.option("--kind", "kinds", multiple=True, type=click.Choice(list(FINDING_KINDS)), help=_KIND)
@with_benefits
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write the witness of each finding there as case files.")
@click.option("--why", is_flag=True, help="Explain what each witness shows.")
@click.option("--accepted", type=click.Path(path_type=Path), metavar="FILE", help="Findings that were accepted, with the reason (TOML).")
@click.option("--accept", is_flag=True, help="Print the file that accepts all findings, for the reasons to be written in.")
@click.option("--strict", is_flag=True, help="End with exit code 1 where anything is found.")
@click.option("--format", "shape", type=click.Choice(_SHAPES), default="text", show_default=True, help="How to print the findings.")
@with_limit_of(300, "Time for all checks.")
@with_memory
@click.option("--workers", type=click.IntRange(min=1), metavar="N", help="Processes to run the checks in; by default one a core.")
@with_shared(with_alone, with_policy, with_json, with_language)
def audit(
    shared: SharedOptions,
    kinds: tuple[str, ...],
    out: Path | None,
    why: bool,
    accepted: Path | None,
    accept: bool,
    strict: bool,
    shape: str,
    memory: int,
    workers: int | None,
) -> int:
    """What is wrong or doubtful in the policy itself: gaps, overlaps, conflicts, dead rules, deadlines that outlive it, cliffs,
    readings that part, and doubtful words; and apart from these what is so only of the way its rules are written.

    Each finding names the clause and has a small case that shows it, decided again by the exact engine. Nothing is written
    unless --out is given. Wants tiaoli[prove].
    """
    from tiaoli.audit import acceptance_text, audit_policy, read_acceptances

    language = shared.lang
    if shared.as_json and shape != "text":
        raise click.UsageError(f"--json and --format {shape} exclude each other; choose one")
    oracle = shared.oracle
    if out is not None:
        made_folder(out)
    before = read_acceptances(accepted) if accepted else ()
    with terminal.audit_progress(sys.stderr, language) as progress:
        found = audit_policy(
            oracle.encoding,
            kinds=kinds or None,
            benefits=oracle.checked_benefits(shared.benefits or None),
            limit=shared.limit,
            memory=memory,
            accepted=before,
            workers=workers,
            progress=progress,
        )
    files: dict[str, list[str]] = {}
    refused: list[tuple[str, TiaoliError]] = []
    if out is not None:
        cases = {finding.id: _witnesses(finding) for finding in found.findings}
        try:
            write_cases(out, {name: case for named in cases.values() for name, case in named.items()})
            files = {name: [str(out / file) for file in named] for name, named in cases.items()}
        except (CallError, CaseError) as error:
            # what was found is said all the same
            refused = [("", error)]
    whys = {finding.id: list(protocol.explain_finding(oracle, finding)) for finding in found.findings} if why else {}
    if accept:
        click.echo(acceptance_text(found.findings, oracle.encoding), nl=False)
    elif shared.as_json:
        click.echo(dump(protocol.audit_document(oracle, found, language)))
    elif shape == "sarif":
        from tiaoli.encoding import default_root

        notice = Path("policy") / oracle.policy.id / "notice.md"
        text = ((shared.policy_root or default_root()) / notice).read_text("utf-8-sig")
        click.echo(dump(present.sarif(oracle.encoding, found.findings, text, notice.as_posix(), language)))
    elif shape == "markdown":
        click.echo(present.audit_markdown(oracle.encoding, found, whys, language), nl=False)
    else:
        shared.show_text(terminal.report(oracle.encoding, found, files, whys, language))
    if refused:
        report(refused, language)
        return 2
    return 3 if found.limit_reached else 1 if strict and found.findings else 0


def _witnesses(finding: Finding) -> dict[str, dict[str, Any]]:
    """The witness of a finding as case files, by name; where its copies differ there is one for each."""
    if finding.witness is None:
        return {}
    copies = (finding.witness.case, *finding.witness.others)
    slug = finding.id.replace(":", ".").replace("+", "-")
    names = [slug] if len(copies) == 1 else [f"{slug}.{number}" for number in range(1, len(copies) + 1)]
    return {f"{name}.yaml": {**case, "id": name} for name, case in zip(names, copies, strict=True)}
