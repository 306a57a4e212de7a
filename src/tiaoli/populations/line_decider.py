"""Decides some lines of a JSON Lines file: a case a line in, an answer a line out, and what is wrong with the lines that hold none.

Most lines never become a case model: the quick reader takes them, the compiled rules decide, and the answer is put together from
texts that were made before. What either of them does not take is read as a case and decided by clingo, which gives the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zlib import crc32

from tiaoli.base import CaseError, InternalError, Problem, Statement, iso, shown
from tiaoli.case import Case, decoded, parse_document
from tiaoli.compiled import CompiledDecisions, FactTables, Fallback
from tiaoli.decide import FORMAT, Answer, Decision, decide_chunk, notes_on
from tiaoli.oracle import Oracle
from tiaoli.policy import Policy
from tiaoli.populations.bulk_job import BulkOptions
from tiaoli.populations.totals import Totals, clauses_of

LONGEST = 16_000_000
"""The longest line that is read."""

SAMPLE = 2000
"""Of so many lines about one is decided again by clingo."""

FIRST = 20
"""So many lines at the beginning are decided again by clingo in any case."""


class Sample(NamedTuple):
    """A line, and the answer that was written for it."""

    line: int
    text: bytes
    answer: str


@dataclass
class DecidedLines:
    """What came of some lines: the text of the answers and of the rejects, counts, and lines to decide again: a random few,
    and the first of each kind of decision."""

    answers: bytes = b""
    rejects: bytes = b""
    totals: Totals = field(default_factory=Totals)
    random: list[Sample] = field(default_factory=list)
    kinds: dict[str, Sample] = field(default_factory=dict)


class LineDecider:
    """Decides lines under one oracle."""

    def __init__(self, oracle: Oracle, options: BulkOptions) -> None:
        self.oracle = oracle
        self.policy = oracle.policy
        self.options = options
        self.readings = oracle.chosen_readings
        about = {"policy": self.policy.number, "policy_digest": self.policy.digest, "currency": self.policy.currency.code}
        self._head = json.dumps(about, ensure_ascii=False)[1:-1]
        self._conditions: dict[tuple[object, ...], str] = {}
        self._kinds: set[tuple[object, ...]] = set()
        self._chosen = json.dumps(self.readings, ensure_ascii=False)

    def decide(self, first: int, lines: Sequence[bytes]) -> DecidedLines:
        """Decide the lines, of which the first has the number `first`."""
        decided = DecidedLines()
        answers: list[str] = []
        rejects: list[str] = []
        waiting: list[tuple[int, Case]] = []
        for number, raw in enumerate(lines, first):
            decided.totals.lines += 1
            if is_blank(raw):
                continue
            try:
                found = self._quick(raw)
                if found is None:
                    waiting.append((len(answers), self._case(raw)))
                    answers.append("")
                    continue
            except CaseError as error:
                decided.totals.rejected += 1
                rejects.append(rejection_line(number, error))
                continue
            text = self.written(found.facts.id, found.facts.today, found.facts.assumed, found.decisions)
            self._count(decided, found.decisions, iso(found.facts.today))
            self._sample(decided, Sample(number, raw, text), found.decisions)
            answers.append(text)
        exact = self._exact([case for _, case in waiting])
        for (position, case), (text, decisions, limited) in zip(waiting, exact, strict=True):
            decided.totals.exact += 1
            decided.totals.limited += limited
            self._count(decided, decisions, case.day.isoformat())
            answers[position] = text
        decided.answers = "".join(f"{text}\n" for text in answers).encode()
        decided.rejects = "".join(f"{text}\n" for text in rejects).encode()
        return decided

    def _case(self, raw: bytes) -> Case:
        return read_line(raw, self.policy)

    def decisions(self, raw: bytes) -> tuple[Decision, ...]:
        """The decisions about the case of one line. Raises `CaseError` where the line holds none."""
        found = self._quick(raw)
        return found.decisions if found is not None else self._exact([self._case(raw)])[0][1]

    def check_again(self, samples: Iterable[Sample]) -> None:
        """Decide samples again by clingo. Raises `InternalError` with the case of the first that was answered otherwise."""
        kept = list(samples)
        cases = [self._case(sample.text) for sample in kept]
        decided = decide_chunk(self.oracle.encoding, cases, self.readings, self.options.benefits)
        for sample, case, found in zip(kept, cases, decided, strict=True):
            facts = self.oracle.compiled.reader.case(case)
            if found is None or sample.answer != self.written(facts.id, facts.today, facts.assumed, found[0]):
                zh = "编译后的规则与 clingo 的答案不同；结果未写出"
                en = "the compiled rules and clingo answer differently; the result is not written"
                raise InternalError([Problem(f"line {sample.line}", Statement(zh, en))], case.to_json())

    def _quick(self, raw: bytes) -> CompiledDecisions | None:
        """The decisions of a line, or `None` where it goes the long way."""
        if self.options.full:
            return None
        facts = self._facts(raw)
        if facts is None:
            return None
        try:
            found = self.oracle.compiled.decide(facts, self.options.benefits, self.readings)
        except InternalError as error:
            raise InternalError(error.problems, self._case(raw).to_json()) from error
        return None if isinstance(found, Fallback) else found

    def _facts(self, raw: bytes) -> FactTables | None:
        try:
            # as a text: of bytes the reader of JSON would guess the encoding
            document = json.loads(raw.decode("utf-8"))
        except (ValueError, RecursionError):
            return None
        facts = self.oracle.compiled.reader.document(document)
        # a repeated key leaves more colons in the line than the document has keys
        if facts is None or b"\\" in raw or raw.count(b":") != facts.size + facts.id.count(":"):
            return None
        return facts

    def _exact(self, cases: Sequence[Case]) -> list[tuple[str, tuple[Decision, ...], bool]]:
        """What clingo decides: complete cases together, each other by itself."""
        options, oracle = self.options, self.oracle
        together = [None] * len(cases) if options.full else decide_chunk(oracle.encoding, cases, self.readings, options.benefits)
        found = []
        for case, decided in zip(cases, together, strict=True):
            facts = oracle.compiled.reader.case(case)
            if decided is not None:
                found.append((self.written(facts.id, facts.today, facts.assumed, decided[0]), decided[0], False))
                continue
            present = [benefit.id for benefit in self.policy.benefits.values() if facts.items.get(benefit.subject)]
            asked = [benefit for benefit in present if benefit in (options.benefits or present)]
            answer = oracle.decide(case, benefits=asked, limit=options.limit, full=options.full, engine="clingo")
            found.append((self._answer(answer), answer.decisions, answer.limit_reached))
        return found

    def _count(self, decided: DecidedLines, decisions: tuple[Decision, ...], applied_on: str) -> None:
        decided.totals.cases += 1
        decided.totals.add(decisions, applied_on)

    def _sample(self, decided: DecidedLines, sample: Sample, decisions: tuple[Decision, ...]) -> None:
        if sample.line <= FIRST or crc32(sample.text) % SAMPLE == 0:
            decided.random.append(sample)
        for decision in decisions:
            kind = (decision.benefit, decision.outcome, bool(decision.gap), *[condition.status for condition in decision.conditions])
            if kind not in self._kinds:
                self._kinds.add(kind)
                decided.kinds[" ".join(map(str, kind))] = sample

    # The text of an answer

    def written(self, case: str, today: int, assumed: Iterable[str], decisions: Iterable[Decision]) -> str:
        """The answer as its JSON text, without the time it takes to make the objects."""
        day = iso(today)
        head = f'{{"format": {FORMAT}, "case": {json.dumps(case, ensure_ascii=False)}, "applied_on": "{day}", {self._head}'
        body = f'"chosen_readings": {self._chosen}, "assumed": {json.dumps(list(assumed))}'
        return f'{head}, {body}, "decisions": [{", ".join(map(self._decision, decisions))}], "notes": {self._notes_on(today)}}}'

    def _notes_on(self, today: int) -> str:
        return json.dumps([note.to_json() for note in notes_on(self.policy, today)], ensure_ascii=False)

    def _decision(self, decision: Decision) -> str:
        key = (decision.benefit, decision.outcome, *(condition.status for condition in decision.conditions))
        conditions = self._conditions.get(key)
        if conditions is None:
            conditions = self._conditions[key] = json.dumps(self._of_conditions(decision), ensure_ascii=False)[1:-1]
        found = decision.to_json() if decision.amount_range or decision.gap or decision.results else {}
        amount = "null" if decision.amount is None else f'"{decision.amount:f}"'
        ends = f', "amount_range": {json.dumps(found["amount_range"])}' if decision.amount_range else ""
        fixed = "null" if decision.standard is None else f'"{decision.standard:f}"'
        standard = f', "standard": {fixed}' if decision.shared else ""
        rate = f', "rate": "{decision.rate:.2f}"' if decision.rate is not None else ""
        gap = f', "gap": {json.dumps(found["gap"])}' if decision.gap else ""
        results = f', "results": {json.dumps(found["results"], ensure_ascii=False)}' if decision.results else ""
        about = f'"benefit": "{decision.benefit}", "subject": "{decision.subject}", "clause": "{decision.clause}"'
        return f'{{{about}, "outcome": "{decision.outcome}"{standard}, "amount": {amount}{ends}{rate}, {conditions}{gap}{results}}}'

    def _of_conditions(self, decision: Decision) -> dict[str, Any]:
        found: dict[str, Any] = {"conditions": [condition.to_json() for condition in decision.conditions]}
        return found | self._why(decision)

    def _why(self, decision: Decision) -> dict[str, Any]:
        """With `why`: the conditions that are unmet, each with its clauses and its words."""
        if not self.options.why or decision.outcome != "not_eligible":
            return {}
        words = self.policy.benefits[decision.benefit].conditions
        unmet = [condition.id for condition in decision.conditions if condition.status == "unmet"]
        return {
            "unmet": [
                {"id": name, "clauses": clauses_of(self.oracle.encoding, decision.benefit, name), "statement": words[name].to_json()}
                for name in unmet
            ]
        }

    def _answer(self, answer: Answer) -> str:
        found = answer.to_json()
        for decision, written in zip(answer.decisions, found["decisions"], strict=True):
            written.update(self._why(decision))
        return json.dumps(found, ensure_ascii=False)


def in_input_order(first: int, lines: Sequence[bytes], decided: DecidedLines) -> bytes:
    """What came of some lines as one text: every answer and every reject in the place of its line."""
    answers = iter(decided.answers.splitlines(keepends=True))
    rejects = {json.loads(text)["line"]: text for text in decided.rejects.splitlines(keepends=True)}
    numbers = (number for number, raw in enumerate(lines, first) if not is_blank(raw))
    return b"".join(rejects[number] if number in rejects else next(answers) for number in numbers)


def is_blank(raw: bytes) -> bool:
    """Whether a line has nothing in it; the zeros that the end of a line leaves in an encoding of two or four bytes are nothing."""
    return not raw.strip() or (len(raw) <= 4 and not raw.strip(b"\0 \t\r\n"))


def read_line(raw: bytes, policy: Policy) -> Case:
    """The case in a line, the long way. Raises `CaseError`."""
    if len(raw) > LONGEST:
        raise CaseError.one("", "此行超过 16 MB", "this line is larger than 16 MB", "case-too-large")
    text = decoded(raw, _HERE).strip()
    if not text.startswith("{"):
        begin = shown(text[:10])
        raise CaseError.one(
            "",
            f"每行须为一个 JSON 对象，此行以 {begin} 开头",
            f"a line holds one JSON object; this one begins with {begin}",
            "case-not-object",
        )
    return Case.read(parse_document(text, _HERE), policy)


_HERE = "<line>"


def rejection_line(number: int, error: CaseError, unit: str = "line") -> str:
    """What is wrong with a line, or another unit of the input, as a line of the file of rejects."""
    problems = []
    for where, what, id, _ in error.problems:
        path, reason = where, what
        if where.startswith(_HERE):
            # the place of a mistake of syntax, in a text of one line
            column = where.rpartition(":")[2] if where.count(":") > 1 else ""
            placed = Statement(f"第 {column} 个字符：{what.zh}", f"character {column}: {what.en}") if column else what
            path, reason = "", placed
        problems.append({"path": path, "reason": reason.to_json(), **({"id": id} if id else {})})
    return json.dumps({unit: number, "problems": problems}, ensure_ascii=False)
