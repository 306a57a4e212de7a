"""The check of what the rules of a policy say together: everything derived is used, every condition is met by some rule, and no rule
rests on itself."""

from __future__ import annotations

from collections import defaultdict
from graphlib import CycleError, TopologicalSorter

from tiaoli.encoding.lint import Lint
from tiaoli.policy import Predicate
from tiaoli.rules import SIGNATURES, Constant, Contract, Name, Rule, dependencies


class ProgramLint(Lint):
    """Checks all rules together, once each of them is well-formed."""

    def check(self) -> None:
        """Check use, conditions, standards, results and recursion."""
        self._use()
        self._conditions()
        self._standards()
        self._results()
        self.no_recursion()

    def _may_lack(self, predicate: Predicate) -> bool:
        """Whether a policy need not derive a predicate: the library declares it, for policies that do."""
        signature = SIGNATURES.get(predicate.name)
        return signature is not None and signature.optional and self.policy.includes(predicate.file.removesuffix(".toml"))

    def _use(self) -> None:
        used = {literal.atom.predicate for rule in self.program.rules for literal in rule.literals()}
        for predicate in self.policy.predicates.values():
            if predicate.source != "rules" or predicate.name in self.policy.results:
                continue
            where = f"{predicate.file} [predicate.{predicate.name}]"
            if predicate.name not in self.heads:
                if not self._may_lack(predicate):
                    self.refuse("rules-underived", where, "没有规则推导它", "no rule derives it")
            elif predicate.name not in used and not predicate.shown:
                self.refuse(
                    "rules-unused",
                    self.heads[predicate.name][0].where,
                    f"{predicate.name} 推导之后无人使用",
                    f"{predicate.name} is derived and never used",
                )
        constants: dict[str, set[str]] = defaultdict(set)
        for rule in self.program.rules:
            for literal in rule.literals():
                words = [str(term.value) for term in literal.atom.terms if isinstance(term, Constant)]
                if words:
                    constants[literal.atom.predicate].add(words[0])
                if literal.atom.predicate == Contract.READING.name and len(words) == 2:
                    constants["option"].add(".".join(words))
        for parameter in self.policy.parameters.values():
            if parameter.unit != Contract.OCCUPATION.name and parameter.name not in constants[parameter.unit]:
                self.refuse("parameter-unused", f"parameters.toml [{parameter.name}]", "没有规则使用此参数", "no rule uses this parameter")
        read = {literal.atom.predicate for rule in self.program.rules for literal in rule.literals()}
        for table in self.policy.tables.values():
            if table.predicate not in read:
                self.refuse("table-unused", f"policy.toml [table.{table.name}]", "没有规则使用此表", "no rule uses this table")
        for reading in self.policy.readings.values():
            idle = [option.id for option in reading.options if f"{reading.name}.{option.id}" not in constants["option"]]
            # one option may be the bare text, to which the others add rules
            if len(idle) > 1:
                self.refuse(
                    "reading-unused",
                    f"readings.toml [{reading.name}]",
                    f"没有规则使用选项 {'、'.join(idle)}",
                    f"no rule uses the options {', '.join(idle)}",
                )

    def _standards(self) -> None:
        """Those benefits are marked of which a share of a standard is paid."""
        named = {rule.head.terms[1] for rule in self.heads[Contract.STANDARD_BASE.name]}
        for benefit in self.policy.benefits.values():
            where = f"vocabulary.toml [benefit.{benefit.id}]"
            shared = Constant(Name(benefit.id)) in named
            if shared and not benefit.has_standard:
                zh, en = "规则推导它的标准；请写 standard = true", "its standard is derived; write `standard = true`"
                self.refuse("benefit-standard", where, zh, en)
            if benefit.has_standard and not shared:
                zh, en = "没有规则推导它的标准；请删去 standard", "no rule derives its standard; delete `standard`"
                self.refuse("benefit-standard", where, zh, en)

    def _results(self) -> None:
        """Every result that a benefit declares is derived for it, and no other benefit is given it."""
        for name in self.policy.results:
            declaring = [benefit.id for benefit in self.policy.benefits.values() if name in benefit.results]
            derived: set[str] = set()
            for rule in self.heads[name]:
                who = rule.head.terms[1]
                given = [str(who.value)] if isinstance(who, Constant) else list(self.policy.benefits)
                for benefit in given:
                    if benefit in self.policy.benefits and benefit not in declaring:
                        table = f"[benefit.{benefit}.results.{name}]"
                        zh = f"{benefit} 没有声明结果 {name}；请在规则中写明权益，或者写 {table}"
                        en = f"`{benefit}` declares no result `{name}`; name the benefit in the rule, or write {table}"
                        self.refuse("benefit-results", rule.where, zh, en)
                derived.update(given)
            for benefit in declaring:
                if benefit not in derived:
                    where = f"vocabulary.toml [benefit.{benefit}.results.{name}]"
                    self.refuse(
                        "benefit-results", where, "没有规则推导它", f"no rule derives it; conclude {name}(C, {benefit}, Subject, Value)"
                    )

    def _conditions(self) -> None:
        required: dict[str, dict[int, tuple[str, Rule]]] = defaultdict(dict)
        for rule in self.heads[Contract.REQUIRES.name]:
            owner, position, condition = (term.value if isinstance(term, Constant) else None for term in rule.head.terms)
            if isinstance(position, int) and not rule.body:
                if position in required[str(owner)]:
                    self.refuse(
                        "conditions-order",
                        rule.where,
                        f"{owner} 的第 {position} 项条件重复",
                        f"{owner} has two conditions at position {position}",
                    )
                required[str(owner)][position] = (str(condition), rule)
            else:
                self.refuse(
                    "conditions-order",
                    rule.where,
                    "requires 须为事实：权益、序号、条件",
                    "requires must be a fact: benefit, position, condition",
                )
        derived = {
            (term.value if isinstance(term, Constant) else None, rule.head.terms[-1])
            for rule in self.heads[Contract.MET.name]
            for term in [rule.head.terms[1]]
        }
        for benefit in self.policy.benefits.values():
            conditions = required.get(benefit.id, {})
            where = f"vocabulary.toml [benefit.{benefit.id}]"
            if sorted(conditions) != list(range(1, len(conditions) + 1)):
                self.refuse("conditions-order", where, "条件序号须从 1 起连续", "positions of the conditions must run from 1 without a gap")
            named = [conditions[position][0] for position in sorted(conditions)]
            if named != list(benefit.conditions):
                self.refuse(
                    "conditions-order",
                    where,
                    f"条件及顺序与 requires 不一致：{'、'.join(named)}",
                    f"the conditions differ from requires, which says: {', '.join(named)}",
                )
            for condition, rule in conditions.values():
                if not any(who in (None, Name(benefit.id)) and what == Constant(Name(condition)) for who, what in derived):
                    self.refuse(
                        "rules-underived",
                        rule.where,
                        f"没有规则推导 {benefit.id} 的 {condition}",
                        f"no rule derives the condition {condition} of {benefit.id}",
                    )

    def no_recursion(self) -> None:
        """Check that no predicate rests on itself."""
        try:
            list(TopologicalSorter(dependencies(self.program)).static_order())
        except CycleError as error:
            circle = error.args[1]
            # each predicate of the circle stands in the body of a rule for the next
            rule = next(rule for rule in self.heads[circle[1]] if any(inner.atom.predicate == circle[0] for inner in rule.literals()))
            path = " → ".join(reversed(circle))
            self.refuse("rules-recursive", rule.where, f"规则不得递归：{path}", f"rules must not be recursive: {path}")
