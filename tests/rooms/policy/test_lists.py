"""Where the lists of a case may stand: in the case itself, and in the items of one of these. Elsewhere one is refused, not unread."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from support.paths import INSPECTION
from tiaoli.encoding.loader import policy_problems

NAME = "inspection-2026"

_LIST = """
[list."{path}"]
entity = "thing"
predicate = "thing"
en = "thing"
{parent}
[field."{path}.size"]
predicate = "thing_size"
type = "integer"
min = 0
max = 9
label = {{ en = "size" }}
holds = {{ en = "{{thing}} has the size {{value}}" }}
ask = {{ en = "How large is {{thing}}?" }}
clauses = []
changed_by = "no"
"""


@pytest.mark.parametrize(
    ("path", "parent", "cure"),
    [
        ("things", None, None),
        ("plants.things", "plant", None),
        ("company.things", None, 'declare it beside the object, as [list."things"]'),
        ("plants.certificate.things", "plant", 'declare it beside the object, as [list."plants.things"]'),
        ("plants.visits.things", "visit", 'declare it in the outer list, [list."plants.things"], with a field of type code'),
    ],
)
def test_a_list_stands_in_the_case_or_in_a_list_of_it(tmp_path: Path, path: str, parent: str | None, cure: str | None) -> None:
    for room in ("policy", "encodings"):
        shutil.copytree(INSPECTION / room, tmp_path / room)
    fields = tmp_path / "policy" / NAME / "fields.toml"
    declared = _LIST.format(path=path, parent="" if parent is None else f'parent = "{parent}"\n')
    fields.write_text(fields.read_text("utf-8") + declared, "utf-8")
    found = [problem for problem in policy_problems(NAME, tmp_path) if problem.id != "vocabulary-declaration"]
    if cure is None:
        assert found == []
    else:
        assert [(problem.where, problem.id) for problem in found] == [(f"fields.toml [list.{path}]", "policy-field")]
        assert cure in found[0].what.en
        assert cure.partition("[")[2].partition("]")[0] in found[0].what.zh
