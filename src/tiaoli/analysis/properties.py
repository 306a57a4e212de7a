"""Properties of a policy: a sentence each, and a short rule that says when a case violates it. Read from files and checked.

A file holds comment lines, headers (`%: zh …`, `%: en …`) and rules for `violated(C)` over whatever the policy's own rules
derive. It is held to the same dialect as they are; the types of predicates that it brings along are read off their use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tiaoli.analysis.property_numbers import number_problems
from tiaoli.base import CallError, PolicyError, Problem, Statement, TiaoliError, choices, shown
from tiaoli.encoding import UNTYPED, Encoding, check_property
from tiaoli.policy import Policy, Predicate, in_each, reading_facts
from tiaoli.rules import Atom, Contract, GroundRules, Program, Rule, Variable, messages_of, parse

FOLDER = "properties"
VIOLATED = Contract.VIOLATED.name
DEFAULTS = "default"
_MOST_ITEMS = 12
_GREATEST = 2**31 - 1
"""The greatest number that clingo's parser takes."""
_HEADERS = ("zh", "en", "items", "readings", "counterexample")


@dataclass(frozen=True)
class Property:
    """A sentence about a policy, and the rules by which a case violates it.

    `sizes` are how many items a list has at most, by entity; `readings` those that it is meant under, all others are free;
    `known` says why it is expected not to hold. `policy` declares its own predicates beside the notice's.
    """

    name: str
    statement: Statement
    program: Program
    policy: Policy
    sizes: Mapping[str, int]
    readings: Mapping[str, str]
    known: Statement | None

    @property
    def text(self) -> str:
        """Its rules as one text."""
        return "\n".join(rule.text for rule in self.program.rules)

    @property
    def pairs(self) -> bool:
        """Whether it speaks of two applications of one case."""
        return any(literal.atom.predicate == Contract.LATER.name for rule in self.program.rules for literal in rule.literals())


def own_property_files(folder: Path) -> list[Path]:
    """The files of a policy's own properties, below the folder of its rules."""
    return sorted(path for path in (folder / FOLDER).glob("*.lp") if not path.name.startswith("."))


def property_files(folder: Path, names: Sequence[str]) -> list[Path]:
    """The files of the properties named: a word is one of the policy's own, anything that ends in `.lp` a file. Raises
    `CallError`."""
    known = {path.stem: path for path in own_property_files(folder)}
    for name in names:
        if not name.endswith(".lp") and name not in known:
            near = choices(known, name)
            raise CallError.one(
                "PROPERTY",
                f"没有性质 {shown(name)}；{near.zh}；自己的文件请写出以 .lp 结尾的路径",
                f"there is no property {shown(name)}; {near.en}; a file of your own is given by its path, which ends in .lp",
            )
    return [Path(name) if name.endswith(".lp") else known[name] for name in dict.fromkeys(names)]


def property_problems(policy: Policy, folder: Path) -> list[Problem]:
    """Everything wrong in the files of a policy's own properties, below the folder of its rules."""
    found: list[Problem] = []
    beside = _Beside(policy)
    for path in own_property_files(folder):
        try:
            _read(policy, path, beside)
        except TiaoliError as error:
            found += error.problems
    return found


def read_property(encoding: Encoding, path: Path) -> Property:
    """The property in a file. Raises `CallError` where it cannot be read, `PolicyError` with everything wrong in it."""
    return _read(encoding.policy, path, _Beside(encoding.policy))


def _read(policy: Policy, path: Path, beside: _Beside) -> Property:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CallError.one(str(path), f"无法读取：{error}", f"cannot be read: {error}") from None
    return _PropertyParser(policy, path, text, beside).property()


class _Beside:
    """The rules of a policy, grounded once, and what clingo has to say of rules beside them."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._grounded: GroundRules | None = None

    def messages_of(self, rules: str) -> list[tuple[int, str]]:
        facts = [*self._policy.facts, *reading_facts(self._policy, {})]
        self._grounded = self._grounded or GroundRules(self._policy.rule_text, facts)
        if not self._grounded.beside(rules):
            return []
        # what is wrong in one property is not to be heard of the next
        self._grounded = None
        return messages_of(f"{rules}\n{self._policy.rule_text}", facts)


class _PropertyParser:
    def __init__(self, policy: Policy, path: Path, text: str, beside: _Beside) -> None:
        self.policy, self.path, self.text, self.beside = policy, path, text, beside
        self.file = str(path)
        self.problems: list[Problem] = []
        self.said: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.readings: dict[str, str] = {}

    def refuse(self, id: str, where: str, zh: str, en: str) -> None:
        self.problems.append(Problem(where, Statement(zh, en), id))

    def property(self) -> Property:
        program, problems = parse([(self.file, self.text)])
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.lstrip().startswith("%:"):
                self._header(f"{self.file}:{number}", line.lstrip()[2:].strip())
        self._large_numbers()
        languages = self.policy.languages
        for lang in languages:
            if lang not in self.said:
                self.refuse(
                    "property-header",
                    self.file,
                    f"缺少 `%: {lang}` 行；请用一句话写明此性质",
                    f"a line `%: {lang} …` is missing; say the property in a sentence",
                )
        reasons = {lang: f"counterexample {lang}" for lang in languages}
        known = not self.said.keys().isdisjoint(reasons.values())
        for key in reasons.values():
            if known and key not in self.said:
                self.refuse(
                    "property-header",
                    self.file,
                    f"缺少 `%: {key}` 行；理由须以政策的每种文字写明",
                    f"a line `%: {key} …` is missing; give the reason in each language of the policy",
                )
        self.problems += problems
        policy = _with_own(self.policy, program)
        if not problems:
            self._heads(program)
        self._stop()
        self.problems += check_property(policy, program)
        self._stop()
        self.problems += number_problems(policy, program)
        self._stop()
        own = re.sub(r"(?m)^\s*%.*$", "", self.text)
        rules = f"{own}\n#defined {Contract.LATER.signature}.\n#defined {Contract.VIOLATED.signature}."
        for number, said in self.beside.messages_of(rules):
            self.refuse("rule-syntax", f"{self.file}:{number}", f"clingo 报告：{said}", f"clingo says: {said}")
        self._stop()
        reason = in_each({lang: self.said[key] for lang, key in reasons.items()}) if known else None
        sentence = in_each({lang: self.said[lang] for lang in languages})
        return Property(self.path.stem, sentence, program, policy, self.sizes, self.readings, reason)

    def _stop(self) -> None:
        if self.problems:
            raise PolicyError(self.problems)

    def _large_numbers(self) -> None:
        """Refuse numbers that clingo's parser would cut to 32 bits."""
        for number, line in enumerate(self.text.splitlines(), 1):
            for digits in re.findall(r"(?<!\w)[0-9]+(?!\w)", line.partition("%")[0]):
                if int(digits) > _GREATEST:
                    self.refuse(
                        "rule-number-kind",
                        f"{self.file}:{number}",
                        f"{digits} 过大；规则中的数不超过 {_GREATEST}",
                        f"{digits} is too large; a number in a rule is at most {_GREATEST}",
                    )

    # Headers

    def _header(self, where: str, line: str) -> None:
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word not in _HEADERS:
            near = choices(_HEADERS, word)
            self.refuse("property-header", where, f"没有首部 {shown(word)}；{near.zh}", f"there is no header {shown(word)}; {near.en}")
        elif word in ("zh", "en"):
            self._sentence(where, word, rest)
        elif word == "counterexample":
            lang, _, reason = rest.partition(" ")
            if lang not in ("zh", "en"):
                self.refuse(
                    "property-header",
                    where,
                    "应写成 `%: counterexample zh 理由` 和 `%: counterexample en 理由` 两行",
                    "write two lines, `%: counterexample zh REASON` and `%: counterexample en REASON`",
                )
            else:
                self._sentence(where, f"counterexample {lang}", reason.strip())
        elif word == "items":
            self._items(where, rest)
        else:
            self._meant(where, rest)

    def _sentence(self, where: str, key: str, text: str) -> None:
        if not text:
            self.refuse("property-header", where, f"`%: {key}` 之后须有文字", f"`%: {key}` wants a text")
        elif key in self.said:
            self.refuse("property-header", where, f"`%: {key}` 写了两次", f"`%: {key}` stands twice")
        self.said[key] = text

    def _items(self, where: str, rest: str) -> None:
        """`trainee 5`, or several such with commas."""
        entities = [declared.entity for declared in self.policy.lists.values()]
        for part in rest.split(","):
            found = re.fullmatch(r"(\w+)\s+([0-9]+)", part.strip())
            if found is None or not 1 <= int(found[2]) <= _MOST_ITEMS:
                self.refuse(
                    "property-header",
                    where,
                    f"应写成 `%: items 列表项 数目`，数目为 1 至 {_MOST_ITEMS}，如 `%: items {entities[0]} 3`",
                    f"write `%: items ENTITY NUMBER` with a number from 1 to {_MOST_ITEMS}, as in `%: items {entities[0]} 3`",
                )
            elif found[1] not in entities:
                near = choices(entities, found[1])
                self.refuse(
                    "property-header", where, f"没有列表项 {shown(found[1])}；{near.zh}", f"there is no entity {shown(found[1])}; {near.en}"
                )
            else:
                self.sizes[found[1]] = int(found[2])

    def _meant(self, where: str, rest: str) -> None:
        """`default`, or `NAME=OPTION` of some readings."""
        readings = self.policy.readings
        if rest == DEFAULTS:
            self.readings = {reading.name: reading.default for reading in readings.values()}
            return
        for word in rest.split() or [""]:
            name, equals, option = word.partition("=")
            if not equals:
                self.refuse(
                    "property-header",
                    where,
                    f"应写成 `%: readings {DEFAULTS}` 或 `%: readings 名称=选项`",
                    f"write `%: readings {DEFAULTS}` or `%: readings NAME=OPTION`",
                )
            elif name not in readings:
                near = choices(readings, name)
                self.refuse(
                    "property-header", where, f"没有待定解释 {shown(name)}；{near.zh}", f"there is no reading {shown(name)}; {near.en}"
                )
            elif option not in (options := [item.id for item in readings[name].options]):
                near = choices(options, option)
                self.refuse(
                    "property-header",
                    where,
                    f"{name} 没有选项 {shown(option)}；{near.zh}",
                    f"{name} has no option {shown(option)}; {near.en}",
                )
            else:
                self.readings[name] = option

    # Rules

    def _heads(self, program: Program) -> None:
        """What the rules derive: `violated(C)`, and predicates of their own that it rests on."""
        own: dict[str, Rule] = {}
        for rule in program.rules:
            own.setdefault(rule.head.predicate, rule)
        for rule in program.rules:
            head = rule.head
            if head.predicate == Contract.LATER.name or head.predicate in self.policy.predicates:
                self.refuse(
                    "property-rules",
                    rule.where,
                    f"{head.predicate} 是政策自己的谓词，性质不得推导；请另取一名",
                    f"{head.predicate} is the policy's own; a property may not derive it, choose another name",
                )
            elif head.predicate == VIOLATED and not (len(head.terms) == 1 and isinstance(head.terms[0], Variable)):
                self.refuse(
                    "property-rules", rule.where, f"应写成 {VIOLATED}(C)：其中 C 为案件", f"write {VIOLATED}(C), where C is the case"
                )
            elif len(head.terms) != len(own[head.predicate].head.terms):
                self.refuse(
                    "property-rules",
                    rule.where,
                    f"{head.predicate} 在各条规则中的参数数目不同",
                    f"{head.predicate} has a different number of arguments in another rule",
                )
        if VIOLATED not in own:
            self.refuse(
                "property-rules",
                self.file,
                f"没有规则推导 {VIOLATED}(C)；请写明何种案件违反此性质",
                f"no rule derives {VIOLATED}(C); say which cases violate the property",
            )
        used = {literal.atom.predicate for rule in program.rules for literal in rule.literals()} | {VIOLATED}
        for name in own.keys() - used:
            self.refuse("rules-unused", own[name].where, f"{name} 推导之后无人使用", f"{name} is derived and never used")


def _with_own(policy: Policy, program: Program) -> Policy:
    """The policy with the predicates of a property declared beside its own."""
    own: dict[str, list[str]] = {}
    for rule in program.rules:
        own.setdefault(rule.head.predicate, [UNTYPED] * len(rule.head.terms))
    own[VIOLATED] = ["case"]
    for _ in own:
        for rule in program.rules:
            types = dict(_typed(policy, own, rule))
            for atom in _atoms(rule):
                kinds = own.get(atom.predicate, [])
                for position, term in enumerate(atom.terms[: len(kinds)]):
                    if isinstance(term, Variable) and kinds[position] == UNTYPED:
                        kinds[position] = types.get(term.name, UNTYPED)
    declared = {name: _declared(name, kinds) for name, kinds in own.items() if name not in policy.predicates}
    return replace(
        policy, predicates={**policy.predicates, **declared, Contract.LATER.name: _declared(Contract.LATER.name, ["case", "case"])}
    )


def _declared(name: str, kinds: Sequence[str]) -> Predicate:
    arguments = tuple((kind if kind != UNTYPED else f"argument {position}", kind) for position, kind in enumerate(kinds, 1))
    return Predicate(name, arguments, None, "property")


def _atoms(rule: Rule) -> Iterator[Atom]:
    yield rule.head
    yield from (literal.atom for literal in rule.literals())


def _typed(policy: Policy, own: Mapping[str, Sequence[str]], rule: Rule) -> Iterator[tuple[str, str]]:
    """The variables of a rule whose type is known, each with it."""
    for atom in _atoms(rule):
        declared = policy.predicates.get(atom.predicate)
        kinds = [kind for _, kind in declared.arguments] if declared else own.get(atom.predicate, ())
        for kind, term in zip(kinds, atom.terms, strict=False):
            if kind != UNTYPED and isinstance(term, Variable) and not term.anonymous:
                yield term.name, kind
