"""Many cases in one run: JSON Lines, Parquet and Spark, resumable, with totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.populations.impact import Shift, shift
    from tiaoli.populations.job import Job, lines_of, run_json_lines, summary
    from tiaoli.populations.json_lines import LineDecider, Options, in_order, reject
    from tiaoli.populations.parquet import run_parquet, schemas
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "Job",
    "LineDecider",
    "Options",
    "Shift",
    "in_order",
    "lines_of",
    "reject",
    "run_json_lines",
    "run_parquet",
    "schemas",
    "shift",
    "summary",
]
