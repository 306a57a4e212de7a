"""The audit of a policy: every check, what was found, what was accepted before, and what the limit left open."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from operator import itemgetter
from typing import Any, NamedTuple

from tiaoli.audit import (
    check_cliffs,
    check_conflicts,
    check_dead_rules,
    check_deadlines,
    check_double_grounds,
    check_gaps,
    check_limits,
    check_overlaps,
    check_readings,
    check_siblings,
    check_wording,
)
from tiaoli.audit.acceptance import Acceptance, accepted_by
from tiaoli.audit.context import AuditContext
from tiaoli.audit.finding import Finding, by_severity
from tiaoli.audit.finding_kinds import FINDING_KINDS
from tiaoli.base import CallError, Lang, Statement, choices, deadline_of, listed, shown
from tiaoli.encoding import Encoding, PolicySource, load_encoding_from
from tiaoli.policy import Policy

Check = Callable[[AuditContext], Iterator[Finding]]

CHECKS: Mapping[str, tuple[Check, ...]] = {
    "wording": (check_wording.find_doubtful_wording,),
    "fork": (check_readings.find_reading_splits,),
    "gap": (check_gaps.find_gaps, check_limits.find_holes_in_limits),
    "overlap": (check_overlaps.find_overlaps, check_siblings.find_shared_events, check_double_grounds.find_double_grounds),
    "conflict": (check_conflicts.find_conflicts, check_siblings.find_barred_groups),
    "out_of_time": (check_deadlines.find_missed_deadlines, check_limits.find_limits_after_the_lapse),
    "cliff": (check_cliffs.find_cliffs, check_cliffs.find_perverse_incentives),
    "dead": (check_dead_rules.find_dead_rules,),
}
"""The checks of each kind of finding."""


def domain_of(within: Mapping[str, int], policy: Policy) -> Statement:
    """The cases that an audit looked at, in words: all there can be, but for the lists of which it looked at so many items."""
    named = [(policy.lists[path].statement, number) for path, number in within.items()]
    bounded = listed((Statement(f"{name.zh}至多 {number} 项", f"at most {number} of each {name.en}") for name, number in named), "、", ", ")
    items = (
        Statement(f"各清单项数不限，但有的问题只查至{bounded.zh}", f"any number of items in every list, but in some questions {bounded.en}")
        if named
        else Statement("各清单项数不限", "any number of items in every list")
    )
    return Statement(
        f"各项检查覆盖的案件：{items.zh}；一切日期和金额；各种读法（少数问题只按默认读法），按默认读法即出现的，以默认读法下的案件为证。"
        f"未发现的问题，以此范围为限；见证案件均经精确引擎复核。",
        f"The cases looked at: {items.en}; every day and every sum; every reading (in a few questions the defaults alone), the defaults"
        f" preferred. What was not found is absent within these bounds; every witness was decided again by the exact engine.",
    )


@dataclass(frozen=True)
class AuditReport:
    """What an audit found, errors first. `accepted` are findings that the analyst accepted and whose rules have not changed
    since; `unknown` the questions that were left open, with the reason; `domain` the cases looked at, in words."""

    findings: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Acceptance], ...]
    unknown: tuple[Statement, ...]
    domain: Statement

    @property
    def limit_reached(self) -> bool:
        """Whether anything was left open."""
        return bool(self.unknown)

    def to_json(self, encoding: Encoding, lang: Lang = "en") -> dict[str, Any]:
        """A report as `tiaoli audit --json` writes it: the findings, those accepted before with their reasons, the domain and what
        stayed open in words of one language, and `limit_reached` where anything did."""
        found: dict[str, Any] = {
            "findings": [finding.to_json(encoding) for finding in self.findings],
            "accepted": [{"id": finding.id, "reason": acceptance.reason} for finding, acceptance in self.accepted],
            "domain": self.domain.say(lang),
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
    memory: int | None = None,
    accepted: Iterable[Acceptance] = (),
    workers: int | None = None,
    progress: Progress | None = None,
) -> AuditReport:
    """Audit a policy: every check, or those of some `kinds`, for all benefits or some. `limit` is in seconds, for the whole
    audit, `memory` in megabytes, for the solver of each process; `accepted` are findings not to be reported again.

    The checks run in `workers` processes, by default one a core, each of which loads the policy from its source. Raises `CallError` where
    a kind does not exist.
    """
    wanted = _checked(kinds)
    deadline = deadline_of(limit)
    tasks = [
        _Task(kind, number, benefits, deadline, memory)
        for kind, functions in CHECKS.items()
        if kind in wanted
        for number in range(len(functions))
    ]
    results: dict[int, _CheckResult] = {}
    for place, result in _run_all(encoding, tasks, workers):
        results[place] = result
        if progress is not None:
            progress(result[0], len(results), len(tasks))
    found: list[Finding] = []
    unknown: list[Statement] = []
    within: dict[str, int] = {}
    # in the order of the checks, not in that in which they came to an end
    for _, (findings, open_questions, bounded) in sorted(results.items(), key=itemgetter(0)):
        found += findings
        unknown += open_questions
        within |= {path: min(number, within.get(path, number)) for path, number in bounded.items()}
    known = {acceptance.id: acceptance for acceptance in accepted}
    settled = [(finding, known[finding.id]) for finding in by_severity(found) if accepted_by(finding, known, encoding)]
    rest = [finding for finding in by_severity(found) if not accepted_by(finding, known, encoding)]
    return AuditReport(tuple(rest), tuple(settled), tuple(dict.fromkeys(unknown)), domain_of(within, encoding.policy))


def _checked(kinds: Iterable[str] | None) -> frozenset[str]:
    if kinds is None:
        return frozenset(CHECKS)
    wanted = frozenset(kinds)
    for kind in wanted:
        if kind not in CHECKS:
            near = choices(FINDING_KINDS, kind)
            raise CallError.one("--kind", f"没有 {shown(kind)} 这一类；{near.zh}", f"there is no kind {shown(kind)}; {near.en}")
    return wanted


_CheckResult = tuple[list[Finding], list[Statement], dict[str, int]]
"""What one check found, what it left open, and the lists of which it looked at so many items."""


class _Task(NamedTuple):
    """One check to run: one of a kind, about some benefits, until a time of `monotonic()`, with so many megabytes."""

    kind: str
    number: int
    benefits: Collection[str] | None
    deadline: float | None
    memory: int | None


def _run_all(encoding: Encoding, tasks: Sequence[_Task], workers: int | None) -> Iterator[tuple[int, _CheckResult]]:
    """What each task finds, with its place among them, as they come to an end."""
    processes = min(workers or os.cpu_count() or 1, len(tasks))
    if processes <= 1:
        yield from ((place, _run(encoding, task)) for place, task in enumerate(tasks))
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (encoding.source,)) as pool:
        running = {pool.submit(_run_in_worker, task): place for place, task in enumerate(tasks)}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        except BrokenProcessPool as error:
            raise CallError.one(
                "--workers", "一个工作进程意外结束；请减少进程数再试", "a worker process ended; try again with fewer"
            ) from error


def _run(encoding: Encoding, task: _Task) -> _CheckResult:
    context = AuditContext(encoding, task.deadline, task.benefits, task.memory)
    findings = list(CHECKS[task.kind][task.number](context))
    return findings, context.unfinished, context.within


_ENCODINGS: list[Encoding] = []
"""The one policy of a worker process."""


def _begin(source: PolicySource) -> None:
    _ENCODINGS[:] = [load_encoding_from(source)]


def _run_in_worker(task: _Task) -> _CheckResult:
    return _run(_ENCODINGS[0], task)
