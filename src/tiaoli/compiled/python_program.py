"""From the rules to the text of Python functions that decide one complete case.

A predicate becomes a function for each way in which it is called: an argument is a constant, known (`b`), wanted (`f`)
or of no interest (`_`). With nothing wanted the function answers true or false, otherwise it yields what is wanted.
`timely_job__b_(case, certificate)` says whether a certificate has a timely job; `timely_job__bf` yields the jobs. Benefits
and conditions are always constants: a rule about any benefit is written out for each. What each part of a rule becomes
stands in `writer`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tiaoli.compiled import fragment
from tiaoli.compiled.fragment import constant_of, refuse
from tiaoli.compiled.inline import unfolded
from tiaoli.compiled.join_order import Call, Way
from tiaoli.compiled.python_rule import RESERVED, RuleWriter, distinct, identifier, in_tuple, literal
from tiaoli.compiled.rule_index import RuleBook
from tiaoli.policy import Benefit, Policy
from tiaoli.rules import Atom, Constant, Name, Program, Rule

_OUTPUTS: tuple[tuple[str, Way], ...] = (
    ("amount", ("f", "f")),
    ("standard", ("f", "f")),
    ("rate", ("f",)),
    ("gap", ("f",)),
)


class Compiler(RuleBook):
    """Compiles the rules of one policy, benefit by benefit; what two benefits share is compiled once."""

    def __init__(self, policy: Policy, program: Program) -> None:
        super().__init__(policy, program)
        self._names: dict[Call, str] = {}
        self._extensions: set[str] = set()
        self._taken: set[str] = set()
        self._fresh: list[str] = []

    def benefit(self, benefit: Benefit) -> str:
        """The text of `decide__BENEFIT(case, subject)` and of all it calls that no earlier text has.

        It returns the conditions met in the benefit's order, whether it is granted, and the sets of amounts and standards (yuan
        and fen), rates and persons without a standard. Raises `OutsideError` where a rule falls outside; then nothing is kept.
        """
        this: Constant = Constant(Name(benefit.id))
        with self._all_or_nothing():
            conditions = [self._entry("met", (this, "b", Constant(Name(condition)))) for condition in benefit.conditions]
            granted = self._entry("eligible", (this, "b"))
            found = [self._entry(name, (this, "b", *wanted), "()") if self.policy.shows(name) else "()" for name, wanted in _OUTPUTS]
        lines = [f"def decide__{benefit.id}(case, subject):", f"    met = ({''.join(f'{text}, ' for text in conditions)})"]
        lines += [f"    granted = {granted}"]
        # an amount, or a person without a standard, is looked at where the benefit is granted
        ends = dict.fromkeys(("amount", "standard", "gap"), " if granted else ()")
        lines += [
            f"    {name} = {text if text == '()' else f'set({text})' + ends.get(name, '')}"
            for (name, _), text in zip(_OUTPUTS, found, strict=True)
        ]
        lines += [f"    return met, granted, {', '.join(name for name, _ in _OUTPUTS)}"]
        return "\n\n\n".join([*self._fresh, "\n".join(lines)]) + "\n"

    def exclusive(self) -> str:
        """The text of `exclusive(case)`, which returns the pairs of decisions that cannot both be filed. Raises `OutsideError`."""
        with self._all_or_nothing():
            call = self._entry("exclusive", ("f", "f", "f", "f"), "()")
        return "\n\n\n".join([*self._fresh, f"def exclusive(case):\n    return set({call})"]) + "\n"

    def derived(self) -> str:
        """The text of `derived(case)`, which returns for every predicate of the rules the tuples that hold, and `True` or `False` where
        it has no argument but the case. Raises `OutsideError`."""
        lines = []
        with self._all_or_nothing():
            for predicate in self.heads:
                arguments = self.policy.predicates[predicate].arguments
                if self.policy.predicates[predicate].of_case:
                    way: Way = tuple("f" for _ in arguments[1:])
                    found = self._entry(predicate, way, "()" if way else "False")
                    lines.append(f"        {predicate!r}: {found if not way else f'set({found})'},")
                else:
                    lines.append(f"        {predicate!r}: {self._extension(predicate)},")
        return "\n\n\n".join([*self._fresh, "\n".join(["def derived(case):", "    return {", *lines, "    }"])]) + "\n"

    def rows(self, predicate: str) -> str:
        """The text of the constant that holds all tuples of a predicate which no case bears on. Raises `OutsideError`."""
        with self._all_or_nothing():
            self._extension(predicate)
        return "\n\n\n".join(self._fresh) + "\n"

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        before = dict(self._names), set(self._extensions), set(self._taken)
        self._fresh = []
        try:
            yield
        except fragment.OutsideError:
            self._names, self._extensions, self._taken = before
            raise

    def _entry(self, predicate: str, way: Way, nothing: str = "False") -> str:
        call = Call(predicate, way)
        known = ", subject" if "b" in way else ""
        return f"{self.function(call)}(case{known})" if self.possible(predicate, way) else nothing

    # Functions

    def function(self, call: Call) -> str:
        """The name of a predicate's function for one way of calling it, written where it is not yet."""
        if call in self._names:
            return self._names[call]
        name = self._name(call)
        self._names[call] = name
        wanted = "f" in call.way
        arguments = self.policy.predicates[call.predicate].arguments[1:]
        names = [identifier(argument) for (argument, _), mode in zip(arguments, call.way, strict=True) if mode == "b"]
        parameters = distinct(names, RESERVED)
        lines: list[str] = []
        loops, calls = False, 0
        for rule in self.heads[call.predicate]:
            self.check(rule)
            for known in self.written_out(rule, call.way):
                written = RuleWriter(self, unfolded(rule, known, self._instances), known)
                lines += [f"    # {rule.where} {' '.join(rule.text.split())}", *written.rule(call.way, parameters)]
                loops, calls = loops or written.loops, calls + written.calls
        signature = ", ".join(["case", *parameters])
        if wanted:
            self._fresh.append("\n".join([f"def {name}({signature}):", *(lines or ["    yield from ()"])]))
        elif loops or calls > 1:
            # asked more than once of one case, and worth remembering
            key = f"({', '.join([repr(name), *parameters])})"
            remembered = [f"    key = {key}", "    found = case.memo.get(key)", "    if found is None:"]
            remembered += [f"        found = case.memo[key] = work_out_{name}({signature})", "    return found"]
            self._fresh.append("\n".join([f"def work_out_{name}({signature}):", *lines, "    return False"]))
            self._fresh.append("\n".join([f"def {name}({signature}):", *remembered]))
        else:
            self._fresh.append("\n".join([f"def {name}({signature}):", *lines, "    return False"]))
        return name

    def constant(self, call: Call) -> str:
        """The name of the module's constant that answers a call which no case bears on: a boolean, a set, a tuple, or a
        dictionary from what is known to what is wanted."""
        if call in self._names:
            return self._names[call]
        name = self._name(call).upper()
        extension = self._extension(call.predicate)
        self._names[call] = name
        places = [f"a{position}" for position in range(len(call.way))]
        row = f"({', '.join(places)},)"
        tests = [f"{place} == {literal(term)}" for place, term in zip(places, call.way, strict=True) if isinstance(term, Constant)]
        known = [place for place, mode in zip(places, call.way, strict=True) if mode == "b"]
        wanted = [place for place, mode in zip(places, call.way, strict=True) if mode == "f"]
        rows = f"for {row} in {extension}" + (f" if {' and '.join(tests)}" if tests else "")
        if not known and not wanted:
            text = f"any(True {rows})"
        elif not wanted:
            text = f"{{{in_tuple(known)} {rows}}}"
        elif not known:
            text = f"tuple({{{in_tuple(wanted)} {rows}}})"
        else:
            text = f"grouped(({in_tuple(known)}, {in_tuple(wanted)}) {rows})"
        self._fresh.append(f"{name} = {text}")
        return name

    def _extension(self, predicate: str) -> str:
        """The name of the set of all tuples of a predicate that no case bears on. That of what is given stands ready."""
        name = predicate.upper()
        if predicate not in self.heads or predicate in self._extensions:
            return name
        way: Way = tuple("f" for _ in self.policy.predicates[predicate].arguments)
        lines = [f"def {predicate}_rows():"]
        for rule in self.heads[predicate]:
            self.check(rule)
            lines += [f"    # {rule.where} {' '.join(rule.text.split())}", *RuleWriter(self, rule, {}).rule(way, [])]
        self._fresh.append("\n".join(lines if len(lines) > 1 else [*lines, "    yield from ()"]))
        self._fresh.append(f"{name} = {{(row,) for row in {predicate}_rows()}}" if len(way) == 1 else f"{name} = set({predicate}_rows())")
        self._extensions.add(predicate)
        return name

    def parameter(self, rule: Rule, unit: str, name: str) -> str:
        """The name of the module's constant that holds a parameter."""
        call = Call(unit, (Constant(Name(name)), "f"))
        if call not in self._names:
            if name not in self.policy.parameters or self.policy.parameters[name].unit != unit:
                refuse(rule, f"没有参数 {name}", f"there is no parameter {name}")
            value = self.policy.parameters[name].value
            self._names[call] = self._unique(name.upper())
            self._fresh.append(f"{self._names[call]} = {value!r}  # {unit}({name}, …)")
        return self._names[call]

    def _name(self, call: Call) -> str:
        words = [identifier(str(term.value)) for term in call.way if isinstance(term, Constant)]
        modes = "".join(term for term in call.way if isinstance(term, str))
        return self._unique(f"{'_'.join([call.predicate, *words])}__{modes}")

    def _unique(self, name: str) -> str:
        found, number = name, 1
        while found in self._taken:
            number += 1
            found = f"{name}_{number}"
        self._taken.add(found)
        return found

    def _instances(self, atom: Atom, known: Mapping[str, Constant]) -> list[tuple[Rule, dict[str, Constant]]] | None:
        """The rules that can derive an atom of the case; `None` where it is no derived one, or is to stay a function.

        What rests on an aggregate stays one: written out inside a loop it would count everybody again for each person.
        """
        predicate = atom.predicate
        if predicate not in self.heads or not self.policy.predicates[predicate].of_case or self.counts(predicate):
            return None
        way: Way = tuple(constant_of(term, known) or "_" for term in atom.terms[1:])
        found = []
        for rule in self.heads[predicate]:
            self.check(rule)
            found += [(rule, constants) for constants in self.written_out(rule, way)]
        return found
