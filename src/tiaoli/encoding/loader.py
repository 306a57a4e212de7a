"""Load a policy: read its texts, check them, and keep what came of it for the next process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tiaoli.base import CallError, PolicyError, Problem, Statement, choices, shown
from tiaoli.encoding.cache import keep_encoding, kept_encoding
from tiaoli.encoding.critical_points import RuleBounds
from tiaoli.encoding.encoding import Encoding, OutcomeRules
from tiaoli.encoding.policy_folders import PolicySource, PolicyTexts, find_policy, read_texts
from tiaoli.norm import NORM_FILE
from tiaoli.policy import Policy, build_policy
from tiaoli.rules import Contract

if TYPE_CHECKING:
    from tiaoli.norm import ExpandedNorm
    from tiaoli.rules import Program


def load_encoding(policy: str | None = None, root: Path | None = None) -> Encoding:
    """A policy, checked. Raises `CallError` where there is none of that name and `PolicyError` with everything wrong
    in it."""
    return load_encoding_from(PolicySource(policy, root))


def load_encoding_with(policy: str | None, root: Path | None, parameters: Mapping[str, str]) -> Encoding:
    """A policy with other numbers, each under its parameter's name or alias and written as in parameters.toml, checked.

    Raises `CallError` where there is no such parameter, or no such value of it.
    """
    return load_encoding_from(PolicySource(policy, root, parameters))


def load_encoding_from(source: PolicySource) -> Encoding:
    """The policy that a source describes, checked: of the texts in it, or else of the files. Raises as `load_encoding_with` does."""
    if source.texts is not None and source.policy is not None:
        name, texts = source.policy, source.texts
    else:
        name, where = find_policy(source.policy, source.root)
        texts = read_texts(name, where)
    encoding = _load_texts(name, texts)
    if source.parameters:
        encoding = _load_with_parameters(name, texts, encoding.policy, source.parameters)
    return replace(encoding, source=PolicySource(name, source.root, dict(source.parameters), texts))


def _load_texts(name: str, texts: PolicyTexts) -> Encoding:
    digest = texts.digest()
    encoding = kept_encoding(digest, texts.rules)
    if encoding is None:
        parts = _parts(texts)
        with parts.placing():
            encoding = _checked(name, parts.tables, parts.rules, digest)
        keep_encoding(encoding, parts.tables, None if parts.norm is None else parts.rules)
    return replace(encoding, files=texts.digests())


def _load_with_parameters(name: str, texts: PolicyTexts, policy: Policy, parameters: Mapping[str, str]) -> Encoding:
    """The policy of these texts with other numbers in place of its own."""
    parts = _parts(texts)
    tables = parts.tables
    given: dict[str, str] = {}
    for word, text in parameters.items():
        parameter = policy.parameter(word)
        if parameter is None:
            near = choices([word for item in policy.parameters.values() for word in (item.name, *item.aliases)], word)
            raise CallError.one(word, f"没有参数 {shown(word)}；{near.zh}", f"there is no parameter {shown(word)}; {near.en}")
        if parameter.name in given:
            zh, en = f"与 {given[parameter.name]} 是同一参数", f"this is the same parameter as {given[parameter.name]}"
            raise CallError.one(word, f"{zh}，只能给出一次", f"{en}, which is given once")
        given[parameter.name] = word
        plain_number = text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 10
        number = policy.units[parameter.unit].whole and plain_number
        tables["parameters"][parameter.name]["value"] = int(text) if number else text.strip()
    texts = texts._replace(files={**texts.files, "parameters": json.dumps(tables["parameters"], ensure_ascii=False)})
    places = {f"parameters.toml [{name}.value]": word for name, word in given.items()}
    try:
        encoding = _checked(name, tables, parts.rules, texts.digest())
    except PolicyError as error:
        named = [problem._replace(where=places[problem.where]) for problem in error.problems if problem.where in places]
        others = [problem for problem in error.problems if problem.where not in places]
        raise CallError([*named, *parts.placed(others)]) from None
    return replace(encoding, files=texts.digests())


class CheckedPolicy(NamedTuple):
    """A policy that was looked at, and everything wrong in it; no policy where its files are none, or its rules do not hold together.
    `unwritten` are the sentences that nobody wrote and the program made, each as a problem."""

    policy: Policy | None
    problems: list[Problem]
    unwritten: tuple[Problem, ...] = ()


def check_policy(policy: str | None = None, root: Path | None = None) -> CheckedPolicy:
    """A policy, looked at afresh. Raises `CallError` where there is none of that name."""
    from tiaoli.policy import number_problems, outside_sentences, source_problems, table_problems

    name, where = find_policy(policy, root)
    outside: list[Problem] = []
    try:
        texts = read_texts(name, where)
        outside += outside_sentences(texts.files.get("notice.md", ""))
        parts = _parts(texts)
        with parts.placing():
            found = _sound(name, parts.tables, parts.rules, "")[0]
    except PolicyError as error:
        return CheckedPolicy(None, [*outside, *error.problems])
    # a policy with another number in it still decides, so these are not looked at when one is loaded
    source, mended = texts.files.get("source.txt"), parts.tables["policy"].get("mended", {})
    of_source = source_problems(source, found, mended) if source is not None else ()
    problems = parts.placed([*of_source, *table_problems(found, source), *number_problems(found)])
    unwritten = parts.norm.default_sentences() if parts.norm is not None else ()
    return CheckedPolicy(found, [*outside, *problems], tuple(unwritten))


def policy_problems(policy: str | None = None, root: Path | None = None) -> list[Problem]:
    """Everything wrong in a policy, looked at afresh. Raises `CallError` where there is none of that name."""
    return check_policy(policy, root).problems


class _Parts(NamedTuple):
    """The tables and rules of a policy, and the norm that they were expanded from, if it is one file of an author's."""

    tables: dict[str, Any]
    rules: Mapping[str, str]
    norm: ExpandedNorm | None

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems, each where an author finds its cause."""
        return list(problems) if self.norm is None else self.norm.placed(problems)

    @contextmanager
    def placing(self) -> Iterator[None]:
        """Raises `PolicyError` as it is raised within, its problems where an author finds them."""
        try:
            yield
        except PolicyError as error:
            raise PolicyError(self.placed(error.problems)) from None


def _parts(texts: PolicyTexts) -> _Parts:
    if NORM_FILE in texts.files:
        from tiaoli.norm import expand_norm

        norm = expand_norm(texts.files, texts.own_rules, texts.library)
        return _Parts(norm.tables, norm.rules, norm)
    from tiaoli.policy import parse_tables

    return _Parts(parse_tables(texts.files, texts.library), texts.rules, None)


def _checked(name: str, tables: Mapping[str, Any], rules: Mapping[str, str], digest: str) -> Encoding:
    from tiaoli.encoding import cone_of_influence
    from tiaoli.rules import exact_rules

    policy, program, found = _sound(name, tables, rules, digest)
    bearing = cone_of_influence.bearing_on_benefits(policy, program)
    return Encoding(
        policy,
        found,
        cone_of_influence.condition_sentences(policy, program),
        {benefit: item.fields for benefit, item in bearing.items()},
        {benefit: item.readings for benefit, item in bearing.items()},
        exact_rules(policy.rule_text),
        exact_rules(*cone_of_influence.rules_of_outcomes(program)),
        exact_rules(*cone_of_influence.rules_of_decisions(program)),
        _outcomes(policy, program, found),
        lambda: program,
    )


def _outcomes(policy: Policy, program: Program, found: RuleBounds) -> dict[str, OutcomeRules]:
    """What the outcome of each benefit rests on by itself. A bound that none of its rules puts tells no two values apart in it."""
    from tiaoli.encoding.bounds import rules_by_bound
    from tiaoli.encoding.cone_of_influence import rules_of_outcome
    from tiaoli.rules import exact_rules

    put_by = rules_by_bound(policy, program)
    outcomes = {}
    for benefit in policy.benefits:
        rules, texts = rules_of_outcome(policy, program, benefit)
        here = set(rules)
        bounds = tuple(bound for bound in found.bounds if bound not in put_by or not here.isdisjoint(put_by[bound]))
        outcomes[benefit] = OutcomeRules(exact_rules(*texts), RuleBounds(bounds, found.both_ends, codes=found.codes))
    return outcomes


def _sound(name: str, tables: Mapping[str, Any], rules: Mapping[str, str], digest: str) -> tuple[Policy, Program, RuleBounds]:
    """A policy whose rules hold together, with them and the bounds that they put. Raises `PolicyError`."""
    # the parser and the checks cost as much as everything else together and are rarely needed
    from tiaoli.encoding import lint_rules, lint_sentences
    from tiaoli.encoding.bounds import find_bounds
    from tiaoli.encoding.program import parse_program
    from tiaoli.policy import reading_facts
    from tiaoli.rules import dependencies, messages_of

    policy = build_policy(tables, rules, digest)
    program, problems = parse_program(policy)
    if policy.id != name:
        problems.append(
            Problem(
                "policy.toml [id]",
                Statement(
                    f"{shown(policy.id)} 与目录名 {shown(name)} 不同", f"{shown(policy.id)} differs from the folder's name {shown(name)}"
                ),
                "policy-id",
            )
        )
    problems += lint_rules.check(policy, program)
    if problems:
        raise PolicyError(problems)
    found, problems = find_bounds(policy, program)
    problems += _amounts_apart(policy, dependencies(program))
    if not problems:
        problems += lint_sentences.check(policy, program)
    if not problems:
        facts = [*policy.facts, *reading_facts(policy, {})]
        problems += [
            Problem(_file_line(rules, line), Statement(f"clingo 报告：{text}", f"clingo says: {text}"), "rule-syntax")
            for line, text in messages_of(policy.rule_text, facts)
        ]
    if problems:
        raise PolicyError(problems)
    return policy, program, found


def _amounts_apart(policy: Policy, graph: Mapping[str, set[str]]) -> list[Problem]:
    """A sum that is set elsewhere has no values to try, so no condition and no result may rest on it."""
    reaches: set[str] = set()
    todo = [Contract.MET.name, *policy.results]
    while todo:
        predicate = todo.pop()
        if predicate not in reaches:
            reaches.add(predicate)
            todo += graph.get(predicate, ())
    return [
        Problem(
            f"fields.toml [field.{field.path}]",
            Statement(
                "条件和结果不得取决于另行制定的金额（elsewhere）",
                "a condition or a result rests on a sum that is set elsewhere (`elsewhere`)",
            ),
            "policy-elsewhere",
        )
        for field in policy.fields.values()
        if field.unbounded and field.predicate in reaches
    ]


def _file_line(rules: Mapping[str, str], line: int) -> str:
    for name, text in rules.items():
        length = text.count("\n") + 1
        if line <= length:
            return f"{name}:{line}"
        line -= length
    return ""
