"""The audit of a policy: every check, what was found, what was accepted before, and what the limit left open."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, NamedTuple

from tiaoli.audit import (
    check_cliffs,
    check_conflicts,
    check_dead_rules,
    check_deadlines,
    check_double_grounds,
    check_gaps,
    check_overlaps,
    check_readings,
    check_wording,
)
from tiaoli.audit.acceptance import Acceptance, accepted_by
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding, by_severity
from tiaoli.audit.finding_kinds import FINDING_KINDS
from tiaoli.base import CallError, Lang, Statement, choices, deadline_of, shown
from tiaoli.encoding import Encoding, PolicySource, load_from

Check = Callable[[AuditContext], Iterator[Finding]]

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "wording": (check_wording.find_doubtful_wording,),
    "gap": (check_gaps.find_gaps,),
    "fork": (check_readings.find_reading_splits,),
    "overlap": (check_overlaps.find_overlaps, check_double_grounds.find_double_grounds),
    "conflict": (check_conflicts.find_conflicts,),
    "out_of_time": (check_deadlines.find_missed_deadlines,),
    "cliff": (check_cliffs.find_cliffs,),
    "dead": (check_dead_rules.find_dead_rules,),
}
"""The checks of each kind of finding: the quickest first, then the longest, so that no process waits for it at the end."""

AUDIT_DOMAIN = Statement(
    "各项检查覆盖的案件：涉及的每个清单至多两项（比较人数时为五项），枚举取遍全部取值，日期取全部临界日及其前后各一日，"
    "申请日亦同；各种读法均在考察之列（比较人数时，以及比较各有其读法的两项待遇的共同条件时，只按默认读法），按默认读法即出现的问题，以默认读法下的案件为证。未发现的问题，以此范围为限；见证案件均经精确引擎复核。",
    "The cases looked at: at most two items in every list that bears on the question (five where heads are counted), every value"
    " of every enumeration, every critical day and the days beside it, application days included; under every reading (the defaults alone"
    " where heads are counted, and for common conditions of two benefits that have readings"
    " of their own), the defaults preferred. What was not found is absent within these bounds; every witness was"
    " decided again by the exact engine.",
)
"""What an audit looks at, in words."""


@dataclass(frozen=True)
class AuditReport:
    """What an audit found, errors first. `accepted` are findings that the analyst accepted and whose rules have not changed
    since; `unknown` what the limit cut short."""

    findings: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Acceptance], ...]
    unknown: tuple[Statement, ...]

    @property
    def limit_reached(self) -> bool:
        """Whether the limit left anything open."""
        return bool(self.unknown)

    def to_json(self, encoding: Encoding, lang: Lang = "en") -> dict[str, Any]:
        """A report as `tiaoli audit --json` writes it: the findings, those accepted before with their reasons, the domain and what
        stayed open in words of one language, and `limit_reached` where anything did."""
        found: dict[str, Any] = {
            "findings": [finding.to_json(encoding) for finding in self.findings],
            "accepted": [{"id": finding.id, "reason": acceptance.reason} for finding, acceptance in self.accepted],
            "domain": AUDIT_DOMAIN.say(lang),
            "unknown": [what.say(lang) for what in self.unknown],
        }
        return found | ({"limit_reached": True} if self.limit_reached else {})


Progress = Callable[[list[Finding], int, int], None]
"""What is called after each check: with what it found, how many checks are done, and how many there are."""


def audit_policy(
    encoding: Encoding,
    *,
    kinds: Iterable[str] | None = None,
    benefits: Collection[str] | None = None,
    limit: float | None = None,
    accepted: Iterable[Acceptance] = (),
    workers: int | None = None,
    progress: Progress | None = None,
) -> AuditReport:
    """Audit a policy: every check, or those of some `kinds`, for all benefits or some. `limit` is in seconds, for the whole
    audit; `accepted` are findings not to be reported again.

    The checks run in `workers` processes, by default one a core, each of which loads the policy from its source. Raises `CallError` where
    a kind does not exist.
    """
    wanted = _checked(kinds)
    deadline = deadline_of(limit)
    tasks = [
        _Task(kind, number, benefits, deadline) for kind, functions in CHECKS.items() if kind in wanted for number in range(len(functions))
    ]
    found: list[Finding] = []
    unknown: list[Statement] = []
    for done, (findings, open_questions) in enumerate(_run_all(encoding, tasks, workers), 1):
        found += findings
        unknown += open_questions
        if progress is not None:
            progress(findings, done, len(tasks))
    known = {acceptance.id: acceptance for acceptance in accepted}
    settled = [(finding, known[finding.id]) for finding in by_severity(found) if accepted_by(finding, known, encoding)]
    rest = [finding for finding in by_severity(found) if not accepted_by(finding, known, encoding)]
    return AuditReport(tuple(rest), tuple(settled), tuple(dict.fromkeys(unknown)))


def _checked(kinds: Iterable[str] | None) -> frozenset[str]:
    if kinds is None:
        return frozenset(CHECKS)
    wanted = frozenset(kinds)
    for kind in wanted:
        if kind not in CHECKS:
            near = choices(FINDING_KINDS, kind)
            raise CallError.one("--kind", f"没有 {shown(kind)} 这一类；{near.zh}", f"there is no kind {shown(kind)}; {near.en}")
    return wanted


_CheckResult = tuple[list[Finding], list[Statement]]
"""What one check found, and what the limit left open."""


class _Task(NamedTuple):
    """One check to run: one of a kind, about some benefits, until a time of `monotonic()`."""

    kind: str
    number: int
    benefits: Collection[str] | None
    deadline: float | None


def _run_all(encoding: Encoding, tasks: Sequence[_Task], workers: int | None) -> Iterator[_CheckResult]:
    processes = min(workers or os.cpu_count() or 1, len(tasks))
    if processes <= 1:
        yield from (_run(encoding, task) for task in tasks)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (encoding.source,)) as pool:
        running = [pool.submit(_run_in_worker, task) for task in tasks]
        try:
            for future in as_completed(running):
                yield future.result()
        except BrokenProcessPool as error:
            raise CallError.one(
                "--workers", "一个工作进程意外结束；请减少进程数再试", "a worker process ended; try again with fewer"
            ) from error


def _run(encoding: Encoding, task: _Task) -> _CheckResult:
    context = AuditContext(encoding, task.deadline, task.benefits)
    findings = list(CHECKS[task.kind][task.number](context))
    return findings, context.unfinished


_ENCODINGS: list[Encoding] = []
"""The one policy of a worker process."""


def _begin(source: PolicySource) -> None:
    _ENCODINGS[:] = [load_from(source)]


def _run_in_worker(task: _Task) -> _CheckResult:
    return _run(_ENCODINGS[0], task)
