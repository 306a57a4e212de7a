"""Where a policy comes from: what another process needs to load the same one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class PolicySource:
    """A policy by its id, the root it lies under (the shipped one where there is none), and the numbers put in place of its own,
    written as in parameters.toml.

    A loaded policy stays in its process; this is what travels.
    """

    policy: str | None = None
    root: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
