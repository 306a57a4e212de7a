"""Where a policy comes from: what another process needs to load the same one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class PolicySource:
    """A policy by its id and the root it lies under (by default as `find` has them), the numbers put in place of its own, written as
    in parameters.toml, and the readings that are chosen instead of the defaults.

    A loaded policy stays in its process; this is what travels.
    """

    policy: str | None = None
    root: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
