"""From text to plain data: what JSON and YAML may say, what is refused and where, and that nothing else ever happens."""

import json
import random
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.cases import read_case
from support.paths import CASES
from support.strategies import cases, random_case
from support.yaml_text import as_yaml
from tiaoli import CaseError, Problem
from tiaoli.case.documents import MAX_BYTES, parse_document, read_document

MAX_DEPTH = 12  # levels of lists and objects; a case has six
HEAD = "id: A-001\napplied_on: 2025-06-01\n"


def problem_of(text: str, name: str = "case.yaml") -> Problem:
    """The one problem for which a case file is refused, said in both languages."""
    with pytest.raises(CaseError) as caught:
        read_case(parse_document(text, name))
    (problem,) = caught.value.problems
    assert re.search(r"[\u4e00-\u9fff]", problem.what.zh)
    assert re.search(r"[a-z]{3}", problem.what.en)
    assert problem.what.zh != problem.what.en
    return problem


def deep_json(depth: int) -> str:
    return '{"a":' * (depth - 1) + "{}" + "}" * (depth - 1)


@pytest.mark.parametrize(
    ("text", "where", "key"),
    [
        ('{"id": "A", "id": "B", "applied_on": "2025-06-01"}', "id", "id"),
        ('{"id": "A", "applied_on": "2025-06-01", "person": {"status": "other", "status": "other"}}', "person.status", "status"),
        ('{"certificates": [{"id": "c1"}, {"id": "c2", "kind": "other", "level": 1, "kind": "other"}]}', "certificates.c2.kind", "kind"),
        ('{"certificates": [{"kind": "other", "kind": "other"}]}', "certificates[0].kind", "kind"),
        ('{"trainings": [{"id": "g1", "participants": [{"id": "q1", "id": "q2"}]}]}', "trainings.g1.participants.q2.id", "id"),
        (HEAD + "id: B", "id", "id"),
        (HEAD + "person:\n  status: other\n  status: other", "person.status", "status"),
        (HEAD + "certificates:\n  - id: c1\n    level: 1\n    level: 2", "certificates.c1.level", "level"),
        (HEAD + "employments: [{id: e1, registry: {in_post: true, in_post: false}}]", "employments.e1.registry.in_post", "in_post"),
        (HEAD + 'person: {"status": other, status: other}', "person.status", "status"),
        (HEAD + "person:\n  ? status\n  : other\n  status: other", "person.status", "status"),
    ],
)
def test_a_repeated_key_is_refused_with_its_path(text: str, where: str, key: str) -> None:
    problem = problem_of(text)
    assert problem.where == where
    assert f"`{key}` 重复" in problem.what.zh
    assert f"`{key}` stands twice" in problem.what.en


@pytest.mark.parametrize(
    ("text", "where", "en"),
    [
        ("", "case.yaml", "empty"),
        (" \n\t\n", "case.yaml", "empty"),
        ("{", "case.yaml:1:2", "not JSON"),
        ('{"id": "A",}', "case.yaml:1:", "not JSON"),
        ('{"id": "A"\n "applied_on": "2025-06-01"}', "case.yaml:2:2", "not JSON"),
        ('{"id": "A"} {"id": "B"}', "case.yaml:1:13", "not JSON"),
        ("{'id': 'A'}", "case.yaml:1:2", "not JSON"),
        ('{"id": "A", "applied_on": 2025-06-01}', "case.yaml:1:", "not JSON"),
        ('{"id": "A\n"}', "case.yaml:1:", "not JSON"),
        ("{// a remark\n}", "case.yaml:1:2", "not JSON"),
        ("id: A: B", "case.yaml:1:6", "not YAML"),
        ("\tid: A", "case.yaml:1:1", "not YAML"),
        ("id: [A", "case.yaml:", "not YAML"),
        ("id: 'A", "case.yaml:", "not YAML"),
        ("id: @A", "case.yaml:1:5", "not YAML"),
        ("id: A\n  applied_on: 2025-06-01", "case.yaml:2:", "not YAML"),
        ("id: A\n\x07: 1", "case.yaml:2", "not allowed"),
        ("id: A\u0000", "case.yaml:1", "not allowed"),
        ("id: A\nx: \u0080", "case.yaml:2", "not allowed"),
        ("id: !text A", "case.yaml:1", "tag"),
        ("id: !!str A", "case.yaml:1", "tag"),
        ("!!map\nid: A", "case.yaml:1", "tag"),
        (HEAD + "person: !person {status: other}", "case.yaml:3", "tag"),
        (HEAD + "certificates: !!seq []", "case.yaml:3", "tag"),
        ("!key id: A", "case.yaml:1", "tag"),
        ("id: &name A", "case.yaml:1", "anchors"),
        (HEAD + "person: &person {status: other}", "case.yaml:3", "anchors"),
        (HEAD + "certificates: &all\n  - id: c1", "case.yaml:3", "anchors"),
        ("&key id: A", "case.yaml:1", "anchors"),
        (HEAD + "person: *person", "case.yaml:3", "anchors"),
        (HEAD + "*person : {}", "case.yaml:3", "anchors"),
        ("id: A\n---\nid: B", "case.yaml:2", "second document"),
        ("---\nid: A\n...\n---\nid: B\n", "case.yaml:4", "second document"),
        ("id: A\n---\n", "case.yaml:2", "second document"),
        ("? [id]\n: A", "case.yaml:1", "key must be text"),
        ("? {id: A}\n: A", "case.yaml:1", "key must be text"),
        (deep_json(MAX_DEPTH + 1), "case.yaml", "nested deeper"),
        (deep_json(100_000), "case.yaml", "nested deeper"),
        ("[" * 100_000, "case.yaml", "nested deeper"),
        ("a: " + "[" * 100_000, "case.yaml:1", "nested deeper"),
        ("- " * 2_000 + "a", "case.yaml:1", "nested deeper"),
        ("{}[]" + "[" * 13, "case.yaml", "nested deeper"),
    ],
)
def test_what_is_no_plain_document_is_refused_with_its_place(text: str, where: str, en: str) -> None:
    name = "case.json" if en == "not JSON" else "case.yaml"
    problem = problem_of(text, name)
    assert problem.where.startswith(where.replace("case.yaml", name))
    assert en in problem.what.en


FLOW = [
    "{id: A-1, applied_on: 2025-06-01, certificates: []}",
    "{id: A-1, applied_on: '2025-06-01', certificates: [\n  ]\n}\n",
    '{"id": "A-1", "applied_on": "2025-06-01", "certificates": []}',
    '{"id": "A-1", "applied_on": "2025-06-01", "certificates": [], }',
    "# a comment\n{id: A-1, applied_on: 2025-06-01, certificates: []}",
]


@pytest.mark.parametrize("text", FLOW)
@pytest.mark.parametrize("name", ["case.yaml", "case", "-"])
def test_a_collection_on_one_line_is_read_as_json_or_as_yaml(text: str, name: str) -> None:
    assert read_case(parse_document(text, name)).to_json() == {"id": "A-1", "applied_on": "2025-06-01", "certificates": []}


@pytest.mark.parametrize(
    ("name", "said"), [("case.yaml", "not YAML: "), ("case.yml", "not YAML: "), ("case.json", "not JSON: "), ("-", "not JSON: ")]
)
def test_what_is_neither_is_refused_as_what_its_name_says(name: str, said: str) -> None:
    assert problem_of("{id: A-1, applied_on: 2025-06-01, certificates: [}", name).what.en.startswith(said)


@pytest.mark.parametrize(
    "text", ["{id: A-1, id: B}", "{id: &x A-1}", "{id: !!str A-1}", "{id: A-1}\n---\n{id: B}", '{"id": "A", "id": "B"}']
)
def test_a_collection_on_one_line_is_read_as_strictly(text: str) -> None:
    with pytest.raises(CaseError):
        parse_document(text, "case.yaml")


@pytest.mark.parametrize(
    "text", [deep_json(MAX_DEPTH), "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), '{"a": "[[[[[[[[[[[[[[[{\\"{{{{"}']
)
def test_nesting_up_to_the_bound_is_read(text: str) -> None:
    """Brackets inside a text do not nest."""
    assert "a" in parse_document(text)


@pytest.mark.parametrize(
    ("text", "where", "shown"),
    [
        ('{"id": NaN, "applied_on": "2025-06-01"}', "id", "NaN"),
        ('{"id": "A", "applied_on": -Infinity}', "applied_on", "-Infinity"),
        ('{"id": "A", "applied_on": "2025-06-01", "certificates": [{"id": "c1", "level": NaN}]}', "certificates.c1.level", "NaN"),
        ('{"id": "A", "applied_on": "2025-06-01", "certificates": [{"id": "c1", "level": 1e400}]}', "certificates.c1.level", "1e400"),
        (HEAD + "certificates: [{id: c1, level: .nan}]", "certificates.c1.level", "nan"),
        (HEAD + "certificates: [{id: c1, level: -.inf}]", "certificates.c1.level", "-inf"),
        (HEAD + "certificates: [{id: c1, level: 4.0}]", "certificates.c1.level", "4.0"),
        (HEAD + f"certificates: [{{id: c1, level: {'9' * 50}}}]", "certificates.c1.level", "9" * 50),
        (HEAD + "certificates: [{id: c1, base_standard_cny: .nan}]", "certificates.c1.base_standard_cny", '"nan"'),
        ('{"id": "A", "applied_on": "2025-06-01", "person": {"civil_servant": NaN}}', "person.civil_servant", "NaN"),
        ('{"id": "\\ud800", "applied_on": "2025-06-01"}', "id", "\\ud800"),
        ('{"id": "A", "applied_on": "2025-06-01", "person": {"status": "\\udfff"}}', "person.status", "\\udfff"),
        ('{"id": "A", "applied_on": "2025-06-01", "certificates": [{"id": "\\ud800"}]}', "certificates[0].id", "\\ud800"),
        ('{"id": "A", "applied_on": "\\ud800"}', "applied_on", "\\ud800"),
        ('{"id": "A\\u0007", "applied_on": "2025-06-01"}', "id", "A\\x07"),
        ('{"id": "A\\n", "applied_on": "2025-06-01"}', "id", "A\\n"),
        ('{"id": "A\\u0085", "applied_on": "2025-06-01"}', "id", "A\\x85"),
        ('id: "A\\t"\napplied_on: 2025-06-01', "id", "A\\t"),
        ("id: |\n  A\napplied_on: 2025-06-01", "id", "A\\n"),
    ],
)
def test_a_value_that_is_no_value_is_refused_with_its_path(text: str, where: str, shown: str) -> None:
    """NaN, infinities, numbers out of bounds, lone surrogates, control characters; shown without being printed raw."""
    problem = problem_of(text)
    assert problem.where == where
    assert f"`{shown}`" in problem.what.en
    assert f"`{shown}`" in problem.what.zh


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("[]", "a list", "列表"),
        ("- id: A", "a list", "列表"),
        ("7", "a single value", "单个值"),
        ("null", "a single value", "单个值"),
        ('"id"', "a single value", "单个值"),
        ("true", "a single value", "单个值"),
        ("# only a remark", "a single value", "单个值"),
        ("---", "a single value", "单个值"),
    ],
)
def test_a_list_or_a_scalar_at_the_top_is_refused(text: str, en: str, zh: str) -> None:
    problem = problem_of(text)
    assert en in problem.what.en
    assert zh in problem.what.zh


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((word, word) for word in ("no", "No", "NO", "yes", "on", "off", "y", "n", "tRue", "nULL", "nil")),
        *((word, word) for word in ("2025-03-01", "2025-03-01T00:00:00Z", "12:30:45", "190:20:30", "1_000", "0b11", "0o8", "0xg", "1.2.3")),
        *((word, word) for word in ("4-10-01-05", "1,5", "+", "<<", "=", "~~", "１")),
        *((word, True) for word in ("true", "True", "TRUE")),
        *((word, False) for word in ("false", "False", "FALSE")),
        *((word, None) for word in ("null", "Null", "NULL", "~", "")),
        *((word, number) for word, number in (("0", 0), ("7", 7), ("-7", -7), ("+7", 7), ("007", 7), ("0o17", 15), ("0x1F", 31))),
        *((f"'{word}'", word) for word in ("true", "null", "7", "~", "", "2025-03-01")),
        ('"true"', "true"),
        ('"\\u4e2d"', "中"),
        ("中文", "中文"),
        (">-\n  one\n  two", "one two"),
        ("7 # a remark", 7),
        ("[no, 7, ~]", ["no", 7, None]),
        ("{no: on}", {"no": "on"}),
    ],
)
def test_yaml_is_yaml_1_2_core(text: str, value: object) -> None:
    found = parse_document(f"key: {text}")
    assert found == {"key": value}
    assert type(found["key"]) is type(value)


@pytest.mark.parametrize("directive", ["", "%YAML 1.2\n---\n", "%YAML 1.1\n---\n", "---\n", "# a remark\n", "\ufeff", "\n\n"])
def test_what_stands_before_a_document_does_not_change_it(directive: str, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(f"{directive}id: no\napplied_on: 2025-03-01\n", "utf-8")
    assert read_document(file) == {"id": "no", "applied_on": "2025-03-01"}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("write", [lambda case: as_yaml(case).lstrip("\n"), lambda case: json.dumps(case, indent=1)])
def test_line_endings_do_not_matter(ending: str, write: Callable[[Any], str]) -> None:
    case = random_case(random.Random(7))
    assert parse_document(write(case).replace("\n", ending)) == case


@given(cases(unknown=0.1))
def test_json_and_yaml_of_a_case_are_the_same_data(case: dict[str, Any]) -> None:
    assert parse_document(json.dumps(case)) == parse_document(json.dumps(case, ensure_ascii=False, indent=2)) == case
    assert parse_document(as_yaml(case).lstrip("\n")) == case
    assert parse_document("# flow style\n" + json.dumps(case, ensure_ascii=False)) == case


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_case_is_the_same_data_in_json(path: Path) -> None:
    found = read_document(path)
    assert parse_document(json.dumps(found)) == found
    assert read_case(found).day >= date(2024, 1, 1)


# Files


def refusal_of_file(path: Path, standard_input: bytes | None = None) -> Problem:
    with pytest.raises(CaseError) as caught:
        read_document(path, standard_input)
    (problem,) = caught.value.problems
    return problem


def test_a_directory_is_refused(tmp_path: Path) -> None:
    problem = refusal_of_file(tmp_path)
    assert problem.where == str(tmp_path)
    assert "directory" in problem.what.en
    assert "目录" in problem.what.zh


@pytest.mark.parametrize("name", ["nothing.yaml", "nothing/here.yaml", "a\0b", "x" * 300])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    problem = refusal_of_file(tmp_path / name)
    assert "cannot be read" in problem.what.en
    assert "无法读取" in problem.what.zh


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"id: A\nperson: \xff", 2), (b"\xff", 1), ("id: 条\n".encode("gb18030"), 1), ("id: A".encode("utf-16"), 1), (b"id: \xed\xa0\x80", 1)],
)
def test_what_is_not_utf_8_is_refused_with_its_line(tmp_path: Path, data: bytes, line: int) -> None:
    file = tmp_path / "case.yaml"
    file.write_bytes(data)
    problem = refusal_of_file(file)
    assert problem.where == f"{file}:{line}"
    assert "UTF-8" in problem.what.en
    assert "UTF-8" in problem.what.zh
    assert refusal_of_file(Path("-"), data).where == f"-:{line}"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.touch()
    assert "empty" in refusal_of_file(file).what.en
    assert "空" in refusal_of_file(Path("-"), b"").what.zh


def test_over_16_mb_is_refused_and_points_to_bulk(tmp_path: Path) -> None:
    assert MAX_BYTES == 16_000_000
    file = tmp_path / "case.json"
    with file.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    for problem in (refusal_of_file(file), refusal_of_file(Path("-"), bytes(MAX_BYTES + 1))):
        assert "16 MB" in problem.what.en
        assert "tiaoli bulk" in problem.what.en
        assert "tiaoli bulk" in problem.what.zh


def test_16_mb_are_read(tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_bytes(b'{"id": "A"}'.ljust(MAX_BYTES))
    assert read_document(file) == {"id": "A"}


def test_standard_input_is_read_like_a_file(tmp_path: Path) -> None:
    data = (CASES / "10-class-at-eighty.yaml").read_bytes()
    file = tmp_path / "case.yaml"
    file.write_bytes(data)
    assert read_document(Path("-"), data) == read_document(file)
    assert read_document(Path("-"), b"\xef\xbb\xbf" + data) == read_document(file)


# Whatever a file holds


PIECES = (
    *("id", "applied_on", "person", "certificates", "trainees", "status", "employed", "issued", "2025-03-01", "2025-02-30", "c1"),
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        ",",
        '"',
        "'",
        "\n",
        "\n  ",
        "\n- ",
        "- ",
        "? ",
        "#",
        " ",
        "\t",
        "\r",
        "|",
        ">",
        "%YAML 1.2\n",
        "---\n",
    ),
    *("&a ", "*a", "!!str ", "!", "<<", "~", "null", "true", "7", "1e3", ".nan", "NaN", "0x1F", "1_000", "...\n", "\\", "\\ud800", "\x00"),
    *("\ufeff", "条", "\u2028", "\u0085", '{"id": "A", "applied_on": "2025-06-01"', HEAD),
)


def refusal(read: Callable[[], object]) -> CaseError | None:
    """Why something is refused; any other error goes through."""
    try:
        read()
    except CaseError as error:
        return error
    return None


def only_case_errors(read: Callable[[], object]) -> None:
    """Reading gives a case or refuses with reasons in both languages; it never does anything else."""
    error = refusal(read)
    if error is not None:
        assert error.problems
        assert all(problem.what.zh and problem.what.en for problem in error.problems)


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_no_text_raises_anything_but_a_case_error(text: str) -> None:
    only_case_errors(lambda: read_case(parse_document(text)))


@given(st.one_of(st.binary(), st.lists(st.sampled_from(PIECES), max_size=20).map("".join).map(str.encode)))
def test_no_bytes_raise_anything_but_a_case_error(data: bytes) -> None:
    only_case_errors(lambda: read_case(read_document(Path("-"), data)))


@given(cases(unknown=0.05), st.data())
def test_no_slip_of_the_pen_raises_anything_but_a_case_error(case: dict[str, Any], data: st.DataObject) -> None:
    """A case in JSON or YAML of which a piece is lost, doubled or replaced."""
    text = json.dumps(case) if data.draw(st.booleans()) else as_yaml(case).lstrip("\n")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    piece = data.draw(st.sampled_from((*PIECES, text[start:end] * 2, "")))
    only_case_errors(lambda: read_case(parse_document(text[:start] + piece + text[end:])))


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from([piece.strip() for piece in PIECES])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([piece.strip() for piece in PIECES]), inner, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_no_plain_data_raises_anything_but_a_case_error(document: object) -> None:
    only_case_errors(lambda: read_case(document))
    only_case_errors(lambda: read_case({"id": "A", "applied_on": "2025-06-01", "certificates": [document], "person": document}))
    only_case_errors(lambda: read_case(parse_document(json.dumps(document))))
