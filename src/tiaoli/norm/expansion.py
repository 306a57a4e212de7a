"""From norm.toml, the text, the tables and the rules of a norm to the tables of a policy.

What an author need not write is made: the anchors of sentences and the sentence of each quote, the files that encode a sentence, units, the
clauses that look at a fact, the benefits that a reading touches, the facts `requires`, declarations of the rules, the types of arguments,
and sentences that stand until somebody writes better ones.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from tiaoli.base import PolicyError, Problem, Statement, choices, shown
from tiaoli.norm.cited_text import METHOD, TEXT_FILE, CitedText
from tiaoli.norm.derivation import derive, periods
from tiaoli.norm.draft import Draft
from tiaoli.norm.facts import Facts
from tiaoli.norm.key_lines import NORM_FILE, NORM_LIBRARY
from tiaoli.norm.numbers import Numbers
from tiaoli.norm.places import placed
from tiaoli.norm.vocabulary import Vocabulary
from tiaoli.policy import LANGUAGES, TABLES, Predicate, given_predicates
from tiaoli.rules import Constant, Contract, Program, parse

OWN_RULES = "norm.lp"
"""The file of the rules that are made: what benefits require, and what may be lacking or is the answer."""

_ABOUT = (
    "id",
    "number",
    "title",
    "languages",
    "library",
    "contract",
    "currency",
    "begins",
    "lapses",
    "lapsed",
    "headings",
    "mended",
    "table",
)
SECTIONS = (
    *_ABOUT,
    "from",
    "not_computed",
    "translations",
    "numbers",
    "case",
    "values",
    "codes",
    "units",
    "events",
    "facts",
    "benefit",
    "conditions",
    "outcomes",
    "reading",
    "doubt",
    "term",
    "marker",
    "say",
)
"""What stands at the head of norm.toml."""


class ExpandedNorm(NamedTuple):
    """The tables and the rules that a policy is built from, and where each thing in them comes of: `source` is norm.toml itself, `origins`
    the key of it, or the file and line, for a place in the tables. `defaults` are the sentences of the program's own."""

    tables: dict[str, Any]
    rules: dict[str, str]
    source: str
    origins: Mapping[str, str]
    defaults: Mapping[str, Mapping[str, str]]

    def placed(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems of the tables, each where an author finds its cause. What is wrong in a sentence of the program's own is wrong in what
        it was made of, and is said there."""
        found = list(problems)
        written = [problem for problem in found if problem.where not in self.defaults]
        return placed(written or found, self.source, self.origins)

    def default_sentences(self) -> list[Problem]:
        """A problem for every sentence that the program made, and nobody wrote."""
        found = []
        for place, words in self.defaults.items():
            said = next(iter(words.values()))
            zh, en = (
                f"此句由程序拟定：{shown(said)}；请写出更好的",
                f"this sentence is the program's own: {shown(said)}; write a better one",
            )
            found.append(Problem(place, Statement(zh, en), "sentence-default"))
        return placed(found, self.source, self.origins)


def expand_norm(files: Mapping[str, str], rules: Mapping[str, str], library: Mapping[str, str]) -> ExpandedNorm:
    """The tables and rules of a norm: its `files`, its own `rules`, and the parts of the `library` that it includes. Raises `PolicyError`
    with every problem of one kind: the form of norm.toml first, then what quotes and rules rest on."""
    source = files[NORM_FILE]
    norm = _parsed(source)
    origins: dict[str, str] = {}
    try:
        return _Expansion(files, rules, library, norm, origins).expand()
    except PolicyError as error:
        raise PolicyError(placed(error.problems, source, origins)) from None


def _parsed(source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{NORM_FILE}:{line[1]}" if line else f"{NORM_FILE}:{len(source.splitlines())}"
        raise PolicyError.one(where, f"不是合法的 TOML：{error}", f"not TOML: {error}", "policy-toml") from None


class _Expansion:
    """One expansion, step by step; each step ends with the problems found in it."""

    def __init__(
        self,
        files: Mapping[str, str],
        rules: Mapping[str, str],
        library: Mapping[str, str],
        norm: dict[str, Any],
        origins: dict[str, str],
    ) -> None:
        self.files, self.rules, self.library, self.norm = files, rules, library, norm
        languages = norm.get("languages")
        known = [lang for lang in LANGUAGES if isinstance(languages, list) and lang in languages]
        self.draft = Draft(known or LANGUAGES)
        self.draft.origins = origins

    def expand(self) -> ExpandedNorm:
        draft, norm = self.draft, self.norm
        self._form()
        about = self._about()
        self._stop()
        headings = [word for word in about.get("headings", []) if isinstance(word, str)]
        text = CitedText(draft, self.files[TEXT_FILE], headings)
        rules, encoded = text.rules(self.rules)
        facts = Facts(draft)
        fields = facts.read(norm)
        quoted = {name: unit["quoted"] for name, unit in facts.units.items() if isinstance(unit.get("quoted"), list)}
        numbers = Numbers(draft, text, about["currency"], self._valid_from(), quoted)
        tables: dict[str, Any] = {
            "policy": about,
            "clauses": text.clauses(self._titles(about), self._table("not_computed"), self._table("translations"), encoded),
            "parameters": numbers.read(self._table("numbers")),
            "fields": fields,
            "readings": self._readings(text),
            "doubts": self._doubts(text),
            "vocabulary": {},
            "notice": [[place.anchor, place.text, list(place.clauses), list(place.heads)] for place in text.places],
            "library": {
                name.removesuffix(".toml"): _plain(tomllib.loads(words)) for name, words in self.library.items() if name.endswith(".toml")
            },
            "csv": {name: content for name, content in self.files.items() if name.endswith(".csv")},
        }
        self._stop()
        given = given_predicates(tables)
        entities = [item["entity"] for item in facts.lists.values()]
        words = Vocabulary(draft, given, entities, facts.values)
        benefits = words.read_benefits(norm)
        if "outcomes" in norm:
            tables["policy"]["outcomes"] = words.read_outcomes("outcomes", norm["outcomes"])
        given |= words.results()
        program, problems = parse(sorted({**rules, **{name: text for name, text in self.library.items() if name.endswith(".lp")}}.items()))
        draft.problems += problems
        self._stop()
        predicates = words.read_predicates(norm, program)
        self._stop()
        tables["vocabulary"] = {"benefit": benefits, "predicate": predicates}
        rules[OWN_RULES] = self._own_rules(program, benefits, given, predicates)
        for predicate in periods(program):
            facts.name_period(predicate)
        derive(draft, tables, program, {place.anchor: place.clauses for place in text.places}, facts.unread)
        self._stop()
        included = {name: content for name, content in self.library.items() if name.endswith(".lp")}
        return ExpandedNorm(tables, dict(sorted({**rules, **included}.items())), self.files[NORM_FILE], draft.origins, draft.defaults)

    def _stop(self) -> None:
        """What comes later rests on what is wrong here. Raises `PolicyError`."""
        if self.draft.problems:
            raise PolicyError(self.draft.problems)

    def _table(self, name: str) -> dict[str, Any]:
        found = self.norm.get(name, {})
        if not isinstance(found, dict):
            self.draft.table(name, found)
            return {}
        return found

    def _form(self) -> None:
        """The files of the folder and the keys at the head of norm.toml."""
        lacking, beside = Statement("政策目录中缺少此文件", "the policy folder lacks this file"), self.files.keys()
        if TEXT_FILE not in beside:
            self.draft.refuse(TEXT_FILE, lacking, "policy-file-missing")
        for table in TABLES:
            if f"{table}.toml" in beside:
                zh, en = f"{NORM_FILE} 已说明一切；请移入其中并删去此文件", f"{NORM_FILE} says it all; move it there and delete this file"
                self.draft.refuse(f"{table}.toml", Statement(zh, en), "policy-file-mixed")
        if OWN_RULES in self.rules:
            zh, en = (
                "此文件名留给由 norm.toml 得出的规则；请改名",
                "this name is kept for the rules that come of norm.toml; rename the file",
            )
            self.draft.refuse(OWN_RULES, Statement(zh, en), "policy-file-mixed")
        head = self.draft.table("", self.norm)
        head.read |= set(SECTIONS)
        head.finish()

    def _about(self) -> dict[str, Any]:
        """The table of policy.toml."""
        draft, norm = self.draft, self.norm
        head = draft.table("", norm)
        about = {key: norm[key] for key in _ABOUT if key in norm}
        languages = norm.get("languages", list(LANGUAGES))
        if not isinstance(languages, list) or not languages or any(lang not in LANGUAGES for lang in languages):
            near = choices(LANGUAGES)
            head.refuse(
                "languages", Statement(f"须为语言的列表；{near.zh}", f"a list of languages is wanted; {near.en}"), "policy-name-unknown"
            )
            self._stop()
        about.setdefault("library", list(NORM_LIBRARY))
        about.setdefault("title", draft.words(*[str(about.get("number", ""))] * 2))
        for key in ("title", "lapsed"):
            if isinstance(about.get(key), str):
                about[key] = draft.said(head, key, about[key])
        currency = about.get("currency")
        if currency is None:
            head.refuse("currency", Statement("缺少此项", "this is missing"), "policy-key-missing")
        elif isinstance(currency, str) and re.fullmatch("[A-Z]{3}", currency):
            about["currency"] = {"code": currency, **draft.words(currency, currency)}
        elif not isinstance(currency, dict):
            zh, en = (
                "须为 ISO 4217 货币代码（三个大写字母），或一张表",
                "a currency code of ISO 4217 is wanted, three capital letters, or a table",
            )
            head.refuse("currency", Statement(zh, en))
        about["table"] = {name: self._norm_table(name, table) for name, table in self._table("table").items()}
        return about

    def _norm_table(self, name: str, written: Any) -> Any:
        """A table as policy.toml declares it: `words` are its own, and a column may be its type alone."""
        if not isinstance(written, dict):
            return written
        table = self.draft.table(f"table.{name}", written)
        file = written.get("file")
        if isinstance(file, str) and file not in self.files:
            zh, en = f"政策目录中缺少文件 {shown(file)}", f"the policy folder lacks the file {shown(file)}"
            table.refuse("file", Statement(zh, en), "policy-file-missing")
        words = self.draft.statement(table, "words")
        found = {key: value for key, value in written.items() if key != "words"} | (words or {})
        for key in ("from", "holds", "fails", "none"):
            if isinstance(found.get(key), str):
                found[key] = self.draft.said(table, key, found[key])
        columns = written.get("columns")
        if isinstance(columns, dict):
            found["columns"] = {column: self._column(name, column, declared) for column, declared in columns.items()}
        return found

    def _column(self, name: str, column: str, declared: Any) -> Any:
        table = declared if isinstance(declared, dict) else {"type": declared}
        reader = self.draft.table(f"table.{name}.columns.{column}", table)
        words = self.draft.statement(reader, "words")
        plain = {key: value for key, value in table.items() if key != "words"}
        return plain | (words or {})

    def _valid_from(self) -> Any:
        """The day from which numbers hold where they do not say: that of the norm, or its first day of validity."""
        if "from" in self.norm:
            return self.norm["from"]
        begins = self._table("numbers").get(str(self.norm.get("begins")))
        value = begins.get("value") if isinstance(begins, dict) else begins[0] if isinstance(begins, list) and begins else None
        return value if isinstance(value, date) else None

    def _titles(self, about: Mapping[str, Any]) -> list[str]:
        title = about.get("title", {})
        return [str(about.get("number", "")), *(title.values() if isinstance(title, dict) else ())]

    def _readings(self, text: CitedText) -> dict[str, Any]:
        found = {}
        for name, written in self._table("reading").items():
            self.draft.origins[f"readings.toml [{name}"] = f"reading.{name}"
            table = self.draft.table(f"reading.{name}", written)
            quotes = table.table.get("quote")
            table.read.add("quote")
            cited = [
                text.find(f"{NORM_FILE} [reading.{name}.quote]", str(quote)) for quote in (quotes if isinstance(quotes, list) else [quotes])
            ]
            options = self.draft.table(f"reading.{name}.options", table.take("options", dict, {}))
            reading: dict[str, Any] = {
                "question": self.draft.statement(table, "question") or self.draft.words("", ""),
                "option": [{"id": option, **self.draft.said(options, option, words)} for option, words in options.table.items()],
            }
            if "question" not in table.table:
                table.refuse("question", Statement("缺少此项", "this is missing"), "policy-key-missing")
            touches = table.take("touches", list, None, required=False)
            if touches is not None:
                reading["touches"] = touches
            table.finish()
            places = [{"sentence": item.anchor, "quote": item.quote} for item in cited if item is not None]
            if places:
                reading |= places[0]
            if places[1:]:
                reading["also"] = places[1:]
            found[name] = reading
        return found

    def _doubts(self, text: CitedText) -> dict[str, Any]:
        found: dict[str, Any] = {"doubt": []}
        for key in ("doubt", "term", "marker"):
            written = self.norm.get(key, [])
            if not isinstance(written, list):
                self.draft.table("", self.norm).take(key, list)
                continue
            for position, item in enumerate(written):
                path = f"{key}[{position}]"
                self.draft.origins[f"doubts.toml [.{path}"] = path
                table = self.draft.table(path, item)
                id = table.take("id", str, f"{key}-{position + 1}", required=False)
                self.draft.origins[f"doubts.toml [{id}"] = path
                one: dict[str, Any] = {"id": id, **(self.draft.statement(table, "words") or self.draft.words("", ""))}
                if "words" not in table.table:
                    table.refuse("words", Statement("缺少此项", "this is missing"), "policy-key-missing")
                if key == "marker":
                    one["pattern"] = table.text("pattern")
                else:
                    cited = text.find(f"{NORM_FILE} [{path}.quote]", table.text("quote"))
                    one |= {"sentence": cited.anchor, "quote": cited.quote} if cited else {}
                table.finish()
                found.setdefault(key, []).append(one)
        return found

    def _own_rules(
        self, program: Program, benefits: Mapping[str, Any], given: Mapping[str, Predicate], predicates: Mapping[str, Any]
    ) -> str:
        """What benefits require, in the order of their conditions, and the declarations of facts and answers."""
        written = {
            str(term.value)
            for rule in program.rules
            if rule.head.predicate == Contract.REQUIRES.name
            for term in rule.head.terms[:1]
            if isinstance(term, Constant)
        }
        said = "各项待遇的条件，按 norm.toml 的顺序。The conditions of each benefit, in the order of norm.toml."
        lines = [f"%@ {METHOD} {said}"]
        for benefit, table in benefits.items():
            for place, condition in enumerate(table["conditions"] if benefit not in written else (), 1):
                lines.append(f"{Contract.REQUIRES.name}({benefit}, {place}, {condition}).")
                self.draft.origins[f"{OWN_RULES}:{len(lines)}"] = f"benefit.{benefit}.conditions.{condition}"
        head = lines if lines[1:] else []
        own = [item for item in given.values() if item.source != "rules" and item.file not in self._library_files()]
        shown_ones = [(name, len(table["args"])) for name, table in predicates.items() if table.get("shown")]
        results = (item for item in given.values() if item.shown and item.file not in self._library_files())
        shown_ones += [(item.name, len(item.arguments)) for item in results]
        declared = [f"#defined {name}/{len(table['args'])}." for name, table in predicates.items() if "given" in table]
        declared += [f"#defined {name}/{arity}." for name, arity in (*((item.name, len(item.arguments)) for item in own), *shown_ones)]
        return "\n".join((*head, *declared, *(f"#show {name}/{arity}." for name, arity in shown_ones))) + "\n"

    def _library_files(self) -> set[str]:
        return {name for name in self.library if name.endswith(".toml")}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return value.isoformat() if isinstance(value, date) else value
