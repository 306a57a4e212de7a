"""The check of a policy and its rules: what is allowed in them, and whether text, data and rules agree.

The dialect keeps one promise: a complete case under one choice of readings has exactly one stable model. So rules are
plain (no choice, no disjunction, no constraint), never recursive, and every predicate, argument and constant in them
is declared. Everything found is a problem with file, line and cure; nothing here decides a case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from tiaoli.base import Problem, Statement, choices, shown
from tiaoli.policy import UNITS, Policy, Predicate
from tiaoli.rules import (
    CONTRACT_VERSION,
    SIGNATURES,
    Aggregate,
    Atom,
    Constant,
    Contract,
    Literal,
    Name,
    Operation,
    Program,
    Rule,
    Term,
    Variable,
    dependencies,
)

METHOD = "method"
"""Stands for a sentence above rules that encode none: how a decision is put together."""

UNTYPED = "term"
"""The type of an argument of which nothing says more."""

# The only numbers a rule may hold: none of the notice's, but zero and the hundred of a percentage.
_PLAIN_NUMBERS = frozenset({0, 100})


def check(policy: Policy, program: Program) -> list[Problem]:
    """Every problem of a policy and its parsed rules, in the order of files and lines."""
    checker = _Checker(policy, program)
    checker.run()
    return checker.problems


def check_property(policy: Policy, program: Program) -> list[Problem]:
    """Every problem of the rules of a property, whose own predicates are declared in `policy` beside the notice's.

    They rest on the notice and add nothing to it: they cite no sentence, may read `met` and hold numbers of their own, and may
    speak of two applications of one case, joined by `later`.
    """
    checker = _Checker(policy, program)
    checker.property_rules()
    return checker.problems


class _Checker:
    def __init__(self, policy: Policy, program: Program) -> None:
        self.policy = policy
        self.program = program
        self.problems: list[Problem] = []
        self.malformed = False
        self.heads: dict[str, list[Rule]] = defaultdict(list)
        for rule in program.rules:
            self.heads[rule.head.predicate].append(rule)

    def refuse(self, id: str, where: str, zh: str, en: str) -> None:
        self.problems.append(Problem(where, Statement(zh, en), id))

    def run(self) -> None:
        self._sentences()
        self._data()
        self._declarations()
        for rule in self.program.rules:
            self._rule(rule)
        if self.malformed:
            # what rules say together is only worth a look once each is well-formed
            return
        self._use()
        self._conditions()
        self._no_recursion()

    # Text and rules

    def _sentences(self) -> None:
        cited: dict[str, set[str]] = defaultdict(set)
        for quote in self.program.quotes:
            where = f"{quote.file}:{quote.line}"
            if quote.sentence == METHOD:
                if not quote.text:
                    self.refuse(
                        "rule-sentence", where, "`%@ method` 之后须说明这些规则的作用", "`%@ method` wants a line saying what the rules do"
                    )
                continue
            sentence = self.policy.sentences.get(quote.sentence)
            if sentence is None:
                near = choices(self.policy.sentences, quote.sentence)
                self.refuse(
                    "text-anchor",
                    where,
                    f"通知中没有句子 {shown(quote.sentence)}",
                    f"the notice has no sentence {shown(quote.sentence)}; {_head(near.en)}",
                )
                continue
            cited[quote.sentence].add(quote.file)
            self._quote(where, quote.sentence, quote.text)
        for anchor, sentence in self.policy.sentences.items():
            where = f"clauses.toml [{anchor}]"
            declared = set(sentence.encoded_in)
            for file in declared - cited[anchor]:
                self.refuse("text-encoded-in", where, f"{file} 中没有 `%@ {anchor}`", f"{file} has no `%@ {anchor}`")
            for file in cited[anchor] - declared:
                self.refuse(
                    "text-encoded-in",
                    where,
                    f"{file} 引用了此句，encoded_in 未列出",
                    f"{file} cites this sentence and encoded_in does not list it",
                )
            if not declared and sentence.not_computed is None:
                self.refuse(
                    "text-unaccounted",
                    where,
                    "此句既无规则，也未说明不予计算的理由",
                    "this sentence has neither rules nor a reason why it is not computed",
                )
            if sentence.not_computed and sentence.not_computed.part is not None:
                self._quote(where, anchor, sentence.not_computed.part)

    def _quote(self, where: str, anchor: str, text: str) -> None:
        sentence = self.policy.sentences.get(anchor)
        if sentence is None:
            self.refuse("text-anchor", where, f"通知中没有句子 {shown(anchor)}", f"the notice has no sentence {shown(anchor)}")
        elif not text or text not in sentence.text:
            self.refuse(
                "text-quote",
                where,
                f"引文与 {anchor} 原文不符：{shown(text)}",
                f"the quote differs from the text of {anchor}: {shown(text)}",
            )

    def _data(self) -> None:
        policy = self.policy
        for parameter in policy.parameters.values():
            self._quote(f"parameters.toml [{parameter.name}]", parameter.sentence, parameter.quote)
        for reading in policy.readings.values():
            for anchor, text in reading.quotes:
                self._quote(f"readings.toml [{reading.name}]", anchor, text)
            for touched in reading.touches:
                self._known(f"readings.toml [{reading.name}.touches]", touched, policy.benefits)
        for doubt in (*policy.doubts, *policy.terms):
            self._quote(f"doubts.toml [{doubt.id}]", doubt.sentence, doubt.quote)
        entities = {item.entity for item in policy.lists.values()}
        for benefit in policy.benefits.values():
            where = f"vocabulary.toml [benefit.{benefit.id}]"
            self._known(where, benefit.subject, entities)
            self._known(where, benefit.clause, policy.clauses)
        types = self._types()
        for predicate in policy.predicates.values():
            for _, kind in predicate.arguments:
                self._known(f"{predicate.file} [predicate.{predicate.name}.args]", kind, types)
        self._contract()

    def _contract(self) -> None:
        """Predicates that Python knows too have the arguments it expects; the name of one that a policy may lack can stand for
        something of its own, as long as it is not shown as the answer."""
        places = {item.predicate: f"list.{item.path}" for item in self.policy.lists.values()}
        places |= {item.predicate: f"field.{item.path}" for item in self.policy.fields.values()}
        for name, signature in SIGNATURES.items():
            predicate = self.policy.predicates.get(name)
            if predicate is None or (signature.optional and not predicate.shown and predicate.source == "rules"):
                continue
            if name in places:
                self.refuse(
                    "policy-contract",
                    f"fields.toml [{places[name]}]",
                    f"{name} 是规则约定中的谓词；请另取名称",
                    f"{name} is a predicate of the rule contract; choose another name",
                )
                continue
            pairs = zip((kind for _, kind in signature.arguments), (kind for _, kind in predicate.arguments), strict=False)
            if signature.arity != len(predicate.arguments) or any(self._joint(*pair) is None for pair in pairs):
                wanted = ", ".join(f"{word}:{kind}" for word, kind in signature.arguments)
                self.refuse(
                    "policy-contract",
                    f"{predicate.file} [predicate.{name}.args]",
                    f"规则约定第 {CONTRACT_VERSION} 版中，{name} 的参数为 {wanted}",
                    f"by version {CONTRACT_VERSION} of the rule contract, the arguments of {name} are {wanted}",
                )

    def _known(self, where: str, word: str, words: Iterable[str]) -> None:
        allowed = list(words)
        if word not in allowed:
            near = choices(allowed, word)
            self.refuse("policy-name-unknown", where, f"没有 {shown(word)}；{near.zh}", f"there is no {shown(word)}; {near.en}")

    def _types(self) -> set[str]:
        plain = {"case", "benefit", "condition", "subject", "reading", "option", "parameter", "position", "boolean", "record"}
        numbers = {"day", "months", "percent", "money", "count", "level", "yuan", "fen", "code"}
        return plain | numbers | set(self.policy.values) | {item.entity for item in self.policy.lists.values()}

    def _declarations(self) -> None:
        wanted = {
            ("defined" if predicate.source != "rules" else "show", predicate.name, len(predicate.arguments))
            for predicate in self.policy.predicates.values()
            if predicate.source != "rules" or predicate.shown
        }
        # a shown predicate is declared twice: an answer without it is no misspelling
        wanted |= {("defined", name, arity) for kind, name, arity in wanted if kind == "show"}
        # what a policy may leave underived is declared for those that do
        optional = {("defined", name, signature.arity) for name, signature in SIGNATURES.items() if signature.optional}
        found = {(item.kind, item.predicate, item.arity): item for item in self.program.declarations}
        for key in found.keys() - wanted:
            item = found[key]
            if key[1] and key not in optional:
                self.refuse(
                    "vocabulary-declaration",
                    f"{item.file}:{item.line}",
                    f"词汇表中没有 {key[1]}/{key[2]}",
                    f"the vocabulary has no such {key[0]}: {key[1]}/{key[2]}",
                )
        for kind, name, arity in sorted(wanted - found.keys()):
            self.refuse(
                "vocabulary-declaration", "vocabulary.lp", f"缺少 `#{kind} {name}/{arity}.`", f"`#{kind} {name}/{arity}.` is missing"
            )

    # The rules of a property

    def property_rules(self) -> None:
        for quote in self.program.quotes:
            self.refuse(
                "property-rules",
                f"{quote.file}:{quote.line}",
                "性质不引用通知原文，请删去 `%@` 行；性质的文字写在 `%: zh` 和 `%: en` 行",
                "a property cites no sentence of the notice; delete the `%@` line and say it in `%: zh` and `%: en` lines",
            )
        for item in self.program.declarations:
            self.refuse(
                "property-rules",
                f"{item.file}:{item.line}",
                f"性质中不写 #{item.kind}；请删去此行",
                f"a property takes no #{item.kind}; delete the line",
            )
        for rule in self.program.rules:
            known = self._known_atoms(rule)
            self._types_agree(rule, known)
            self._two_cases_at_most(rule, known)
            for literal in rule.literals():
                self._reading(rule, literal)
        if not self.malformed:
            self._no_recursion()

    def _two_cases_at_most(self, rule: Rule, atoms: list[Atom]) -> None:
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

    # One rule

    def _known_atoms(self, rule: Rule) -> list[Atom]:
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

    def _rule(self, rule: Rule) -> None:
        if not rule.sentences:
            self.refuse("rule-sentence", rule.where, "规则之上须有 `%@ 锚点 引文`", "a rule wants a line `%@ anchor quote` above it")
        known = self._known_atoms(rule)
        head = self.policy.predicates.get(rule.head.predicate)
        if head is not None and head.source != "rules":
            self.refuse(
                "rule-fact-derived", rule.where, f"{head.name} 是事实，规则不得推导", f"{head.name} is a fact; no rule may derive it"
            )
        self._types_agree(rule, known)
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
            self._reading(rule, literal)

    def _atom(self, rule: Rule, atom: Atom) -> bool:
        declared = self.policy.predicates.get(atom.predicate)
        if declared is None:
            near = choices(self.policy.predicates, atom.predicate)
            self.refuse(
                "rule-predicate",
                rule.where,
                f"没有谓词 {shown(atom.predicate)}；{_head(near.zh)}",
                f"there is no predicate {shown(atom.predicate)}; {_head(near.en)}",
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

    def _types_agree(self, rule: Rule, atoms: list[Atom]) -> None:
        types: dict[str, str] = {}
        for atom in atoms:
            for (name, kind), term in zip(self.policy.predicates[atom.predicate].arguments, atom.terms, strict=True):
                if isinstance(term, Variable) and not term.anonymous:
                    self._unify(rule, types, term.name, kind)
                elif isinstance(term, Constant):
                    self._constant(rule, atom, name, kind, term)
        for comparison in rule.comparisons():
            left, right = comparison.left, comparison.right
            if isinstance(left, Variable) and isinstance(right, Variable) and left.name in types and right.name in types:
                self._unify(rule, types, left.name, types[right.name])

    def _unify(self, rule: Rule, types: dict[str, str], variable: str, kind: str) -> None:
        known = types.setdefault(variable, kind)
        joint = self._joint(known, kind)
        if joint is None:
            self.refuse(
                "rule-types",
                rule.where,
                f"变量 {variable} 既作 {known} 又作 {kind}",
                f"the variable {variable} is a {known} and a {kind} at once",
            )
        else:
            types[variable] = joint

    def _joint(self, one: str, other: str) -> str | None:
        """The narrower of two types that may meet in one variable."""
        subjects = {benefit.subject for benefit in self.policy.benefits.values()}
        if one == other or other == UNTYPED:
            return one
        if one == UNTYPED:
            return other
        if one == "item" and other in self.policy.list_of:
            return other
        for wide, narrow in ((one, other), (other, one)):
            if wide == "subject" and narrow in subjects:
                return narrow
            values = self.policy.values
            if wide in values and narrow in values and set(values[narrow]) <= set(values[wide]):
                return narrow
        return None

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
        elif kind == "benefit":
            words = policy.benefits
        elif kind == "condition":
            words = dict.fromkeys(condition for benefit in policy.benefits.values() for condition in benefit.conditions)
        elif kind == "reading":
            words = policy.readings
        elif kind == "parameter":
            words = [name for name, parameter in policy.parameters.items() if parameter.unit == atom.predicate]
        elif kind in ("option", UNTYPED) or (isinstance(value, int) and (kind in UNITS.values() or kind in ("position", "yuan", "fen"))):
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

    def _reading(self, rule: Rule, literal: Literal) -> None:
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

    # All rules together

    def _may_lack(self, predicate: Predicate) -> bool:
        """Whether a policy need not derive a predicate: the library declares it, for policies that do."""
        signature = SIGNATURES.get(predicate.name)
        return signature is not None and signature.optional and self.policy.includes(predicate.file.removesuffix(".toml"))

    def _use(self) -> None:
        used = {literal.atom.predicate for rule in self.program.rules for literal in rule.literals()}
        for predicate in self.policy.predicates.values():
            if predicate.source != "rules":
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

    def _no_recursion(self) -> None:
        try:
            list(TopologicalSorter(dependencies(self.program)).static_order())
        except CycleError as error:
            circle = error.args[1]
            # each predicate of the circle stands in the body of a rule for the next
            rule = next(rule for rule in self.heads[circle[1]] if any(inner.atom.predicate == circle[0] for inner in rule.literals()))
            path = " → ".join(reversed(circle))
            self.refuse("rules-recursive", rule.where, f"规则不得递归：{path}", f"rules must not be recursive: {path}")


def check_format(policy: Policy, format_fields: Mapping[str, tuple[str, ...] | None], format_lists: Iterable[str]) -> list[Problem]:
    """Where the policy's fields and the case format differ.

    `format_fields` are the paths of the format's scalars, each with its values where it is an enumeration.
    """
    problems = []

    def refuse(kind: str, path: str, zh: str, en: str) -> None:
        problems.append(Problem(f"fields.toml [{kind}.{path}]", Statement(zh, en), "policy-field"))

    lists = list(format_lists)
    for kind, declared, known in (("list", policy.lists, lists), ("field", policy.fields, list(format_fields))):
        for path in declared:
            if path not in known:
                near = choices(known, path)
                refuse(kind, path, f"案件格式中没有它；{_head(near.zh)}", f"the case format has no such {kind}; {_head(near.en)}")
        for path in known:
            if path not in declared:
                refuse(kind, path, "案件格式有此项而此处未说明", f"the case format has this {kind} and it is not declared")
    for path, values in format_fields.items():
        field = policy.fields.get(path)
        if field is not None and values is not None and tuple(policy.values.get(field.table or "", ())) != values:
            listed = "、".join(values)
            refuse("field", path, f"取值与案件格式不同：{listed}", f"its values differ from the case format's: {', '.join(values)}")
    return problems


def _numbers_in(term: Term) -> Iterator[int]:
    if isinstance(term, Constant) and isinstance(term.value, int):
        yield term.value
    elif isinstance(term, Operation):
        for argument in term.arguments:
            yield from _numbers_in(argument)


def _head(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else text[:limit].rstrip("、, ") + "…"
