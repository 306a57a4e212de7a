"""The audit of a benefit on which no day bears."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from support.altered import NAME
from support.paths import ROOT
from tiaoli import Oracle
from tiaoli.audit.audit_run import CHECKS
from tiaoli.audit.context import AuditContext

BENEFIT = "development_grant"


def without_days(root: Path) -> Oracle:
    """The notice, in which the grant no longer asks when the project was reviewed."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, root / part / NAME)
    rules = root / "encodings" / NAME / "c06_development.lp"
    lines = [line for line in rules.read_text("utf-8").splitlines() if f"{BENEFIT}, 3, in_force" not in line and "event_day" not in line]
    rules.write_text("\n".join(lines).replace(f"requires({BENEFIT}, 4,", f"requires({BENEFIT}, 3,") + "\n", "utf-8")
    words = root / "policy" / NAME / "vocabulary.toml"
    before, named, after = words.read_text("utf-8").partition(f"[benefit.{BENEFIT}.conditions]\n")
    words.write_text(before + named + re.sub(r"in_force = .*\n", "", after, count=1), "utf-8")
    return Oracle(policy_root=root)


def test_every_check_goes_through(tmp_path: Path) -> None:
    encoding = without_days(tmp_path).encoding
    assert not any(encoding.policy.fields[path].value_type == "day" for path in encoding.fields[BENEFIT])
    found: set[str] = set()
    for check in (check for kind, checks in CHECKS.items() if kind != "fork" for check in checks):
        audit = AuditContext(encoding, None, [BENEFIT])
        found |= {finding.id for finding in check(audit)}
        assert audit.unfinished == []
    assert f"out_of_time:{BENEFIT}.early" in found
