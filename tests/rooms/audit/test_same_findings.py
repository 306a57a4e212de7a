"""An audit finds the same, with the same cases, whatever the seed is by which Python orders sets."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from support import tiers
from tiaoli import Oracle, Statement
from tiaoli.audit import audit_run
from tiaoli.audit.audit_run import _CheckResult, audit_policy

PROGRAM = """
import json, sys
from tiaoli.audit.audit_run import CHECKS
from tiaoli.audit.context import AuditContext
from tiaoli import Oracle

kind, number, *benefits = sys.argv[1:]
audit = AuditContext(Oracle().encoding, None, benefits or None)
for finding in CHECKS[kind][int(number)](audit):
    shown = finding.witness and (finding.witness.case, finding.witness.others, finding.witness.readings, finding.witness.gone_under)
    print(json.dumps([finding.id, finding.severity, finding.statement.en, shown], ensure_ascii=False))
print(audit.within, audit.unfinished)
"""

CHECKED = {
    "grounds": ("overlap", "2", "training_scope"),
    "exclusion": ("overlap", "0", "skill_uplift", "care_route"),
    "conflicts": ("conflict", "0", "skill_uplift", "special_ability"),
}


@pytest.mark.parametrize("name", tiers.some(CHECKED, ["grounds"]))
def test_findings_do_not_hang_on_the_order_of_sets(name: str) -> None:
    said = []
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM, *CHECKED[name]],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        said.append(ran.stdout)
    assert said[0].count("\n") > 1
    assert said[0] == said[1]


def test_a_report_does_not_hang_on_the_check_that_ends_first(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    encoding, lists = oracle.encoding, list(oracle.policy.lists)
    results: list[_CheckResult] = [([], [Statement(path, path)], {path: number}) for number, path in enumerate(lists, 1)]
    reports = []
    for ended in (list(enumerate(results)), list(enumerate(results))[::-1]):
        monkeypatch.setattr(audit_run, "_run_all", lambda *_, ended=ended: iter(ended))
        reports.append(audit_policy(encoding, kinds=["wording"]).to_json(encoding))
    assert len(lists) > 1
    assert reports[0] == reports[1]
