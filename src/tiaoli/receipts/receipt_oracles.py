"""The oracles that receipts are asked of, each made once."""

from __future__ import annotations

from pathlib import Path

from tiaoli.decide import Receipt
from tiaoli.oracle import Oracle


class ReceiptOracles:
    """The oracles that receipts are asked of, each made once: by the policy that a receipt names, or by `policy`, under `policy_root`
    (the shipped ones by default). `alone`: no other norm supplies anything."""

    def __init__(self, policy: str | None = None, policy_root: Path | str | None = None, *, alone: bool = False) -> None:
        self.policy, self.policy_root, self.alone = policy, policy_root, alone
        self._made: dict[tuple[str, tuple[tuple[str, str], ...]], Oracle] = {}

    def of(self, receipt: Receipt) -> Oracle:
        """The oracle that decides a receipt's question. Raises `CallError` where there is no such policy, or parameter of it,
        `PolicyError` where it is not in order."""
        named = str(receipt.policy["id"])
        # another policy has its own numbers
        parameters = receipt.policy["parameters"] if self.policy in (None, named) else {}
        key = (self.policy or named, tuple(sorted(parameters.items())))
        if key not in self._made:
            self._made[key] = Oracle(key[0], policy_root=self.policy_root, parameters=parameters, alone=self.alone)
        return self._made[key]
