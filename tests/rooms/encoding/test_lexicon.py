"""The check of a policy's words: each sentence that is missing and each slot that nothing fills is a finding with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.own_library import own_library
from support.paths import ROOT
from tiaoli.encoding.loader import policy_problems

NAME = "hrss-2024-20"
# file, what stands in a line of it, what to put there instead (`None`: the line goes), where the finding stands, what it says
SPOILT: dict[str, tuple[str, str, str | None, str, str]] = {
    "a predicate without a sentence for failing": (
        "vocabulary.toml",
        'fails = { zh = "任职{job}的本人',
        None,
        "[predicate.on_record.fails]",
        "there is no sentence for where it does not hold",
    ),
    "a predicate that a rule asks for without naming it": (
        "vocabulary.toml",
        'none = { zh = "证书{certificate}核发后',
        None,
        "[predicate.timely_job.none]",
        "a rule asks for something without naming it, and there is no sentence for where there is none",
    ),
    "an aggregate": (
        "vocabulary.toml",
        'total.test = { zh = "本年度已计入的申请{number}次，每年可申请{bound}次"',
        'total.tested = { zh = "本年度已计入的申请{number}次，每年可申请{bound}次"',
        "[predicate.applications_a_year_made.total.test]",
        "there is no sentence for the aggregate at c10_limit.lp:",
    ),
    "a slot of a statement": (
        "vocabulary.toml",
        'zh = "任职{job}的本人及单位信息已在本行业主管部门系统登记（备案）"',
        'zh = "任职{jab}的本人及单位信息已在本行业主管部门系统登记（备案）"',
        "[predicate.on_record]",
        "nothing fills `jab`; did you mean `job`?",
    ),
    "a slot of a sentence for failing": (
        "policy.toml",
        'fails = { zh = "职业编码{code}未列入附件目录"',
        'fails = { zh = "职业编码{cod}未列入附件目录"',
        "[predicate.catalogue.fails]",
        "nothing fills `cod`; did you mean `code`?",
    ),
    "a slot of an amount": (
        "vocabulary.toml",
        "金额为{yuan:fen}",
        "金额为{yuan:fern}",
        "[predicate.amount]",
        "nothing fills `yuan:fern`; did you mean `fen`?",
    ),
    "a slot of a total": (
        "vocabulary.toml",
        "申请{number}次，每年可申请{bound}次",
        "申请{number}次，每年可申请{bond}次",
        "[predicate.applications_a_year_made.total.test]",
        "nothing fills `bond`; did you mean `bound`?",
    ),
    "a slot of a fact": (
        "fields.toml",
        'holds = { zh = "证书{certificate}于{value}核发"',
        'holds = { zh = "证书{certificat}于{value}核发"',
        "[field.certificates.issued.holds]",
        "nothing fills `certificat`; did you mean `certificate`?",
    ),
    "a day on which a period begins": (
        "fields.toml",
        'since = { zh = "自证书核发之日起',
        None,
        "[field.certificates.issued.since]",
        "a period begins on this day at c03_care.lp:",
    ),
    "a standard that no rule derives": (
        "vocabulary.toml",
        "[benefit.care_route]",
        "[benefit.care_route]\nstandard = true",
        "[benefit.care_route]",
        "no rule derives its standard; delete `standard`",
    ),
    "a standard that is not declared": (
        "vocabulary.toml",
        "standard = true",
        None,
        "[benefit.skill_uplift]",
        "its standard is derived; write `standard = true`",
    ),
    "a member that a set lacks": (
        "fields.toml",
        'lacks = { zh = "培训班{class}的协议尚未由',
        None,
        "[field.training_classes.agreement_parties.lacks]",
        "there is no sentence for a member that is lacking",
    ),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_a_word_that_is_missing_or_misspelt_is_found(kind: str, tmp_path: Path) -> None:
    file, old, new, where, said = SPOILT[kind]
    for folder in ("policy", "encodings"):
        shutil.copytree(ROOT / folder / NAME, tmp_path / folder / NAME)
    own_library(tmp_path, NAME)
    path = tmp_path / "policy" / NAME / file
    text = path.read_text("utf-8")
    assert old in text
    (line, *_) = [line for line in text.splitlines(keepends=True) if old in line]
    path.write_text(text.replace(line, "" if new is None else line.replace(old, new), 1), "utf-8")
    found = [problem for problem in policy_problems(NAME, tmp_path) if problem.where == f"{file} {where}"]
    assert [problem.what.en.startswith(said) for problem in found] == [True], policy_problems(NAME, tmp_path)
    assert found[0].what.zh
