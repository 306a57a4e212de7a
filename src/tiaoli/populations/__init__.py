"""Many cases in one run: JSON Lines, Parquet and Spark, resumable, with totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.populations.arrow_decider import BatchDecider
    from tiaoli.populations.bulk_job import BulkJob, BulkOptions, run_summary
    from tiaoli.populations.impact import Impact, measure_impact
    from tiaoli.populations.json_lines import read_lines, run_json_lines
    from tiaoli.populations.line_decider import LineDecider, in_input_order, rejection_line
    from tiaoli.populations.parquet import arrow_schemas, run_parquet
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "BatchDecider",
    "BulkJob",
    "BulkOptions",
    "Impact",
    "LineDecider",
    "arrow_schemas",
    "in_input_order",
    "measure_impact",
    "read_lines",
    "rejection_line",
    "run_json_lines",
    "run_parquet",
    "run_summary",
]
