"""Mutants of the shipped notice: every rule and every number changed a little, and the cases that must notice it.

A mutant replaces one rule, or one number of parameters.toml. It is run by clingo over hundreds of complete cases at once (every predicate
of a case bears the case as its first argument), under the default readings and others, and noticed where the shown atoms differ: the
conditions met, the outcomes, amounts, rates and gaps. What is unknown in a case is left out.

Rules are not recursive, so a change reaches only what rests on it: the rules of the changed predicate are run over what the shipped rules
derive below it, and those above it only where that came out otherwise.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import clingo
from clingo import ast

from support import strategies
from support.cases import read_case
from support.paths import CASES
from tiaoli import Oracle
from tiaoli.base.calendar import add_months, to_date, to_day, year_bounds
from tiaoli.case.documents import read_document
from tiaoli.rules import Fact

PARAMETERS = "parameters.toml"
RULE_FILES = ("c01_uplift", "c02_special", "c03_care", "c04_directed", "c05_scope", "c06_development", "c07_apprentice", "c09_commission")
FILES = (*(f"{name}.lp" for name in (*RULE_FILES, "c10_limit", "decision", "share", "sectors", "validity")), PARAMETERS)

Item = dict[str, Any]


@dataclass(frozen=True)
class Mutant:
    """One change: its name, stable under edits elsewhere; the rule file's new text, the predicate whose rule was changed
    and the rules that the file now has for it; or the parameter and its new value."""

    name: str
    file: str
    text: str = ""
    predicate: str = ""
    rules: str = ""
    parameter: str = ""
    value: int = 0

    @property
    def kind(self) -> str:
        """What is done to the rule: `delete`, `drop`, `turn`, `edge`, or that something `becomes` something else."""
        word = self.name.partition(": ")[2].split()[0]
        return word if word in ("delete", "drop", "turn", "edge") else "becomes"


def spread(made: Sequence[Mutant], step: int) -> list[Mutant]:
    """One in so many of each kind, and of each kind at least one."""
    kinds: dict[str, list[Mutant]] = {}
    for mutant in made:
        kinds.setdefault(mutant.kind, []).append(mutant)
    return [mutant for alike in kinds.values() for mutant in alike[min(step, len(alike)) // 2 :: step]]


# Making them


_OTHER_EDGE = {
    ast.ComparisonOperator.LessEqual: ast.ComparisonOperator.LessThan,
    ast.ComparisonOperator.LessThan: ast.ComparisonOperator.LessEqual,
    ast.ComparisonOperator.GreaterEqual: ast.ComparisonOperator.GreaterThan,
    ast.ComparisonOperator.GreaterThan: ast.ComparisonOperator.GreaterEqual,
}
_OTHER_OPERATION = {
    ast.BinaryOperator.Plus: ast.BinaryOperator.Minus,
    ast.BinaryOperator.Minus: ast.BinaryOperator.Plus,
    ast.BinaryOperator.Multiplication: ast.BinaryOperator.Plus,
    ast.BinaryOperator.Division: ast.BinaryOperator.Modulo,
    ast.BinaryOperator.Modulo: ast.BinaryOperator.Division,
}
Way = tuple[tuple[str, int | None], ...]


def _children(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    for key in node.child_keys:
        child = getattr(node, key)
        if isinstance(child, ast.AST):
            yield key, None, child
        else:
            for position, inner in enumerate(child or ()):
                yield key, position, inner


def _sites(node: ast.AST, path: Way = ()) -> Iterator[tuple[Way, ast.AST]]:
    """Every node inside a rule, with the way to it."""
    for key, position, child in _children(node):
        here = (*path, (key, position))
        yield here, child
        yield from _sites(child, here)


def _with(node: ast.AST, path: Way, new: ast.AST | None) -> ast.AST:
    """The rule with the node at `path` replaced; without it where `new` is `None`."""
    if not path:
        assert new is not None
        return new
    (key, position), rest = path[0], path[1:]
    child = getattr(node, key)
    if position is None:
        return node.update(**{key: _with(child, rest, new)})
    members = list(child)
    members[position : position + 1] = [] if new is None and not rest else [_with(members[position], rest, new)]
    return node.update(**{key: members})


class _Maker:
    """Makes the mutants of the rules of one policy."""

    def __init__(self, oracle: Oracle) -> None:
        self.policy = oracle.policy

    def of(self, file: str) -> Iterator[Mutant]:
        """Every mutant of a rule file, in the order of its rules."""
        text = self.policy.rules[file]
        lines = text.splitlines(keepends=True)
        heads: Counter[str] = Counter()
        rules = _rules(text)
        for rule in rules:
            head, predicate = str(rule.head), _predicate(rule)
            heads[head] += 1
            seen: Counter[str] = Counter()
            for change, new in self._changes(rule):
                seen[change] += 1
                again = f" ({seen[change]})" if seen[change] > 1 else ""
                ordinal = f" #{heads[head]}" if heads[head] > 1 else ""
                begin, end = rule.location.begin.line, rule.location.end.line
                written = "" if new is None else f"{new}\n"
                spoilt = "".join((*lines[: begin - 1], written, *lines[end:]))
                others = "".join(f"{other}\n" for other in rules if other is not rule and _predicate(other) == predicate)
                yield Mutant(f"{file} {head}{ordinal}: {change}{again}", file, spoilt, predicate, others + written)

    def _changes(self, rule: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
        yield "delete", None
        for change, new in self._inner_changes(rule):
            if new != rule and _safe(new):
                yield change, new

    def _inner_changes(self, rule: ast.AST) -> Iterator[tuple[str, ast.AST]]:
        required = str(rule.head).startswith("requires(")
        for path, node in _sites(rule):
            key, _ = path[-1]
            if key in ("body", "condition") or (key == "elements" and len(_siblings(rule, path)) > 1):
                yield f"drop {node}", _with(rule, path, None)
            if key == "terms" and len(_siblings(rule, path)) > 1:
                yield f"drop {node} from the tuple", _with(rule, path, None)
            if node.ast_type is ast.ASTType.Literal and ast.Sign(node.sign) is ast.Sign.Negation:
                yield f"turn {node}", _with(rule, path, node.update(sign=int(ast.Sign.NoSign)))
            if node.ast_type is ast.ASTType.Guard and ast.ComparisonOperator(node.comparison) in _OTHER_EDGE:
                new = _with(rule, path, node.update(comparison=int(_OTHER_EDGE[ast.ComparisonOperator(node.comparison)])))
                yield f"edge of {_holder(rule, path)}", new
            if node.ast_type is ast.ASTType.BinaryOperation:
                other = node.update(operator_type=int(_OTHER_OPERATION[ast.BinaryOperator(node.operator_type)]))
                yield f"{node} becomes {other}", _with(rule, path, other)
            if node.ast_type is ast.ASTType.SymbolicTerm and node.symbol.type is clingo.SymbolType.Number and not required:
                for number in (node.symbol.number - 1, node.symbol.number + 1):
                    new = _with(rule, path, node.update(symbol=clingo.Number(number)))
                    yield f"{node} becomes {number} in {_holder(rule, path)}", new
            if node.ast_type is ast.ASTType.Function and node.arguments:
                yield from self._other_words(rule, path, node)

    def _other_words(self, rule: ast.AST, path: Way, atom: ast.AST) -> Iterator[tuple[str, ast.AST]]:
        """Each word of an atom that has alternatives becomes another one."""
        predicate = self.policy.predicates[atom.name]
        for position, ((_, kind), term) in enumerate(zip(predicate.arguments, atom.arguments, strict=True)):
            if term.ast_type is not ast.ASTType.SymbolicTerm or term.symbol.type is not clingo.SymbolType.Function:
                continue
            for word in self._alternatives(kind, str(term), str(atom.arguments[0])):
                changed = list(atom.arguments)
                changed[position] = term.update(symbol=clingo.Function(word))
                new = atom.update(arguments=changed)
                yield f"{atom} becomes {new}", _with(rule, path, new)

    def _alternatives(self, kind: str, word: str, first: str) -> Sequence[str]:
        """Every other option of a reading; the next word of an enumeration; the other boolean."""
        if kind == "option":
            return [option.id for option in self.policy.readings[first].options if option.id != word]
        words = {"boolean": ["true", "false"], "record": ["record", "none"]}.get(kind, list(self.policy.values.get(kind, ())))
        return [words[(words.index(word) + 1) % len(words)]] if words else []

    def of_parameters(self) -> Iterator[Mutant]:
        """Every number of the notice one more and one less."""
        for name, parameter in self.policy.parameters.items():
            if isinstance(parameter.value, str):
                continue
            for step in (-1, 1):
                value = parameter.value + step
                if parameter.unit == "day":
                    value = to_day(to_date(parameter.value) + timedelta(days=step))
                yield Mutant(f"{PARAMETERS} {name}: {parameter.value} becomes {value}", PARAMETERS, parameter=name, value=value)


def _rules(text: str) -> list[ast.AST]:
    found: list[ast.AST] = []
    ast.parse_string(text, lambda node: found.append(node) if node.ast_type is ast.ASTType.Rule else None)
    return found


def _predicate(rule: ast.AST) -> str:
    return str(rule.head.atom.symbol.name)


def _in_body(rule: ast.AST) -> set[str]:
    """The predicates that a rule asks for."""
    return {str(node.symbol.name) for path, node in _sites(rule) if path[0][0] == "body" and node.ast_type is ast.ASTType.SymbolicAtom}


def _siblings(rule: ast.AST, path: Way) -> list[ast.AST]:
    """The members of the sequence that the node at `path` stands in."""
    for key, position in path[:-1]:
        rule = getattr(rule, key) if position is None else getattr(rule, key)[position]
    return list(getattr(rule, path[-1][0]))


def _holder(rule: ast.AST, path: Way) -> str:
    """The part of the body, or the head, that the node at `path` stands in."""
    key, position = path[0]
    part = getattr(rule, key) if position is None else getattr(rule, key)[position]
    text = " ".join(str(part).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _safe(rule: ast.AST) -> bool:
    """Whether clingo takes the rule by itself; where it does not, no such rule can be written."""
    control = clingo.Control(["--warn=none"], logger=lambda *_: None)
    control.add("base", [], str(rule))
    try:
        control.ground([("base", [])])
    except RuntimeError:
        return False
    return True


def mutants(oracle: Oracle, file: str) -> list[Mutant]:
    """Every mutant of a rule file, or of the parameters."""
    maker = _Maker(oracle)
    return list(maker.of_parameters() if file == PARAMETERS else maker.of(file))


# Trying them


PERSONAL = "personal"
POOLS: dict[str, tuple[str, ...]] = {
    PERSONAL: strategies.PERSONAL,
    **{name: (name,) for name in strategies.SECTIONS if name not in strategies.PERSONAL},
}
"""The kinds of random case: by the lists they fill."""

POOLS_OF: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("c01_uplift.lp", "c02_special.lp", "c03_care.lp", "c10_limit.lp", "share.lp"), (PERSONAL,)),
    "c04_directed.lp": ("training_classes",),
    "c05_scope.lp": ("trainings",),
    "c06_development.lp": ("development_projects",),
    "c07_apprentice.lp": ("apprenticeships",),
    "c09_commission.lp": ("engagements",),
    "sectors.lp": ("training_classes", "development_projects", "apprenticeships", "engagements"),
}
"""Which cases a change of a file can touch; of the files not named here, all."""

FEW, MANY = 60, 400
"""How many random cases of a pool a mutant meets first, and then."""

OTHER_NUMBERS = {
    "uplift": 31,
    "special_ability_standard": 100_005,
    "first_instalment": 47,
    "whole_class": 83,
    "standard_in_shanghai": 150_067,
    "standard_elsewhere": 180_015,
    "development_cap": 10_000_050,
    "applications_a_year": 2,
}
"""Numbers the notice might have had instead: the rules know none of them, so they must hold for these as well."""

CALENDAR = ("add_months", "calendar_year")

Setting = tuple[tuple[str, str | int], ...]
"""Readings chosen instead of the defaults, and parameters put instead of the notice's."""


@dataclass(frozen=True)
class Batch:
    """The facts of many cases: theirs, and the calendar's."""

    facts: tuple[str, ...]
    days: frozenset[int]


class World:
    """What holds by a program, by predicate: as atoms, and written as facts. Grounding settles it: there is no choice."""

    def __init__(self, program: Iterable[str]) -> None:
        control = clingo.Control(["--warn=none"], logger=lambda *_: None)
        control.add("base", [], "\n".join(program))
        control.ground([("base", [])])
        self._control = control
        self._atoms: dict[str, set[clingo.Symbol]] = {}
        self._texts: dict[str, str] = {}

    def of(self, predicate: str, arity: int) -> set[clingo.Symbol]:
        if predicate not in self._atoms:
            self._atoms[predicate] = {atom.symbol for atom in self._control.symbolic_atoms.by_signature(predicate, arity)}
        return self._atoms[predicate]

    def text(self, predicate: str, arity: int) -> str:
        if predicate not in self._texts:
            self._texts[predicate] = "".join(f"{atom}." for atom in self.of(predicate, arity))
        return self._texts[predicate]


class Trials:
    """The cases, and what the shipped rules say of them."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle
        self.policy = oracle.policy
        self.documents = [read_document(path) for path in sorted(CASES.glob("*.yaml"))]
        single: list[Setting] = [
            ((reading.name, option.id),) for reading in self.policy.readings.values() for option in reading.options[1:]
        ]
        together: Setting = (("class_headcount", "passed"), ("class_counted", "employed"))
        last = tuple(dict(setting[0] for setting in single).items())
        numbers = tuple(OTHER_NUMBERS.items())
        # the defaults; every other option by itself; two that only matter together; the last option of every reading; other numbers
        self.settings: list[Setting] = [(), *single, together, last, numbers, (*last, *numbers)]
        self.shown = set(re.findall(r"(?m)^#show (\w+)/", self.policy.rule_text))
        # by file and predicate, as clingo writes them; and what each predicate's rules ask for
        self.rules: dict[str, dict[str, str]] = {}
        self._bodies: dict[str, set[str]] = {}
        for file, text in self.policy.rules.items():
            of_file = self.rules[file] = {}
            for rule in _rules(text):
                predicate = _predicate(rule)
                of_file[predicate] = f"{of_file.get(predicate, '')}{rule}\n"
                self._bodies.setdefault(predicate, set()).update(_in_body(rule))
        self._months = sorted(int(item.value) for item in self.policy.parameters.values() if item.unit == "months")
        self._batches: dict[tuple[str, int], Batch] = {}
        self._worlds: dict[tuple[str, int, Setting], World] = {}

    def notices(self, mutant: Mutant) -> bool:
        """Whether some case under some readings comes out otherwise than by the shipped rules, or clingo refuses."""
        pools = POOLS_OF.get(mutant.file, tuple(POOLS))
        # where a setting puts another number, the mutant's would differ from that one and not from the notice's
        settings = [setting for setting in self.settings if mutant.parameter not in dict(setting)]
        near = [setting for setting in settings if all(name in mutant.name for name, _ in setting)]
        far = [setting for setting in settings if setting not in near]
        rounds = [(near, 0), (near, 1), (far, 0), (settings[-1:], 1)]
        return any(self.differs(mutant, pool, stage, setting) for settings, stage in rounds for setting in settings for pool in pools)

    def differs(self, mutant: Mutant, pool: str, stage: int, setting: Setting) -> bool:
        """Whether some case of a batch comes out otherwise, or clingo refuses."""
        world = self._world(pool, stage, setting)
        try:
            if mutant.parameter:
                return self._number_differs(mutant, world, self._batch(pool, stage).days)
            return self._rule_differs(mutant, world)
        except RuntimeError:
            return True

    def differs_as_a_whole(self, mutant: Mutant, pool: str, stage: int, setting: Setting) -> bool:
        """The same of a changed rule, by running all of the rules."""
        rules = "\n".join({**self.policy.rules, mutant.file: mutant.text}.values())
        try:
            found = World((rules, *self._facts(pool, stage, setting)))
        except RuntimeError:
            return True
        return any(self._differ(predicate, found, self._world(pool, stage, setting)) for predicate in self.shown)

    def _rule_differs(self, mutant: Mutant, world: World) -> bool:
        """Whether the predicate of the changed rule comes out otherwise, and then what is shown."""
        changed = mutant.predicate
        rules = self._rules_of(changed, mutant.file, mutant.rules)
        found = World((rules, *(self._text(world, asked) for asked in self._bodies[changed])))
        if not self._differ(changed, found, world):
            return False
        return changed in self.shown or self._shown_differs(changed, self._text(found, changed), world)

    def _number_differs(self, mutant: Mutant, world: World, days: Iterable[int]) -> bool:
        """Whether what is shown comes out otherwise by the other number."""
        unit = self.policy.parameters[mutant.parameter].unit
        facts = "".join(f"{atom}." for atom in world.of(unit, 2) if atom.arguments[0].name != mutant.parameter)
        facts += f"{unit}({mutant.parameter},{mutant.value})."
        if unit == "months":
            facts += "".join(f"add_months({day},{mutant.value},{add_months(day, mutant.value)})." for day in days)
        return self._shown_differs(unit, facts, world)

    def _shown_differs(self, changed: str, facts: str, world: World) -> bool:
        """Whether a shown atom comes out otherwise where `changed` holds as `facts` say and nothing else is put."""
        above = self._above(changed)
        below = {asked for predicate in above for asked in self._bodies[predicate]} - above - {changed}
        rules = "".join(self._rules_of(predicate) for predicate in above)
        found = World((rules, facts, *(self._text(world, predicate) for predicate in below)))
        return any(self._differ(predicate, found, world) for predicate in above & self.shown)

    def _above(self, changed: str) -> frozenset[str]:
        """The predicates that rest on one, at whatever remove."""
        direct = {predicate for predicate, body in self._bodies.items() if changed in body}
        return frozenset(direct.union(*map(self._above, direct)))

    def _rules_of(self, predicate: str, file: str = "", instead: str = "") -> str:
        """The shipped rules of a predicate; those of one file instead."""
        return "".join(instead if name == file else rules.get(predicate, "") for name, rules in self.rules.items())

    def _differ(self, predicate: str, one: World, other: World) -> bool:
        arity = len(self.policy.predicates[predicate].arguments)
        return one.of(predicate, arity) != other.of(predicate, arity)

    def _text(self, world: World, predicate: str) -> str:
        return world.text(predicate, len(self.policy.predicates[predicate].arguments))

    def _world(self, pool: str, stage: int, setting: Setting) -> World:
        """What holds of a batch by all of the shipped rules."""
        key = (pool, stage, setting)
        if key not in self._worlds:
            self._worlds[key] = World((self.policy.rule_text, *self._facts(*key)))
        return self._worlds[key]

    def _facts(self, pool: str, stage: int, setting: Setting) -> Iterator[str]:
        """The facts of a batch under a setting."""
        for fact in (*dict(self._common(setting)).values(), *self._batch(pool, stage).facts):
            yield f"{fact}."

    def _common(self, setting: Setting) -> Iterator[tuple[str, str]]:
        """What holds in every case: parameters by name, readings, the annex."""
        chosen = {name: value for name, value in setting if isinstance(value, str)}
        numbers = {name: value for name, value in setting if isinstance(value, int)}
        known, _ = self.oracle.facts({"id": "nobody", "applied_on": "2025-01-01"}, readings=chosen)
        for fact in known:
            name = str(fact.arguments[0])
            if fact.predicate in ("reading", "catalogue"):
                yield str(fact), str(fact)
            elif name in numbers:
                yield name, f"{fact.predicate}({name},{numbers[name]})"
            elif fact.predicate not in CALENDAR and name != "nobody":
                yield name, str(fact)

    def _days(self, fact: Fact) -> Iterator[int]:
        for (_, kind), value in zip(self.policy.predicates[fact.predicate].arguments, fact.arguments, strict=True):
            if kind == "day" and isinstance(value, int):
                yield value

    def _batch(self, pool: str, stage: int) -> Batch:
        if (pool, stage) not in self._batches:
            facts: dict[str, None] = {}
            days: set[int] = set()
            for number, case in enumerate(self._cases(pool, stage)):
                name = f"k{number}"
                # what a case leaves unknown is left out: the choices are not taken
                known, _ = self.oracle.facts(read_case({**case, "id": name}))
                for fact in known:
                    if fact.arguments[0] == name:
                        facts[str(fact)] = None
                        days.update(self._days(fact))
            # rules count from any day of a case on, under some reading or other
            for day in sorted(days):
                facts |= dict.fromkeys(f"add_months({day},{months},{add_months(day, months)})" for months in self._months)
                facts["calendar_year({},{},{})".format(day, *year_bounds(day))] = None
            self._batches[pool, stage] = Batch(tuple(facts), frozenset(days))
        return self._batches[pool, stage]

    def _cases(self, pool: str, stage: int) -> Iterator[Item]:
        if stage == 0:
            yield from self.documents
            yield from planted(pool)
        for seed in range(FEW) if stage == 0 else range(FEW, FEW + MANY):
            yield strategies.random_case(random.Random(f"mutants {pool} {seed}"), sections=POOLS[pool])


# Cases planted where chance seldom goes


def planted(pool: str) -> Iterator[Item]:
    """Cases of a pool for changes that random ones do not notice."""
    if pool == PERSONAL:
        for applied_on, filed in (
            ("2025-06-01", "2024-12-20"),  # before the limit began
            ("2025-06-01", "2025-09-01"),  # later in the same year
            ("2025-12-31", "2025-12-31"),  # on the last day of a year
            ("2024-12-31", "2024-12-31"),  # on the day before the limit begins
            ("2025-01-01", "2025-01-01"),  # on its first day
            ("2026-04-30", "2025-05-01"),  # on the last day of twelve months
            ("2026-05-01", "2025-05-01"),  # a day later
        ):
            yield _earlier(applied_on, filed)
        yield _carer()
        yield _shared()
        # before the limit began; the year free; the year used up
        yield _rivals("2024-12-20")
        yield _rivals("2025-06-01")
        yield _rivals("2025-06-01", {"id": "a1", "kind": "skill", "date": "2025-02-01", "status": "employed", "outcome": "granted"})
    if pool == "training_classes":
        # 79.3 %, between the numbers beside 80; 60 % of the class, all of those who passed; a sector that is not named
        yield _class(counted=23, size=29)
        yield _class(counted=3, size=5)
        yield _class(counted=1, size=1, sector="other")
        # on the last day of six months, and a day later
        yield _class(counted=1, size=1, employed_on="2025-09-30")
        for missing in range(4):
            case = _class(counted=1, size=1)
            del case["training_classes"][0]["agreement_parties"][missing]
            yield case
        yield _class(counted=1, size=1, employed_on="2025-10-01")
        # an agreement that one party did not sign
        for absent in PARTIES:
            yield _class(counted=1, size=1, parties=[party for party in PARTIES if party != absent])


def _earlier(applied_on: str, filed: str) -> Item:
    """An employed person with one other application."""
    return {
        "id": "earlier",
        "applied_on": applied_on,
        "person": {
            "status": "employed",
            "civil_servant": False,
            "public_institution_post": "none",
            "school_in_shanghai": False,
            "in_city_groups": False,
        },
        "certificates": [{"id": "c1"}],
        "employments": [],
        "applications": [{"id": "a1", "kind": "skill", "date": filed, "status": "employed", "outcome": "granted"}],
    }


def _carer() -> Item:
    """A home helper whose job in time is not on record, while a later one is."""
    job = {"employer_in_shanghai": True, "industry": "domestic_service", "post": "domestic_service", "end": None}
    record = {"system": "domestic_service", "worker_registered": True, "employer_registered": True, "in_post": True}
    certificate = {"kind": "skill_level", "occupation_code": "4-10-01-06", "level": 3, "domain": "other", "issued": "2024-11-20"}
    return {
        "id": "carer",
        "applied_on": "2026-03-01",
        "person": {
            "status": "unemployed",
            "civil_servant": False,
            "public_institution_post": "none",
            "school_in_shanghai": False,
            "in_city_groups": False,
        },
        "certificates": [
            {
                "id": "c1",
                **certificate,
                "meets_city_rules": False,
                "base_standard_cny": "1500.00",
                "payment_percent": 80,
                "holder_status": "unemployed",
            }
        ],
        "employments": [
            {"id": "e1", "start": "2025-03-01", "registry": None, **job},
            {"id": "e2", "start": "2026-01-01", "registry": record, **job},
        ],
        "applications": [],
    }


def _shared() -> Item:
    """Certificates that are granted, whose standards and amounts lie on and beside half a fen, at 130 % and at 131 %."""
    certificate = {"kind": "skill_level", "occupation_code": "4-04-05-05", "level": 3, "domain": "other", "issued": "2024-11-20"}
    certificate |= {"meets_city_rules": True, "holder_status": "unemployed"}
    bases = {
        "1.00": (5,),
        "52.29": (1,),
        "1000.05": (80, 1, 100),
        "1000.50": (100,),
        "1000.79": (100, 33),
        "1333.97": (59,),
        "9999.99": (99,),
        "10000.00": (99,),
        "12418.71": (99,),
        "1000050.00": (99,),
        "10000000.00": (1, 99, 100),
    }
    paid = [(base, percent) for base, percentages in bases.items() for percent in percentages]
    return {
        **_carer(),
        "id": "shared",
        "certificates": [
            {"id": f"c{number}", **certificate, "base_standard_cny": base, "payment_percent": percent}
            for number, (base, percent) in enumerate(paid)
        ],
        "employments": [],
    }


def _rivals(applied_on: str, *applications: Item) -> Item:
    """An employed home helper with four certificates, each of which would be granted."""
    certificate = {
        "issued": "2024-11-20",
        "meets_city_rules": True,
        "base_standard_cny": "1500.79",
        "payment_percent": 80,
        "holder_status": "employed",
        "level": 3,
    }
    return {
        **_carer(),
        "id": "rivals",
        "applied_on": applied_on,
        "person": {
            "status": "employed",
            "civil_servant": False,
            "public_institution_post": "none",
            "school_in_shanghai": False,
            "in_city_groups": False,
        },
        "certificates": [
            {"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-06", "domain": "other", **certificate},
            {"id": "c2", "kind": "skill_level", "occupation_code": "4-04-05-05", "domain": "other", **certificate},
            {"id": "c3", "kind": "special_ability", "occupation_code": "4-04-05-05", "domain": "ai_data_annotation", **certificate},
            {"id": "c4", "kind": "skill_level", "occupation_code": "4-10-01-05", "domain": "other", **certificate},
        ],
        "employments": [
            {**job, "start": "2024-12-01", "registry": _carer()["employments"][1]["registry"]} for job in _carer()["employments"]
        ],
        "applications": list(applications),
    }


PARTIES = ("employer", "employment_centre", "training_institution", "trainees")


def _class(
    counted: int, size: int, sector: str = "elderly_care", employed_on: str = "2025-04-01", parties: Sequence[str] = PARTIES
) -> Item:
    """A class of which so many passed and found work in time."""
    trainee = {"group": "unemployed", "hukou": "shanghai", "employer_in_shanghai": True, "employment_ended": None}
    return {
        "id": "class",
        "applied_on": "2025-10-01",
        "training_classes": [
            {
                "id": "k1",
                "sector": sector,
                "employer_in_shanghai": True,
                "agreement_parties": list(parties),
                "plan_approved": True,
                "held_in": "shanghai",
                "starts": "2025-01-06",
                "ends": "2025-03-31",
                "trainees": [
                    {"id": f"t{number}", "passed": number < counted, "employed_on": employed_on if number < counted else None, **trainee}
                    for number in range(size)
                ],
            }
        ],
    }


ALSO_UNDER_THE_OTHER = "under the other option another rule derives the same for every item, so this one adds nothing there"


ASKED = "a benefit is asked for every subject that the case has; a condition met of one not asked for is read by no decision"


OPEN_LIST = "under a reading that leaves 等 open every trainee belongs to the class: the other groups do by the first rule"
RECORD = "the fields of a record are facts only where there is a record"


EQUIVALENT = {
    "c01_uplift.lp base_entitlement(C,Cert) #2: drop reading(care_role,restricts)": ALSO_UNDER_THE_OTHER,
    "c02_special.lp met(C,special_ability,Cert,city_rules): drop reading(city_rules_reach,bind)": ALSO_UNDER_THE_OTHER,
    "c03_care.lp qualifies(C,Cert,Job) #2: drop reading(care_post,same)": ALSO_UNDER_THE_OTHER,
    "c03_care.lp in_time(C,Cert,Job) #2: edge of Day < From": (
        "a job begun on the issue date is in time by the first rule: the format refuses a job that ends before it begins"
    ),
    "c03_care.lp care_route_open(C,Cert): drop timely_job(C,Cert,_)": "registered rests on a timely job already",
    "c03_care.lp on_record(C,Job): drop employment_registry(C,Job,record)": RECORD,
    "c04_directed.lp in_class(C,Class,Trainee) #2: drop trainee_group(C,Trainee,other)": OPEN_LIST,
    "c04_directed.lp in_class(C,Class,Trainee) #3: drop trainee_group(C,Trainee,other)": OPEN_LIST,
    "c04_directed.lp counted(C,Class,Trainee): drop reading(class_counted,passed)": ALSO_UNDER_THE_OTHER,
    "c04_directed.lp rate_base(C,Class,Trainee) #2: drop reading(class_rate_base,passed)": ALSO_UNDER_THE_OTHER,
    "c04_directed.lp headcount(C,Class,Trainee) #2: drop reading(class_headcount,passed)": ALSO_UNDER_THE_OTHER,
    "c04_directed.lp has_standard(C,Class,Trainee) #2: drop in_class(C,Class,Trainee)": (
        "a standard is looked up only of those who draw, and they belong to the class"
    ),
    "c04_directed.lp has_standard(C,Class,Trainee) #2: drop class_held_in(C,Class,elsewhere)": (
        "where the class is held in Shanghai the first rule gives every trainee a standard"
    ),
    "c05_scope.lp practitioner(C,Participant) #2: drop participant_registry(C,Participant,record)": RECORD,
    "c06_development.lp payable(C,development_grant,Project,(Cap/100),(Cap\\100),100): edge of Cap < Sum": (
        "where the sum requested is the cap, both rules give the same amount"
    ),
    "c07_apprentice.lp contract_in_time(C,Apprentice): drop reading(contract_window,after_start)": ALSO_UNDER_THE_OTHER,
    "c10_limit.lp within_year(C,Application): drop Day <= December": (
        "an earlier application is not after the day of this one, which lies in that year"
    ),
    "c10_limit.lp within_year(C,Application): drop reading(limit_year,calendar)": (
        "an earlier application of the same calendar year is less than twelve months old, so `rolling` counts it too"
    ),
    "c10_limit.lp outcome_counts(C,Application) #2: drop reading(limit_counts,granted)": ALSO_UNDER_THE_OTHER,
    "sectors.lp met(C,Benefit,Subject,sector): drop asked(C,Benefit,Subject)": ASKED,
    "sectors.lp met(C,Benefit,Subject,sector) #2: drop asked(C,Benefit,Subject)": ASKED,
    "validity.lp met(C,Benefit,Subject,in_force): drop asked(C,Benefit,Subject)": ASKED,
    "validity.lp in_force(C,Benefit,Subject) #3: drop reading(validity_anchor,both)": (
        "what `both` asks for is more than what either other option asks for, so this rule adds nothing under them"
    ),
}
"""Why a mutant that no case can notice changes no decision."""
