"""The same rules without clingo: translated to Python for one case and to numpy for columns of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.compiled.column_arrays import OverflowingError, Rows
    from tiaoli.compiled.column_grounding import ColumnRules
    from tiaoli.compiled.column_store import NEVER, NO_VALUE, CaseColumns, CodeBook, Table
    from tiaoli.compiled.columnar import ColumnEvaluator
    from tiaoli.compiled.decider import CompiledDecisions, CompiledRules, Fallback
    from tiaoli.compiled.fact_tables import FactTables
    from tiaoli.compiled.fragment import OutsideError
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "NEVER",
    "NO_VALUE",
    "CaseColumns",
    "CodeBook",
    "ColumnEvaluator",
    "ColumnRules",
    "CompiledDecisions",
    "CompiledRules",
    "FactTables",
    "Fallback",
    "OutsideError",
    "OverflowingError",
    "Rows",
    "Table",
]
