"""From the rules to the text of Python functions that decide one complete case.

A predicate becomes a function for each binding pattern that it is called with: an argument is a constant, bound (`b`), free
(`f`) or of no interest (`_`). With no free argument the function returns true or false, otherwise it yields the free ones.
`timely_job__b_(case, certificate)` says whether a certificate has a timely job; `timely_job__bf` yields the jobs. Benefits
and conditions are always constants: a rule about any benefit is grounded for each. What each part of a rule becomes stands in
`python_rule`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tiaoli.compiled import fragment
from tiaoli.compiled.fragment import constant_of, refuse
from tiaoli.compiled.inline import inlined
from tiaoli.compiled.python_rule import RESERVED, RuleWriter, distinct, identifier, in_tuple, literal
from tiaoli.compiled.rule_index import BindingPattern, Call, RuleIndex, in_mode
from tiaoli.policy import Benefit
from tiaoli.rules import Atom, Constant, Contract, Name, Rule

_OUTPUTS: tuple[tuple[str, BindingPattern], ...] = (
    (Contract.AMOUNT.name, ("f", "f")),
    (Contract.STANDARD.name, ("f", "f")),
    (Contract.RATE.name, ("f",)),
    (Contract.GAP.name, ("f",)),
)


class Compiler:
    """Compiles the rules of one policy, benefit by benefit; what two benefits share is compiled once."""

    def __init__(self, index: RuleIndex) -> None:
        self.index, self.policy = index, index.policy
        self._names: dict[Call, str] = {}
        self._extensions: set[str] = set()
        self._used_names: set[str] = set()
        self._new_text: list[str] = []

    def benefit(self, benefit: Benefit) -> str:
        """The text of `decide__BENEFIT(case, subject)` and of all it calls that no earlier text has.

        It returns the conditions met in the benefit's order, whether it is granted, the sets of amounts and standards (hundreds of
        the smallest unit, and the rest), rates and persons without a standard, and those of the values of each result. Raises
        `OutsideError` where a rule falls outside; then nothing is kept.
        """
        this: Constant = Constant(Name(benefit.id))
        with self._all_or_nothing():
            conditions = [self._called(Contract.MET.name, (this, "b", Constant(Name(condition)))) for condition in benefit.conditions]
            granted = self._called(Contract.ELIGIBLE.name, (this, "b"))
            found = [self._called(name, (this, "b", *wanted), "()") if self.policy.shows(name) else "()" for name, wanted in _OUTPUTS]
            given = [(declared, self._called(declared.id, (this, "b", "f"), "()")) for declared in benefit.results.values()]
        lines = [f"def decide__{benefit.id}(case, subject):", f"    met = ({''.join(f'{text}, ' for text in conditions)})"]
        lines += [f"    granted = {granted}"]
        # an amount, or a person without a standard, is looked at where the benefit is granted
        ends = dict.fromkeys((Contract.AMOUNT.name, Contract.STANDARD.name, Contract.GAP.name), " if granted else ()")
        lines += [
            f"    {name} = {text if text == '()' else f'set({text})' + ends.get(name, '')}"
            for (name, _), text in zip(_OUTPUTS, found, strict=True)
        ]
        results = [f"set({text})" + ("" if declared.always else " if granted else ()") for declared, text in given]
        lines += [f"    results = ({''.join(f'{text}, ' for text in results)})"]
        lines += [f"    return met, granted, {', '.join(name for name, _ in _OUTPUTS)}, results"]
        return "\n\n\n".join([*self._new_text, "\n".join(lines)]) + "\n"

    def exclusive(self) -> str:
        """The text of `exclusive(case)`, which returns the decisions of which only one application can be filed, each with its application.
        Raises `OutsideError`."""
        with self._all_or_nothing():
            call = self._called(Contract.EXCLUSIVE.name, ("f", "f", "f"), "()")
        return "\n\n\n".join([*self._new_text, f"def exclusive(case):\n    return set({call})"]) + "\n"

    def derived(self) -> str:
        """The text of `derived(case)`, which returns for every predicate of the rules the tuples that hold, and `True` or `False` where
        it has no argument but the case. Raises `OutsideError`."""
        lines = []
        with self._all_or_nothing():
            for predicate in self.index.by_head:
                arguments = self.policy.predicates[predicate].arguments
                if self.policy.predicates[predicate].of_case:
                    binding: BindingPattern = tuple("f" for _ in arguments[1:])
                    found = self._called(predicate, binding, "()" if binding else "False")
                    lines.append(f"        {predicate!r}: {found if not binding else f'set({found})'},")
                else:
                    lines.append(f"        {predicate!r}: {self._extension(predicate)},")
        return "\n\n\n".join([*self._new_text, "\n".join(["def derived(case):", "    return {", *lines, "    }"])]) + "\n"

    def rows(self, predicate: str) -> str:
        """The text of the constant that holds the extension of a predicate which no case bears on. Raises `OutsideError`."""
        with self._all_or_nothing():
            self._extension(predicate)
        return "\n\n\n".join(self._new_text) + "\n"

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Start a new text, and forget the names in it where a rule falls outside the fragment."""
        before = dict(self._names), set(self._extensions), set(self._used_names)
        self._new_text = []
        try:
            yield
        except fragment.OutsideError:
            self._names, self._extensions, self._used_names = before
            raise

    def _called(self, predicate: str, binding: BindingPattern, nothing: str = "False") -> str:
        """The text of a call for the case, and its subject where an argument is bound; `nothing` where no rule or fact can answer it."""
        call = Call(predicate, binding)
        known = ", subject" if "b" in binding else ""
        return f"{self.function(call)}(case{known})" if self.index.answerable(predicate, binding) else nothing

    # Functions

    def function(self, call: Call) -> str:
        """The name of the function that answers a call, written where it is not yet."""
        if call in self._names:
            return self._names[call]
        name = self._name(call)
        self._names[call] = name
        yields = "f" in call.binding
        arguments = self.policy.predicates[call.predicate].arguments[1:]
        names = [identifier(argument) for argument, _ in in_mode("b", arguments, call.binding)]
        parameters = distinct(names, RESERVED)
        lines: list[str] = []
        loops, calls = False, 0
        for rule in self.index.by_head[call.predicate]:
            self.index.check(rule)
            for constants in self.index.groundings(rule, call.binding):
                written = RuleWriter(self.index, self, inlined(rule, constants, self._instances), constants)
                lines += [f"    # {rule.where} {' '.join(rule.text.split())}", *written.write(call.binding, parameters)]
                loops, calls = loops or written.loops, calls + written.calls
        signature = ", ".join(["case", *parameters])
        if yields:
            self._new_text.append("\n".join([f"def {name}({signature}):", *(lines or ["    yield from ()"])]))
        elif loops or calls > 1:
            # called more than once for one case, and worth remembering
            key = f"({', '.join([repr(name), *parameters])})"
            remembered = [f"    key = {key}", "    found = case.memo.get(key)", "    if found is None:"]
            remembered += [f"        found = case.memo[key] = work_out_{name}({signature})", "    return found"]
            self._new_text.append("\n".join([f"def work_out_{name}({signature}):", *lines, "    return False"]))
            self._new_text.append("\n".join([f"def {name}({signature}):", *remembered]))
        else:
            self._new_text.append("\n".join([f"def {name}({signature}):", *lines, "    return False"]))
        return name

    def constant(self, call: Call) -> str:
        """The name of the module's constant that answers a call which no case bears on: a boolean, a set, a tuple, or a
        dictionary from the bound arguments to the free ones."""
        if call in self._names:
            return self._names[call]
        name = self._name(call).upper()
        extension = self._extension(call.predicate)
        self._names[call] = name
        places = [f"a{position}" for position in range(len(call.binding))]
        row = f"({', '.join(places)},)"
        tests = [f"{place} == {literal(term)}" for place, term in zip(places, call.binding, strict=True) if isinstance(term, Constant)]
        bound, free = in_mode("b", places, call.binding), in_mode("f", places, call.binding)
        rows = f"for {row} in {extension}" + (f" if {' and '.join(tests)}" if tests else "")
        if not bound and not free:
            text = f"any(True {rows})"
        elif not free:
            text = f"{{{in_tuple(bound)} {rows}}}"
        elif not bound:
            text = f"tuple({{{in_tuple(free)} {rows}}})"
        else:
            text = f"grouped(({in_tuple(bound)}, {in_tuple(free)}) {rows})"
        self._new_text.append(f"{name} = {text}")
        return name

    def _extension(self, predicate: str) -> str:
        """The name of the extension, the set of all tuples, of a predicate that no case bears on. What is supplied has one already."""
        name = predicate.upper()
        if predicate not in self.index.by_head or predicate in self._extensions:
            return name
        binding: BindingPattern = tuple("f" for _ in self.policy.predicates[predicate].arguments)
        lines = [f"def {predicate}_rows():"]
        for rule in self.index.by_head[predicate]:
            self.index.check(rule)
            lines += [f"    # {rule.where} {' '.join(rule.text.split())}", *RuleWriter(self.index, self, rule, {}).write(binding, [])]
        self._new_text.append("\n".join(lines if len(lines) > 1 else [*lines, "    yield from ()"]))
        self._new_text.append(
            f"{name} = {{(row,) for row in {predicate}_rows()}}" if len(binding) == 1 else f"{name} = set({predicate}_rows())"
        )
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
            self._new_text.append(f"{self._names[call]} = {value!r}  # {unit}({name}, …)")
        return self._names[call]

    def _name(self, call: Call) -> str:
        """An unused name for what answers a call: its predicate, its constants and the modes of its other arguments."""
        words = [identifier(str(term.value)) for term in call.binding if isinstance(term, Constant)]
        modes = "".join(term for term in call.binding if isinstance(term, str))
        return self._unique(f"{'_'.join([call.predicate, *words])}__{modes}")

    def _unique(self, name: str) -> str:
        found, number = name, 1
        while found in self._used_names:
            number += 1
            found = f"{name}_{number}"
        self._used_names.add(found)
        return found

    def _instances(self, atom: Atom, constants: Mapping[str, Constant]) -> list[tuple[Rule, dict[str, Constant]]] | None:
        """The rules that can derive an atom of the case; `None` where it is not derived, or is to stay a function.

        What depends on an aggregate stays one: inlined into a loop it would count everybody again for each person.
        """
        predicate = atom.predicate
        if predicate not in self.index.by_head or not self.policy.predicates[predicate].of_case or self.index.rests_on_aggregate(predicate):
            return None
        binding: BindingPattern = tuple(constant_of(term, constants) or "_" for term in atom.terms[1:])
        found = []
        for rule in self.index.by_head[predicate]:
            self.index.check(rule)
            found += [(rule, grounding) for grounding in self.index.groundings(rule, binding)]
        return found
