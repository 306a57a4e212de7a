"""The contract is where the names of its predicates come from: with every one of them spelt otherwise, in `rules/contract.py` and in the
rules and words of the notice, the program answers as before. A name that Python had by heart would no longer fit."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import tiaoli
from support import tiers
from support.paths import CASES, ROOT
from tiaoli.rules import SIGNATURES, Contract

NAME = "hrss-2024-20"
SPELT = "{}_x"
RENAMED = sorted(SIGNATURES.keys() - Contract.UNITS.keys())
"""Every predicate but those of units, whose name is the unit's in parameters.toml."""

ANSWERS = """
import json, sys
from pathlib import Path
from tiaoli import Oracle, Case, diff
from tiaoli.audit import audit_policy
from tiaoli.case.documents import read_document

oracle = Oracle("hrss-2024-20")
cases = [read_document(path) for path in sorted(Path(sys.argv[1]).glob("*.yaml"))]
answers = []

def keep(found, *lang):
    answers.append(found.to_json(*lang))

for number, case in enumerate(cases):
    for engine in ("clingo", "auto"):
        answer = oracle.decide(case, engine=engine)
        keep(answer)
    if number % 4 == 0:
        for decision in answer.decisions[:2]:
            about = (case, decision.benefit, decision.subject)
            keep((oracle.why if decision.outcome == "eligible" else oracle.why_not)(*about))
            keep(oracle.what_if(*about))
    if number % 8 == 6 or number == len(cases) - 1:
        keep(oracle.ask(case))
        keep(oracle.reason(case, answer.decisions[0].benefit, answer.decisions[0].subject))
keep(oracle.prove(["no-amount-without-grant"])[0], "en")
keep(audit_policy(oracle.encoding, kinds=["gap", "overlap"], workers=1), oracle.encoding)
keep(diff(oracle, Oracle("hrss-2024-20", parameters={"special_ability_standard": "1200.00"}), benefits=["special_ability"]))
print(json.dumps(answers, ensure_ascii=False))
"""


def spelt_otherwise(root: Path) -> None:
    """Copy the program and the notice, and spell the names of the contract in another way wherever they may stand."""
    shutil.copytree(Path(tiaoli.__file__).parent, root / "src" / "tiaoli", ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, root / part / NAME)
    contract = root / "src" / "tiaoli" / "rules" / "contract.py"
    names = "|".join(RENAMED)
    patterns = {
        contract: rf'(?<=_signature\(")({names})(?=\()|(?<=_signature\(\n        ")({names})(?=\()',
        **dict.fromkeys(root.rglob("*.lp"), rf"\b({names})(?=[(/])"),
        **dict.fromkeys(root.rglob("*.toml"), rf"(?<=\[predicate\.)({names})(?=\])"),
    }
    for path, pattern in patterns.items():
        path.write_text(re.sub(pattern, lambda found: SPELT.format(found[0]), path.read_text("utf-8")), "utf-8")


def answers(source: Path, tmp_path: Path) -> list[Any]:
    environment = {**os.environ, "PYTHONPATH": str(source), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run([sys.executable, "-c", ANSWERS, str(CASES)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = re.sub(rf"\b({'|'.join(RENAMED)})_x\b", r"\1", done.stdout)
    # digests cover the text of the rules
    found: list[Any] = json.loads(re.sub(r'sha256:[0-9a-f]{64}|(?<="digest": ")[0-9a-f]{16}', "", text))
    for answer in found:
        for finding in answer.get("findings", []):
            # which of many cases shows a finding goes by the order of names
            for key in ("witness", "why", "gone_under"):
                finding.pop(key, None)
    return found


@tiers.slow
def test_names_come_from_the_contract(tmp_path: Path) -> None:
    spelt_otherwise(tmp_path / "other")
    contract = (tmp_path / "other" / "src" / "tiaoli" / "rules" / "contract.py").read_text("utf-8")
    assert all(f'"{SPELT.format(name)}(' in contract for name in RENAMED)
    plain = answers(Path(tiaoli.__file__).parents[1], tmp_path)
    other = answers(tmp_path / "other" / "src", tmp_path)
    assert len(plain) > 60
    for before, after in zip(plain, other, strict=True):
        assert after == before
