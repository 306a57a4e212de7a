"""The check of one rule: its predicates, the types of its terms, its constants and numbers, the case it speaks of, the readings it
looks at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tiaoli.base import Problem, choices, shown
from tiaoli.encoding.lint import METHOD, UNTYPED, Lint, joint_type, shortened
from tiaoli.policy import Policy
from tiaoli.rules import Aggregate, Atom, Constant, Contract, Literal, Name, Operation, Program, Rule, Term, Variable, written

# The only numbers a rule may hold: none of the notice's, but zero and the hundred of a percentage.
_PLAIN_NUMBERS = frozenset({0, 100})


class RuleLint(Lint):
    """Checks rules one by one; `malformed` says that one of them has an atom that is not declared as it is written."""

    def __init__(self, policy: Policy, program: Program, problems: list[Problem]) -> None:
        super().__init__(policy, program, problems)
        self.malformed = False

    def check(self, rule: Rule) -> None:
        """Check a rule of the policy."""
        if not rule.sentences:
            self.refuse("rule-sentence", rule.where, "规则之上须有 `%@ 锚点 引文`", "a rule wants a line `%@ anchor quote` above it")
        known = self.known_atoms(rule)
        head = self.policy.predicates.get(rule.head.predicate)
        if head is not None and head.source != "rules":
            self.refuse(
                "rule-fact-derived", rule.where, f"{head.name} 是事实，规则不得推导", f"{head.name} is a fact; no rule may derive it"
            )
        self.types_agree(rule, known)
        self._one_case(rule, known)
        self._numbers(rule)
        if any(literal.atom.predicate == Contract.MET.name for literal in rule.literals()) and rule.sentences != (METHOD,):
            self.refuse(
                "rule-reads-decision",
                rule.where,
                "met 只供决定规则使用；请引用所依据的谓词",
                "only the decision reads met; rest on the predicate below it",
            )
        for literal in rule.literals():
            self.reading(rule, literal)
        self._records(rule)

    def _records(self, rule: Rule) -> None:
        """Where there is no record nothing is said in it: that a key of it is not so is asked beside the record."""
        fields = {field.predicate: field for field in self.policy.fields.values()}
        asked = [(item.atom.predicate, item.atom.terms[:-1]) for item in rule.literals() if not item.negated]
        for literal in rule.literals():
            declared = fields.get(literal.atom.predicate)
            if declared is None or not literal.negated:
                continue
            for record in fields.values():
                beside = (record.predicate, literal.atom.terms[:-1]) in asked
                if record.kind == "record" and declared.path.startswith(f"{record.path}.") and not beside:
                    wanted = f"{record.predicate}({', '.join([*map(written, literal.atom.terms[:-1]), 'record'])})"
                    self.refuse(
                        "rule-record",
                        rule.where,
                        f"没有记录时，{declared.path} 既非是也非否；请同时写 {wanted}",
                        f"without a record {declared.path} is neither so nor not so; ask for {wanted} beside it",
                    )

    def known_atoms(self, rule: Rule) -> list[Atom]:
        """The atoms of a rule that are declared as they are written; the others are problems."""
        atoms = [rule.head, *(literal.atom for literal in rule.literals())]
        known = [atom for atom in atoms if self._atom(rule, atom)]
        self.malformed = self.malformed or len(known) < len(atoms)
        return known

    def _cases(self, atoms: list[Atom]) -> Iterator[Term]:
        """The terms that stand for the case."""
        for atom in atoms:
            if [kind for _, kind in self.policy.predicates[atom.predicate].arguments[:1]] == ["case"]:
                yield atom.terms[0]

    def _atom(self, rule: Rule, atom: Atom) -> bool:
        declared = self.policy.predicates.get(atom.predicate)
        if declared is None:
            near = choices(self.policy.predicates, atom.predicate)
            self.refuse(
                "rule-predicate",
                rule.where,
                f"没有谓词 {shown(atom.predicate)}；{shortened(near.zh)}",
                f"there is no predicate {shown(atom.predicate)}; {shortened(near.en)}",
            )
            return False
        if len(declared.arguments) != len(atom.terms):
            wanted = ", ".join(f"{name}:{kind}" for name, kind in declared.arguments)
            self.refuse(
                "rule-arity",
                rule.where,
                f"{atom.predicate} 有 {len(declared.arguments)} 个参数（{wanted}），此处写了 {len(atom.terms)} 个",
                f"{atom.predicate} takes {len(declared.arguments)} arguments ({wanted}), not {len(atom.terms)}",
            )
            return False
        return True

    def types_agree(self, rule: Rule, atoms: list[Atom]) -> None:
        """Check that each variable and each constant fits the arguments it stands for."""
        types: dict[str, str] = {}
        for atom in atoms:
            for (name, kind), term in zip(self.policy.predicates[atom.predicate].arguments, atom.terms, strict=True):
                if isinstance(term, Variable) and not term.anonymous:
                    self._unify(rule, types, term.name, kind)
                elif isinstance(term, Constant):
                    self._constant(rule, atom, name, kind, term)
        for atom in atoms:
            if atom.predicate in (Contract.LEAST.name, Contract.GREATEST.name):
                named = [term.name for term in atom.terms if isinstance(term, Variable) and term.name in types]
                for one, other in zip(named * 2, (named * 2)[1:], strict=False):
                    self._unify(rule, types, one, types[other])
        for comparison in rule.comparisons():
            left, right = comparison.left, comparison.right
            if isinstance(left, Variable) and isinstance(right, Variable) and left.name in types and right.name in types:
                self._unify(rule, types, left.name, types[right.name])

    def _unify(self, rule: Rule, types: dict[str, str], variable: str, kind: str) -> None:
        known = types.setdefault(variable, kind)
        joint = joint_type(self.policy, known, kind)
        if joint is None:
            self.refuse(
                "rule-types",
                rule.where,
                f"变量 {variable} 既作 {known} 又作 {kind}",
                f"the variable {variable} is a {known} and a {kind} at once",
            )
        else:
            types[variable] = joint

    def _constant(self, rule: Rule, atom: Atom, argument: str, kind: str, term: Constant) -> None:
        value = term.value
        policy = self.policy
        words: Iterable[str] | None = None
        if kind in policy.values:
            words = policy.values[kind]
        elif kind == "boolean":
            words = ("true", "false")
        elif kind == "record":
            words = ("record", "none")
        elif kind in Contract.WORDS:
            words = Contract.WORDS[kind]
        elif kind == "benefit":
            words = policy.benefits
        elif kind == "condition":
            words = dict.fromkeys(condition for benefit in policy.benefits.values() for condition in benefit.conditions)
        elif kind == "reading":
            words = policy.readings
        elif kind == "parameter":
            words = [name for name, parameter in policy.parameters.items() if parameter.unit == atom.predicate]
        elif kind in ("option", UNTYPED) or (isinstance(value, int) and kind in {"day", "code", "value", *policy.number_types}):
            return
        else:
            self.refuse(
                "rule-constant",
                rule.where,
                f"{atom.predicate} 的 {argument} 不能写成 {shown(value)}；请用变量，通知中的数值写入 parameters.toml",
                f"the {argument} of {atom.predicate} cannot be written {shown(value)}; use a variable, "
                "and keep the notice's values in parameters.toml",
            )
            return
        if not isinstance(value, Name) or value not in set(words):
            near = choices(words, str(value))
            self.refuse(
                "rule-constant",
                rule.where,
                f"{shown(value)} 不是 {argument} 的值；{near.zh}",
                f"{shown(value)} is no {argument}; {near.en}",
            )

    def _one_case(self, rule: Rule, atoms: list[Atom]) -> None:
        cases = set(self._cases(atoms))
        if len(cases) > 1 or any(not isinstance(term, Variable) or term.anonymous for term in cases):
            self.refuse(
                "rule-one-case",
                rule.where,
                "一条规则只谈一个案件：各处第一个参数须为同一变量",
                "a rule speaks of one case: its first arguments must be the same variable",
            )

    def two_cases_at_most(self, rule: Rule, atoms: list[Atom]) -> None:
        """A rule speaks of one case, or of two applications of it that `later` joins."""
        cases = set(self._cases(atoms))
        joined = {term for atom in atoms if atom.predicate == Contract.LATER.name for term in atom.terms}
        named = all(isinstance(term, Variable) and not term.anonymous for term in cases | joined)
        if not named or len(cases | joined) > (2 if joined else 1):
            later = Contract.LATER.atom("C", "D")
            self.refuse(
                "rule-one-case",
                rule.where,
                f"一条规则只谈一个案件，各处第一个参数须为同一变量；谈两次申请的，写 {later}",
                f"a rule speaks of one case, its first arguments the same variable; of two applications where it has {later}",
            )

    def _numbers(self, rule: Rule) -> None:
        if rule.sentences == (METHOD,):
            return
        terms = [term for comparison in rule.comparisons() for term in (comparison.left, comparison.right)]
        for part in rule.body:
            if isinstance(part, Aggregate):
                terms += [part.bound, *(term for element in part.elements for term in element.terms)]
        skip = rule.head.predicate == Contract.REQUIRES.name
        terms += [] if skip else list(rule.head.terms)
        terms += [term for literal in rule.literals() for term in literal.atom.terms]
        for number in {number for term in terms for number in _numbers_in(term)} - _PLAIN_NUMBERS:
            self.refuse(
                "rule-number",
                rule.where,
                f"规则中不写数值 {number}；请写入 parameters.toml 并引用",
                f"no number {number} in a rule; put it into parameters.toml and refer to it",
            )

    def reading(self, rule: Rule, literal: Literal) -> None:
        """Check that a literal for a reading names one of its options."""
        if literal.atom.predicate != Contract.READING.name or len(literal.atom.terms) != 2:
            return
        name, option = (term.value if isinstance(term, Constant) else None for term in literal.atom.terms)
        reading = self.policy.readings.get(str(name))
        if reading is None or literal.negated:
            if literal.negated or name is None:
                self.refuse("rule-reading", rule.where, "请为每个选项各写一条规则", "write a rule of its own for each option of a reading")
            return
        options = [item.id for item in reading.options]
        if option not in options:
            near = choices(options, str(option))
            self.refuse(
                "rule-reading",
                rule.where,
                f"{shown(option)} 不是 {name} 的选项；{near.zh}",
                f"{shown(option)} is no option of {name}; {near.en}",
            )


def _numbers_in(term: Term) -> Iterator[int]:
    if isinstance(term, Constant) and isinstance(term.value, int):
        yield term.value
    elif isinstance(term, Operation):
        for argument in term.arguments:
            yield from _numbers_in(argument)
