"""What another process needs to make the same oracle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tiaoli.encoding import PolicySource


@dataclass(frozen=True)
class OracleSource:
    """Where an oracle's policy comes from, the readings that it takes instead of the defaults, and whether it decides by this policy
    alone."""

    policy: PolicySource
    readings: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False
