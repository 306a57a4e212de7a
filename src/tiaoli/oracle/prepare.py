"""From what a caller gives to a question made ready: names are looked up, the case is read, and its subject is found.

Everything is checked here, once, in the order in which a caller would look for it: benefits, readings, what else is asked, the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, get_args

from tiaoli.base import CallError, CaseError, choices, shown
from tiaoli.case import Case
from tiaoli.decide import PreparedCase, PreparedDecision, Subject
from tiaoli.encoding import Encoding
from tiaoli.policy import Policy, find_clause

Engine = Literal["auto", "clingo", "compiled"]
"""Who decides."""

_ENGINES = get_args(Engine)


def checked_benefits(policy: Policy, benefits: Iterable[str] | None) -> tuple[str, ...] | None:
    """The benefits asked for. Raises `CallError` where there is none of a name."""
    if benefits is None:
        return None
    asked = (benefits,) if isinstance(benefits, str) else tuple(dict.fromkeys(benefits))
    for benefit in asked:
        if benefit not in policy.benefits:
            near = choices(policy.benefits, benefit)
            raise CallError.one("benefit", f"没有权益 {shown(benefit)}；{near.zh}", f"there is no benefit {shown(benefit)}; {near.en}")
    return asked


def checked_readings(policy: Policy, readings: Mapping[str, str]) -> dict[str, str]:
    """The readings chosen. Raises `CallError` where there is none of a name, or no such option of it."""
    for name, option in readings.items():
        reading = policy.readings.get(name)
        if reading is None:
            near = choices(policy.readings, name)
            raise CallError.one("reading", f"没有待定解释 {shown(name)}；{near.zh}", f"there is no reading {shown(name)}; {near.en}")
        options = [item.id for item in reading.options]
        if option not in options:
            near = choices(options, option)
            raise CallError.one(
                f"reading {name}",
                f"没有选项 {shown(option)}；{near.zh}",
                f"there is no option {shown(option)}; {near.en}",
            )
    return dict(readings)


def readings_in_force(policy: Policy, chosen: Mapping[str, str]) -> dict[str, str]:
    """Every reading with its option: the one chosen, or the default."""
    return {reading.name: chosen.get(reading.name, reading.default) for reading in policy.readings.values()}


def check_engine(engine: str, full: bool) -> None:
    """Raise `CallError` where there is no such engine, or it does not give a full answer."""
    if engine not in _ENGINES:
        near = choices(_ENGINES, engine)
        raise CallError.one("engine", f"没有求解方式 {shown(engine)}；{near.zh}", f"there is no engine {shown(engine)}; {near.en}")
    if full and engine == "compiled":
        raise CallError.one("engine", "完整答案须用 clingo 求解", "a full answer wants clingo; leave `engine` out")


class Scope(NamedTuple):
    """What an explanation is of, and how far it goes; see `Oracle.why`."""

    condition: str | None = None
    clause: str | None = None
    full: bool = False
    depth: int | None = None

    def checked(self, policy: Policy, benefit: str) -> Scope:
        """The same, with the clause as the policy names it. Raises `CallError` where there is no such condition or clause."""
        conditions = policy.benefits[benefit].conditions
        if self.condition is not None and self.condition not in conditions:
            near = choices(conditions, self.condition)
            zh, en = f"{benefit} 没有条件 {shown(self.condition)}", f"{benefit} has no condition {shown(self.condition)}"
            raise CallError.one("condition", f"{zh}；{near.zh}", f"{en}; {near.en}")
        clause = None if self.clause is None else find_clause(policy, self.clause)
        if self.depth is not None and self.depth < 0:
            raise CallError.one("depth", f"层数不得小于 0，而不是 {self.depth}", f"a depth is 0 or more, not {self.depth}")
        return self._replace(clause=clause)


def read_case(policy: Policy, case: Case | Mapping[str, Any]) -> Case:
    """The case, read where it is plain data. Raises `CaseError` where it is not in the policy's case format, or one of another policy."""
    return case.under(policy) if isinstance(case, Case) else Case.read(case, policy)


def prepare(
    encoding: Encoding,
    case: Case | Mapping[str, Any],
    benefits: tuple[str, ...] | None,
    chosen: Mapping[str, str],
    deadline: float | None,
) -> PreparedCase:
    """A question about a case, ready to be answered; `chosen` are the readings that were chosen.

    Raises `CaseError` where the case is not in the case format.
    """
    return PreparedCase.of(encoding, read_case(encoding.policy, case), benefits, readings_in_force(encoding.policy, chosen), deadline)


def prepare_decision(
    encoding: Encoding,
    case: Case | Mapping[str, Any],
    benefit: str,
    subject: str | None,
    chosen: Mapping[str, str],
    deadline: float | None,
) -> PreparedDecision:
    """A question about one decision, ready to be answered.

    Raises `CaseError` where the case is not in the case format or has no subject for the benefit, `CallError` where the subject
    does not exist or must be named.
    """
    found = prepare(encoding, case, (benefit,), chosen, deadline)
    require_subjects(found)
    items = [item.item for item in found.facts.subjects]
    if subject is None and len(items) > 1:
        near = choices(items)
        raise CallError.one(
            "subject", f"{benefit} 有多个对象，请指明一个；{near.zh}", f"{benefit} has several subjects, name one; {near.en}"
        )
    asked = found.about(Subject(benefit, items[0] if subject is None else subject))
    require_subject(asked)
    return asked


def require_subjects(question: PreparedCase) -> None:
    """Raise `CaseError` where the case has nothing to ask one of the benefits for."""
    policy, name = question.encoding.policy, shown(question.case.id)
    present = {subject.benefit for subject in question.facts.subjects}
    for benefit in question.benefits or ():
        if benefit not in present:
            raise CaseError.one(
                policy.list_of[policy.benefits[benefit].subject].path,
                f"案件 {name} 中没有可问 {benefit} 的对象；此列表为空",
                f"the case {name} has nothing to ask {benefit} for; this list is empty",
                "case-nothing-asked",
            )


def require_subject_kept(changed: PreparedDecision) -> None:
    """Raise `CaseError` where what was changed in a case took the subject of the question out of it."""
    if changed.subject not in changed.facts.subjects:
        raise CaseError.one(
            changed.subject.item,
            "改动后案件中不再有此对象；请改动事实，而不是条目",
            "the subject would be gone from the case; change facts, not items",
            "case-path",
        )


def require_subject(question: PreparedDecision) -> None:
    """Raise where the case has no such subject: `CaseError` if it has none at all, else `CallError`."""
    require_subjects(question)
    if question.subject not in question.facts.subjects:
        near = choices([item.item for item in question.facts.subjects], question.subject.item)
        name, item = shown(question.case.id), shown(question.subject.item)
        raise CallError.one("subject", f"案件 {name} 中没有对象 {item}；{near.zh}", f"the case {name} has no subject {item}; {near.en}")
