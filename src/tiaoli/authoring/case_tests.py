"""The cases of a policy as its tests: each is decided, and compared with what is expected of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tiaoli.authoring.expectations import IN_FULL, Difference, Expectation, differences, expected_decision, read_expected
from tiaoli.base import CallError, CaseError, InternalError, TiaoliError, choices, shown
from tiaoli.case import EXPECTED, Case, read_document
from tiaoli.decide import Decision
from tiaoli.oracle import Explanation, Oracle

BESIDE = "expected.json"
"""A file beside cases: by the name of a file, without its ending, what is expected of the case in it."""

FOLDERS = ("cases", "examples")
"""Where the cases of a policy lie, in its folder of data."""

_ENDINGS = (".yaml", ".yml", ".json")

TestStatus = Literal["as_expected", "differs", "nothing_expected", "refused", "limit"]


class TestedDecision(NamedTuple):
    """One decision of which something was expected: where it differs, and then why it came as it did."""

    benefit: str
    subject: str
    clause: str
    differences: tuple[Difference, ...]
    explanation: Explanation | None

    def to_json(self) -> dict[str, Any]:
        """The decision, where it differs, and the explanation where it does."""
        found = {
            "benefit": self.benefit,
            "subject": self.subject,
            "clause": self.clause,
            "differences": [item.to_json() for item in self.differences],
        }
        return found | ({"explanation": self.explanation.to_json()} if self.explanation is not None else {})


class TestedCase(NamedTuple):
    """A case file that was tried: what came of it, decision by decision, or why it could not be tried."""

    file: Path
    case: str | None
    status: TestStatus
    decisions: tuple[TestedDecision, ...] = ()
    error: TiaoliError | None = None

    def to_json(self) -> dict[str, Any]:
        """The file, what came of it, and its decisions; what is wrong with the file where it was refused."""
        found: dict[str, Any] = {
            "file": str(self.file),
            "case": self.case,
            "status": self.status,
            "decisions": [item.to_json() for item in self.decisions],
        }
        if self.error is not None:
            found["errors"] = [
                {"where": problem.where, "statement": problem.what.to_json(), **({"id": problem.id} if problem.id else {})}
                for problem in self.error.problems
            ]
        return found


def case_files(paths: Sequence[Path]) -> list[Path]:
    """The case files that some files and folders are, in the order given. Raises `CallError` where one is not there or cannot be read."""
    found: dict[Path, None] = {}
    for path in paths:
        try:
            inside = sorted(item for item in path.iterdir() if _is_case(item)) if path.is_dir() else [path]
        except OSError as error:
            reason = error.strerror or str(error)
            raise CallError.one(str(path), f"无法读取（{reason}）", f"cannot be read ({reason})") from None
        if not path.exists():
            raise CallError.one(str(path), "没有这个文件或目录", "there is no such file or folder")
        found |= dict.fromkeys(inside)
    return list(found)


def policy_case_folders(oracle: Oracle, root: Path) -> list[Path]:
    """The folders of a policy's own cases."""
    return [folder for name in FOLDERS if (folder := root / "policy" / oracle.policy.id / name).is_dir()]


def _is_case(path: Path) -> bool:
    return path.is_file() and path.suffix in _ENDINGS and path.name != BESIDE and not path.name.startswith(".")


def run_case_tests(oracle: Oracle, files: Sequence[Path], limit: float | None = None) -> Iterator[TestedCase]:
    """Each case decided and compared, as it is done. A file that cannot be read as a case is `refused`; nothing is raised for it."""
    beside: dict[Path, Mapping[str, Any] | TiaoliError] = {}
    for file in files:
        if file.parent not in beside:
            beside[file.parent] = _read_beside(file.parent / BESIDE)
        yield _tested(oracle, file, beside[file.parent], limit)


def _tested(oracle: Oracle, file: Path, beside: Mapping[str, Any] | TiaoliError, limit: float | None) -> TestedCase:
    id: str | None = None
    try:
        document = read_document(file)
        case = oracle.read(document)
        id = case.id
        expected = _expected(oracle, document, file, beside)
        if expected is None:
            return TestedCase(file, id, "nothing_expected")
        full = any(key in wanted.values for wanted in expected for key in IN_FULL)
        answer = oracle.decide(case, full=full, limit=limit, benefits=None)
        found = tuple(
            _compared(oracle, case, expected_decision(answer, wanted), wanted, limit, answer.limit_reached) for wanted in expected
        )
    except (CaseError, InternalError) as error:
        return TestedCase(file, id, "refused", error=error)
    if all(not item.differences for item in found):
        return TestedCase(file, id, "as_expected", found)
    return TestedCase(file, id, "limit" if answer.limit_reached else "differs", found)


def _expected(oracle: Oracle, document: Any, file: Path, beside: Mapping[str, Any] | TiaoliError) -> list[Expectation] | None:
    """What is expected of a case: in its own file, or else in the file beside it; `None` where nothing is."""
    if EXPECTED in document and EXPECTED not in oracle.policy.schema.root.keys:
        return read_expected(oracle.policy, document[EXPECTED]) or None
    if isinstance(beside, TiaoliError):
        raise beside
    return read_expected(oracle.policy, beside[file.stem]) or None if file.stem in beside else None


def _read_beside(path: Path) -> Mapping[str, Any] | TiaoliError:
    """The file of what is expected that stands beside cases, or what is wrong with it."""
    if not path.is_file():
        return {}
    try:
        found = read_document(path)
        if not isinstance(found, Mapping):
            raise CaseError.one(
                str(path), "须为对象：文件名与预期", "an object of file names and what is expected is wanted", "case-not-object"
            )
        named = {item.stem for item in path.parent.iterdir() if _is_case(item)}
        for name in found:
            if name not in named:
                near = choices(sorted(named), name)
                zh, en = f"没有案件文件 {shown(name)}；{near.zh}", f"there is no case file {shown(name)}; {near.en}"
                raise CaseError.one(str(path), zh, en, "case-key-unknown")
        return found
    except CaseError as error:
        return error


def _compared(oracle: Oracle, case: Case, decision: Decision, wanted: Expectation, limit: float | None, cut: bool) -> TestedDecision:
    found = tuple(differences(decision, wanted))
    explanation: Explanation | None = None
    if found and not cut:
        ask = oracle.why if decision.outcome == "eligible" else oracle.why_not
        # a condition that differs alone is explained alone
        conditions = [item.key.partition(".")[2] for item in found if item.key.startswith("conditions.")]
        condition = conditions[0] if len(conditions) == len(found) else None
        explanation = ask(case, decision.benefit, decision.subject, condition=condition, limit=limit)
    return TestedDecision(decision.benefit, decision.subject, decision.clause, found, explanation)
