"""Whether what a tree names suffices: a case of which nothing else is known, and what could still be met in it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from support.cases import read_case
from tiaoli import Oracle
from tiaoli.decide.facts import case_facts
from tiaoli.explain.explanation import Node
from tiaoli.policy.model import reading_facts
from tiaoli.rules.atoms import Fact, Name
from tiaoli.rules.clingo_session import Session

Item = dict[str, Any]
Readings = dict[str, str]


class Freed:
    """A case in which everything is unknown but what a tree names.

    A list that the tree does not say is complete gets one more item, of which nothing is known.
    """

    def __init__(self, oracle: Oracle, document: Item, named: set[str]) -> None:
        self.policy = oracle.policy
        self.named = named
        self.document = copy.deepcopy(document)
        self._fields(self.document, "", "")
        for declared in self.policy.lists.values():
            if declared.parent is None:
                self._list(self.document, declared.path, declared.path, declared.entity)

    def _list(self, owner: Item, path: str, key_path: str, entity: str) -> None:
        key = key_path.rpartition(".")[2]
        for item in owner.setdefault(key, []):
            self._fields(item, f"{path}.{item['id']}", key_path)
            for inner in self.policy.lists.values():
                if inner.parent == entity:
                    self._list(item, f"{path}.{item['id']}.{inner.path.rpartition('.')[2]}", inner.path, inner.entity)
        if path not in self.named:
            owner[key].append({"id": "one-more"})

    def _fields(self, owner: Item, path: str, key_path: str) -> None:
        """Take out every scalar that is not named. A record goes as a whole unless it or something in it is named."""
        for field in self.policy.fields.values():
            prefix, _, key = field.path.rpartition(".")
            where = f"{path}.{key}" if path else key
            if field.path == "applied_on" or (prefix != key_path and prefix != f"{key_path}.registry" and key_path):
                continue
            if prefix == key_path and key in owner and field.kind == "record":
                record = owner[key]
                if record is not None:
                    for inner in list(record):
                        if f"{where}.{inner}" not in self.named:
                            del record[inner]
                if where not in self.named and not record:
                    del owner[key]
            elif prefix == key_path and key in owner and where not in self.named:
                if field.several:
                    # absent would be empty: the most there can be instead
                    owner[key] = list(self.policy.values[field.table or ""])
                else:
                    del owner[key]
        if not key_path and "person" in owner:
            owner["person"] = {key: value for key, value in owner["person"].items() if f"person.{key}" in self.named}


def named(tree: Node) -> set[str]:
    return {path for node in tree.walk() for path in node.facts}


def can_be_met(oracle: Oracle, document: Item, readings: Readings, benefit: str, subject: str, condition: str) -> bool:
    """Whether some completion of a case meets a condition."""
    encoding, case = oracle.encoding, read_case(document)
    facts = case_facts(encoding.policy, encoding.rule_bounds, encoding.fields, case, (benefit,))
    known = (*encoding.policy.facts, *reading_facts(encoding.policy, readings), *facts.facts)
    session = Session(encoding.policy.rule_text, known, list(facts.choices.values()))
    return session.possible((Fact("met", (case.id, Name(benefit), subject, Name(condition))), True))


def failing(oracle: Oracle, document: Item, readings: Readings) -> Iterator[tuple[str, str, str]]:
    for decision in oracle.decide(document, readings=readings).decisions:
        for condition in decision.conditions:
            if condition.status == "unmet":
                yield decision.benefit, decision.subject, condition.id
