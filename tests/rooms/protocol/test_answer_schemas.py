"""The schemas of answers: sound, self-contained, and noticing what is misspelt, missing or of another kind."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from support import answers
from support.command import Cli
from support.paths import CASES
from tiaoli import CallError, Oracle
from tiaoli.case import case_schema, read_document
from tiaoli.protocol import ANSWERS, answer_definitions, answer_schema, component_schemas

CARER = str(CASES / "06-carer-twelfth-month.yaml")


def objects(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of an object with named keys inside a schema."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield path, schema
        for key, value in schema.items():
            # the names of keys are no schemas
            inside = value.items() if key == "properties" else [(key, value)]
            for name, inner in inside:
                yield from objects(inner, f"{path}/{name}")
    elif isinstance(schema, list):
        for position, item in enumerate(schema):
            yield from objects(item, f"{path}/{position}")


def references(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (value.removeprefix("#/$defs/") for key, value in schema.items() if key == "$ref")
        for value in schema.values():
            yield from references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from references(item)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_schema_is_sound_and_has_all_that_it_needs(name: str) -> None:
    schema = answer_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:tiaoli:answer:2:{name}"
    needed = set(references(schema))
    assert needed == set(schema["$defs"])
    assert schema["$ref"] == f"#/$defs/{ANSWERS[name]}"


def test_every_definition_is_part_of_an_answer() -> None:
    assert {definition for name in ANSWERS for definition in answer_schema(name)["$defs"]} == set(answer_definitions())


def test_every_object_says_what_it_is_and_requires_only_what_it_names() -> None:
    for name, schema in answer_definitions().items():
        zh, _, en = schema["description"].partition(" · ")
        assert zh, name
        assert en, name
        for path, inside in objects(schema):
            assert inside.get("required", []) == [key for key in inside["properties"] if key in inside.get("required", [])], (name, path)
            assert inside["type"] == "object", (name, path)
            assert "additionalProperties" not in inside, (name, path)


def test_an_answer_with_more_keys_is_in_order_and_under_the_closed_schema_it_is_not(oracle: Oracle) -> None:
    document = oracle.decide(read_document(CASES / "06-carer-twelfth-month.yaml"), full=True).to_json()
    more = {**document, "later": 1}
    assert Draft202012Validator(answer_schema("decide")).is_valid(more)
    with pytest.raises(AssertionError, match="later"):
        answers.hold("Answer", more)


def documents(oracle: Oracle, cli: Cli) -> Iterator[tuple[str, Any]]:
    """Answers of many kinds."""
    commands = [
        ("decide", CARER),
        ("decide", CARER, "--reason"),
        ("why", CARER, "care_route", "--clause", "3"),
        ("what-if", CARER, "care_route", "--lose"),
        ("what-if", CARER, "care_route", "--set", "certificates.c1.issued=2024-01-01"),
        ("when", CARER, "care_route"),
        ("ask", str(CASES / "23-carer-unknown-record.yaml")),
        ("diff", "hrss-2024-20", "--set", "validity_to=2026-11-13", "--benefit", "development_grant"),
        ("notice", "3"),
    ]
    for command in commands:
        yield command[0], json.loads(cli(*command, "--json").out)
    yield "receipt", oracle.receipt(read_document(CASES / "06-carer-twelfth-month.yaml")).to_json()


def fits(document: Any, option: dict[str, Any]) -> bool:
    """Whether plain data is as one alternative of a schema has it, all of which are references or single types."""
    name = option.get("$ref", "").removeprefix("#/$defs/")
    return answers.validator(name).is_valid(document) if name else document is None


def places(document: Any, schema: Any, steps: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """The way to every object inside plain data whose keys a schema names, with each key that it must have."""
    if "$ref" in schema:
        yield from places(document, answer_definitions()[schema["$ref"].removeprefix("#/$defs/")], steps)
    for option in schema.get("anyOf", ()):
        if fits(document, option):
            yield from places(document, option, steps)
    if isinstance(document, list):
        for position, item in enumerate(document[:2]):
            yield from places(item, schema.get("items", {}), (*steps, position))
    if isinstance(document, dict):
        for key in schema.get("required", ()):
            yield steps, key
        for key, value in document.items():
            inside = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
            if isinstance(inside, dict):
                yield from places(value, inside, (*steps, key))


def test_a_missing_and_a_misspelt_key_are_noticed_wherever_they_stand(oracle: Oracle, cli: Cli) -> None:
    for name, document in documents(oracle, cli):
        answers.hold(ANSWERS[name], document)
        public = jsonschema_rs.Draft202012Validator(answer_schema(name))
        found = list(places(document, answer_definitions()[ANSWERS[name]]))
        assert len(found) > 5
        for steps, key in found[:: max(1, len(found) // 20)]:
            changed = copy.deepcopy(document)
            here = changed
            for step in steps:
                here = here[step]
            value = here.pop(key)
            assert not public.is_valid(changed), (name, steps, key)
            here[f"{key}x"] = value
            assert not public.is_valid(changed), (name, steps, key)
            here[key] = value
            assert public.is_valid(changed), (name, steps, key)
            with pytest.raises(AssertionError, match=f"{key}x"):
                answers.hold(ANSWERS[name], changed)


@pytest.mark.parametrize(
    ("key", "value"),
    [("format", 1), ("currency", "yuan"), ("applied_on", "1 June 2025"), ("policy_digest", "sha256:0"), ("assumed", [1])],
)
def test_a_value_of_another_kind_is_noticed(oracle: Oracle, key: str, value: Any) -> None:
    document = oracle.decide(read_document(CASES / "06-carer-twelfth-month.yaml")).to_json()
    with pytest.raises(AssertionError, match=key):
        answers.hold("Answer", {**document, key: value})


def test_the_command_prints_them(cli: Cli) -> None:
    assert cli("schema", "--list").out.split() == list(ANSWERS)
    for name in ANSWERS:
        assert json.loads(cli("schema", name).out) == answer_schema(name)
    ran = cli("schema", "whatif")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean `what-if`?" in ran.err
    assert cli("schema", "decide", "--list").code == 2
    with pytest.raises(CallError):
        answer_schema("decided")


def test_the_description_of_the_service_has_them_beside_the_case_format(oracle: Oracle) -> None:
    found = component_schemas(oracle.encoding)
    inner = case_schema(oracle.policy)["$defs"]
    assert not inner.keys() & answer_definitions().keys()
    assert found.keys() == inner.keys() | answer_definitions().keys() | {"Case"}
    text = json.dumps(found)
    assert "#/$defs/" not in text
    for name in references(found):
        assert name.removeprefix("#/components/schemas/") in found
