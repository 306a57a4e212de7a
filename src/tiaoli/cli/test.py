"""`tiaoli test`: the cases of a policy against what is expected of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiaoli import terminal
from tiaoli.base import CallError, CaseError, InternalError, check_outputs, write_text
from tiaoli.cli.options import DECIDING, SharedOptions, open_oracle, with_shared
from tiaoli.cli.output import dump, report

if TYPE_CHECKING:
    from tiaoli.authoring import TestedCase, TestedDecision, TestStatus
    from tiaoli.oracle import Oracle


@click.command()
@click.argument("names", nargs=-1, metavar="[POLICY] [CASES]...", type=click.Path())
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Write the results there as JUnit XML.")
@with_shared(*DECIDING)
def test(shared: SharedOptions, names: tuple[str, ...], junit: Path | None) -> int:
    """Decide the cases of a policy and compare them with what is expected of them.

    POLICY is an id, or the folder of a policy; CASES are files or folders, by default the policy's own `cases` and `examples`. What is
    expected of a case stands in its file under `expected`, or in a file `expected.json` beside it. Where a decision differs, what was
    expected and what came are printed, and why. Exit code 1 where something differs.
    """
    from tiaoli.authoring import case_files, junit_xml, policy_case_folders, run_case_tests
    from tiaoli.encoding import default_root

    policy, root, rest = _named(shared, names)
    oracle = open_oracle(policy, root, shared.readings, alone=shared.alone)
    folders = [Path(name) for name in rest] or policy_case_folders(oracle, root or default_root())
    files = case_files(folders)
    check_outputs([("--junit", junit)], [("CASES", file) for file in files])
    found: list[TestedCase] = []
    for tested in run_case_tests(oracle, files, shared.limit):
        found.append(tested)
        if not shared.as_json:
            _show(shared, oracle, tested)
    if junit is not None:

        def words(decision: TestedDecision) -> str:
            return terminal.as_text(terminal.tested_decision(oracle.policy, decision, shared.lang))

        write_text(junit, junit_xml(oracle.policy.id, found, words))
    counts = Counter(tested.status for tested in found)
    if shared.as_json:
        click.echo(dump({"policy": oracle.policy.id, "policy_digest": oracle.policy.digest, "cases": [item.to_json() for item in found]}))
    elif counts["as_expected"] or counts["differs"] or counts["limit"]:
        click.echo(terminal.tested_summary(oracle.policy.id, found, shared.lang))
    report([(str(item.file), item.error) for item in found if item.error is not None], shared.lang)
    if not set(counts) - {"nothing_expected"}:
        raise CallError.one(
            oracle.policy.id,
            "没有一个案件写明预期，未作任何检验；请在案件文件中写 expected，或在其旁写 expected.json",
            "no case says what is expected of it, so nothing was tested; write `expected` into a case, or an expected.json beside it",
        )
    return _exit_code(found, counts)


def _show(shared: SharedOptions, oracle: Oracle, tested: TestedCase) -> None:
    """A line a case, which nothing wraps; of what differs, both values and why."""
    said, colour = terminal.tested_status(tested, shared.lang)
    click.echo(f"{click.style(said, colour)}  {_near(tested.file)}")
    differing = terminal.tested_case(oracle.policy, tested, shared.lang)
    if differing is not None:
        shared.show_text(differing)


def _near(file: Path) -> Path:
    """A file as it is named from the working directory, where it lies below it."""
    return file.relative_to(Path.cwd()) if file.is_absolute() and file.is_relative_to(Path.cwd()) else file


def _exit_code(found: Sequence[TestedCase], counts: Counter[TestStatus]) -> int:
    """An internal error counts most, then a file that is none, a difference, a limit."""
    if any(isinstance(item.error, InternalError) for item in found):
        return InternalError.exit_code
    if counts["refused"]:
        return CaseError.exit_code
    return 1 if counts["differs"] else 3 if counts["limit"] else 0


def _named(shared: SharedOptions, names: Sequence[str]) -> tuple[str | None, Path | None, Sequence[str]]:
    """The policy that is named first, or else by the options, and the cases that are named."""
    from tiaoli.encoding import locate_policy

    if not names:
        return shared.policy, shared.policy_root, ()
    first, *rest = names
    path = Path(first)
    is_policy = (path / "policy.toml").is_file() or ((path / "policy").is_dir() and (path / "encodings").is_dir()) or not path.exists()
    if not is_policy:
        return shared.policy, shared.policy_root, names
    if shared.policy is not None:
        if path.exists():
            raise click.UsageError(f"the policy is named twice, as {first} and by --policy; choose one")
        return shared.policy, shared.policy_root, names
    if not path.exists() and (path.suffix or len(path.parts) > 1):
        raise CallError.one(first, "没有这个文件或目录", "there is no such file or folder")
    return *locate_policy(first, shared.policy_root), rest
