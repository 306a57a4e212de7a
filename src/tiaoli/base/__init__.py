"""What every other room stands on and no norm is part of: sentences in two languages, errors, deadlines, days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.base.calendar import (
        FIRST_DAY,
        LAST_DAY,
        add_days,
        add_months,
        add_years,
        age,
        birthday,
        days_between,
        iso,
        month_bounds,
        months_between,
        next_day,
        previous_day,
        to_date,
        to_day,
        year_bounds,
        years_between,
    )
    from tiaoli.base.child_process import follow_parent
    from tiaoli.base.deadline import deadline_in, deadline_of, left
    from tiaoli.base.docstrings import docstring
    from tiaoli.base.errors import CallError, CaseError, InternalError, PolicyError, Problem, ReceiptError, TiaoliError
    from tiaoli.base.minimize import minimal
    from tiaoli.base.missing import MISSING, Missing
    from tiaoli.base.notebook import drawn
    from tiaoli.base.output_files import NamedPath, check_outputs, create_beside, put_in_place, real_path, write_text
    from tiaoli.base.problem_kinds import PROBLEM_KINDS
    from tiaoli.base.statement import Lang, Statement, choices, counted, in_lang, listed, shown, visible
    from tiaoli.base.version import __version__
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "MISSING",
    "PROBLEM_KINDS",
    "CallError",
    "CaseError",
    "InternalError",
    "Lang",
    "Missing",
    "NamedPath",
    "PolicyError",
    "Problem",
    "ReceiptError",
    "Statement",
    "TiaoliError",
    "__version__",
    "add_days",
    "add_months",
    "add_years",
    "age",
    "birthday",
    "check_outputs",
    "choices",
    "counted",
    "create_beside",
    "days_between",
    "deadline_in",
    "deadline_of",
    "docstring",
    "drawn",
    "follow_parent",
    "in_lang",
    "iso",
    "left",
    "listed",
    "minimal",
    "month_bounds",
    "months_between",
    "next_day",
    "previous_day",
    "put_in_place",
    "real_path",
    "shown",
    "to_date",
    "to_day",
    "visible",
    "write_text",
    "year_bounds",
    "years_between",
]
