"""A population on Spark: the function that decides one Arrow batch, over the partitions of a frame.

A case is one row with its lists inside, so a partition decides by itself and nothing is shuffled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tiaoli.base import CaseError
from tiaoli.encoding import PolicySource
from tiaoli.oracle import Oracle, OracleSource
from tiaoli.populations.arrow_columns import check_columns
from tiaoli.populations.arrow_decider import BatchDecider
from tiaoli.populations.arrow_schema import REJECTS, case_schema, decision_schema
from tiaoli.populations.arrow_writer import rejects_batch

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Batches = Iterable[Any]
"""Arrow batches."""


def decisions(
    frame: DataFrame,
    *,
    policy: str | None = None,
    policy_root: Path | str | None = None,
    readings: Mapping[str, str] | None = None,
    benefits: Iterable[str] | None = None,
) -> DataFrame:
    """A row a decision, of a frame with a row a case (`tiaoli schema --arrow`).

    Raises `CaseError` where its columns are not those of cases. A job over a frame with a row that holds no case fails with `CaseError`:
    find them with `rejects`, and leave them out.
    """
    source = _source(policy, policy_root, readings)
    _check_frame(frame, source)
    deciding = _deciding(source, None if benefits is None else tuple(benefits))
    return _mapped(frame, deciding, decision_schema(Oracle.of(source).policy))


def rejects(
    frame: DataFrame, *, policy: str | None = None, policy_root: Path | str | None = None, readings: Mapping[str, str] | None = None
) -> DataFrame:
    """The rows of a frame that hold no case: the case's id, the path, and the reason in both languages. Raises `CaseError` where its
    columns are not those of cases."""
    source = _source(policy, policy_root, readings)
    _check_frame(frame, source)
    return _mapped(frame, _rejecting(source), REJECTS)


def _check_frame(frame: DataFrame, source: OracleSource) -> None:
    """Raise `CaseError` before any job is run; an empty frame has columns too."""
    check_columns(frame.limit(0).toArrow().schema, case_schema(Oracle.of(source).policy))


def _mapped(frame: DataFrame, function: Callable[[Batches], Iterator[Any]], schema: Any) -> DataFrame:
    from pyspark.sql.pandas.types import from_arrow_schema

    return frame.mapInArrow(function, from_arrow_schema(schema))


def _source(policy: str | None, root: Path | str | None, readings: Mapping[str, str] | None) -> OracleSource:
    return OracleSource(PolicySource(policy, None if root is None else Path(root)), dict(readings or {}))


def _deciding(source: OracleSource, benefits: tuple[str, ...] | None) -> Callable[[Batches], Iterator[Any]]:
    def decide(batches: Batches) -> Iterator[Any]:
        # a partition's process loads the policy once
        oracle = Oracle.of(source)
        decider = BatchDecider(oracle, oracle.checked_benefits(benefits))
        for batch in batches:
            found = decider.decide(batch)
            if found.rejects:
                raise CaseError([problem for reject in found.rejects for problem in reject.error.problems])
            yield found.decisions

    return decide


def _rejecting(source: OracleSource) -> Callable[[Batches], Iterator[Any]]:
    def find(batches: Batches) -> Iterator[Any]:
        oracle = Oracle.of(source)
        decider = BatchDecider(oracle)
        for batch in batches:
            yield rejects_batch(batch, decider.decide(batch).rejects)

    return find
