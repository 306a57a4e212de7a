"""The one place that runs clingo: add facts to rules, ground, solve, read the answer (`parser` parses with it, `exact_text`
works out what it is not to reckon).

Every message clingo gives is an error. Facts enter as symbols through the backend, never as formatted text. A model
is read inside the solve call and never kept. Solving stops at the limit; grounding, which cannot be interrupted, is then left to itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from threading import Thread
from typing import Any, NamedTuple, NoReturn

import clingo

from tiaoli.base import InternalError, PolicyError, Problem, Statement, deadline_in, left
from tiaoli.rules.atoms import SUPREMUM, Fact, Name, Value
from tiaoli.rules.exact_text import Arithmetic, ExactRules, FarBelowError, exact_rules, number_of, symbol_of
from tiaoli.rules.functions import NoValueError
from tiaoli.rules.ordered_text import ordered_rules

CLINGO_VERSION = clingo.__version__


class Choice(NamedTuple):
    """An unknown fact: exactly one of these holds."""

    options: tuple[Fact, ...]


class Consequences(NamedTuple):
    """The shown atoms that hold in every completion of the unknown facts (`certain`) and in at least one
    (`possible`).

    `exhausted` is false where the limit was reached: then `certain` may hold too few and `possible` too few.
    """

    certain: frozenset[Fact]
    possible: frozenset[Fact]
    exhausted: bool = True


Assumption = tuple[Fact, bool]
"""An atom taken as true or false for one question."""


class Equality(NamedTuple):
    """Where `guard` holds, `one` holds only together with `other`."""

    guard: Fact
    one: Fact
    other: Fact


class Link(NamedTuple):
    """Where `guard` holds, so does `fact`."""

    guard: Fact
    fact: Fact


class Session:
    """Rules and facts, grounded once and asked any number of questions.

    `choices` are the unknown facts; `switches` atoms that a question may set, `equalities` what holds where they are set,
    and `links` what follows from a choice. `limit` is in seconds, for all questions together. A session that is `traced`
    can say what an atom rests on. `worked_out` are the functions that were asked for while grounding, each with its results: the facts
    that the rules want as they stand.

    Raises `PolicyError` where clingo says anything at all, `OutOfTimeError` where grounding takes longer than the limit.
    """

    def __init__(
        self,
        rules: str,
        facts: Iterable[Fact],
        choices: Sequence[Choice] = (),
        switches: Sequence[Fact] = (),
        equalities: Sequence[Equality] = (),
        limit: float | None = None,
        links: Sequence[Link] = (),
        traced: bool = False,
    ) -> None:
        messages: list[str] = []
        self._deadline = deadline_in(limit)
        self._open = bool(choices)
        facts = tuple(facts)
        # a case that is quickly ground is decided under any limit
        latest = None if self._deadline is None else deadline_in((left(self._deadline) or 0.0) + GRACE)

        def ground(text: ExactRules, arithmetic: Arithmetic) -> Arithmetic:
            # `best` finds the nearest of several days by unsatisfiable cores; improving one model after another takes thousands
            options = ["--opt-strategy=usc", "--configuration=auto"]
            self._control = clingo.Control(options, logger=lambda _, text: messages.append(text))
            self._trace = _Trace()
            if traced:
                self._control.register_observer(self._trace)
            self._control.add("base", [], text)
            _add_facts(self._control, facts)
            if choices:
                _add_choices(self._control, choices, switches, equalities, links, latest)
            _ground(self._control, arithmetic, latest)
            return arithmetic

        try:
            text = exact_rules(rules)
            found = ground(text, Arithmetic())
            if isinstance(found.failed, FarBelowError):
                found = ground(ordered_rules(text), Arithmetic(ordered=True))
            if found.failed is not None:
                raise _no_value(found.failed)
            self.worked_out = tuple(found.atoms)
        except (RuntimeError, MemoryError) as error:
            _refuse_messages(messages or [str(error)])
        if messages:
            _refuse_messages(messages)

    def consequences(self, *assumed: Assumption) -> Consequences:
        """What holds in every completion of the choices that keeps the assumptions, and what in some.

        Raises `InternalError` where facts without choices have not exactly one stable model, or no completion keeps the assumptions.
        """
        if not self._open:
            return _single_model(self._control)
        certain, first = self._enumerate("cautious", assumed)
        possible, second = self._enumerate("brave", assumed)
        if not first:
            certain = frozenset()
        return Consequences(certain, possible | certain, first and second)

    def possible(self, *assumed: Assumption) -> bool:
        """Whether some stable model keeps the assumptions. Raises `OutOfTimeError` at the limit."""
        self._configure(models=1)
        return bool(self._solved(assumed).satisfiable)

    def model(self, *assumed: Assumption, of: Collection[Fact]) -> frozenset[Fact] | None:
        """Those of some atoms that hold in a stable model which keeps the assumptions, or `None` where there is no such
        model. Raises `OutOfTimeError` at the limit."""
        self._configure(models=1)
        return self._latest(assumed, of)

    def reachable(self, predicates: Collection[str]) -> tuple[frozenset[Fact], bool]:
        """The atoms of some predicates that hold in at least one stable model, and whether the search came to its end.

        One model is sought for each atom that no model so far has: far quicker than brave consequences where
        few atoms are hard to reach.
        """
        open_atoms = dict.fromkeys(_fact(atom.symbol) for atom in self._control.symbolic_atoms if atom.symbol.name in predicates)
        found: set[Fact] = set()
        try:
            while open_atoms:
                fact = next(iter(open_atoms))
                model = self.model((fact, True), of=open_atoms) or frozenset()
                found |= model
                for seen in (fact, *model):
                    open_atoms.pop(seen, None)
        except OutOfTimeError:
            return frozenset(found), False
        return frozenset(found), True

    def best(self, *assumed: Assumption, of: Collection[Fact]) -> frozenset[Fact] | None:
        """The same in a model with the least weight (see `weigh`)."""
        self._configure(models=0, opt_mode="opt")
        return self._latest(assumed, of)

    def literals(self, facts: Iterable[Fact]) -> dict[int, Fact]:
        """The atoms that some rule can derive, by their literals."""
        return {literal: fact for fact in facts if (literal := self._literal(fact)) is not None}

    def below(self, fact: Fact) -> set[int]:
        """The literals of all that an atom can rest on, by the rules as they were grounded; the session must be traced."""
        return self._trace.below(self._literal(fact))

    def atoms(self, predicate: str, arity: int) -> list[Fact]:
        """Every atom of a predicate that some model may have."""
        return [_fact(atom.symbol) for atom in self._control.symbolic_atoms.by_signature(predicate, arity)]

    def weigh(self, weights: Iterable[tuple[Fact, int]]) -> None:
        """Give atoms the weights of which `best` minimises the sum; once for a session."""
        with self._control.backend() as backend:
            backend.add_minimize(0, [(literal, weight) for fact, weight in weights if (literal := self._literal(fact)) is not None])

    def forbid(self, facts: Iterable[Fact]) -> None:
        """From now on no model has all of these together."""
        literals = [self._literal(fact) for fact in facts]
        if None not in literals:
            with self._control.backend() as backend:
                backend.add_rule([], [literal for literal in literals if literal is not None])

    def _literal(self, fact: Fact) -> int | None:
        """The literal of an atom; `None` where no rule can derive it."""
        atom = self._control.symbolic_atoms[_symbol(fact)]
        return None if atom is None else atom.literal

    def _configure(self, models: int, enum_mode: str = "auto", opt_mode: str = "ignore") -> None:
        solve: Any = self._control.configuration.solve
        solve.models, solve.enum_mode, solve.opt_mode = models, enum_mode, opt_mode

    def _solved(self, assumed: Sequence[Assumption]) -> clingo.SolveResult:
        if self._deadline is None:
            # a thread for every question costs more than most questions do
            return self._control.solve(assumptions=_assumptions(assumed))
        with self._control.solve(assumptions=_assumptions(assumed), async_=True) as handle:
            if not handle.wait(left(self._deadline)):
                handle.cancel()
                raise OutOfTimeError
            result: clingo.SolveResult = handle.get()
            return result

    def _latest(self, assumed: Sequence[Assumption], of: Collection[Fact]) -> frozenset[Fact] | None:
        symbols = [(fact, _symbol(fact)) for fact in of]
        found: frozenset[Fact] | None = None
        with self._control.solve(assumptions=_assumptions(assumed), yield_=True, async_=True) as handle:
            while True:
                handle.resume()
                if not handle.wait(left(self._deadline)):
                    handle.cancel()
                    raise OutOfTimeError
                model = handle.model()
                if model is None:
                    return found
                found = frozenset(fact for fact, symbol in symbols if model.contains(symbol))

    def _enumerate(self, mode: str, assumed: Sequence[Assumption]) -> tuple[frozenset[Fact], bool]:
        """The brave or cautious consequences, and whether the search came to its end."""
        if left(self._deadline) == 0:
            # else a quick search would now and then come in before it is looked at
            return frozenset(), False
        self._configure(models=0, enum_mode=mode)
        # symbols outlive their model, and only the last model's are worth reading
        latest: Sequence[clingo.Symbol] | None = None
        with self._control.solve(assumptions=_assumptions(assumed), yield_=True, async_=self._deadline is not None) as handle:
            while True:
                handle.resume()
                if not handle.wait(left(self._deadline)):
                    handle.cancel()
                    return frozenset(map(_fact, latest or ())), False
                model = handle.model()
                if model is None:
                    break
                latest = model.symbols(shown=True)
        if latest is None:
            raise InternalError([Problem("", _NO_COMPLETION)])
        return frozenset(map(_fact, latest)), True


class _Trace(clingo.Observer):
    """The ground rules: for every atom, what the bodies of its rules look at."""

    def __init__(self) -> None:
        self._bodies: dict[int, set[int]] = defaultdict(set)

    def rule(self, _choice: bool, head: Sequence[int], body: Sequence[int]) -> None:
        for atom in head:
            self._bodies[atom].update(map(abs, body))

    def weight_rule(self, _choice: bool, head: Sequence[int], _bound: int, body: Sequence[tuple[int, int]]) -> None:
        for atom in head:
            self._bodies[atom].update(abs(literal) for literal, _ in body)

    def below(self, atom: int | None) -> set[int]:
        """Every atom that an atom rests on, itself included."""
        seen: set[int] = set()
        todo = [] if atom is None else [atom]
        while todo:
            here = todo.pop()
            if here not in seen:
                seen.add(here)
                todo += self._bodies[here]
        return seen


class OutOfTimeError(Exception):
    """The limit was reached in the middle of a question. Never leaves this package: an answer says `limit_reached`."""


def stop_at(deadline: float | None) -> None:
    """Raise `OutOfTimeError` where a deadline has passed."""
    if left(deadline) == 0:
        raise OutOfTimeError


_NO_COMPLETION = Statement("未知事实没有任何可能的取值组合；这是程序的缺陷", "the unknown facts have no completion; the engine is at fault")


def consequences(rules: str, facts: Iterable[Fact], choices: Sequence[Choice] = (), limit: float | None = None) -> Consequences:
    """What follows from the rules and the facts, over every completion of the choices. `limit` is in seconds.

    Raises `PolicyError` where clingo says anything at all, `InternalError` where complete facts have not exactly one
    stable model.
    """
    try:
        session = Session(rules, facts, choices, limit=limit)
    except OutOfTimeError:
        return Consequences(frozenset(), frozenset(), exhausted=False)
    return session.consequences()


GRACE = 1.0
"""The seconds that making a program and grounding it may take beyond a limit."""


def _ground(control: clingo.Control, arithmetic: Arithmetic, latest: float | None) -> None:
    """Ground a program. clingo cannot be interrupted in it: at the latest time it is left to itself, in a thread that ends with it or with
    the process. Raises `OutOfTimeError`."""
    if latest is None:
        control.ground([("base", [])], context=arithmetic)
        return
    failed: list[BaseException] = []

    def work() -> None:
        try:
            control.ground([("base", [])], context=arithmetic)
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(left(latest))
    if thread.is_alive():
        raise OutOfTimeError
    if failed:
        raise failed[0]


def _no_value(error: Exception) -> InternalError:
    """What is said where an operation of a rule has no value."""
    if isinstance(error, NoValueError):
        zh, en = error.statement.zh, error.statement.en
    elif isinstance(error, ZeroDivisionError):
        zh, en = "规则的计算中除以零", "the arithmetic of a rule divides by zero"
    else:
        zh, en = f"规则的计算中有不是数的值：{error}", f"the arithmetic of a rule meets what is no number: {error}"
    return InternalError([Problem("", Statement(f"{zh}；未作决定", f"{en}; nothing was decided"))])


def _assumptions(assumed: Sequence[Assumption]) -> list[tuple[clingo.Symbol, bool]]:
    return [(_symbol(fact), value) for fact, value in assumed]


def _add_facts(control: clingo.Control, facts: Iterable[Fact]) -> None:
    with control.backend() as backend:
        for fact in facts:
            backend.add_rule([backend.add_atom(_symbol(fact))])


def _add_choices(
    control: clingo.Control,
    choices: Sequence[Choice],
    switches: Sequence[Fact],
    equalities: Sequence[Equality],
    links: Sequence[Link],
    latest: float | None,
) -> None:
    """Add each choice as a rule `1 = { option ; … }`, each switch as `{ switch }`, each equality as a constraint, each link
    as a rule, built of symbols.

    Not through the backend: the grounder looks at the program's rules alone to tell what is certain once derived, and
    would leave out every second way to derive an atom that rests on a choice it has not seen as a rule.
    Raises `OutOfTimeError` at the latest time.
    """
    from clingo import ast

    position = ast.Position("<case>", 1, 1)
    here = ast.Location(position, position)
    one = ast.Guard(ast.ComparisonOperator.Equal, ast.SymbolicTerm(here, clingo.Number(1)))

    def literal(fact: Fact, sign: ast.Sign = ast.Sign.NoSign) -> ast.AST:
        return ast.Literal(here, sign, ast.SymbolicAtom(ast.SymbolicTerm(here, _symbol(fact))))

    def choice(options: Sequence[Fact], bound: ast.AST | None) -> ast.AST:
        return ast.Aggregate(here, bound, [ast.ConditionalLiteral(here, literal(option), []) for option in options], None)

    never = ast.Literal(here, ast.Sign.NoSign, ast.BooleanConstant(0))
    with ast.ProgramBuilder(control) as builder:
        for item in choices:
            stop_at(latest)
            builder.add(ast.Rule(here, choice(item.options, one), []))
        for switch in switches:
            builder.add(ast.Rule(here, choice([switch], None), []))
        for equality in equalities:
            stop_at(latest)
            body = [literal(equality.guard), literal(equality.one), literal(equality.other, ast.Sign.Negation)]
            builder.add(ast.Rule(here, never, body))
        for link in links:
            stop_at(latest)
            builder.add(ast.Rule(here, literal(link.fact), [literal(link.guard)]))


def _symbol(fact: Fact) -> clingo.Symbol:
    return clingo.Function(fact.predicate, [_argument(value, isinstance(value, Name)) for value in fact.arguments])


@lru_cache(maxsize=4096)
def _argument(value: Value, named: bool) -> clingo.Symbol:
    # `named` is part of the key: a constant and a text may be spelt alike
    if isinstance(value, int):
        return symbol_of(value)
    if named:
        return clingo.Function(str(value))
    return clingo.Supremum if value is SUPREMUM else clingo.String(str(value))


def _fact(symbol: clingo.Symbol) -> Fact:
    return Fact(symbol.name, tuple(value_of(argument) for argument in symbol.arguments))


@lru_cache(maxsize=65536)
def value_of(symbol: clingo.Symbol) -> Value:
    """A ground argument in plain Python."""
    kind = symbol.type
    if kind is clingo.SymbolType.String:
        return symbol.string
    number = number_of(symbol)
    if number is not None:
        return number
    return SUPREMUM if kind is clingo.SymbolType.Supremum else Name(symbol.name)


def _single_model(control: clingo.Control) -> Consequences:
    control.configuration.solve.models = 2  # type: ignore[union-attr]  # clingo types its configuration too widely
    models: list[frozenset[Fact]] = []
    with control.solve(yield_=True) as handle:
        for model in handle:
            models.append(frozenset(_fact(symbol) for symbol in model.symbols(shown=True)))
    if len(models) != 1:
        count = "none" if not models else "more than one"
        raise InternalError(
            [
                Problem(
                    "",
                    Statement(
                        f"事实完整的案件须恰有一个稳定模型，实际{'没有' if not models else '多于一个'}；这是规则的缺陷",
                        f"complete facts must have exactly one stable model and have {count}; the rules are at fault",
                    ),
                )
            ]
        )
    return Consequences(models[0], models[0])


def _refuse_messages(messages: Sequence[str]) -> NoReturn:
    text = "; ".join(" ".join(message.split()) for message in messages)
    raise PolicyError.one("", f"clingo 报告：{text}", f"clingo says: {text}", "rule-syntax")


def messages_of(rules: str, facts: Iterable[Fact]) -> list[tuple[int, str]]:
    """What clingo has to say of the rules when it grounds them over `facts`: the line (0 where none is named) and the
    message."""
    return GroundRules(rules, facts).messages


class GroundRules:
    """Rules grounded over facts, and further rules beside them; `messages` is what clingo had to say of the first, each with its line
    (0 where none is named)."""

    def __init__(self, rules: str, facts: Iterable[Fact]) -> None:
        self._said = said = list[str]()
        self._control = clingo.Control([], logger=lambda _, text: said.append(text))
        _add_facts(self._control, facts)
        self._parts = 0
        self.messages = self._ground(rules)

    def beside(self, rules: str) -> list[tuple[int, str]]:
        """What clingo has to say of further rules. They are there from then on: rules that are grounded later may name what these
        derive."""
        return self._ground(rules)

    def _ground(self, rules: str) -> list[tuple[int, str]]:
        self._said.clear()
        part = f"part{self._parts}" if self._parts else "base"
        self._parts += 1
        try:
            self._control.add(part, [], rules)
            self._control.ground([(part, [])])
        except RuntimeError as error:
            self._said[:] = self._said or [str(error)]
        found = []
        for message in self._said:
            at = re.match(r"<block>:(\d+):\S+ ", message)
            found.append((int(at[1]) if at else 0, " ".join(message[at.end() if at else 0 :].split())))
        return found
