"""Receipts decided again: what they asked, of corrected facts or by another version, set beside what was decided then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from tiaoli.base import MISSING, CallError, CaseError, PolicyError, ReceiptError, Statement, TiaoliError, shown
from tiaoli.case import Case, without_ids
from tiaoli.decide import Answer, Decision, Receipt, Status
from tiaoli.oracle import Node, Oracle
from tiaoli.policy import OUTCOMES, Currency
from tiaoli.receipts.correction import Correction, corrected, unused
from tiaoli.receipts.one_decision import refused_receipts
from tiaoli.receipts.receipt_comparison import flatten
from tiaoli.receipts.receipt_oracles import ReceiptOracles
from tiaoli.receipts.redecision import Action, ChangedCondition, ChangedDecision, MoneyTotal, NewReason, Redecision
from tiaoli.receipts.verification import intact

_MOST_REASONS = 4
_TELLING = ("comparison", "parameter", "fact", "absent", "items", "total")
"""The kinds of statements that say something of the case or of a number; the others say how these go together."""


def redecide(
    receipts: Sequence[Receipt],
    *,
    corrections: Sequence[Correction] = (),
    policies: ReceiptOracles | None = None,
    old: ReceiptOracles | None = None,
    readings: Mapping[str, str] | None = None,
    limit: float | None = None,
) -> Redecision:
    """Decide again what receipts say was decided, of corrected facts and by the policies of `policies` (by default those that the
    receipts name, as they are now).

    `old` are where the policies of the receipts are found, for the reasons; `readings` are chosen beside those chosen then. `limit`
    is in seconds a receipt. A receipt that was changed, or whose corrected facts are not in the case format or lack a subject, is refused
    and the others are decided. A decision counts once: a receipt that says the same again is refused, and receipts that say different
    things of one decision are all refused. Raises `ReceiptError` where a correction is for none of the receipts.

    >>> from tiaoli.receipts import Correction
    >>> receipt = Oracle().receipt({"id": "A", "applied_on": "2025-06-01", "person": {"status": "unemployed"}, "certificates": [
    ...     {"id": "c1", "kind": "special_ability", "domain": "ai_data_annotation", "issued": "2025-03-01",
    ...      "meets_city_rules": True, "payment_percent": 80}]})
    >>> found = redecide([receipt], corrections=[Correction({"certificates.c1.issued": "2024-03-01"})])
    >>> found.changes[0].action, str(found.total.to_reclaim)
    ('reclaim', '800.00')
    """
    problems = unused(corrections, receipts)
    if problems:
        raise ReceiptError(problems)
    again = _Redecider(corrections, policies or ReceiptOracles(), old or ReceiptOracles(), dict(readings or {}), limit)
    doubled = refused_receipts(receipts)
    for position, receipt in enumerate(receipts):
        try:
            if position in doubled:
                raise doubled[position]
            again.add(receipt)
        except TiaoliError as error:
            again.found.refused.append((position, error))
    return again.found


class _Redecider:
    """Decides receipts one after the other, each of the facts that its corrections leave, and gathers what changes."""

    def __init__(
        self,
        corrections: Sequence[Correction],
        policies: ReceiptOracles,
        old: ReceiptOracles,
        readings: dict[str, str],
        limit: float | None,
    ) -> None:
        self.policies, self.old, self.readings, self.limit = policies, old, readings, limit
        self.everywhere = [item for item in corrections if item.case is None and item.receipt is None]
        # a long list of corrections is not gone through for every receipt
        self.by_name: dict[str, list[Correction]] = {}
        for item in corrections:
            name = item.receipt if item.receipt is not None else item.case
            if name is not None:
                self.by_name.setdefault(name, []).append(item)
        self.found = Redecision()

    def add(self, receipt: Receipt) -> None:
        """Decide one receipt again."""
        if not intact(receipt):
            zh, en = "收据在出具后被改动；`tiaoli verify` 说明何处", "the receipt was changed after it was made; `tiaoli verify` says where"
            raise ReceiptError.one("", zh, en)
        names = (receipt.sha256, str(receipt.case.get("id")))
        fitting = [*self.everywhere, *(item for name in names for item in self.by_name.get(name, ()) if item.fits(receipt))]
        oracle = self.policies.of(receipt)
        case = Case.read(receipt.case, oracle.policy)
        self._check_currency(receipt, oracle.policy.currency)
        question = _RepeatedQuestion(receipt, case, corrected(case, fitting), oracle, self.readings, self.limit)
        answer = question.answer()
        after = {(item.benefit, item.subject): item for item in answer.decisions}
        for before in receipt.answer_today["decisions"] if fitting else ():
            if before["benefit"] in oracle.policy.benefits and (before["benefit"], before["subject"]) not in after:
                zh, en = (
                    "更正后案件中不再有此对象；请更正事实",
                    "the subject would be gone from the case; correct facts, not items",
                )
                raise CaseError.one(str(before["subject"]), zh, en, "case-path")
        self.found.currency = oracle.policy.currency
        self.found.receipts += 1
        self.found.limit_reached |= answer.limit_reached
        for before in receipt.answer_today["decisions"]:
            self.found.decisions += 1
            now = after.get((before["benefit"], before["subject"]))
            if now is None or _what_was_decided(now.to_json()) != _what_was_decided(before):
                self._change(question, before, now, after)
            elif question.unclear(now):
                about = {"receipt": receipt.sha256, "case": receipt.case["id"], "benefit": now.benefit, "subject": now.subject}
                self.found.unclear.append(about)

    def _check_currency(self, receipt: Receipt, now: Currency) -> None:
        """Raises `ReceiptError` where the amounts of the receipt, those of the policy and those of the receipts before are in
        different currencies, so that none can be taken from another."""
        known = {receipt.answer_today["currency"], now.code} | ({self.found.currency.code} if self.found.currency else set())
        if len(known) > 1:
            names = sorted(map(shown, known))
            zh = f"金额的货币不同（{'、'.join(names)}），不能相减；请将这些收据分开重新判定"
            raise ReceiptError.one("", zh, f"amounts in {', '.join(names)} cannot be compared; decide such receipts apart")

    def _change(
        self, question: _RepeatedQuestion, before: Mapping[str, Any], now: Decision | None, after: Mapping[tuple[str, str], Decision]
    ) -> None:
        receipt, name = question.receipt, str(before["benefit"])
        policy = question.oracle.policy
        old = self._as_decided_then(receipt)
        declared = policy.benefits.get(name) or (old.policy.benefits.get(name) if old else None)
        amounts = _paid(before), None if now is None else _paid(now.to_json())
        action, difference = _consequence(declared is None or declared.has_amount, *amounts)
        turned = tuple(question.changed_conditions(before, now)) if now is not None else ()
        change = ChangedDecision(
            receipt.sha256,
            str(receipt.case["id"]),
            question.case.day.isoformat(),
            name,
            str(before["subject"]),
            str(before["clause"]),
            declared.statement if declared else Statement(name, name),
            before,
            now,
            action,
            policy.currency,
            difference,
            question.facts,
            turned,
            tuple(question.new_reasons(now, old)) if now is not None else (),
            tuple(question.excludes(now, len(after))) if now is not None else (),
            OUTCOMES if declared is None else declared.outcomes,
        )
        self.found.changes.append(change)
        for total in (self.found.total, self.found.benefits.setdefault(name, MoneyTotal())):
            total.add(change)

    def _as_decided_then(self, receipt: Receipt) -> Oracle | None:
        """An oracle that decides as it was decided then, where the policy is still there as it was."""
        try:
            found = self.old.of(receipt)
        except (CallError, PolicyError):
            return None
        return found if found.policy.digest == receipt.policy["digest"] else None


class _RepeatedQuestion:
    """A receipt's question, asked again."""

    def __init__(self, receipt: Receipt, case: Case, now: Case, oracle: Oracle, readings: Mapping[str, str], limit: float | None) -> None:
        self.receipt, self.case, self.now, self.oracle, self.limit = receipt, case, now, oracle, limit
        self.readings = {**receipt.chosen_readings, **readings}
        before, after = flatten(receipt.case), flatten(now.to_json())
        both = ((path, before.get(path, MISSING), after.get(path, MISSING)) for path in {**before, **after})
        self.facts = tuple((path, one, other) for path, one, other in both if one != other)

    def answer(self, full: bool = False) -> Answer:
        """The answer now, to those of the benefits asked about that there still are."""
        asked = self.receipt.asked
        known = None if asked is None else [name for name in asked if name in self.oracle.policy.benefits]
        return self.oracle.decide(self.now, benefits=known, readings=self.readings, limit=self.limit, full=full)

    def unclear(self, decision: Decision) -> bool:
        """Whether a decision that looks the same may pay or give something else: what is unknown, while something it rests on changed."""
        encoding = self.oracle.encoding
        paid = decision.outcome == "eligible" and decision.amount is None and encoding.policy.benefits[decision.benefit].has_amount
        if not paid and all(result.status != "unknown" for result in decision.results):
            return False
        if encoding.policy.digest != self.receipt.policy["digest"] or self.oracle_readings() != dict(self.receipt.readings):
            return True
        paths = [without_ids(encoding.policy, path) for path, _, _ in self.facts]
        fields = encoding.fields[decision.benefit]
        return any(_related(path, field) for path in paths for field in fields)

    def oracle_readings(self) -> dict[str, str]:
        """Every reading with the option taken now."""
        return {**self.oracle.readings_in_force, **self.readings}

    def changed_conditions(self, before: Mapping[str, Any], now: Decision) -> Iterator[ChangedCondition]:
        """The conditions that are judged otherwise."""
        old: dict[str, Status] = {item["id"]: item["status"] for item in before["conditions"]}
        new: dict[str, Status] = {item.id: item.status for item in now.conditions}
        for name in {**old, **new}:
            if old.get(name) != new.get(name):
                said = self.oracle.encoding.condition_name(now.benefit, name) if name in new else Statement(name, name)
                yield ChangedCondition(name, old.get(name), new.get(name), said)

    def new_reasons(self, now: Decision, old: Oracle | None) -> Iterator[NewReason]:
        """What the explanation of the new decision rests on, and that of the old one did not."""
        after = self.oracle.why(self.now, now.benefit, now.subject, readings=self.readings, limit=self.limit, full=True).tree
        before: list[Node] = []
        if old is not None:
            chosen = self.receipt.chosen_readings
            before = list(old.why(self.case, now.benefit, now.subject, readings=chosen, limit=self.limit, full=True).tree.walk())
        known = {node.statement for node in before}
        turned = [node for node in after.children if node.kind == "condition" and node.statement not in known]
        if now.outcome != "eligible":
            turned = [node for node in turned if node.status != "holds"] or turned
        below = {id(node): node for root in turned or [after] for node in root.walk()}.values()
        fresh = {id(node): node for node in below if node.kind in _TELLING and node.statement not in known}
        last = [node for node in fresh.values() if not any(id(child) in fresh for child in node.children)]
        # what was corrected says most; then what fails, and what the old explanation rested on
        paths = {path for path, _, _ in self.facts}
        if any(paths & {*node.facts} for node in last):
            last = [node for node in last if paths & {*node.facts}]
        looked_at = {path for node in before for path in node.facts}
        last.sort(key=lambda node: (node.margin is None, node.kind != "parameter", not {*node.facts} <= looked_at))
        yield from list(dict.fromkeys(NewReason(node.statement, node.clause, node.quote, node.facts) for node in last))[:_MOST_REASONS]

    @cached_property
    def exclusive(self) -> list[list[tuple[str, str]]]:
        """The decisions of which only one can be filed, as the case is now."""
        return [list(group) for group in self.answer(full=True).exclusive or ()]

    def excludes(self, now: Decision, decisions: int) -> Iterator[tuple[str, str]]:
        """The decisions of which only one can be filed with this one."""
        key = (now.benefit, now.subject)
        groups = [[(benefit, subject) for benefit, subject in group] for group in self.receipt.answer.get("exclusive") or ()]
        if now.outcome == "eligible" and decisions > 1:
            groups += self.exclusive
        yield from dict.fromkeys(other for group in groups if key in group for other in group if other != key)


def _what_was_decided(decision: Mapping[str, Any]) -> tuple[Any, ...]:
    """What must be the same for a decision to be the same."""
    results = [(item["id"], *(item.get(key) for key in ("status", "value", "range", "values"))) for item in decision.get("results", ())]
    return (*(decision.get(key) for key in ("outcome", "amount", "amount_range", "rate", "gap")), results)


def _paid(decision: Mapping[str, Any]) -> Decimal | None:
    """What a decision pays; `None` where that is not known."""
    if decision["outcome"] == "not_eligible":
        return Decimal(0)
    return Decimal(decision["amount"]) if decision["amount"] is not None else None


def _consequence(has_amount: bool, before: Decimal | None, after: Decimal | None) -> tuple[Action, Decimal | None]:
    """What follows from an amount before and after, and the difference between them."""
    if not has_amount:
        return "none", None
    if before is None or after is None:
        return "unknown", None
    return "pay" if after > before else "reclaim" if after < before else "none", after - before


def _related(path: str, field: str) -> bool:
    """Whether a fact at one path is, holds or stands in one at the other."""
    return path == field or path.startswith(f"{field}.") or field.startswith(f"{path}.")
