"""Write the reference pages of this folder from the policy, the rules and the code.

`python docs/reference/generate.py` writes every page; with `--check` it writes nothing, names the pages that are stale and
leaves with exit code 1 where there are any.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, ForwardRef, get_args

import click

import tiaoli
from tiaoli.base import FIRST_DAY, LAST_DAY, PROBLEM_KINDS, Lang, Statement, TiaoliError, iso
from tiaoli.cli import tiaoli as command
from tiaoli.decide import Outcome, Status
from tiaoli.oracle import Oracle
from tiaoli.policy import (
    Code,
    Decimals,
    Entry,
    Field,
    Integer,
    Policy,
    Predicate,
    RuleBlock,
    library_parts,
    notice_entries,
    parameter_value,
    rule_blocks,
)
from tiaoli.protocol import ANSWERS, answer_definitions, answer_schema
from tiaoli.rules import CONTRACT_VERSION, SIGNATURES, Supplier, parse

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WIDTH = 100
OUTSIDE = {"v": "施行与有效期"}
"""The parts of the notice outside its numbered clauses that have rules, by the letter of their anchors."""


class Source:
    """What the pages are made from, read once."""

    def __init__(self) -> None:
        self.encoding = Oracle(policy_root=ROOT).encoding

    @property
    def policy(self) -> Policy:
        return self.encoding.policy

    @cached_property
    def derived_in(self) -> Mapping[str, tuple[str, ...]]:
        """The rule files that derive each predicate."""
        program, problems = parse(list(self.policy.rules.items()))
        assert not problems
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for rule in program.rules:
            found[rule.head.predicate][rule.file] = None
        return {predicate: tuple(files) for predicate, files in found.items()}

    def sentence(self, anchor: str) -> str:
        """A link to a sentence of the notice."""
        return f"[{anchor}](../../policy/{self.policy.id}/notice.md#{anchor})"

    def rules(self, file: str) -> str:
        """A link to a rule file."""
        folder = "src/tiaoli/stdlib" if self.policy.includes(file) else f"encodings/{self.policy.id}"
        return f"[{file}](../../{folder}/{file})"


# Markdown


def opening(title: str, text: str) -> Iterator[str]:
    yield f"# {title}"
    yield ""
    yield inspect.cleandoc(text)
    yield ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def both(statement: Statement) -> str:
    return f"{statement.zh} · {statement.en}"


def fenced(text: str, language: str) -> Iterator[str]:
    yield f"```{language}"
    yield from text.splitlines()
    yield "```"


def bullets(lines: Iterable[str], none: str = "None.") -> Iterator[str]:
    found = list(lines)
    yield from (f"- {line}" for line in found) if found else [none]


def unnamed(sentence: str) -> str:
    """A sentence about an item without the item's id."""
    return re.sub(r" {2,}", " ", re.sub(r"\{[a-z_]+\}", "", sentence)).strip()


def anchor(clause: str, policy: Policy) -> str:
    """`c3` for （三）."""
    return f"c{policy.clauses.index(clause) + 1}"


def prose(docstring: str | None) -> Iterator[str]:
    """A docstring as Markdown: its examples fenced, its paragraphs as they are."""
    for paragraph in inspect.cleandoc(docstring).split("\n\n") if docstring else ():
        # `text` and not `pycon`, which the formatter of the code would lay out anew
        yield from fenced(paragraph, "text") if paragraph.startswith(">>> ") else [paragraph]
        yield ""


# case.md


def case_page(source: Source) -> Iterator[str]:
    policy = source.policy
    yield from opening(
        "The case format",
        """
        A case is a JSON or YAML object. `id` (text without control characters) and `applied_on` (the application day) are required; every
        other key may be left out. A scalar left out is unknown. A list left out is taken as empty and named in the answer's `assumed`.
        `null` is a known value and stands only where the column *null* gives it a meaning. Every item of a list has an `id` (letters,
        digits, `-`, `_`, up to 64), unique in its list.

        The column *predicate* is the fact that the rules see. Its arguments are in [predicates.md](predicates.md).
        """,
    )
    holders: dict[str, list[Field]] = {"": [], **{path: [] for path in policy.lists}}
    paths = {declared.entity: path for path, declared in policy.lists.items()}
    for field in policy.fields.values():
        holders[paths[field.entity] if field.entity else ""].append(field)
    for path, fields in holders.items():
        if path:
            declared = policy.lists[path]
            yield f"## {path}"
            yield ""
            yield f"{both(declared.statement)}. A list; an item is the fact `{declared.predicate}`."
        else:
            yield "## The application and the person"
        yield ""
        head = ("path", "type or values", "null", "meaning", "unit", "clauses", "predicate")
        yield from table(head, (_field_row(policy, field) for field in fields))
        yield ""
    yield "## Values"
    yield ""
    for name, values in policy.values.items():
        yield f'<a id="{name}"></a>**{name}**'
        yield ""
        yield from table(("value", "Chinese", "English"), ((f"`{value}`", words.zh, words.en) for value, words in values.items()))
        yield ""


def _field_row(policy: Policy, field: Field) -> tuple[str, ...]:
    null = unnamed(field.phrases["null"].zh) + " · " + unnamed(field.phrases["null"].en) if field.nullable else ""
    meaning = both(field.label) + (" (set by another rule)" if field.elsewhere else "")
    return (
        f"`{field.path}`",
        _type(policy, field),
        null,
        meaning,
        both(field.unit) if field.unit else "",
        "".join(field.clauses),
        f"`{field.predicate}`",
    )


def _type(policy: Policy, field: Field) -> str:
    kind = field.type
    if field.table:
        words = ", ".join(f"`{value}`" for value in policy.values[field.table])
        return f"{'a list of ' if field.several else ''}[{field.table}](#{field.table}): {words}"
    if isinstance(kind, Decimals):
        low, high = (f"{kind.scaled(end):,}" for end in (kind.low, kind.high))
        return f"text, like `{kind.example}`: {low} to {high}, at most {kind.digits} decimals"
    if isinstance(kind, Code):
        return f"text: {kind.code.statement.en}, like `{kind.example}`"
    if isinstance(kind, Integer):
        return f"a whole number, {kind.low} to {kind.high}"
    plain = {
        "boolean": "`true`, `false`",
        "day": f"a day, `{iso(FIRST_DAY)}` to `{iso(LAST_DAY)}`",
        "record": "an object with the keys below",
    }
    return plain[field.kind]


# clauses.md


def clauses_page(source: Source) -> Iterator[str]:
    policy = source.policy
    yield from opening(
        f"{policy.number}, clause by clause",
        f"""
        {both(policy.title)}.

        The Chinese text is the notice; the translation is this project's. `tiaoli notice CLAUSE` prints the same at a terminal.
        """,
    )
    yield "\n".join(f"- [{clause}](#{anchor(clause, policy)})" for clause in policy.clauses)
    yield from (f"- [{title}](#{letter})" for letter, title in OUTSIDE.items())
    yield "- [The decision](#decision) · [Everything else](#else) · [Annex](#annex)"
    yield ""
    found = notice_entries(policy)
    for clause in policy.clauses:
        yield from _clause(source, anchor(clause, policy), clause, [entry for entry in found if entry.sentence.clause == clause])
    outside = [entry for entry in found if entry.sentence.clause is None]
    for letter, title in OUTSIDE.items():
        yield from _clause(source, letter, title, [entry for entry in outside if _letter(entry) == letter])
    yield '## <a id="decision"></a>The decision'
    yield ""
    yield "Rules that encode no sentence: how a decision is put together from the conditions above."
    yield ""
    for block in rule_blocks(policy.rules):
        if block.sentences == ("method",):
            yield from _rules(source, block)
    yield '## <a id="else"></a>Everything else'
    yield ""
    yield "Lines of the notice outside its clauses. None of them is computed."
    yield ""
    rest = [entry.sentence for entry in outside if _letter(entry) not in OUTSIDE]
    rows = ((source.sentence(item.anchor), item.text, item.en, item.not_computed.why.en if item.not_computed else "") for item in rest)
    yield from table(("sentence", "text", "translation", "why not computed"), rows)
    yield ""
    yield '## <a id="annex"></a>Annex'
    yield ""
    for listed in policy.tables.values():
        yield from table([column.name for column in listed.columns], (row.written for row in listed.rows))


def _letter(entry: Entry) -> str:
    return entry.sentence.anchor.partition(".")[0]


def _clause(source: Source, name: str, title: str, found: Sequence[Entry]) -> Iterator[str]:
    yield f'## <a id="{name}"></a>{title}'
    yield ""
    benefits = [benefit for benefit in source.policy.benefits.values() if benefit.clause == title]
    if benefits:
        yield "Decides " + ", ".join(f"[{benefit.id}](benefits.md#{benefit.id})" for benefit in benefits) + "."
        yield ""
    yield "### Text"
    yield ""
    yield from bullets(f"{source.sentence(entry.sentence.anchor)} {entry.sentence.text}" for entry in found)
    yield ""
    yield "### Translation"
    yield ""
    yield from bullets(f"{entry.sentence.anchor} {entry.sentence.en}" for entry in found)
    yield ""
    yield "### Rules"
    yield ""
    blocks = {(block.file, block.line): block for entry in found for block in entry.rules}
    for block in blocks.values():
        yield from _rules(source, block)
    if not blocks:
        yield "None."
        yield ""
    yield "### Parameters"
    yield ""
    parameters = [parameter for entry in found for parameter in entry.parameters]
    rows = (
        (
            f"`{item.name}`",
            f"{parameter_value(item, source.policy.currency)} ({item.unit})",
            both(item.statement),
            f"{source.sentence(item.sentence)} 「{item.quote}」",
            item.valid_from,
        )
        for item in parameters
    )
    yield from table(("name", "value (unit)", "meaning", "stands in", "from"), rows) if parameters else ["None."]
    yield ""
    yield "### Readings"
    yield ""
    readings = {reading.name: reading for entry in found for reading in entry.readings}
    for reading in readings.values():
        yield f"**`{reading.name}`** {reading.question.zh} {reading.question.en}"
        yield ""
        for option in reading.options:
            default = " (default)" if option.id == reading.default else ""
            yield f"- `{option.id}`{default}: {option.statement.zh} {option.statement.en}"
        yield ""
    if not readings:
        yield "None."
        yield ""
    yield "### Doubts"
    yield ""
    yield from bullets(
        f"{doubt.sentence} 「{doubt.quote}」 {doubt.statement.zh} {doubt.statement.en}" for entry in found for doubt in entry.doubts
    )
    yield ""
    yield "### Not computed"
    yield ""
    yield from bullets(_not_computed(entry) for entry in found if entry.sentence.not_computed)
    yield ""


def _rules(source: Source, block: RuleBlock) -> Iterator[str]:
    yield f"{source.rules(block.file)}, under {', '.join(f'`%@ {name}`' for name in block.sentences)}:"
    yield ""
    yield from fenced(block.text, "prolog")
    yield ""


def _not_computed(entry: Entry) -> str:
    reason = entry.sentence.not_computed
    assert reason is not None
    part = f"「{reason.part}」" if reason.part else "the whole sentence"
    return f"{entry.sentence.anchor} {part} ({reason.kind}): {reason.why.zh} {reason.why.en}"


# predicates.md


def predicates_page(source: Source) -> Iterator[str]:
    policy = source.policy
    yield from opening(
        "Predicates",
        """
        Every predicate of the rules, with its arguments as `name:type` (or the name alone where it is the type) and the sentence it stands
        for. A type is an entity of the case format, a table of [values](case.md#values), or one of:
        """,
    )
    yield from bullets(
        [
            "`day`: a number that reads as the date, 20250301; `#sup` for a day that has not come (`null` in the case)",
            "`money`: fen; `yuan` and `fen`: an amount cut in two",
            "`percent`, `months`, `count`, `level`, `position`: whole numbers",
            "`code`: text; `boolean`: `true` or `false`; `record`: `record` or `none`",
            "`case`: the id of the case; `subject`: the item a benefit is asked for; an item inside an item is written `k1/t1`",
            "`benefit`, `condition`, `reading`, `option`, `parameter`: names from the policy's files",
        ]
    )
    yield ""
    by_source: dict[str, list[Predicate]] = defaultdict(list)
    for predicate in policy.predicates.values():
        by_source[predicate.source].append(predicate)
    yield "## Facts of a case"
    yield ""
    fields = {field.predicate: field for field in policy.fields.values()}
    lists = {declared.predicate: declared for declared in policy.lists.values()}
    rows = []
    for predicate in by_source["case"]:
        if predicate.name in fields:
            field = fields[predicate.name]
            said = [phrase for key, phrase in field.phrases.items() if key != "ask"]
            path = field.path
        else:
            said, path = [lists[predicate.name].statement], lists[predicate.name].path
        sentences = "; ".join(phrase.zh for phrase in said), "; ".join(phrase.en for phrase in said)
        rows.append((_written(predicate), *sentences, f"`{path}`"))
    yield from table(("predicate", "Chinese", "English", "from"), rows)
    yield ""
    yield "## Supplied beside the case"
    yield ""
    yield from table(("predicate", "Chinese", "English"), ((_written(item), *_said(item)) for item in by_source["engine"]))
    yield ""
    yield "## Derived by rules"
    yield ""
    yield "Those in bold are read as the answer."
    yield ""
    rows = []
    for item in by_source["rules"]:
        written = f"**{_written(item)}**" if item.shown else _written(item)
        rows.append((written, *_said(item), " ".join(source.rules(file) for file in source.derived_in[item.name])))
    yield from table(("predicate", "Chinese", "English", "derived in"), rows)


def _written(predicate: Predicate) -> str:
    return f"`{predicate.name}({', '.join(name if name == kind else f'{name}:{kind}' for name, kind in predicate.arguments)})`"


def _said(predicate: Predicate) -> tuple[str, str]:
    return (predicate.statement.zh, predicate.statement.en) if predicate.statement else ("", "")


# contract.md


def contract_page(_: Source) -> Iterator[str]:
    yield from opening(
        "The rule contract",
        f"""
        Version {CONTRACT_VERSION}. The predicates that the rules of a policy and the program both know, with their arguments as
        `name:type` (or the name alone where it is the type). Every other predicate is a policy's own affair. A policy may say
        `contract = {CONTRACT_VERSION}` in policy.toml; `tiaoli check` refuses another version. `tiaoli --version` prints the
        version of the program.

        The type `item` is an item of any list, `term` any constant; the others are those of [predicates.md](predicates.md).
        """,
    )
    for supplier, head in SUPPLIERS.items():
        yield f"## {head}"
        yield ""
        found = [item for item in SIGNATURES.values() if item.supplier == supplier]
        rows = ((f"`{item.written}`", item.says, "yes" if item.optional else "") for item in found)
        yield from table(("predicate", "says that there is", "a policy may lack it"), rows)
        yield ""
    yield "## The library"
    yield ""
    yield 'A policy includes a part by its name, `library = ["decision"]` in policy.toml, and then has its rules and its words.'
    yield ""
    yield from table(("part", "rules"), ((f"`{part}`", f"[{part}.lp](../../src/tiaoli/stdlib/{part}.lp)") for part in library_parts()))


SUPPLIERS: Mapping[Supplier, str] = {
    "engine": "Supplied by the program",
    "policy data": "Made of the data of the policy",
    "clause files": "Derived by the rules of the policy",
    "library": "Derived by the rules of the library",
    "property": "Derived by the rules of a property",
}
"""How the page says who supplies a predicate."""


# benefits.md


def benefits_page(source: Source) -> Iterator[str]:
    encoding, policy = source.encoding, source.policy
    yield from opening(
        "Benefits",
        """
        What can be asked of a case, in the order of the answer. Conditions stand in the order in which a reviewer checks them; each names
        the sentences that its rules encode. *Facts* are the keys that the conditions or the amount can rest on; no other key changes the
        decision.
        """,
    )
    rows = (
        (f"[{item.id}](#{item.id})", item.clause, f"`{policy.list_of[item.subject].path}`", both(item.statement))
        for item in policy.benefits.values()
    )
    yield from table(("benefit", "clause", "asked for each of", "grants"), rows)
    yield ""
    for benefit in policy.benefits.values():
        yield f"## {benefit.id}"
        yield ""
        yield f"{both(benefit.statement)}."
        yield ""
        yield f"- Clause: [{benefit.clause}](clauses.md#{anchor(benefit.clause, policy)})"
        yield f"- Subject: an item of `{policy.list_of[benefit.subject].path}` ({both(policy.list_of[benefit.subject].statement)})"
        yield f"- Amount: {'yes' if benefit.has_amount else 'none of its own'}"
        touched = [f"`{reading.name}`" for reading in policy.readings.values() if benefit.id in reading.touches]
        yield f"- Readings that can change it: {', '.join(touched)}"
        yield ""
        conditions = (
            (str(position), f"`{condition}`", words.zh, words.en, " ".join(map(source.sentence, encoding.sentences[benefit.id][condition])))
            for position, (condition, words) in enumerate(benefit.conditions.items(), 1)
        )
        yield from table(("", "condition", "Chinese", "English", "rests on"), conditions)
        yield ""
        yield "Facts: " + ", ".join(f"`{path}`" for path in encoding.fields[benefit.id]) + "."
        yield ""


# cli.md


def cli_page(_: Source) -> Iterator[str]:
    yield from opening(
        "The command line",
        f"What `--help` prints, at a width of {WIDTH} columns. Exit codes are in [errors.md](errors.md#exit-codes).",
    )
    yield from _help(command, "tiaoli", None)


def _help(shown: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    settings = {**shown.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(shown, info_name=name, parent=parent, **settings)
    yield f"## {context.command_path}"
    yield ""
    yield from fenced(shown.get_help(context), "text")
    yield ""
    if isinstance(shown, click.Group):
        for inner in shown.list_commands(context):
            found = shown.get_command(context, inner)
            assert found is not None
            yield from _help(found, inner, context)


# errors.md


def errors_page(_: Source) -> Iterator[str]:
    yield from opening(
        "Errors",
        """
        Every error that the package raises on purpose is a `tiaoli.TiaoliError`. It carries `problems`, each a
        [`Problem`](api.md#problem) with `where` (a path in the case, a file with its line, or an argument), `what` (a sentence in
        Chinese and English) and, of a policy or a case, `id` (its [kind](problems.md)). `str(error)` is the English text,
        `error.say("zh")` the Chinese one, a line a problem.
        """,
    )
    for kind, depth in _kinds(TiaoliError, 0):
        yield f"{'  ' * depth}- `{kind.__name__}`"
    yield ""
    for kind, _depth in _kinds(TiaoliError, 0):
        yield f"## {kind.__name__}"
        yield ""
        yield f"Exit code {kind.exit_code}."
        yield ""
        yield from prose(kind.__doc__)
    yield "## Exit codes"
    yield ""
    codes = {
        0: "answered, whatever the outcome",
        1: "findings of `check` or `audit --strict`, a counterexample of `prove`, a difference that `diff` or `verify` finds",
        2: "the input or the call is wrong; with several files the good ones are still answered, and the bad ones named on standard error",
        3: '`--limit` was reached; standard output carries what is certain, with `"limit_reached": true`',
        4: "an internal check failed; the case is saved and its file named on standard error",
        130: "interrupted",
    }
    yield from table(("code", "meaning"), ((str(code), meaning) for code, meaning in codes.items()))


# problems.md


def problems_page(_: Source) -> Iterator[str]:
    yield from opening(
        "Problems",
        """
        The kinds of problem that a policy or a case can have, each by its id. `tiaoli check` prints the id behind each finding and
        leaves out those that `--ignore ID` names; in JSON it is the key `id` of a finding, of a refused line of `bulk` and of an error
        of the service; in Python it is `Problem.id`. Ids stay: new ones may be added, none changes its meaning.
        """,
    )
    for id, statement in PROBLEM_KINDS.items():
        yield from ["", f"## {id}", "", statement.en, "", statement.zh]


def _kinds(kind: type[TiaoliError], depth: int) -> Iterator[tuple[type[TiaoliError], int]]:
    yield kind, depth
    for inner in kind.__subclasses__():
        yield from _kinds(inner, depth + 1)


# api.md


def api_page(_: Source) -> Iterator[str]:
    yield from opening(
        "The Python API",
        """
        The public names, `from tiaoli import …`. A case is plain data under the
        keys of [case.md](case.md); what it can say is the policy's own.
        """,
    )
    names = [name for name in tiaoli.__all__ if not name.startswith("_")]
    functions = [name for name in names if inspect.isfunction(getattr(tiaoli, name))]
    yield from bullets(f"[{name}](#{'the-function-' if name in functions else ''}{name.lower()})" for name in names)
    yield ""
    yield "Words used in the types below:"
    yield ""
    aliases = {"Outcome": Outcome, "Status": Status, "Lang": Lang}
    yield from table(
        ("type", "values"), ((f"`{name}`", ", ".join(f'`"{word}"`' for word in get_args(kind))) for name, kind in aliases.items())
    )
    yield ""
    for name in names:
        if name in functions:
            yield f"## The function {name}"
            yield ""
            yield from fenced(f"def {name}{_signature(getattr(tiaoli, name), drop=False)}", "python")
            yield ""
            yield from prose(getattr(tiaoli, name).__doc__)
        else:
            yield from _class(name, getattr(tiaoli, name))
    yield "`tiaoli.__version__` is the version of the package."


def _class(name: str, found: type) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    if dataclasses.is_dataclass(found) or (issubclass(found, tuple) and hasattr(found, "_fields")):
        keys = [field.name for field in dataclasses.fields(found)] if dataclasses.is_dataclass(found) else list(found._fields)
        yield from fenced("\n".join([f"class {name}:", *(f"    {key}: {_annotation(found, key)}" for key in keys)]), "python")
    else:
        base = f"({found.__base__.__name__})" if issubclass(found, Exception) else _signature(found.__init__, drop=True)
        yield from fenced(f"class {name}{base}", "python")
    yield ""
    yield from prose(found.__doc__)
    for key, value in _members(found).items():
        if key.startswith(("_", "model_")):
            continue
        if isinstance(value, property):
            yield f"### {name}.{key}"
            yield ""
            yield from fenced(f"{key}: {inspect.signature(value.fget).return_annotation}" if value.fget else key, "python")
            yield ""
            yield from prose(value.__doc__)
        elif isinstance(value, classmethod) or inspect.isfunction(value):
            plain = value.__func__ if isinstance(value, classmethod) else value
            if plain.__doc__ or not dataclasses.is_dataclass(found):
                yield f"### {name}.{key}"
                yield ""
                kind = "@classmethod\n" if isinstance(value, classmethod) else ""
                yield from fenced(f"{kind}def {key}{_signature(plain, drop=True)}", "python")
                yield ""
                yield from prose(plain.__doc__)


def _members(found: type) -> dict[str, object]:
    """What a class has of its own, and of a class below it that is not public itself."""
    public = {getattr(tiaoli, name) for name in tiaoli.__all__ if inspect.isclass(getattr(tiaoli, name))}
    below = [base for base in reversed(found.__mro__[1:]) if base.__module__.startswith("tiaoli.") and base not in public]
    return {key: value for one in (*below, found) for key, value in vars(one).items()}


def _annotation(found: type, key: str) -> str:
    kind = inspect.get_annotations(found)[key]
    return kind.__forward_arg__ if isinstance(kind, ForwardRef) else str(kind)


class _Bare:
    """An annotation that is shown without quotes."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _signature(function: Callable[..., object], drop: bool) -> str:
    """A signature without `self` or `cls`, over several lines where it is long."""
    found = inspect.signature(function)
    parameters = list(found.parameters.values())[1 if drop else 0 :]
    shown = [item.replace(annotation=_bare(item.annotation)) for item in parameters]
    result = found.replace(parameters=shown, return_annotation=_bare(found.return_annotation))
    text = str(result).replace("typing.", "").removesuffix(" -> None")
    if len(text) <= WIDTH:
        return text
    star = next((index for index, item in enumerate(shown) if item.kind is item.KEYWORD_ONLY), None)
    lines = [str(item) for item in shown]
    if star is not None:
        lines.insert(star, "*")
    returns = f" -> {result.return_annotation!r}" if ") ->" in text else ""
    return "(\n" + "".join(f"    {line},\n" for line in lines) + ")" + returns


def _bare(annotation: object) -> object:
    return _Bare(annotation) if isinstance(annotation, str) else annotation


# modules.md


def modules_page(_: Source) -> Iterator[str]:
    yield from opening(
        "Modules",
        "The rooms of `src/tiaoli`, lowest first: a room imports only rooms above it on this page, and of them only what their face "
        "names. Imports inside functions count.",
    )
    package = ROOT / "src" / "tiaoli"
    faces = {path.parent.name: ast.parse(path.read_text("utf-8")) for path in sorted(package.glob("*/__init__.py"))}
    imports = {
        room: set().union(*(_rooms(path) for path in (package / room).glob("*.py") if path.stem != "__init__")) & faces.keys() - {room}
        for room in faces
    }
    hall = sorted(package.glob("[a-z]*.py"))
    levels: dict[str, int] = {}
    for room in TopologicalSorter(imports).static_order():
        levels[room] = 1 + max((levels[below] for below in imports[room]), default=0)
    for room in sorted(levels, key=lambda room: (levels[room], room)):
        yield from ["", f"## {room}", "", (ast.get_docstring(faces[room]) or "").replace("\n", " "), ""]
        yield from table(("module", "what it is for"), map(_module_row, sorted((package / room).glob("[a-z]*.py"))))
    if hall:
        yield from ["", "## At the top", ""]
        yield from table(("module", "what it is for"), map(_module_row, hall))


def _module_row(path: Path) -> tuple[str, str]:
    first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0].replace("\n", " ")
    return f"[`{path.stem}`](../../{path.relative_to(ROOT).as_posix()})", first


def _rooms(path: Path) -> set[str]:
    """The rooms that a module imports from."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "tiaoli":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tiaoli."):
            found.add(node.module.split(".")[1])
    return found


# answers.md


def answers_page(_: Source) -> Iterator[str]:
    definitions = answer_definitions()
    yield from opening(
        "The answers in JSON",
        """
        What stands in the JSON of each command (`--json`) and of each address of the service. `tiaoli schema ANSWER` prints the JSON
        Schema of one, with everything that it needs; `tiaoli schema --list` their names. The service's `/openapi.json` and the tools of
        `tiaoli mcp` hold the same schemas. An answer may have more keys than are named here: a program ignores those that it does not
        know. How to use them is in [for embedders](../for-embedders.md#the-schemas-of-answers).
        """,
    )
    roots = ((f"`{name}`", _answer_link(root), _english(definitions[root])) for name, root in ANSWERS.items())
    yield from table(("answer", "object", "what it is"), roots)
    order = dict.fromkeys(part for answer, root in ANSWERS.items() for part in (root, *answer_schema(answer)["$defs"]))
    for name in order:
        schema = definitions[name]
        yield from ("", f"## {name}", "", f"{schema['description']}.", "")
        if "properties" not in schema:
            yield f"{_answer_type(schema)[:1].upper()}{_answer_type(schema)[1:]}."
            continue
        required = schema.get("required", ())
        yield from table(
            ("key", "type", "there", "meaning"),
            (
                (f"`{key}`", _answer_type(inner), "always" if key in required else "at times", _described(inner))
                for key, inner in schema["properties"].items()
            ),
        )


def _english(schema: Mapping[str, Any]) -> str:
    return str(schema["description"]).partition(" · ")[2]


def _described(schema: Mapping[str, Any]) -> str:
    """What a value is for: its own description, or that of the object that it is."""
    if "description" in schema or "$ref" not in schema:
        return str(schema.get("description", ""))
    return str(answer_definitions()[schema["$ref"].rpartition("/")[2]]["description"])


def _answer_link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _answer_type(schema: Mapping[str, Any]) -> str:
    """What a value is, in words, with links to the objects that are described apart."""
    if "$ref" in schema:
        return _answer_link(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(map(_answer_type, schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema.get("enum", [schema.get("const")]))
    if isinstance(schema.get("type"), list):
        return " or ".join(_answer_type({"type": kind}) for kind in schema["type"])
    if schema.get("type") == "array":
        if "prefixItems" in schema:
            return f"a pair: {', '.join(map(_answer_type, schema['prefixItems']))}"
        size = f"{schema['minItems']} times " if "minItems" in schema else "list of "
        return f"{size}{_answer_type(schema['items'])}"
    if "additionalProperties" in schema:
        return f"object: for each name {_answer_type(schema['additionalProperties'])}"
    if "properties" in schema:
        return f"object with {', '.join(f'`{key}`: {_answer_type(inner)}' for key, inner in schema['properties'].items())}"
    if "pattern" in schema:
        return f"text like `{schema['pattern']}`"
    if "format" in schema:
        return f"text, a {schema['format']}"
    return {"string": "text", "boolean": "true or false", "number": "number", "integer": "whole number", "null": "null"}.get(
        schema.get("type", ""), "object" if schema.get("type") == "object" else "any value"
    )


PAGES: Mapping[str, Callable[[Source], Iterator[str]]] = {
    "answers.md": answers_page,
    "api.md": api_page,
    "benefits.md": benefits_page,
    "case.md": case_page,
    "clauses.md": clauses_page,
    "cli.md": cli_page,
    "contract.md": contract_page,
    "errors.md": errors_page,
    "modules.md": modules_page,
    "predicates.md": predicates_page,
    "problems.md": problems_page,
}
NOTE = "<!-- Written by docs/reference/generate.py: change what it reads, then run it. -->"


def pages() -> dict[Path, str]:
    """The text of every page."""
    source = Source()
    return {HERE / name: "\n".join([NOTE, *page(source)]).rstrip("\n") + "\n" for name, page in PAGES.items()}


def main(arguments: Sequence[str]) -> int:
    if set(arguments) - {"--check"}:
        print("usage: python docs/reference/generate.py [--check]", file=sys.stderr)
        return 2
    wanted = pages()
    extra = [path for path in sorted(HERE.glob("*.md")) if path not in wanted]
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"stale: {path.relative_to(ROOT)}")
        for path in extra:
            print(f"not generated: {path.relative_to(ROOT)}")
        return 1 if stale or extra else 0
    for path in stale:
        path.write_text(wanted[path], "utf-8", newline="\n")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
