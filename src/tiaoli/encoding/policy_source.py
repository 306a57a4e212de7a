"""Where a policy comes from: what another process needs to load the same one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tiaoli.encoding.policy_folders import PolicyTexts


@dataclass(frozen=True)
class PolicySource:
    """A policy by its id, the root it lies under (the shipped one where there is none), and the numbers put in place of its own,
    written as in parameters.toml.

    A loaded policy stays in its process; this is what travels. That of a loaded policy holds the `texts` that were read, and the same
    policy comes of it whatever became of the files since.
    """

    policy: str | None = None
    root: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    texts: PolicyTexts | None = field(default=None, repr=False)
