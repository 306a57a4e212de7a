"""The same rules without clingo: translated to Python for one case and to numpy for columns of cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.compiled.column_store import ABSENT, NEVER, CodeBook, Population, Table
    from tiaoli.compiled.columnar import ColumnRules, Columns, Rows
    from tiaoli.compiled.decider import Cannot, Compiled, Quick
    from tiaoli.compiled.fact_tables import Facts
    from tiaoli.compiled.fragment import OutsideError
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "ABSENT",
    "NEVER",
    "Cannot",
    "CodeBook",
    "ColumnRules",
    "Columns",
    "Compiled",
    "Facts",
    "OutsideError",
    "Population",
    "Quick",
    "Rows",
    "Table",
]
