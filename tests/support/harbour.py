"""An invented norm in English, of a currency without minor units: its clauses are numbered as articles, its text was pasted. No authority
issued it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from support.paths import ROOT
from tiaoli.encoding.loader import policy_problems

NAME = "harbour"

TEXT = """Rules on the harbour grant (an exercise)

Article 1 Who receives the grant

1. The holder of a skill-level certificate receives a grant
for that certificate.
2. Paragraph 1 applies only where:
(a) the certificate was issued on or after 1 April 2025; and
(b) the application is made within 6 months of the issue; and
(c) the occupation is one of Annex II.

Article 2 Amount

1. The grant is JPY 30001 for each certificate, paid at 50 per cent.
2. It is raised by the sum that Annex I has for the level.

Annex I

Level 1: JPY 5,000.
Level 2: JPY 4,000.
Level 3: JPY 3,000.
Level 4: JPY 2,000.
Level 5: JPY 1,001.

Annex II

4-10-01-05 Dock carer.
4-10-01-06 Quay helper.
"""

POLICY = """
id = "harbour"
languages = ["en"]
number = "Harbour Rules 7"
library = ["decision"]
currency = { code = "JPY", digits = 0, zh = "日元", en = "JPY", minor = { zh = "日元", en = "yen" } }
title = { zh = "港口补贴规则（练习）", en = "Rules on the harbour grant (an exercise)" }

[table.supplement]
file = "supplement.csv"
within = "Annex I"
key = ["level"]
zh = "附件一"
en = "Annex I"
[table.supplement.columns]
level = { type = "integer", min = 1, max = 5, unit = "level", complete = true, zh = "等级", en = "level" }
sum = { type = "money", zh = "加发", en = "supplement" }

[table.occupations]
file = "occupations.csv"
predicate = "of_the_harbour"
within = "Annex II"
key = ["code"]
zh = "附件二"
en = "Annex II"
[table.occupations.columns]
code = { type = "code:occupation", zh = "编码", en = "occupation" }
name = { type = "label" }
"""

CLAUSES = """
["t.1"]
not_computed = { kind = "heading", zh = "标题。", en = "The title." }
["c1.1.s1"]
encoded_in = ["grant.lp"]
["c1.2.s1"]
not_computed = { kind = "heading", zh = "引出下列各项。", en = "It introduces the points below." }
["c1.2.a.s1"]
encoded_in = ["grant.lp"]
["c1.2.b.s1"]
encoded_in = ["grant.lp"]
["c1.2.c.s1"]
encoded_in = ["grant.lp"]
["c2.2.s1"]
encoded_in = ["grant.lp"]
["c2.1.s1"]
encoded_in = ["grant.lp"]
"""

PARAMETERS = """
[first_day]
unit = "day"
value = 2025-04-01
from = 2025-04-01
sentence = "c1.2.a.s1"
quote = "on or after 1 April 2025"
zh = "最早核发日期"
en = "first day of issue"
[time]
unit = "months"
value = 6
from = 2025-04-01
sentence = "c1.2.b.s1"
quote = "within 6 months"
zh = "申请期限"
en = "time to apply"
[grant]
unit = "money"
value = "30001"
from = 2025-04-01
sentence = "c2.1.s1"
quote = "JPY 30001"
zh = "补贴"
en = "the grant"
[paid]
unit = "percent"
value = 50
from = 2025-04-01
sentence = "c2.1.s1"
quote = "50 per cent"
zh = "支付比例"
en = "share that is paid"
"""

VOCABULARY = """
[benefit.grant]
clause = "Article 1"
subject = "certificate"
amount = true
zh = "港口补贴"
en = "harbour grant"
[benefit.grant.conditions]
skilled = { zh = "持有职业技能等级证书", en = "a skill-level certificate" }
recent = { zh = "核发日期不早于规定日期", en = "issued late enough" }
in_time = { zh = "在期限内申请", en = "applied for in time" }
listed = { zh = "属于附件二所列职业", en = "an occupation of Annex II" }
"""

RULES = """
%@ c1.1.s1 The holder of a skill-level certificate receives a grant
requires(grant, 1, skilled).
requires(grant, 2, recent).
requires(grant, 3, in_time).
requires(grant, 4, listed).
met(C, grant, Cert, skilled) :- certificate_kind(C, Cert, skill_level).

%@ c1.2.a.s1 on or after 1 April 2025
met(C, grant, Cert, recent) :- certificate_issued(C, Cert, Day), day(first_day, First), First <= Day.

%@ c1.2.b.s1 within 6 months of the issue
met(C, grant, Cert, in_time) :-
    certificate_issued(C, Cert, Day), months(time, M), add_months(Day, M, Until), applied_on(C, Today), Today <= Until.

%@ c1.2.c.s1 the occupation is one of Annex II
met(C, grant, Cert, listed) :- certificate_occupation(C, Cert, Code), of_the_harbour(Code).

%@ c2.1.s1 The grant is JPY 30001 for each certificate, paid at 50 per cent
%@ c2.2.s1 It is raised by the sum that Annex I has for the level
payable(C, grant, Cert, Sum / 100, Sum \\ 100, P) :-
    certificate_level(C, Cert, Level), supplement(Level, More), money(grant, Basic), Sum = Basic + More, percent(paid, P).
"""

FILES = {
    "policy.toml": POLICY,
    "notice.md": TEXT,
    "clauses.toml": CLAUSES,
    "parameters.toml": PARAMETERS,
    "readings.toml": "",
    "doubts.toml": "doubt = []\n",
    "vocabulary.toml": VOCABULARY,
    "supplement.csv": "level,sum\n1,5000\n2,4000\n3,3000\n4,2000\n5,1001\n",
    "occupations.csv": "code,name\n4-10-01-05,Dock carer\n4-10-01-06,Quay helper\n",
}

_HELD = {"level": 5, "occupation_code": "4-10-01-05"}
CASE: dict[str, Any] = {
    "id": "h1",
    "applied_on": "2025-06-01",
    "certificates": [
        {"id": "c1", "kind": "skill_level", "issued": "2025-04-01", **_HELD},
        {"id": "c2", "kind": "skill_level", "issued": "2025-03-31", **_HELD},
        {"id": "c3", "kind": "special_ability", "issued": "2025-05-01", **_HELD},
    ],
}


def harbour(root: Path) -> Path:
    """Write the norm under a root, with the case format of the shipped one."""
    for name, text in FILES.items():
        path = root / "policy" / NAME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(in_english(text), "utf-8")
    fields = (ROOT / "policy" / "hrss-2024-20" / "fields.toml").read_text("utf-8")
    (root / "policy" / NAME / "fields.toml").write_text(in_english(fields), "utf-8")
    rules = root / "encodings" / NAME
    rules.mkdir(parents=True, exist_ok=True)
    (rules / "grant.lp").write_text(RULES, "utf-8")
    declare(root)
    return root


def in_english(text: str) -> str:
    """A TOML file without what it says in Chinese."""
    return re.sub(r'(?m)^zh = ".*"\n', "", re.sub(r'\bzh = "[^"]*", (?=en = )', "", text))


def declare(root: Path, name: str = NAME) -> None:
    """Write the `#defined` lines that a policy's rules lack."""
    missing = [problem.what.en.split("`")[1] for problem in policy_problems(name, root) if problem.where == "vocabulary.lp"]
    assert all(line.startswith("#") for line in missing), policy_problems(name, root)
    (root / "encodings" / name / "vocabulary.lp").write_text("\n".join(missing) + "\n", "utf-8")


def edit(root: Path, file: str, old: str, new: str, name: str = NAME) -> None:
    """Put something else into a file of the norm."""
    path = root / ("encodings" if file.endswith(".lp") else "policy") / name / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
