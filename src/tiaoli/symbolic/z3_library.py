"""z3, the solver of `tiaoli[prove]`: loaded by who proves something, and one refusal where it is not installed."""

from __future__ import annotations

from tiaoli.base import CallError

__all__ = ["z3"]

try:
    import z3
except ModuleNotFoundError:
    raise CallError.one(
        "z3", "证明需要附加包；请运行 `pip install 'tiaoli[prove]'`", "proofs want an extra; run `pip install 'tiaoli[prove]'`"
    ) from None
