"""A case of one policy: plain data read by the policy's case format, and facts looked up, set or left out in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tiaoli.base import CaseError
from tiaoli.case.edit import value_in, with_values, without
from tiaoli.case.part import Part, plain
from tiaoli.case.reading import read_case
from tiaoli.policy import CaseSchema, Policy


@dataclass(frozen=True, repr=False)
class Case:
    """案件 · one applicant's data, asked about on one day.

    `facts` are what it states, by key: an object is a mapping, a list a tuple; days are `date`, amounts `Decimal`. A key that is not there
    is unknown, `None` is the format's `null`. Nothing in it changes later. `schema` is the format of the policy that it was read under.

    >>> from tiaoli import Oracle
    >>> case = Oracle().read({"id": "A-001", "applied_on": "2025-06-01", "certificates": [{"id": "c1", "kind": "skill_level"}]})
    >>> case.value_at("certificates.c1.kind"), case.value_at("certificates.c1.issued")
    ('skill_level', MISSING)
    """

    schema: CaseSchema = field(compare=False)
    facts: Part

    @classmethod
    def read(cls, document: Any, policy: Policy | CaseSchema) -> Case:
        """The case that plain data (parsed JSON or YAML) describes under a policy.

        Raises `CaseError` with one problem for every field that is not in the format, each under its path in the case.
        """
        schema = policy if isinstance(policy, CaseSchema) else policy.schema
        return cls(schema, read_case(document, schema))

    @property
    def id(self) -> str:
        return str(self.facts["id"])

    @property
    def day(self) -> date:
        """The day for which the question is asked."""
        found: date = self.facts[self.schema.day.path]
        return found

    def to_json(self) -> dict[str, Any]:
        """The case as plain data in the case format; read again it is the same case."""
        found: dict[str, Any] = plain(self.facts)
        return found

    def value_at(self, path: str) -> Any:
        """The plain value at a path (`certificates.c1.issued`), or `MISSING` where the case says nothing there."""
        return plain(value_in(self.facts, path))

    def with_values(self, changes: Mapping[str, Any]) -> Case:
        """The case with plain values put at paths; an object on the way that is absent or null is made.

        Raises `CaseError` where a path leads to no item of the case, or the result is not in the case format.
        """
        return self.read(with_values(self.facts, changes), self.schema)

    def without(self, paths: Collection[str]) -> Case:
        """The case with the facts at some paths left out. Raises `CaseError` where the result is not in the case format."""
        return self.read(without(self.facts, paths), self.schema)

    def under(self, policy: Policy) -> Case:
        """The same case, where it is one of this policy or of a version with the same case format. Raises `CaseError` where it is a case of
        another policy."""
        if not self.schema.fits(policy.schema):
            raise CaseError.one(
                self.id,
                f"这是按 {self.schema.policy} 的案件格式读入的案件，而此处适用的是 {policy.id}；请用 {policy.id} 重新读入",
                f"this is a case of {self.schema.policy}, and {policy.id} is asked; read the document under {policy.id}",
                "case-other-policy",
            )
        return self

    def __repr__(self) -> str:
        return f"Case({self.to_json()!r})"
