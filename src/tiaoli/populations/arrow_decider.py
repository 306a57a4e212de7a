"""Decides Arrow batches of cases: complete cases in good order over columns, each other by itself, as a line of JSON is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from tiaoli.base import FIRST_DAY, CaseError, InternalError, Problem, Statement
from tiaoli.case import Case
from tiaoli.compiled import CaseColumns, CodeBook, ColumnEvaluator, ColumnRules, Fallback, OutsideError, OverflowingError, Rows
from tiaoli.decide import Decision, Subject, assumed_for, decide_chunk
from tiaoli.oracle import Oracle
from tiaoli.policy import Benefit, DeclaredResult
from tiaoli.populations.arrow_columns import check_columns, fit_to_schema
from tiaoli.populations.arrow_reader import BatchReader
from tiaoli.populations.arrow_rows import case_document, plain_rows
from tiaoli.populations.arrow_schema import REPEATED, RESULT, Array, WordDictionaries, case_schema, decision_schema
from tiaoli.populations.arrow_writer import (
    BenefitColumns,
    RejectedRow,
    decision_row,
    in_case_order,
    join_ids,
    result_column,
    rows_of_columns,
    rows_of_decisions,
)
from tiaoli.populations.totals import Totals
from tiaoli.rules import Contract


class DecidedBatch(NamedTuple):
    """What came of a batch; `encoded` are its decisions in the form of `WordDictionaries`, `schema` is that of decisions."""

    encoded: pa.RecordBatch
    schema: pa.Schema
    rejects: list[RejectedRow]
    totals: Totals

    @property
    def decisions(self) -> pa.RecordBatch:
        """The decisions in the order of the cases, the benefits and the items, as `decision_schema` has them."""
        return self.encoded.cast(self.schema)


class BatchDecider:
    """Decides Arrow batches of cases under one oracle. Of every batch some rows and the first of each kind of decision are decided again by
    clingo; raises `InternalError` (with the case) where it answers otherwise."""

    def __init__(self, oracle: Oracle, benefits: Sequence[str] | None = None, limit: float | None = None) -> None:
        self.oracle = oracle
        self.policy = oracle.policy
        self.benefits = [benefit for benefit in self.policy.benefits.values() if benefits is None or benefit.id in benefits]
        self.asked = None if benefits is None else tuple(benefits)
        self.limit = limit
        self.readings = oracle.chosen_readings
        self.codes = CodeBook(self.policy)
        self.words = WordDictionaries(self.policy)
        compiled = oracle.compiled
        self.rules = ColumnRules(compiled.index, self.codes, lambda predicate: compiled.rows(predicate, self.readings))
        self._schema = case_schema(self.policy, REPEATED)
        self._checked: pa.Schema | None = None
        self._kinds: set[tuple[str, int, bool]] = set()
        self._columnar = True

    def decide(self, batch: pa.RecordBatch) -> DecidedBatch:
        """The decisions of every case in a batch, in the order of the cases, the benefits and the items. Raises `CaseError` where its
        columns are not those of cases."""
        if batch.schema != self._checked:
            check_columns(batch.schema, self._schema)
            self._checked = batch.schema
        totals = Totals(lines=batch.num_rows)
        fitted, odd = fit_to_schema(batch, self._schema)
        reader = BatchReader(self.policy, self.codes, fitted)
        population = reader.read()
        irregular = odd | reader.irregular | self._incomplete(reader, population)
        quick = np.flatnonzero(~irregular) if self._columnar else np.zeros(0, np.int64)
        parts: list[pa.RecordBatch] = []
        if len(quick):
            counted = Totals()
            try:
                if len(quick) < batch.num_rows:
                    reader = BatchReader(self.policy, self.codes, fitted.take(pa.array(quick)))
                    population = reader.read()
                parts.append(self._over_columns(reader, population, quick, counted))
                totals.merge(counted)
            except (OutsideError, OverflowingError) as error:
                # what was counted until then is counted where the rows are decided one by one
                self._columnar = isinstance(error, OverflowingError)
                quick = np.zeros(0, np.int64)
        left = np.ones(batch.num_rows, bool)
        left[quick] = False
        others = np.flatnonzero(left)
        rejects: list[RejectedRow] = []
        if len(others):
            parts.append(self._one_by_one(batch, others, rejects, totals))
        return DecidedBatch(in_case_order(parts, self.words.schema), decision_schema(self.policy), rejects, totals)

    def _incomplete(self, reader: BatchReader, population: CaseColumns) -> Array:
        """The cases with an absent fact that bears on what is asked of them."""
        found = np.zeros(reader.size, bool)
        for benefit in self.benefits:
            table = population.tables[benefit.subject]
            asked = np.zeros(reader.size, bool)
            asked[table.case] = True
            bearing = self.oracle.compiled.bearing[benefit.id]
            for path, missing in reader.absent:
                if path in bearing:
                    found |= asked & missing
        return found

    def _over_columns(self, reader: BatchReader, population: CaseColumns, place: Array, totals: Totals) -> pa.RecordBatch:
        """Decide rows over columns."""
        columns = ColumnEvaluator(self.rules, population)
        totals.cases += len(place)
        parts: list[BenefitColumns] = []
        again: dict[int, None] = dict.fromkeys(range(0, len(place), max(1, len(place) // 4)))
        for benefit in self.benefits:
            table = population.tables[benefit.subject]
            if not table.size:
                continue
            part = self._benefit_columns(benefit, columns, reader)
            parts.append(part)
            self._count(totals, part)
            self._count_months(totals, part, columns.relations.fact_of_case(self.policy.schema.day.predicate, benefit.subject) // 31)
            kinds, first = np.unique(part.met * 2 + part.granted, return_index=True)
            for kind, at in zip(kinds.tolist(), first.tolist(), strict=True):
                if (benefit.id, kind // 2, bool(kind % 2)) not in self._kinds:
                    self._kinds.add((benefit.id, kind // 2, bool(kind % 2)))
                    again[int(table.case[at])] = None
        found = rows_of_columns(parts, self.words, reader.ids[""], place)
        self._check_again(reader.batch, found, place, list(again))
        return found

    def _benefit_columns(self, benefit: Benefit, columns: ColumnEvaluator, reader: BatchReader) -> BenefitColumns:
        """The decisions on one benefit as columns."""
        table = columns.relations.cases.tables[benefit.subject]
        met = np.zeros(table.size, np.int32)
        for position, condition in enumerate(benefit.conditions):
            met |= columns.condition(benefit, condition).astype(np.int32) << position
        amount, standard = (self._sums(benefit, predicate, columns) for predicate in (Contract.AMOUNT.name, Contract.STANDARD.name))
        rate = np.full(table.size, -1, np.int64)
        at, (percent,) = columns.output(benefit, Contract.RATE.name, ("f",))
        assert not isinstance(percent, Rows)
        rate[at] = percent
        subject = reader.ids[benefit.subject]
        parent = self.policy.list_of[benefit.subject].parent
        if parent is not None:
            assert table.holder is not None
            subject = join_ids(reader.ids[parent].take(pa.array(table.holder)), subject)
        gap = self._gap(benefit, columns, reader)
        assumed = reader.absent_lists.rested_on(benefit.subject, partial(self.oracle.encoding.reads, benefit.id))
        granted = columns.granted(benefit)
        results = {declared.id: self._result(benefit, declared, columns, granted) for declared in benefit.results.values()}
        return BenefitColumns(benefit, table.case, subject, met, granted, amount, standard, rate, gap, assumed, results)

    def _result(self, benefit: Benefit, declared: DeclaredResult, columns: ColumnEvaluator, granted: Array) -> pa.Array:
        """A result of each decision on a benefit. Raises `InternalError` where one has several values."""
        at, (value,) = columns.output(benefit, declared.id, ("f",))
        assert not isinstance(value, Rows)
        values, times = np.zeros(len(granted), np.int64), np.bincount(at, minlength=len(granted))
        values[at] = value
        said = np.ones(len(granted), bool) if declared.always else granted
        if times[said].max(initial=0) > 1:
            zh = f"规则对结果 {declared.id} 给出不止一个值"
            raise InternalError([Problem(benefit.id, Statement(zh, f"the rules give more than one value of the result `{declared.id}`"))])
        texts = self.codes.texts if declared.type == "code" else self.codes.words if declared.type in self.policy.values else None
        kind = self.words.schema.field(f"{RESULT}{declared.id}").type
        return result_column(kind, None if texts is None else list(texts), values, said & (times > 0))

    def _sums(self, benefit: Benefit, predicate: str, columns: ColumnEvaluator) -> Array:
        """The sum that a predicate gives to each item, in the smallest unit of the currency, negative where it gives none."""
        found = np.full(columns.relations.size(benefit.subject), -1, np.int64)
        if benefit.has_amount and self.policy.shows(predicate):
            at, (whole, cents) = columns.output(benefit, predicate, ("f", "f"))
            assert not isinstance(whole, Rows)
            assert not isinstance(cents, Rows)
            found[at] = np.asarray(whole, np.int64) * 100 + cents
            if np.bincount(at).max(initial=0) > 1:
                what = Statement(f"规则给出不止一个 {predicate}", f"the rules give more than one `{predicate}`")
                raise InternalError([Problem(benefit.id, what)])
        return found

    def _gap(self, benefit: Benefit, columns: ColumnEvaluator, reader: BatchReader) -> list[list[str]] | None:
        """The ids of the persons without a standard, in file order; `None` where nobody is."""
        at, (person,) = columns.output(benefit, Contract.GAP.name, ("f",))
        if not len(at):
            return None
        assert isinstance(person, Rows)
        assert person.at is not None
        found: list[list[str]] = [[] for _ in range(columns.relations.size(benefit.subject))]
        order = np.lexsort((person.at, at))
        for row, who in zip(at[order].tolist(), person.at[order].tolist(), strict=True):
            found[row].append(reader.ids[person.entity][who].as_py())
        return found

    def _count(self, totals: Totals, part: BenefitColumns) -> None:
        benefit, conditions = part.benefit.id, list(part.benefit.conditions)
        totals.outcomes[f"{benefit} eligible"] += int(part.granted.sum())
        totals.outcomes[f"{benefit} not_eligible"] += int((~part.granted).sum())
        totals.money[benefit] += int(part.amount[part.amount > 0].sum())
        numbers, counts = np.unique(part.met[~part.granted], return_counts=True)
        for bits, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            unmet = [condition for position, condition in enumerate(conditions) if not (bits >> position) & 1]
            for condition in unmet:
                totals.unmet[f"{benefit} {condition}"] += count
            if len(unmet) == 1:
                totals.alone[f"{benefit} {unmet[0]}"] += count

    def _count_months(self, totals: Totals, part: BenefitColumns, months: Array) -> None:
        benefit = part.benefit.id
        numbers, counts = np.unique(months * 2 + part.granted, return_counts=True)
        for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
            month, outcome = number // 2, "eligible" if number % 2 else "not_eligible"
            totals.months[f"{benefit} {FIRST_DAY // 10000 + month // 12:04}-{month % 12 + 1:02} {outcome}"] += count

    def _check_again(self, batch: pa.RecordBatch, found: pa.RecordBatch, place: Array, again: list[int]) -> None:
        """Decide some cases again by clingo. Raises `InternalError` where it answers otherwise."""
        places = found.column("place").to_numpy(zero_copy_only=False)
        cases = [self.oracle.read(case_document(row)) for row in plain_rows(batch, np.array(again), self._schema)]
        decided = decide_chunk(self.oracle.encoding, cases, self.readings, self.asked)
        for at, case, answer in zip(again, cases, decided, strict=True):
            low, high = np.searchsorted(places, [place[at], place[at] + 1])
            ours = found.slice(int(low), int(high - low)).drop_columns(["place"]).to_pylist()
            theirs = None if answer is None else self._rows(case, self.oracle.compiled.reader.case(case).assumed, answer[0])
            if ours != theirs:
                zh = "按列执行的规则与 clingo 的答案不同；结果未写出"
                en = "the rules over columns and clingo answer differently; the result is not written"
                raise InternalError([Problem(f"row {int(place[at]) + 1}", Statement(zh, en))], case.to_json())

    def _rows(self, case: Case, absent: Sequence[str], decisions: Iterable[Decision]) -> list[dict[str, Any]]:
        """The decisions of one case, in which these lists are absent, as rows."""
        encoding = self.oracle.encoding
        return [
            decision_row(encoding.policy, case.id, decision, assumed_for(encoding, absent, Subject(decision.benefit, decision.subject)))
            for decision in decisions
        ]

    def _one_by_one(self, batch: pa.RecordBatch, rows: Array, rejects: list[RejectedRow], totals: Totals) -> pa.RecordBatch:
        """Decide some rows one by one."""
        found: list[dict[str, Any]] = []
        places: list[int] = []
        compiled = self.oracle.compiled
        for row, values in zip(rows.tolist(), plain_rows(batch, rows, self._schema), strict=True):
            try:
                case = self.oracle.read(case_document(values))
            except CaseError as error:
                totals.rejected += 1
                rejects.append(RejectedRow(row, error))
                continue
            quick = compiled.decide(case, self.asked, self.readings)
            decisions: tuple[Decision, ...]
            if isinstance(quick, Fallback):
                facts = compiled.reader.case(case)
                present = [benefit.id for benefit in self.benefits if facts.items.get(benefit.subject)]
                answer = self.oracle.decide(case, benefits=present, limit=self.limit, engine="clingo")
                decisions = answer.decisions
                totals.exact += 1
                totals.limited += answer.limit_reached
            else:
                facts, decisions = quick.facts, quick.decisions
            totals.cases += 1
            totals.add(decisions, case.day.isoformat())
            found += self._rows(case, facts.assumed, decisions)
            places += [row] * len(decisions)
        return rows_of_decisions(found, np.array(places, np.int64), self.words)
