"""The tools of an assistant, called by a client of the protocol's own kit over the command's standard input and output."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal
from jsonschema import Draft202012Validator
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import CallToolResult, TextContent

from support.paths import CASES, ROOT
from tiaoli import Oracle
from tiaoli.case.documents import read_document
from tiaoli.cli.main import run

LATE = CASES / "07-carer-one-day-late.yaml"
GRANTED = CASES / "06-carer-twelfth-month.yaml"
UNKNOWN = CASES / "23-carer-unknown-record.yaml"
AGAIN = CASES / "21-second-claim-same-year.yaml"
TOOLS = ["decide", "why", "why_not", "what_if", "when", "ask", "notice"]

Call = Callable[..., Any]


def case(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = read_document(path)
    return found


@pytest.fixture(scope="module")
def call() -> Iterator[Call]:
    """Calls a method of one client that is connected to one `tiaoli mcp`: `call("call_tool", name, arguments)`."""
    command = StdioServerParameters(command=sys.executable, args=["-m", "tiaoli", "mcp", "--lang", "en"], cwd=ROOT)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(command)) as client:
        yield lambda method, *arguments: portal.call(getattr(client, method), *arguments)


def tool(call: Call, name: str, **arguments: Any) -> CallToolResult:
    found: CallToolResult = call("call_tool", name, arguments)
    return found


def text(found: CallToolResult) -> str:
    (content,) = found.content
    assert isinstance(content, TextContent)
    return content.text


def test_every_tool_has_a_schema_with_the_fields_of_a_case_in_it(call: Call) -> None:
    tools = {item.name: item for item in call("list_tools").tools}
    assert list(tools) == TOOLS
    for name, item in tools.items():
        Draft202012Validator.check_schema(item.input_schema)
        accepts = Draft202012Validator(item.input_schema)
        assert item.annotations.read_only_hint
        good: dict[str, Any] = {} if name == "notice" else {"case": case(LATE), "benefit": "care_route"}
        assert accepts.is_valid(good)
        assert accepts.is_valid(good | {"lang": "zh"})
        assert not accepts.is_valid(good | {"langue": "zh"})
        if name != "notice":
            assert not accepts.is_valid(good | {"case": {"id": "x", "applied_on": "2025-06-01", "certificates": [{"isued": "2025-01-01"}]}})
            employment = item.input_schema["$defs"]["Case.employments"]["properties"]
            assert "（三）" in employment["start"]["description"]


CALLS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("decide", {"case": case(LATE)}, ["decide", str(LATE)]),
    (
        "decide",
        {"case": case(UNKNOWN), "benefit": ["care_route"], "reason": True},
        ["decide", str(UNKNOWN), "--benefit", "care_route", "--reason"],
    ),
    (
        "decide",
        {"case": case(GRANTED), "readings": {"validity_anchor": "both"}},
        ["decide", str(GRANTED), "--reading", "validity_anchor=both"],
    ),
    ("why", {"case": case(GRANTED), "benefit": "care_route"}, ["why", str(GRANTED), "care_route"]),
    (
        "why_not",
        {"case": case(LATE), "benefit": "care_route", "subject": "c1", "condition": "registered", "depth": 1},
        ["why-not", str(LATE), "care_route", "c1", "--condition", "registered", "--depth", "1"],
    ),
    ("what_if", {"case": case(LATE), "benefit": "care_route"}, ["what-if", str(LATE), "care_route"]),
    (
        "what_if",
        {"case": case(LATE), "benefit": "care_route", "set": {"employments.e1.start": "2025-11-30"}},
        ["what-if", str(LATE), "care_route", "--set", "employments.e1.start=2025-11-30"],
    ),
    ("when", {"case": case(AGAIN), "benefit": "skill_uplift"}, ["when", str(AGAIN), "skill_uplift"]),
    ("ask", {"case": case(UNKNOWN)}, ["ask", str(UNKNOWN)]),
    ("notice", {"clause": "三"}, ["notice", "三"]),
]


@pytest.mark.parametrize(("name", "arguments", "command"), CALLS, ids=[" ".join(command[:1] + command[2:]) for _, _, command in CALLS])
def test_a_tool_answers_what_the_command_prints(
    call: Call, capsys: pytest.CaptureFixture[str], name: str, arguments: dict[str, Any], command: list[str]
) -> None:
    found = tool(call, name, **arguments)
    assert not found.is_error
    assert run([*command, "--json"]) == 0
    assert found.structured_content == json.loads(capsys.readouterr().out)
    assert text(found)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_is_in_the_language_asked_for_and_quotes_the_notice(call: Call, oracle: Oracle, lang: str) -> None:
    sentence = oracle.policy.sentences["c3.s1"]
    said = {name: text(tool(call, name, case=case(LATE), benefit="care_route", lang=lang)) for name in ("decide", "why_not")}
    said["notice"] = text(tool(call, "notice", clause="3", lang=lang))
    for words in said.values():
        flat = "".join(words.split())
        assert sentence.text in flat
        assert ("".join(sentence.en.split()) in flat) == (lang == "en")
    assert {"zh": "晚1日", "en": "1 day late"}[lang] in said["why_not"]


def test_a_mistake_in_a_case_is_told_by_its_path_with_all_the_others(call: Call) -> None:
    bad = {"id": "x", "applied_on": "2025-02-30", "certificates": [{"id": "c1", "isued": "2025-01-01"}]}
    found = tool(call, "decide", case=bad)
    assert found.is_error
    assert text(found).splitlines()[0] == "applied_on: `2025-02-30` is no day of the calendar"
    assert "certificates.c1.isued: the case format has no such key; did you mean `issued`?" in text(found)
    assert [item["path"] for item in found.structured_content["errors"]] == ["applied_on", "certificates.c1.isued"]
    assert text(tool(call, "decide", case=bad, lang="zh")).startswith("applied_on: `2025-02-30` 不是存在的日期")


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"benifit": "care_route"}, "benifit: there is no such option; did you mean `benefit`?"),
    ({"benefit": "care_rout"}, "did you mean `care_route`?"),
    ({"lang": "fr"}, "lang: there is no language `fr`; allowed: zh, en"),
    ({"policy": "x"}, "policy: there is no policy `x`"),
    ({"limit": 1000}, "`limit` asks for 1000 seconds; at most 30"),
    ({"readings": {"validity_anchor": "issued"}}, "there is no option `issued`"),
    ({"case": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}, "nested deeper than"),
    ({"case": {"id": "x", "applied_on": "2025-06-01", "certificates": [{}] * 2001}}, "case.certificates has 2001 members, more than 2000"),
    ({"full": "yes"}, "full: "),
]


@pytest.mark.parametrize(("arguments", "words"), MISTAKES, ids=[next(iter(item)) for item, _ in MISTAKES])
def test_a_wrong_option_is_an_error_that_says_what_to_do(call: Call, arguments: dict[str, Any], words: str) -> None:
    found = tool(call, "decide", **({"case": case(LATE)} | arguments))
    assert found.is_error
    assert words in text(found)
    assert "Traceback" not in text(found)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"employments.e1.id": "e2"}, "employments.e1.id: an id is no fact"),
        ({"certificates": [{"id": "c2"}]}, "c1: the subject would be gone"),
    ],
)
def test_what_is_no_fact_is_not_set(call: Call, changes: dict[str, Any], words: str) -> None:
    found = tool(call, "what_if", case=case(LATE), benefit="care_route", set=changes)
    assert found.is_error
    assert text(found).startswith(words)


def test_a_tool_that_does_not_exist_is_refused_by_the_protocol(call: Call) -> None:
    with pytest.raises(MCPError, match="there is no tool `deside`; did you mean `decide`"):
        tool(call, "deside", case=case(LATE))


def test_the_clauses_are_resources_and_a_situation_is_a_prompt(call: Call, oracle: Oracle) -> None:
    listed = call("list_resources").resources
    assert [item.name for item in listed] == [oracle.policy.number] + [
        f"{oracle.policy.number}{clause}" for clause in oracle.policy.clauses
    ]
    (page,) = call("read_resource", listed[3].uri).contents
    assert page.text == text(tool(call, "notice", clause="三"))
    with pytest.raises(MCPError, match="there is no resource"):
        call("read_resource", "tiaoli://x")
    (prompt,) = call("list_prompts").prompts
    (message,) = call("get_prompt", prompt.name, {"facts": "I am a carer."}).messages
    assert oracle.policy.number in message.content.text
    assert message.content.text.endswith("I am a carer.")
    with pytest.raises(MCPError, match="with the argument `facts`"):
        call("get_prompt", prompt.name, {"fact": "x"})


def test_a_question_that_takes_too_long_is_stopped_and_nonsense_is_outlived() -> None:
    """By hand, in the older handshake: what is on standard output is the protocol's alone, and the end of input is the end."""
    many = case(LATE) | {"employments": [case(LATE)["employments"][0] | {"id": f"e{number}"} for number in range(900)]}
    info = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    arguments: list[dict[str, Any]] = [
        {"case": case(LATE), "benefit": "care_route", "depth": 0},
        {"case": many, "benefit": "care_route", "full": True},
    ]
    messages: list[Any] = [
        {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": info},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        *(
            {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": "why_not", "arguments": given}}
            for number, given in enumerate(arguments, 1)
        ),
    ]
    lines = ["nonsense", "[" * 5000, *map(json.dumps, messages)]
    command = [sys.executable, "-m", "tiaoli", "mcp", "--lang", "zh", "--time-limit", "2"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, encoding="utf-8"
    ) as served:
        assert served.stdin is not None
        assert served.stdout is not None
        assert served.stderr is not None
        served.stdin.write("".join(f"{line}\n" for line in lines))
        served.stdin.flush()
        answers = {answer["id"]: answer for answer in (json.loads(served.stdout.readline()) for _ in range(3))}
        served.stdin.close()
        assert served.stdout.read() == ""
        assert "Traceback" not in served.stderr.read()
    assert served.returncode == 0
    assert answers[0]["result"]["serverInfo"]["name"] == "tiaoli"
    assert answers[1]["result"]["structuredContent"]["outcome"] == "not_eligible"
    assert answers[2]["result"]["isError"]
    assert answers[2]["result"]["content"][0]["text"] == "问题在 2 秒内未能答完，已停止；启动时用 --time-limit 可调高"


ODD = {
    "a key twice": (b'{"id": "A", "applied_on": "2025-06-01", "applied_on": "2025-06-02"}', "applied_on", "twice"),
    "half a character": (b'{"id": "\\ud800", "applied_on": "2025-06-01"}', "id", "ud800"),
    "no number": (b'{"id": "A", "applied_on": "2025-06-01", "certificates": [{"id": "c1", "level": NaN}]}', "certificates.c1.level", "NaN"),
    "GB 18030": ('{"id": "\u5f20\u4e09", "applied_on": "2025-06-01"}'.encode("gb18030"), "body:1", "not UTF-8"),
}


def test_arguments_are_read_as_strictly_as_at_every_other_door() -> None:
    """What the protocol's library would have lost: it is refused, and whoever asked hears of it."""
    info = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    lines = [
        json.dumps({"jsonrpc": "2.0", "id": "0", "method": "initialize", "params": info}).encode(),
        b'{"jsonrpc": "2.0", "method": "notifications/initialized"}',
    ]
    for name, (odd, _, _) in ODD.items():
        call = json.dumps(
            {"jsonrpc": "2.0", "id": name, "method": "tools/call", "params": {"name": "decide", "arguments": {"case": "CASE"}}}
        )
        lines.append(call.encode().replace(b'"CASE"', odd))
    command = [sys.executable, "-m", "tiaoli", "mcp", "--lang", "en"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as served:
        assert served.stdin is not None
        assert served.stdout is not None
        served.stdin.write(b"".join(line + b"\n" for line in lines))
        served.stdin.flush()
        answers = {answer["id"]: answer for answer in (json.loads(served.stdout.readline()) for _ in range(1 + len(ODD)))}
        served.stdin.close()
    assert served.returncode == 0
    for name, (_, path, words) in ODD.items():
        found = answers[name]["result"]
        assert found["isError"], name
        (problem,) = found["structuredContent"]["errors"]
        assert (problem["path"], words in found["content"][0]["text"]) == (path, True), (name, problem)
