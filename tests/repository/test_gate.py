"""The gate: nothing of any policy, shipped or invented, stands in the package."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest

from support.exercise import carers
from support.harbour import harbour
from support.paths import ROOT
from tiaoli import Oracle
from tiaoli.policy import UNITS, Policy
from tiaoli.rules import SIGNATURES

PACKAGE = ROOT / "src" / "tiaoli"

OWN_WORDS = frozenset(
    {
        # of answers, requests, findings and explanations: their keys and values are the program's, whatever a norm calls its own
        *("both", "counted", "date", "domain", "either", "event", "granted", "kind", "limited", "members", "none", "other", "outcome"),
        *("refused", "role", "same", "source", "status"),
        # of fields.toml, of pictures, of metrics, of the two sides of a comparison, of SARIF, of a module, and the key of an enumeration
        *("elsewhere", "start", "end", "route", "new", "region", "calendar"),
        # the key of an answer for the day of a case, whatever its own key is
        "applied_on",
        # who can change a fact, a function of the package, what stands beside an amount
        *("time", "listed", "paid"),
    }
)
"""Words that some policy uses and the program has of its own."""

OWN_PLACES = {
    ("policy_folders", "hrss-2024-20"): "the policy that is asked where none is named",
    ("notice", "（一）"): "how a heading is numbered, as an example",
    ("question_options", "（三）"): "how a clause is named in a call, as an example",
    ("tools", "（三）"): "the same",
    ("receipt", "CNY"): "receipts of format 1 named no currency: all were in yuan",
}
"""Where a word of a policy has to stand, and why."""


@dataclass(frozen=True)
class Words:
    """What policies call their own, by kind of word; and the keys of their lists."""

    kinds: dict[str, set[str]]
    lists: set[str]

    def named(self, text: str) -> str | None:
        """A word of a policy that a text is; one of several parts that it holds; a path in it that begins with a list."""
        found = self._plain.fullmatch(text) or self._inside.search(text)
        return found[0] if found else None

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        return re.compile("|".join(map(re.escape, sorted(self._all))))

    @cached_property
    def _inside(self) -> re.Pattern[str]:
        parts = sorted(word for word in self._all if "_" in word or word.isupper() or re.search(r"[0-9]|^[^ -~]+$", word))
        names = "|".join(map(re.escape, parts))
        return re.compile(rf"(?<![\w.])(?:{names})(?!\w)|(?<![\w.])(?:{'|'.join(sorted(self.lists))})[.\[]", re.ASCII)

    @cached_property
    def _all(self) -> set[str]:
        return set().union(*self.kinds.values()) - SIGNATURES.keys() - OWN_WORDS


def kinds_of_words(policy: Policy) -> dict[str, set[str]]:
    """What a policy calls its own."""
    options = {option.id for reading in policy.readings.values() for option in reading.options}
    conditions = {name for benefit in policy.benefits.values() for name in benefit.conditions}
    return {
        "key": {key for path in (*policy.fields, *policy.lists) for key in path.split(".")} | set(policy.schema.objects),
        "value": {word for table in policy.values.values() for word in table} | set(policy.values),
        "entity": {item.entity for item in policy.lists.values()},
        "predicate": {item.predicate for item in policy.lists.values()}
        | {item.predicate for item in policy.fields.values()}
        | {name for name, predicate in policy.predicates.items() if predicate.file == "vocabulary.toml"},
        "code": set(policy.codes),
        "currency": {policy.currency.code},
        "clause": set(policy.clauses),
        "sentence": set(policy.sentences),
        "benefit": set(policy.benefits) | conditions,
        "number": set(policy.parameters),
        "reading": set(policy.readings) | options,
        "table": {name for table in policy.tables.values() for name in (table.name, table.predicate, table.file)},
        "unit": policy.units.keys() - UNITS.keys(),
        "event": set(policy.events),
        "policy": {policy.id, policy.number},
    }


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    """Of every policy in the repository: the folders of `policy/` and of the tests, and those that a test writes."""
    folders = [folder.parent for folder in (*ROOT.glob("policy/*/policy.toml"), *ROOT.glob("tests/**/policy/*/policy.toml"))]
    # of norms in one file those whose names are no plain words of English, such as right and most
    folders += [ROOT / "tests" / "notices" / "household_2026" / "policy" / "household-2026"]
    made = (carers(tmp_path_factory.mktemp("carers")), harbour(tmp_path_factory.mktemp("harbour")))
    folders += [folder.parent for root in made for folder in root.glob("policy/*/policy.toml")]
    assert {"hrss-2024-20", "hrss-2024-20-amended", "household-2026", "inspection-2026", "carers", "harbour"} <= {
        each.name for each in folders
    }
    kinds: dict[str, set[str]] = {}
    lists: set[str] = set()
    for folder in folders:
        policy = Oracle(folder.name, policy_root=folder.parent.parent).policy
        for kind, found in kinds_of_words(policy).items():
            kinds.setdefault(kind, set()).update(found)
        lists |= {path.rpartition(".")[2] for path in policy.lists}
    return Words(kinds, lists)


def texts_of(source: str) -> Iterator[str]:
    """The strings of a module but those that only document, of attributes too: they decide nothing."""
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def test_python_names_nothing_of_any_policy(words: Words) -> None:
    """No key, value, entity, predicate, code, clause, condition, unit or currency of a policy stands as a string in the package, the types
    apart that `tiaoli types` writes. A word of several parts stands in no text either, nor does a path that begins with a list."""
    found = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name != "types":
            for text in texts_of(path.read_text("utf-8")):
                named = words.named(text)
                if named and (path.stem, named) not in OWN_PLACES:
                    found.add((path.stem, named, text[:60]))
    assert found == set()


def test_a_word_of_each_kind_is_noticed_where_it_is_planted(words: Words) -> None:
    for kind, found in words.kinds.items():
        own = sorted(found - SIGNATURES.keys() - OWN_WORDS)
        assert own, kind
        for word in (own[0], own[-1]):
            planted = f"def f(case):\n    return case[{word!r}]\n"
            assert [words.named(text) for text in texts_of(planted)] == [word], kind
    for text in ("members.m1.hours", "certificates[0]", "no member_hours here", "of 4-10-01-05 alone", "按照（三）办理", "see § 4 of it"):
        assert [bool(words.named(text)) for text in texts_of(f"x = {text!r}\n")] == [True], text


def test_what_a_policy_shares_with_the_program_is_few(words: Words) -> None:
    """Each word that is let pass is a word of some policy: the list holds nothing that nobody uses."""
    used = set().union(*words.kinds.values())
    assert used >= OWN_WORDS, OWN_WORDS - used
