"""The eligibility oracle: a loaded policy that is asked about cases, and the interview that asks back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiaoli.base.faces import lazily

if TYPE_CHECKING:
    from tiaoli.oracle.comparison import diff
    from tiaoli.oracle.interview import Interview
    from tiaoli.oracle.oracle import Oracle
    from tiaoli.oracle.oracle_source import OracleSource
else:
    __getattr__ = lazily(__name__, __file__)

__all__ = ["Interview", "Oracle", "OracleSource", "diff"]
