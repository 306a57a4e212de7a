"""A policy that was loaded: what is in force of it, the names that it knows, and the questions that it makes ready."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiaoli.base import deadline_of
from tiaoli.case import Case
from tiaoli.decide import PreparedCase, PreparedDecision
from tiaoli.encoding import Encoding, PolicySource, load_encoding_from
from tiaoli.oracle.engines import Engines
from tiaoli.oracle.oracle_source import OracleSource
from tiaoli.oracle.prepare import checked_benefits, checked_readings, prepare, prepare_decision, readings_in_force
from tiaoli.policy import Policy

if TYPE_CHECKING:
    from tiaoli.compiled import CompiledRules


class LoadedPolicy:
    """A policy with the readings and numbers that were chosen for it, and the engines that decide by it."""

    def __init__(
        self,
        policy: str | None = None,
        *,
        policy_root: Path | str | None = None,
        readings: Mapping[str, str] | None = None,
        parameters: Mapping[str, str] | None = None,
        alone: bool = False,
    ) -> None:
        root = Path(policy_root) if policy_root is not None else None
        self._take(load_encoding_from(PolicySource(policy, root, parameters or {})), readings or {}, alone)

    def _take(self, encoding: Encoding, readings: Mapping[str, str], alone: bool) -> None:
        self._encoding = encoding
        self._alone = alone
        self._readings = self.checked_readings(readings)
        self._engines = Engines(self._encoding)

    @property
    def source(self) -> OracleSource:
        """What another process needs to make the same oracle."""
        return OracleSource(self._encoding.source, dict(self._readings), self._alone)

    @property
    def policy(self) -> Policy:
        """The policy as data: its sentences, parameters, readings, benefits and words."""
        return self._encoding.policy

    @property
    def chosen_readings(self) -> dict[str, str]:
        """The readings that this oracle takes instead of the defaults, as an answer echoes them."""
        return self.policy.other_readings(self._readings)

    @property
    def compiled(self) -> CompiledRules:
        """The rules compiled to Python, as the fast path has them."""
        return self._engines.compiled

    @property
    def readings_in_force(self) -> dict[str, str]:
        """Every reading with the option that this oracle takes."""
        return readings_in_force(self.policy, self._readings)

    @property
    def parameters(self) -> dict[str, str]:
        """The numbers that were put in place of the policy's, by the names that were given."""
        return dict(self._encoding.source.parameters)

    @property
    def alone(self) -> bool:
        """Whether no other norm supplies what a case does not say."""
        return self._alone

    @property
    def encoding(self) -> Encoding:
        """The policy together with what its rules rest on."""
        return self._encoding

    def checked_benefits(self, benefits: Iterable[str] | None) -> tuple[str, ...] | None:
        """The benefits asked for. Raises `CallError` where there is none of a name."""
        return checked_benefits(self.policy, benefits)

    def read(self, document: Any) -> Case:
        """The case that plain data (parsed JSON or YAML) describes. Raises `CaseError` with a problem for all that is not in the case
        format."""
        return Case.read(document, self.policy)

    def checked_readings(self, readings: Mapping[str, str]) -> dict[str, str]:
        """The readings chosen. Raises `CallError` where there is none of a name, or no such option of it."""
        return checked_readings(self.policy, readings)

    def _chosen(self, readings: Mapping[str, str] | None) -> dict[str, str]:
        """The readings chosen for one question, and those chosen for every one that does not choose its own."""
        return {**self._readings, **self.checked_readings(readings)} if readings else self._readings

    def _about_case(
        self, case: Case | Mapping[str, Any], benefits: Iterable[str] | None, readings: Mapping[str, str] | None, limit: float | None
    ) -> PreparedCase:
        deadline, asked, chosen = deadline_of(limit), self.checked_benefits(benefits), self._chosen(readings)
        return prepare(self._encoding, case, asked, chosen, deadline)

    def _about_decision(
        self,
        case: Case | Mapping[str, Any],
        benefit: str,
        subject: str | None,
        readings: Mapping[str, str] | None,
        limit: float | None,
    ) -> PreparedDecision:
        deadline = deadline_of(limit)
        self.checked_benefits([benefit])
        return prepare_decision(self._encoding, case, benefit, subject, self._chosen(readings), deadline)
