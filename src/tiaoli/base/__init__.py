"""What every other room stands on and no norm is part of: sentences in two languages, errors, deadlines, days, pieces of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.base.calendar import (
        FIRST_DAY,
        LAST_DAY,
        add_months,
        days_between,
        iso,
        next_day,
        previous_day,
        to_date,
        to_day,
        year_bounds,
    )
    from tiaoli.base.child_process import follow_parent
    from tiaoli.base.deadline import deadline_of, left
    from tiaoli.base.errors import CallError, CaseError, InternalError, PolicyError, Problem, ReceiptError, TiaoliError
    from tiaoli.base.html_elements import (
        MARKS,
        Html,
        Inside,
        code,
        document,
        fragment,
        html,
        list_of,
        mark,
        pairs,
        said,
        table,
        tag,
        tree,
    )
    from tiaoli.base.minimize import minimal
    from tiaoli.base.statement import Lang, Statement, choices, counted, in_lang, listed, shown
    from tiaoli.base.timeline_svg import timeline
    from tiaoli.base.version import __version__
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "MARKS",
    "CallError",
    "CaseError",
    "Html",
    "Inside",
    "InternalError",
    "Lang",
    "PolicyError",
    "Problem",
    "ReceiptError",
    "Statement",
    "TiaoliError",
    "__version__",
    "add_months",
    "choices",
    "code",
    "counted",
    "days_between",
    "deadline_of",
    "document",
    "follow_parent",
    "fragment",
    "html",
    "in_lang",
    "iso",
    "left",
    "list_of",
    "listed",
    "mark",
    "minimal",
    "next_day",
    "pairs",
    "previous_day",
    "said",
    "shown",
    "table",
    "tag",
    "timeline",
    "to_date",
    "to_day",
    "tree",
    "year_bounds",
]
