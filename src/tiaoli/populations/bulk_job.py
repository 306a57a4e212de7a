"""One run over a population: what is decided, by which oracle, how, and where the result goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tiaoli.base import NamedPath, __version__, check_outputs, real_path
from tiaoli.oracle import Oracle
from tiaoli.populations.totals import Totals


class BulkOptions(NamedTuple):
    """How cases are decided: which benefits, whether in full, whether with the unmet conditions of every refusal, and the limit in
    seconds for a case with unknown facts."""

    benefits: tuple[str, ...] | None = None
    full: bool = False
    why: bool = False
    limit: float | None = None


@dataclass(frozen=True)
class BulkJob:
    """One run: what is decided, by which oracle, and where the result goes. `-` is standard input or output."""

    oracle: Oracle
    source: Path
    target: Path
    rejects: Path | None = None
    options: BulkOptions = field(default_factory=BulkOptions)
    workers: int = 1
    resume: bool = False
    restart: bool = False

    @property
    def rejects_path(self) -> Path | None:
        """Where the lines go that hold no case: by default beside the result, or to standard error where that is no file."""
        if self.rejects is not None:
            return self.rejects
        in_file = str(self.target) != "-" and is_regular(self.target)
        return beside(self.target, ".rejects.jsonl") if in_file else None

    @property
    def outputs(self) -> list[NamedPath]:
        """Every file that the run writes, those of the unfinished result too, as `check_outputs` takes them."""
        found: list[NamedPath] = []
        for name, path in (("-o", self.target), ("--rejects", self.rejects_path)):
            found.append((name, path))
            if path is not None and str(path) != "-" and is_regular(path):
                found += [(name, beside(real_path(path), ending)) for ending in UNFINISHED]
        return found

    def check_files(self) -> None:
        """Raise `CallError` where the run would write what it reads, or a file twice."""
        check_outputs(self.outputs, [("IN", self.source)])

    def identity(self, size: int | None) -> dict[str, Any]:
        """What the result is made of and from: a run goes on only where this is the same. `size` is that of the input, where it is
        known."""
        return {
            "version": __version__,
            "policy": self.oracle.policy.digest,
            "readings": self.oracle.chosen_readings,
            "options": {**self.options._asdict(), "benefits": list(self.options.benefits or ())},
            "input": size,
        }


class Progress(NamedTuple):
    """How far a run is; `total` bytes where the input says how long it is."""

    lines: int
    rejected: int
    done: int
    total: int | None


def run_summary(oracle: Oracle, totals: Totals, seconds: float) -> dict[str, Any]:
    """What a run adds up to, as plain data."""
    rate = round(totals.lines / seconds) if seconds else None
    return {"policy": oracle.policy.number, **totals.to_json(oracle.encoding), "seconds": round(seconds, 1), "lines_a_second": rate}


UNFINISHED = (".part", ".state", ".parts")
"""What the names of the files and the folder end with that hold an unfinished result."""


def beside(path: Path, ending: str) -> Path:
    """The file that stands beside another one under its name and an ending."""
    return Path(f"{path}{ending}")


def is_regular(path: Path) -> bool:
    """Whether a path is a file, or may become one."""
    return path.is_file() or not path.exists()
