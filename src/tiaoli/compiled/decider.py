"""Decides complete cases by compiled rules, without clingo and with the same answers.

What cannot be decided this way falls back to clingo: a rule outside the fragment, a fact that is absent and bears on what is
asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cached_property, lru_cache
from threading import RLock
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple

from tiaoli.base import InternalError, Problem, Statement
from tiaoli.case import Case
from tiaoli.compiled import runtime
from tiaoli.compiled.fact_tables import FactReader, FactTables
from tiaoli.compiled.fragment import OutsideError
from tiaoli.compiled.python_program import Compiler
from tiaoli.compiled.rule_index import RuleIndex
from tiaoli.decide import Condition, Decision, Result, ResultReader
from tiaoli.policy import Benefit, Policy, reading_facts
from tiaoli.rules import SUPREMUM, Contract, Fact, Name, NoValueError, Value

if TYPE_CHECKING:
    from tiaoli.encoding import Encoding

_BY_ZERO = Statement("计算中除以零", "its arithmetic divides by zero")

_MOST_CHOICES = 64
"""How many choices of readings, and of benefits, are kept ready."""

_Sums = Collection[tuple[int, int]]

_Found = tuple[tuple[bool, ...], bool, _Sums, _Sums, Collection[int], Collection[str], tuple[Collection[Any], ...]]
"""What the compiled function of a benefit returns: the conditions met, whether it is granted, amounts and standards in hundreds of the
smallest unit and what is left of them, rates, persons without a standard, the values of each result."""


class Fallback(NamedTuple):
    """Why clingo has to decide a case."""

    problem: Problem


class CompiledDecisions(NamedTuple):
    """The decisions of one case by compiled rules, and its facts, from which an answer tells what was assumed."""

    facts: FactTables
    decisions: tuple[Decision, ...]


class CompiledRules:
    """The compiled rules of one policy. A benefit is compiled when it is first asked for; safe to share between threads."""

    def __init__(self, encoding: Encoding) -> None:
        self.policy: Policy = encoding.policy
        self.bearing = {benefit: frozenset(paths) for benefit, paths in encoding.fields.items()}
        self.reader = FactReader(self.policy)
        self._encoding = encoding
        self._lock = RLock()
        self._text = ""
        self._texts: list[tuple[str, CodeType]] = []
        self._outside: dict[str, Problem] = {}
        self._derives_all = True
        self._modules: dict[tuple[tuple[str, str], ...], _Module] = {}
        self._ordered = lru_cache(maxsize=_MOST_CHOICES)(self._in_order)
        self._conditions = {
            benefit.id: {
                True: [Condition(name, "met") for name in benefit.conditions],
                False: [Condition(name, "unmet") for name in benefit.conditions],
            }
            for benefit in self.policy.benefits.values()
        }
        self._result_reader = ResultReader(encoding.phrases, encoding.rule_bounds)
        self._met: dict[str, dict[tuple[bool, ...], tuple[Condition, ...]]] = {benefit: {} for benefit in self.policy.benefits}

    def decide(
        self, case: Case | FactTables, benefits: tuple[str, ...] | None, readings: Mapping[str, str]
    ) -> CompiledDecisions | Fallback:
        """Every decision of a complete case, or those on `benefits`; or why clingo has to decide it.

        The facts then say in `asked` which benefits have a subject.

        Raises `InternalError` with the case's problem where arithmetic divides by zero, a function has no value or a result several.
        """
        facts = case if isinstance(case, FactTables) else self.reader.case(case)
        items = facts.items
        asked = [benefit for benefit in self._ordered(benefits) if items.get(benefit.subject)]
        facts.asked = {benefit.id: items[benefit.subject] for benefit in asked}
        if facts.unknown:
            for benefit in asked:
                if not facts.unknown.isdisjoint(self.bearing[benefit.id]):
                    return Fallback(self._unknown(facts, benefit))
        module = self._module(readings)
        found: list[Decision] = []
        for benefit in asked:
            function = module.functions.get(benefit.id) or self._compile(module, benefit)
            if function is None:
                return Fallback(self._outside[benefit.id])
            try:
                for item in items[benefit.subject]:
                    found.append(self._decision(benefit, item, function(facts, item), facts))
            except ArithmeticError as error:
                why = error.statement if isinstance(error, NoValueError) else _BY_ZERO
                raise InternalError([Problem(benefit.id, Statement(f"{why.zh}；未作决定", f"{why.en}; nothing was decided"))]) from error
        return CompiledDecisions(facts, tuple(found))

    def exclusive(self, facts: FactTables, readings: Mapping[str, str]) -> frozenset[tuple[str, str, str]]:
        """The decisions, of those that `decide` was last asked for, that each grant and of which only those of one application can be
        filed: benefit, subject and application.

        Raises `OutsideError` where the rules for it fall outside the fragment.
        """
        module = self._module(readings)
        with self._lock:
            if "exclusive" not in module.names:
                self._run(module, "exclusive", self._compiler.exclusive())
        return frozenset(module.names["exclusive"](facts))

    def derived(self, case: Case, benefit: str, readings: Mapping[str, str]) -> frozenset[Fact] | None:
        """Every atom that the rules derive of a complete case that is asked for one benefit; `None` where that cannot be told here:
        a fact is missing, a rule is outside the fragment, or arithmetic divides by zero."""
        facts = self.reader.case(case)
        if not self._derives_all or not facts.unknown.isdisjoint(self.bearing[benefit]):
            return None
        facts.asked = {benefit: facts.items[self.policy.benefits[benefit].subject]}
        module = self._module(readings)
        try:
            with self._lock:
                if "derived" not in module.names:
                    self._run(module, "derived", self._compiler.derived())
            found = module.names["derived"](facts)
        except OutsideError:
            self._derives_all = False
            return None
        except ArithmeticError:
            return None
        return frozenset(atom for predicate, rows in found.items() for atom in self._atoms(facts.id, predicate, rows))

    def _atoms(self, case: str, predicate: str, rows: bool | Iterable[Any]) -> Iterator[Fact]:
        """The tuples of a predicate as the atoms that clingo knows."""
        if isinstance(rows, bool):
            if rows:
                yield Fact(predicate, (case,))
            return
        kinds = [kind for _, kind in self.policy.predicates[predicate].arguments]
        first: tuple[Value, ...] = (case,) if self.policy.predicates[predicate].of_case else ()
        values: list[Callable[[Any], Value]] = [
            _VALUES.get(kind, Name if kind in self.policy.values else _same) for kind in kinds[len(first) :]
        ]
        if len(values) == 1 and first:
            (only,) = values
            for value in rows:
                yield Fact(predicate, (*first, only(value)))
        else:
            for row in rows:
                yield Fact(predicate, (*first, *[value(part) for value, part in zip(values, row, strict=True)]))

    def rows(self, predicate: str, readings: Mapping[str, str]) -> frozenset[tuple[Any, ...]]:
        """The extension, all tuples, of a predicate that no case bears on."""
        module = self._module(readings)
        name = predicate.upper()
        with self._lock:
            if name not in module.names:
                self._run(module, f"rows of {predicate}", self._compiler.rows(predicate))
        return frozenset(module.names[name])

    def text(self) -> str:
        """The Python text of every benefit, for people to read. Benefits outside the fragment are left out."""
        module = self._module({})
        for benefit in self.policy.benefits.values():
            if benefit.id not in module.functions:
                self._compile(module, benefit)
        return self._text

    def outside(self) -> dict[str, Problem]:
        """The benefits that the compiled form does not decide, each with the rule that falls outside."""
        self.text()
        return dict(self._outside)

    def _in_order(self, benefits: tuple[str, ...] | None) -> list[Benefit]:
        """The benefits that are asked for, in the policy's order."""
        return [benefit for benefit in self.policy.benefits.values() if benefits is None or benefit.id in benefits]

    def _unknown(self, facts: FactTables, benefit: Benefit) -> Problem:
        """The first unknown fact that bears on a benefit, as the reason for the fallback."""
        paths = [path for path in self.policy.fields if path in facts.unknown and path in self.bearing[benefit.id]]
        return Problem(
            paths[0],
            Statement(
                f"未知，而 {benefit.id} 取决于它；请用 clingo 求解", f"unknown, and {benefit.id} can rest on it; clingo decides such a case"
            ),
        )

    def _decision(self, benefit: Benefit, item: str, found: _Found, facts: FactTables) -> Decision:
        met, granted, amounts, standards, rates, gaps, values = found
        conditions = self._met[benefit.id].get(met)
        if conditions is None:
            both = self._conditions[benefit.id]
            conditions = self._met[benefit.id][met] = tuple(both[value][position] for position, value in enumerate(met))
        sums = self._sums(amounts) if amounts else ()
        fixed = self._sums(standards) if standards else ()
        return Decision(
            benefit.id,
            item,
            benefit.clause,
            "eligible" if granted else "not_eligible",
            sums[0] if len(sums) == 1 else None,
            conditions,
            self.policy.currency,
            (min(sums), max(sums)) if len(sums) > 1 else None,
            fixed[0] if len(fixed) == 1 else None,
            _amount(max(rates), _PERCENT) if rates else None,
            self._gap(benefit, item, gaps, facts) if gaps else (),
            self._results(benefit, granted, values) if values else (),
            named=benefit,
        )

    def _sums(self, found: _Sums) -> list[Decimal]:
        return [_amount(100 * hundreds + rest, self.policy.currency.digits) for hundreds, rest in found]

    def _results(self, benefit: Benefit, granted: bool, found: tuple[Collection[Any], ...]) -> tuple[Result, ...]:
        """What a decision gives beside money. Raises `InternalError` where a result has several values."""
        values = {
            declared.id: [_VALUES.get(declared.type, _same)(value) for value in those]
            for declared, those in zip(benefit.results.values(), found, strict=True)
        }
        return self._result_reader.complete(benefit, granted, values)

    def _gap(self, benefit: Benefit, item: str, gaps: Collection[str], facts: FactTables) -> tuple[str, ...]:
        """The ids of the persons without a standard, in file order."""
        inside = [listed.entity for listed in self.policy.lists.values() if listed.parent == benefit.subject]
        names = [name for entity in inside for name in facts.items.get(entity, ()) if name in gaps and name.startswith(f"{item}/")]
        return tuple(name.rpartition("/")[2] for name in names)

    @property
    def index(self) -> RuleIndex:
        """The rules, indexed for whoever compiles them in another way."""
        with self._lock:
            return self._compiler.index

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler(RuleIndex(self.policy, self._encoding.program))

    def _module(self, readings: Mapping[str, str]) -> _Module:
        """The compiled rules under one choice of readings."""
        key = tuple(sorted(readings.items())) if readings else ()
        found = self._modules.get(key)
        if found is not None:
            return found
        with self._lock:
            module = _Module(self.policy, readings)
            for name, code in self._texts:
                module.run(name, code)
            while len(self._modules) >= _MOST_CHOICES:
                del self._modules[next(iter(self._modules))]
            self._modules[key] = module
            return module

    def _compile(self, module: _Module, benefit: Benefit) -> Any:
        """The compiled function of a benefit; `None`, and a problem in `_outside`, where it is outside the fragment."""
        with self._lock:
            if benefit.id not in module.functions and benefit.id not in self._outside:
                try:
                    self._run(module, benefit.id, self._compiler.benefit(benefit))
                except OutsideError as error:
                    self._outside[benefit.id] = error.problem
            return module.functions.get(benefit.id)

    def _run(self, module: _Module, name: str, text: str) -> None:
        """Compile a text and run it in a module and in those of all other readings."""
        code = compile(text, f"<compiled {self.policy.id} {name}>", "exec")
        self._text += text
        self._texts.append((name, code))
        for other in {id(module): module, **{id(other): other for other in self._modules.values()}}.values():
            other.run(name, code)


class _Module:
    """The names that compiled text sees under one choice of readings, and the functions that decide a benefit."""

    def __init__(self, policy: Policy, readings: Mapping[str, str]) -> None:
        known = [*policy.facts, *reading_facts(policy, readings)]
        self.names: dict[str, Any] = {name.upper(): set() for name in (Contract.READING.name, *policy.units, *policy.table_of)}
        for fact in known:
            self.names[fact.predicate.upper()].add(tuple(str(value) if isinstance(value, str) else value for value in fact.arguments))
        self.names |= runtime.RUNTIME
        self.functions: dict[str, Any] = {}

    def run(self, name: str, code: CodeType) -> None:
        """Run a compiled text, and note the function in it that decides a benefit."""
        exec(code, self.names)
        function = self.names.get(f"decide__{name}")
        if function is not None:
            self.functions[name] = function


def _same(value: Any) -> Value:
    found: Value = value
    return found


def _of_day(day: int) -> Value:
    return SUPREMUM if day == runtime.SUP else day


_VALUES: Mapping[str, Callable[[Any], Value]] = {"day": _of_day, **dict.fromkeys(("boolean", "record", "benefit", "condition"), Name)}
"""How an argument of a type becomes a value as clingo knows it, where it is neither a word of a table nor already one."""


_PERCENT = 2


@lru_cache(maxsize=65536)
def _amount(units: int, digits: int) -> Decimal:
    """So many of the smallest unit as an amount, so many percent as a multiple."""
    return Decimal(units).scaleb(-digits)
