"""What a case may say: every refusal with its path, the value, what is allowed and the nearest spelling, in both
languages; and the one form in which files, Python objects and the JSON Schema agree."""

import copy
import json
import pickle
import random
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from support.cases import read_case
from support.strategies import FIELDS, Choice, Day, Field, Item, Money, Nested, Parties, Record, cases, random_case
from tiaoli import CaseError, Oracle, Problem
from tiaoli.base import MISSING
from tiaoli.base.statement import shown
from tiaoli.case import case_schema

HOLDERS = {"trainees": "training_classes", "participants": "trainings", "apprentices": "apprenticeships"}
SECTIONS = tuple(FIELDS)
# null means something here, and nowhere else
NULLABLE = {
    ("employments", "end"),
    ("employments", "registry"),
    ("trainees", "employed_on"),
    ("trainees", "employment_ended"),
    ("participants", "registry"),
    ("apprenticeships", "next_batch_starts"),
    ("apprentices", "contract_signed"),
    ("development_projects", "reviewed_on"),
}
SCALARS = [(section, field) for section, fields in FIELDS.items() for field in fields if isinstance(field, Choice | Day | Money)]
RECORDS = [
    (section, field, part) for section, fields in FIELDS.items() for field in fields if isinstance(field, Record) for part in field.fields
]
WORDS = [
    *((section, field.name, "", word) for section, field in SCALARS if isinstance(field, Choice) for word in field.values),
    *((section, record.name, part.name, word) for section, record, part in RECORDS for word in part.values),
]


def document(**sections: Any) -> Item:
    """A case with nothing but what is given."""
    return {"id": "A-001", "applied_on": "2025-06-01", **sections}


def holding(section: str, **fields: Any) -> tuple[Item, str]:
    """A case with one item of a section that says this, and the item's path."""
    if section == "person":
        return document(person=fields), "person"
    if section in HOLDERS:
        holder = HOLDERS[section]
        return document(**{holder: [{"id": "h1", section: [{"id": "i1", **fields}]}]}), f"{holder}.h1.{section}.i1"
    return document(**{section: [{"id": "i1", **fields}]}), f"{section}.i1"


def problems(found: Any) -> tuple[Problem, ...]:
    """Why a case is refused; each problem is said in both languages."""
    with pytest.raises(CaseError) as caught:
        read_case(found)
    for problem in caught.value.problems:
        assert problem.what.zh
        assert problem.what.en
        assert any("\u4e00" <= char <= "\u9fff" for char in problem.what.zh)
        assert problem.say("zh") != problem.say("en")
    assert str(caught.value) == caught.value.say("en")
    return caught.value.problems


def refused(found: Any, where: str, *both: str) -> Problem:
    """The one problem of a case: at this path, and both languages say these words."""
    (problem,) = problems(found)
    assert problem.where == where
    for words in both:
        assert words in problem.what.en
        assert words in problem.what.zh
    return problem


def refused_field(section: str, name: str, value: Any, *both: str) -> Problem:
    """The one problem of an item of which one field says this."""
    case, path = holding(section, **{name: value})
    return refused(case, f"{path}.{name}", *both)


def accepted(section: str, name: str, value: Any) -> None:
    """This field may say this, and it comes back as it was."""
    case, _ = holding(section, **{name: value})
    assert read_case(read_case(case).to_json()) == read_case(case)


# Words


def misspelt(word: str) -> str:
    return word[:2] + word[3:] if len(word) > 3 else word + "q"


@pytest.mark.parametrize(
    ("section", "name", "part", "word"), [row for row in WORDS if isinstance(row[3], str) and row[1] != "occupation_code"]
)
def test_a_misspelt_word_is_refused_with_the_nearest_spelling(section: str, name: str, part: str, word: str) -> None:
    wrong = misspelt(word)
    case, path = holding(section, **{name: {part: wrong} if part else wrong})
    problem = refused(case, ".".join(filter(None, (path, name, part))), f"`{wrong}`", f"`{word}`")
    assert f"did you mean `{word}`?" in problem.what.en
    assert f"是否为 `{word}`？" in problem.what.zh


@pytest.mark.parametrize(("section", "field"), [row for row in SCALARS if isinstance(row[1], Choice) and isinstance(row[1].values[0], str)])
@pytest.mark.parametrize("wrong", ["zzzzzz", "", 1, True, ["other"], {"other": 1}, 1.5])
def test_a_word_that_is_near_none_is_refused_with_all_that_are_allowed(section: str, field: Choice, wrong: object) -> None:
    if field.name == "occupation_code":
        refused_field(section, field.name, wrong, shown(wrong))
        return
    problem = refused_field(section, field.name, wrong, shown(wrong), *map(str, field.values))
    assert "did you mean" not in problem.what.en
    assert "allowed: " in problem.what.en
    assert "可用：" in problem.what.zh


@pytest.mark.parametrize(("section", "name", "part", "word"), WORDS)
def test_every_word_of_the_format_is_accepted(section: str, name: str, part: str, word: object) -> None:
    accepted(section, name, {part: word} if part else word)


@pytest.mark.parametrize("wrong", ["true", "false", "yes", 1, 0, "", [], 1.0])
@pytest.mark.parametrize(
    ("section", "name", "part"), [(section, name, part) for section, name, part, word in dict.fromkeys(WORDS) if word is True]
)
def test_only_true_and_false_are_true_and_false(section: str, name: str, part: str, wrong: object) -> None:
    case, path = holding(section, **{name: {part: wrong} if part else wrong})
    refused(case, ".".join(filter(None, (path, name, part))), shown(wrong), "true", "false")


@pytest.mark.parametrize(
    ("wrong", "near"), [("emploier", "employer"), ("Trainees", "trainees"), ("training-institution", "training_institution")]
)
def test_a_misspelt_party_is_refused_with_its_place_in_the_list(wrong: str, near: str) -> None:
    case, path = holding("training_classes", agreement_parties=["employer", wrong])
    refused(case, f"{path}.agreement_parties[1]", f"`{wrong}`", f"`{near}`", "employment_centre")


@pytest.mark.parametrize("parties", [[], ["employer"], ["trainees", "employer"], ["employer", "employer"]])
def test_parties_are_a_list_of_any_length_and_order(parties: list[str]) -> None:
    accepted("training_classes", "agreement_parties", parties)


# Keys


@pytest.mark.parametrize("section", SECTIONS)
def test_a_misspelt_key_is_refused_with_the_nearest_spelling(section: str) -> None:
    for field in FIELDS[section]:
        wrong = misspelt(field.name)
        case, path = holding(section, **{wrong: True})
        problem = refused(case, f"{path}.{wrong}", f"`{field.name}`", *(other.name for other in FIELDS[section]))
        assert f"did you mean `{field.name}`?" in problem.what.en
        assert f"是否为 `{field.name}`？" in problem.what.zh


@pytest.mark.parametrize("section", [name for name in SECTIONS if name not in HOLDERS])
def test_a_misspelt_section_is_refused_with_the_nearest_spelling(section: str) -> None:
    wrong = misspelt(section)
    problem = refused(document(**{wrong: []}), wrong, f"`{section}`")
    assert f"did you mean `{section}`?" in problem.what.en


@pytest.mark.parametrize(("section", "record", "part"), RECORDS)
def test_a_misspelt_key_of_a_record_is_refused(section: str, record: Record, part: Choice) -> None:
    wrong = misspelt(part.name)
    case, path = holding(section, **{record.name: {wrong: True}})
    refused(case, f"{path}.{record.name}.{wrong}", f"`{part.name}`")


def test_a_participant_has_no_post() -> None:
    """`in_post` belongs to the record of a job alone."""
    case, path = holding("participants", registry={"in_post": True})
    refused(case, f"{path}.registry.in_post", "system")


def test_an_unknown_key_near_none_is_refused_with_all_that_are_there() -> None:
    problem = refused(document(zzzzzz=1), "zzzzzz", "certificates", "engagements")
    assert "did you mean" not in problem.what.en


@pytest.mark.parametrize("key", [1, 1.5, True, (1, 2)])
def test_a_key_that_is_no_text_is_refused(key: object) -> None:
    (problem,) = problems({**document(), key: 1})
    assert shown(key) in problem.what.en


@pytest.mark.parametrize("missing", ["id", "applied_on"])
def test_what_is_required_is_asked_for(missing: str) -> None:
    case = document()
    del case[missing]
    problem = refused(case, missing)
    assert "required" in problem.what.en
    assert "必填" in problem.what.zh


@pytest.mark.parametrize("section", [name for name in SECTIONS if name != "person"])
def test_an_item_without_an_id_is_refused_by_its_place(section: str) -> None:
    if section in HOLDERS:
        case, path = document(**{HOLDERS[section]: [{"id": "h1", section: [{"id": "i1"}, {}]}]}), f"{HOLDERS[section]}.h1.{section}[1].id"
    else:
        case, path = document(**{section: [{"id": "i1"}, {}]}), f"{section}[1].id"
    assert "required" in refused(case, path).what.en


def test_every_problem_of_a_case_is_named_at_once() -> None:
    case = {
        "id": "",
        "person": {"status": "none"},
        "certificates": [{"id": "c1", "level": 6}, {"kind": "other", "issued": "x"}],
        "extra": 1,
    }
    assert [problem.where for problem in problems(case)] == [
        "id",
        "applied_on",
        "person.status",
        "certificates.c1.level",
        "certificates[1].id",
        "certificates[1].issued",
        "extra",
    ]


# Shapes


@pytest.mark.parametrize("top", [[], [{}], "case", 7, 1.5, True, None, {1, 2}])
def test_a_case_is_an_object(top: object) -> None:
    refused(top, "")


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("wrong", ["i1", 7, True])
def test_a_section_that_is_no_list_is_refused(section: str, wrong: object) -> None:
    if section in HOLDERS:
        case, path = document(**{HOLDERS[section]: [{"id": "h1", section: wrong}]}), f"{HOLDERS[section]}.h1.{section}"
    else:
        case, path = document(**{section: wrong}), section
    problem = refused(case, path, shown(wrong))
    assert ("an object" if section == "person" else "a list") in problem.what.en


@pytest.mark.parametrize("wrong", ["i1", 7, True, []])
def test_an_item_that_is_no_object_is_refused_by_its_place(wrong: object) -> None:
    assert "an object" in refused(document(certificates=[{"id": "c1"}, wrong]), "certificates[1]", shown(wrong)).what.en
    assert "an object" in refused(document(training_classes=[{"id": "k1", "trainees": [wrong]}]), "training_classes.k1.trainees[0]").what.en


@pytest.mark.parametrize("wrong", [[], "elderly_care", True, 1])
@pytest.mark.parametrize("section", ["employments", "participants"])
def test_a_record_is_an_object_or_null(section: str, wrong: object) -> None:
    refused_field(section, "registry", wrong, shown(wrong))


# null


@pytest.mark.parametrize(("section", "field"), [(section, field) for section, fields in FIELDS.items() for field in fields])
def test_null_is_refused_where_it_means_nothing(section: str, field: Field) -> None:
    if (section, field.name) in NULLABLE:
        accepted(section, field.name, None)
        return
    problem = refused_field(section, field.name, None, "null")
    if not isinstance(field, Money):
        assert "leave the key out" in problem.what.en
        assert "不要写这个键" in problem.what.zh


@pytest.mark.parametrize(("section", "record", "part"), RECORDS)
def test_null_means_nothing_inside_a_record(section: str, record: Record, part: Choice) -> None:
    case, path = holding(section, **{record.name: {part.name: None}})
    refused(case, f"{path}.{record.name}.{part.name}", "null")


@pytest.mark.parametrize("key", ["id", "applied_on", *(name for name in SECTIONS if name not in HOLDERS)])
def test_null_is_no_section(key: str) -> None:
    refused(document(**{key: None}), key, "null")


@pytest.mark.parametrize("where", ["certificates[0]", "training_classes[0]"])
def test_null_is_no_item(where: str) -> None:
    refused(document(**{where[:-3]: [None]}), where, "null")


# Bounds


@pytest.mark.parametrize(("section", "name"), [("certificates", "base_standard_cny"), ("development_projects", "requested_cny")])
class TestMoney:
    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("0.01", "0.01"),
            ("0.1", "0.10"),
            ("1", "1.00"),
            ("1500.00", "1500.00"),
            ("1234.5", "1234.50"),
            ("9999999.99", "9999999.99"),
            ("10000000", "10000000.00"),
            ("10000000.00", "10000000.00"),
        ],
    )
    def test_money_is_exact_text(self, section: str, name: str, text: str, written: str) -> None:
        case, _ = holding(section, **{name: text})
        assert read_case(case).to_json()[section][0][name] == written

    @pytest.mark.parametrize(
        "text",
        [
            *("0", "0.0", "0.00", "0.001", "1.234", "1500.000", "10000000.01", "10000001", "99999999.99", "100000000000", "1e3", "1E3"),
            *(
                "007",
                "00.01",
                "-1",
                "+1",
                "1,500.00",
                "1 500",
                " 1",
                "1 ",
                "1\n",
                ".5",
                "1.",
                "",
                "１５００",
                "NaN",
                "Infinity",
                "1_000",
                "¥1",
            ),
        ],
    )
    def test_other_text_is_no_money(self, section: str, name: str, text: str) -> None:
        refused_field(section, name, text, shown(text), "10000000.00", '"1500.00"', "0")

    @pytest.mark.parametrize("number", [0, 1, 1500, -1, 1500.0, 0.1, float("nan"), float("inf")])
    def test_a_bare_number_is_to_be_quoted(self, section: str, name: str, number: float) -> None:
        problem = refused_field(section, name, number, f'"{number}"')
        assert "quote it" in problem.what.en
        assert "加引号" in problem.what.zh

    @pytest.mark.parametrize("wrong", [True, [], {}, None])
    def test_what_is_no_text_is_no_money(self, section: str, name: str, wrong: object) -> None:
        refused_field(section, name, wrong, shown(wrong), '"1500.00"')

    @pytest.mark.parametrize("amount", ["0.01", "1500", "1234.5", "1E+3", "10000000.00"])
    def test_python_takes_decimals(self, section: str, name: str, amount: str) -> None:
        case, _ = holding(section, **{name: Decimal(amount)})
        assert read_case(case).to_json()[section][0][name] == f"{Decimal(amount):.2f}"

    @pytest.mark.parametrize("amount", ["0", "0.001", "10000000.01", "NaN", "Infinity", "-1", "1E+30"])
    def test_python_decimals_have_the_same_bounds(self, section: str, name: str, amount: str) -> None:
        refused_field(section, name, Decimal(amount), "10000000.00")


@pytest.mark.parametrize(
    ("section", "name", "least", "most"), [("certificates", "level", 1, 5), ("apprentices", "contract_months", 1, 1200)]
)
class TestWholeNumbers:
    def test_both_bounds_count(self, section: str, name: str, least: int, most: int) -> None:
        accepted(section, name, least)
        accepted(section, name, most)
        assert str(least) in refused_field(section, name, least - 1, f"`{least - 1}`").what.en
        assert f"at most {most}" in refused_field(section, name, most + 1, f"`{most + 1}`", str(most)).what.en

    @pytest.mark.parametrize("wrong", ["4", 4.0, 4.5, True, [], {}, "", "four"])
    def test_only_whole_numbers_are_numbers(self, section: str, name: str, least: int, most: int, wrong: object) -> None:
        assert least < most
        assert "whole number" in refused_field(section, name, wrong, shown(wrong)).what.en


DAYS = [(section, field.name) for section, fields in FIELDS.items() for field in fields if isinstance(field, Day)]


@pytest.mark.parametrize(("section", "name"), DAYS)
class TestDays:
    @pytest.mark.parametrize("day", ["1900-01-01", "2024-02-29", "2000-02-29", "2199-12-31", "2025-06-02"])
    def test_a_day_of_the_calendar_is_accepted(self, section: str, name: str, day: str) -> None:
        accepted(section, name, day)

    @pytest.mark.parametrize("day", ["1899-12-31", "2200-01-01", "0001-01-01", "9999-12-31"])
    def test_a_day_out_of_range_is_refused_with_the_range(self, section: str, name: str, day: str) -> None:
        refused_field(section, name, day, f"`{day}`", "1900-01-01", "2199-12-31")

    @pytest.mark.parametrize("day", ["2025-02-29", "2100-02-29", "2025-04-31", "2025-13-01", "2025-00-10", "2025-01-00", "0000-01-01"])
    def test_a_day_that_does_not_exist_is_refused(self, section: str, name: str, day: str) -> None:
        problem = refused_field(section, name, day, f"`{day}`")
        assert "no day of the calendar" in problem.what.en
        assert "不是存在的日期" in problem.what.zh

    @pytest.mark.parametrize(
        "wrong",
        [
            *("2025-3-1", "20250301", "2025/03/01", "2025-03-01T00:00:00", "2025-03-01 ", "2025-03-01\n", "01.03.2025", "today", ""),
            *("２０25-03-01", 20250301, 2025.03, True, [], {}),
        ],
    )
    def test_what_is_not_written_as_a_date_is_refused_with_an_example(self, section: str, name: str, wrong: object) -> None:
        refused_field(section, name, wrong, shown(wrong), "2025-03-01")

    def test_python_takes_dates_but_no_times(self, section: str, name: str) -> None:
        accepted(section, name, date(2025, 3, 1))
        refused_field(section, name, datetime(2025, 3, 1, 12), "2025-03-01 12:00:00")
        refused_field(section, name, date(2200, 1, 1), "2199-12-31")


def test_the_application_day_has_the_same_bounds() -> None:
    for day in ("1900-01-01", "2199-12-31"):
        assert read_case({"id": "A", "applied_on": day}).day == date.fromisoformat(day)
    for day in ("1899-12-31", "2200-01-01", "2025-02-29", "2025-6-1"):
        refused({"id": "A", "applied_on": day}, "applied_on", f"`{day}`")


@pytest.mark.parametrize("code", ["0-00-00-00", "4-10-01-05", "9-99-99-99"])
def test_an_occupation_code_has_seven_digits(code: str) -> None:
    accepted("certificates", "occupation_code", code)


@pytest.mark.parametrize(
    "code", ["4-10-1-05", "4-10-01-5", "4-10-01-055", "44-10-01-05", "4-10-01", "4100105", "x", "", "４-10-01-05", "4-10-01-05\n"]
)
def test_another_occupation_code_is_refused_with_an_example(code: str) -> None:
    refused_field("certificates", "occupation_code", code, shown(code), "4-10-01-05")


# Dates in order


ORDERS = [("employments", "start", "end"), ("training_classes", "starts", "ends"), ("trainees", "employed_on", "employment_ended")]


@pytest.mark.parametrize(("section", "first", "last"), ORDERS)
class TestOrderOfDates:
    def test_reversed_dates_are_refused_at_the_later_one(self, section: str, first: str, last: str) -> None:
        case, path = holding(section, **{first: "2025-03-02", last: "2025-03-01"})
        refused(case, f"{path}.{last}", "`2025-03-01`", first, "2025-03-02")

    def test_the_same_day_is_in_order(self, section: str, first: str, last: str) -> None:
        read_case(holding(section, **{first: "2025-03-01", last: "2025-03-01"})[0])

    def test_one_date_alone_is_in_order(self, section: str, first: str, last: str) -> None:
        read_case(holding(section, **{first: "2025-03-01"})[0])
        read_case(holding(section, **{last: "2025-03-01"})[0])


def test_null_has_no_place_in_the_order_of_dates() -> None:
    read_case(holding("employments", start="2025-03-01", end=None)[0])
    read_case(holding("trainees", employed_on=None, employment_ended="2025-03-01")[0])
    read_case(holding("trainees", employed_on="2025-03-01", employment_ended=None)[0])


@pytest.mark.parametrize(("section", "name"), DAYS)
def test_a_date_after_the_application_is_no_error(section: str, name: str) -> None:
    accepted(section, name, "2025-06-02")
    accepted(section, name, "2199-12-31")


# Ids


@pytest.mark.parametrize("wrong", ["", "a b", "a.b", "a/b", "证", "a" * 65, "a\n", "é", "a:b"])
@pytest.mark.parametrize("section", ["certificates", "engagements"])
def test_an_item_id_with_other_characters_is_refused(section: str, wrong: str) -> None:
    problem = refused(document(**{section: [{"id": wrong}]}), f"{section}[0].id", shown(wrong), "64")
    assert "letters, digits, - and _" in problem.what.en


@pytest.mark.parametrize("right", ["a", "A-1_b", "0", "-", "_", "a" * 64, "no", "not"])
def test_an_item_id_has_letters_digits_and_two_signs(right: str) -> None:
    assert read_case(document(certificates=[{"id": right}])).to_json()["certificates"] == [{"id": right}]


@pytest.mark.parametrize("wrong", [7, True, None, ["c1"]])
def test_an_item_id_is_text(wrong: object) -> None:
    refused(document(certificates=[{"id": wrong}]), "certificates[0].id", shown(wrong).strip("`"))


@pytest.mark.parametrize("section", [name for name in SECTIONS if name != "person"])
def test_a_repeated_id_is_refused_with_its_path(section: str) -> None:
    items = [{"id": "i1"}, {"id": "i2"}, {"id": "i1"}]
    if section in HOLDERS:
        case, path = document(**{HOLDERS[section]: [{"id": "h1", section: items}]}), f"{HOLDERS[section]}.h1.{section}.i1"
    else:
        case, path = document(**{section: items}), f"{section}.i1"
    problem = refused(case, path, "`i1`")
    assert "stands twice" in problem.what.en
    assert "重复" in problem.what.zh


def test_ids_are_unique_in_their_own_list_only() -> None:
    case = document(
        certificates=[{"id": "a"}],
        employments=[{"id": "a"}],
        training_classes=[{"id": "a", "trainees": [{"id": "a"}]}, {"id": "b", "trainees": [{"id": "a"}]}],
    )
    assert read_case(case).to_json() == case


@pytest.mark.parametrize("name", ["A-001", "沪 001/2", 'a"b\\c', "🙂", "x" * 10_000, "null", "a\u00a0b"])
def test_a_case_id_is_any_text(name: str) -> None:
    assert read_case({**document(), "id": name}).id == name


@pytest.mark.parametrize("wrong", ["", "a\nb", "\x00", "a\x7f", "\x85", "\ud800"])
def test_a_case_id_holds_no_control_character(wrong: str) -> None:
    refused({**document(), "id": wrong}, "id", shown(wrong))


@pytest.mark.parametrize("wrong", [7, True, [], 1.5])
def test_a_case_id_is_text(wrong: object) -> None:
    refused({**document(), "id": wrong}, "id", shown(wrong))


@given(st.text(st.characters()))
def test_a_value_is_shown_on_one_line_that_can_be_printed_anywhere(text: str) -> None:
    line = shown(text)
    assert line.isprintable()
    assert len(line) <= 62
    assert line.encode().decode() == line


# Files, Python, JSON Schema


@given(cases(unknown=0.15))
def test_a_case_survives_its_own_json(found: Item) -> None:
    case = read_case(found)
    assert read_case(case.to_json()) == case
    assert read_case(json.loads(json.dumps(case.to_json()))) == case


def as_money(found: Item) -> Item:
    """The same case with its sums written in two places."""
    changed: Item = copy.deepcopy(found)
    for section, name in (("certificates", "base_standard_cny"), ("development_projects", "requested_cny")):
        for item in changed.get(section, []):
            if name in item:
                item[name] = f"{Decimal(item[name]):.2f}"
    return changed


@given(cases(unknown=0.15))
def test_a_case_says_what_its_file_said_and_no_more(found: Item) -> None:
    assert read_case(found).to_json() == as_money(found)


def test_python_objects_and_files_are_the_same_case() -> None:
    built = read_case(
        {
            "id": "A-001",
            "applied_on": date(2025, 6, 1),
            "person": MappingProxyType({"status": "employed", "civil_servant": False, "hukou": MISSING}),
            "certificates": [{"id": "c1", "kind": "skill_level", "issued": date(2025, 3, 1), "base_standard_cny": Decimal("1500")}],
            "employments": ({"id": "e1", "end": None, "registry": {"in_post": True}}, {"id": "e2", "registry": None}),
            "training_classes": [{"id": "k1", "agreement_parties": ("employer",)}],
        }
    )
    read = read_case(
        document(
            person={"status": "employed", "civil_servant": False},
            certificates=[{"id": "c1", "kind": "skill_level", "issued": "2025-03-01", "base_standard_cny": "1500"}],
            employments=[{"id": "e1", "end": None, "registry": {"in_post": True}}, {"id": "e2", "registry": None}],
            training_classes=[{"id": "k1", "agreement_parties": ["employer"]}],
        )
    )
    assert built == read
    assert built.to_json() == read.to_json()
    assert (read.id, read.day) == ("A-001", date(2025, 6, 1))
    assert pickle.loads(pickle.dumps(read)) == read


@pytest.mark.parametrize(("section", "name"), sorted(NULLABLE))
def test_none_is_known_and_a_field_not_passed_is_unknown(section: str, name: str) -> None:
    known, unknown = read_case(holding(section, **{name: None})[0]), read_case(holding(section)[0])
    assert known != unknown
    assert known.to_json() == holding(section, **{name: None})[0]
    assert unknown.to_json() == holding(section)[0]


def test_what_is_not_passed_is_missing() -> None:
    case = read_case(document(employments=[{"id": "e1", "end": None}]))
    assert (case.value_at("employments.e1.end"), case.value_at("employments.e1.start")) == (None, MISSING)
    assert case.value_at("certificates") is MISSING
    assert not MISSING
    assert repr(MISSING) == "MISSING"


def test_a_case_does_not_change() -> None:
    case = read_case(document(employments=[{"id": "e1"}]))
    with pytest.raises(AttributeError):
        case.id = "B"  # type: ignore[misc]  # what a type checker refuses fails as well
    with pytest.raises(TypeError, match="with_values"):
        case.facts["id"] = "B"
    with pytest.raises(TypeError, match="with_values"):
        case.facts["employments"][0].update(id="e2")


SCHEMA = case_schema(Oracle().policy)
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@given(cases(unknown=0.15))
def test_every_case_fits_the_schema(found: Item) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(found)] == []
    assert [error.message for error in VALIDATOR.iter_errors(read_case(found).to_json())] == []


SPOILS: tuple[Any, ...] = (None, True, 0, 6, 1201, 1.5, "", "x", "yes", "no such word", "2200-01-01", "1e3", [], {}, ["x"], [{}], {"x": 1})


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place of plain data: what holds it, and its key or position there."""
    found: list[tuple[Any, Any]] = []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        found += [(value, key), *places(inner)]
    return found


def is_accepted(found: Item) -> bool:
    try:
        read_case(found)
    except CaseError:
        return False
    return True


@pytest.mark.parametrize("seed", range(4))
def test_the_schema_refuses_what_the_case_format_refuses(seed: int) -> None:
    """One place of a case replaced, lost or added; order of dates, repeated ids and days that do not exist apart,
    which no schema can say."""
    rng = random.Random(seed)
    outcomes = set()
    for _ in range(400):
        case = random_case(rng, unknown=0.1)
        spot = rng.randrange(10)
        holder, key = rng.choice(places(case))
        if spot == 0:
            del holder[key]
        elif spot == 1 and isinstance(holder, dict):
            holder["x"] = rng.choice(SPOILS)
        else:
            holder[key] = rng.choice(SPOILS)
        outcome = is_accepted(case)
        assert VALIDATOR.is_valid(case) == outcome, json.dumps(case, ensure_ascii=False)
        outcomes.add(outcome)
    assert outcomes == {True, False}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_schema_knows_every_field(section: str) -> None:
    """A case with one field of a section, and the same case with that field misspelt."""
    for field in FIELDS[section]:
        value: object = [] if isinstance(field, Nested | Parties) else {} if isinstance(field, Record) else "2025-03-01"
        if isinstance(field, Choice | Money):
            value = field.values[0]
        assert VALIDATOR.is_valid(holding(section, **{field.name: value})[0])
        assert not VALIDATOR.is_valid(holding(section, **{misspelt(field.name): value})[0])


# Facts at their paths

AN_EMPLOYMENT = {"id": "e1", "start": "2025-01-01", "end": None, "registry": {"system": "elderly_care"}}


def test_a_value_is_found_at_its_path_as_a_file_has_it() -> None:
    case = read_case(document(employments=[AN_EMPLOYMENT], certificates=[{"id": "c1", "base_standard_cny": "1500"}]))
    assert case.value_at("employments.e1.start") == "2025-01-01"
    assert case.value_at("employments.e1.end") is None
    assert case.value_at("employments.e1.registry") == {"system": "elderly_care"}
    assert case.value_at("employments") == [AN_EMPLOYMENT]
    assert case.value_at("certificates.c1.base_standard_cny") == "1500.00"
    for path in ("person.status", "employments.e2.start", "employments.e1.post", "employments.e1.start.year", "nothing", ""):
        assert case.value_at(path) is MISSING, path


def test_what_an_edit_does_not_touch_stays_the_same_objects() -> None:
    case = read_case(document(person={"status": "employed"}, employments=[AN_EMPLOYMENT, {"id": "e2"}]))
    changed = case.with_values({"employments.e2.registry.system": "domestic_service", "applied_on": "2025-07-01"})
    assert changed.value_at("employments.e2.registry") == {"system": "domestic_service"}
    assert changed.facts["employments"][0] is case.facts["employments"][0]
    assert changed.facts["person"] is case.facts["person"]
    assert case.value_at("employments.e2.registry") is MISSING
    assert changed.without(["employments.e2.registry", "applied_on.x", "nowhere.at.all"]) == case.with_values({"applied_on": "2025-07-01"})


def test_an_edit_does_not_change_the_values_it_is_given() -> None:
    record: dict[str, Any] = {}
    case = read_case(document(employments=[{"id": "e1"}]))
    changed = case.with_values({"employments.e1.registry": record, "employments.e1.registry.in_post": True})
    assert record == {}
    assert changed.value_at("employments.e1.registry") == {"in_post": True}


@pytest.mark.parametrize(
    ("path", "value", "where", "en"),
    [
        ("employments.e2.start", "2025-01-01", "employments.e2", "the case has no item `e2` there; allowed: e1"),
        ("employments.e1", {}, "employments", "a path leads to one fact"),
        ("employments.e1.start.year", 2025, "employments.e1.start", "a path leads to one fact"),
        ("training_classes.k1.agreement_parties.employer", True, "training_classes.k1.agreement_parties", "a path leads to one fact"),
        ("employments.e1.start", "2025-02-30", "employments.e1.start", "is no day of the calendar"),
        ("employments.e1.end", "2024-12-31", "employments.e1.end", "lies before start (2025-01-01)"),
        ("employments.e1.nothing", 1, "employments.e1.nothing", "the case format has no such key"),
        ("person.status", None, "person.status", "null means nothing here"),
        ("employments", [{"id": "e1"}, {"id": "e1"}], "employments.e1", "stands twice"),
    ],
)
def test_an_edit_is_refused_as_the_file_would_be(path: str, value: object, where: str, en: str) -> None:
    parties = [{"id": "k1", "agreement_parties": ["employer"]}]
    case = read_case(document(employments=[AN_EMPLOYMENT], training_classes=parties))
    with pytest.raises(CaseError) as refused:
        case.with_values({path: value})
    ((place, what, *_),) = refused.value.problems
    assert place == where
    assert en in what.en


def test_no_case_is_without_its_day() -> None:
    with pytest.raises(CaseError, match="applied_on: this is missing"):
        read_case(document()).without(["applied_on"])
