"""What `check` finds where numbers, text and annex contradict one another: edits of the shipped policy, one of each kind."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from support import tiers
from support.paths import ROOT
from tiaoli.encoding.loader import load_encoding, policy_problems

NAME = "hrss-2024-20"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped policy to change."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    return tmp_path


def change(root: Path, old: str, new: str, *files: str) -> None:
    """Put one text in the place of another, in every file that has it, or in some."""
    done = 0
    for path in [*(root / "policy" / NAME).glob("*.*"), *(root / "encodings" / NAME).glob("*.lp")]:
        text = path.read_text("utf-8")
        if old in text and (not files or path.name in files):
            path.write_text(text.replace(old, new), "utf-8")
            done += 1
    assert done


def findings(root: Path) -> list[tuple[str, str]]:
    found = policy_problems(NAME, root)
    assert all(problem.what.zh and problem.what.en for problem in found)
    return [(problem.where, problem.id) for problem in found]


@tiers.sized(6, 1)
@pytest.mark.parametrize("which", tiers.some([0, 1], [0]))
def test_every_number_that_is_another_is_found(root: Path, which: int, size: int) -> None:
    path = root / "policy" / NAME / "parameters.toml"
    whole = path.read_text("utf-8")
    tables = re.findall(r"(?m)^\[(\w+)\]\nunit = \"(\w+)\"\nvalue = (.*)$", whole)
    assert len(tables) > 15
    for name, unit, value in tables[::size]:
        others = {
            "day": ("2025-11-12", "2026-12-13"),
            "money": ('"9000.00"', '"1.00"'),
            "occupation": ('"4-10-01-07"',),
        }.get(unit, ("7", "31"))
        other = others[which % len(others)]
        path.write_text(re.sub(rf"(\[{name}\]\nunit = \"\w+\"\nvalue = ).*", rf"\g<1>{other}", whole, count=1), "utf-8")
        assert findings(root) == [(f"parameters.toml [{name}]", "parameter-number")], (name, value, other)
        # what is only found by `check` keeps nobody from deciding
        load_encoding(NAME, root)


SAME = [
    ("上调30%", "上调百分之三十"),
    ("上调30%", "上调三成"),
    ("每人1000元", "每人1,000元"),
    ("每人1000元", "每人一千元"),
    ("12个月内", "十二个月内"),
    ("12个月内", "一年内"),
    ("最高10万元", "最高100000元"),
    ("最高10万元", "最高十万元"),
    ("6个月", "半年"),
    ("6个月", "六个月"),
    ("自2025年1月1日起", "自二〇二五年一月一日起"),
    ("1次", "一次"),
]


@pytest.mark.parametrize(("old", "new"), SAME)
def test_the_same_number_may_be_written_in_many_ways(root: Path, old: str, new: str) -> None:
    (root / "policy" / NAME / "source.txt").unlink()
    change(root, 'within = "source.txt"', 'from = { zh = "附件", en = "annex" }', "policy.toml")
    change(root, old, new)
    assert findings(root) == []


def test_a_number_that_comes_of_the_one_quoted_says_how(root: Path) -> None:
    change(root, "value = 30\n", 'value = 130\nderived = "100 + 30"\n', "parameters.toml")
    assert findings(root) == []
    for text in ("100 + 31", "100 + 20 + 10", "130", "100 - 30", "100 +", "30 / 0", "__import__('os')"):
        change(root, re.search(r"derived = .*", (root / "policy" / NAME / "parameters.toml").read_text("utf-8"))[0], f'derived = "{text}"')  # type: ignore[index]
        assert findings(root) == [("parameters.toml [uplift]", "parameter-number")], text


def test_a_number_that_no_parameter_carries_is_found_or_said_not_to_be_computed(root: Path) -> None:
    (root / "policy" / NAME / "source.txt").unlink()
    change(root, 'within = "source.txt"', 'from = { zh = "附件", en = "annex" }', "policy.toml")
    change(root, '数据为准。\n<a id="c5.s3">', '数据为准，每30日更新两次。\n<a id="c5.s3">', "notice.md")
    assert findings(root) == [("notice.md#c5.s2", "text-number")] * 2
    clauses = root / "policy" / NAME / "clauses.toml"
    block = clauses.read_text("utf-8").partition('["c5.s2"]')[2].partition("\n[")[0]
    assert "not_computed" not in block
    reason = 'part = "每30日更新两次"\nnot_computed = { kind = "binds_authorities", zh = "约束有关部门。", en = "Binds authorities." }'
    change(root, block, f"{block.rstrip()}\n{reason}\n", "clauses.toml")
    assert findings(root) == []


LINES = [
    ("\n## （六）", "\n没有锚点的一句，每人9元。\n\n## （六）"),
    ('<a id="c5.s3"></a>', '另有一句。<a id="c5.s3"></a>'),
    ("相关用人单位名单分别由民政部门、商务部门确定。\n", "相关用人单位名单分别由民政部门、商务部门确定。\n名单应当公布。\n"),
    ("相关用人单位名单分别由", "相关用人单位名单\n分别由"),
]


@pytest.mark.parametrize(("old", "new"), LINES)
def test_a_line_of_no_sentence_is_found(root: Path, old: str, new: str) -> None:
    change(root, old, new, "notice.md")
    assert "text-unanchored" in {id for _, id in findings(root)}
    (where,) = (where for where, id in findings(root) if id == "text-unanchored")
    line = (root / "policy" / NAME / "notice.md").read_text("utf-8").splitlines()[int(where.partition(":")[2]) - 1]
    assert any(part and part in line for part in (new.split("\n")[-1], "没有锚点", "另有一句", "名单应当公布"))


@tiers.sized(4, 40)
def test_every_sentence_is_that_of_the_source(root: Path, size: int) -> None:
    notice = root / "policy" / NAME / "notice.md"
    whole = notice.read_text("utf-8")
    sentences = [line for line in whole.splitlines() if line.startswith("<a id=")]
    assert len(sentences) > 40
    for line in sentences[:: len(sentences) // size]:
        anchor, _, text = line.partition("</a>")
        notice.write_text(whole.replace(line, f"{anchor}</a>{text}等"), "utf-8")
        assert any(id == "text-source" for _, id in findings(root)), line
    notice.write_text(whole, "utf-8")
    change(root, "根据政策实施效果评估情况", "各区可另行补贴。根据政策实施效果评估情况", "source.txt")
    assert findings(root) == [("notice.md#c2.s4", "text-source")]


ROWS = [
    ("8,6-25-02-05,半导体芯片制造工\n", ""),
    ("8,6-25-02-05,半导体芯片制造工", "8,6-25-02-04,半导体芯片制造工"),
    ("药物检验员", "药物检查员"),
    ("1,4-08-05-04", "2,4-08-05-04"),
    ("17,4-10-01-06,家政服务员", "17,4-10-01-06,家政服务员\n18,4-10-01-07,保育员"),
]


@pytest.mark.parametrize(("old", "new"), ROWS)
def test_every_row_of_the_annex_is_that_of_the_source(root: Path, old: str, new: str) -> None:
    change(root, old, new, "annex.csv")
    found = findings(root)
    assert found
    assert {(where.partition(":")[0], kind) for where, kind in found} == {("annex.csv", "table-source")}
