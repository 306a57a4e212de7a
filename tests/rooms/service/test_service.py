"""The service over real sockets: the same JSON as the command, every limit by its name, nothing of a case in the log."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from jsonschema import Draft202012Validator

from support.paths import CASES
from tiaoli import Oracle
from tiaoli.case.documents import read_document
from tiaoli.cli.main import run
from tiaoli.encoding import PolicySource
from tiaoli.protocol.problems import preferred_language
from tiaoli.protocol.question_handlers import QUESTIONS
from tiaoli.service.findings import audit_with_explanations

EXAMPLES = sorted(CASES.glob("*.yaml"))
LATE, UNKNOWN, TWO = (str(EXAMPLES[number]) for number in (6, 22, 0))
TOKEN = "s3cret-token"
SECRET = "310101199001011234"

SMALL = ("--max-body", "20000", "--max-depth", "8", "--max-list", "40", "--client-timeout", "2", "--max-concurrent", "3")


class Server(NamedTuple):
    """A running service, a client that bears its token, and where it logs."""

    process: subprocess.Popen[str]
    client: httpx.Client
    port: int
    log: Path


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[Server]:
    log = folder / "log.txt"
    command = [sys.executable, "-m", "tiaoli", "serve", "--port", "0", "--lang", "en", "--log", str(log), *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        assert address, said + process.stderr.read()
        headers = {"authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=address[0], headers=headers, timeout=60, trust_env=False) as client:
            yield Server(process, client, int(address[1]), log)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("service")
    (folder / "token").write_text(f"{TOKEN}\n", "utf-8")
    (folder / "findings.json").write_text(json.dumps(audit_with_explanations(PolicySource("hrss-2024-20"), ["wording"])[0]), "utf-8")
    files = ("--token-file", str(folder / "token"), "--findings", str(folder / "findings.json"))
    with serving(folder, *SMALL, *files, "--workers", "2") as found:
        yield found


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What the command prints."""
    assert run(arguments) in (0, 2)
    return json.loads(capsys.readouterr().out)


def case_of(path: str) -> Any:
    return read_document(Path(path))


def problem(answer: httpx.Response, status: int, kind: str) -> Any:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    found = answer.json()
    assert (found["type"], found["status"]) == (f"urn:tiaoli:problem:{kind}", status)
    assert found["statement"].keys() == {"zh", "en"}
    return found


def posted(server: Server, path: str, body: bytes | str, **headers: str) -> httpx.Response:
    return server.client.post(path, content=body, headers={"content-type": "application/json", **headers})


# The same as the command


@pytest.mark.parametrize(
    ("question", "file", "options", "arguments"),
    [
        ("decide", UNKNOWN, {}, ()),
        ("decide", LATE, {"benefit": "care_route", "reason": True}, ("--benefit", "care_route", "--reason")),
        ("decide", TWO, {"readings": {"limit_year": "rolling"}}, ("--reading", "limit_year=rolling")),
        ("why", TWO, {"benefit": "special_ability", "subject": "c1", "clause": "2"}, ("special_ability", "c1", "--clause", "2")),
        ("why-not", LATE, {"benefit": "care_route", "depth": 2}, ("care_route", "--depth", "2")),
        ("what-if", LATE, {"benefit": "care_route", "max": 1}, ("care_route", "--max", "1")),
        (
            "what-if",
            LATE,
            {"benefit": "care_route", "set": {"employments.e1.start": "2025-11-30"}},
            ("care_route", "--set", "employments.e1.start=2025-11-30"),
        ),
        ("when", TWO, {"benefit": "special_ability", "subject": "c1"}, ("special_ability", "c1")),
        ("ask", UNKNOWN, {}, ()),
    ],
)
def test_a_question_is_answered_as_the_command_answers_it(
    server: Server, capsys: pytest.CaptureFixture[str], question: str, file: str, options: dict[str, Any], arguments: tuple[str, ...]
) -> None:
    answer = server.client.post(f"/v1/{question}", json={"case": case_of(file), **options})
    assert answer.status_code == 200, answer.text
    assert answer.json() == told(capsys, question, file, *arguments, "--json")


def test_every_question_has_an_address(server: Server) -> None:
    paths = server.client.get("/openapi.json").json()["paths"]
    assert {f"/v1/{name}" for name in QUESTIONS} <= paths.keys()


def test_a_simple_case_is_decided_at_once_and_as_the_oracle_decides_it(server: Server, oracle: Oracle) -> None:
    for path in EXAMPLES:
        document = case_of(str(path))
        answer = server.client.post("/v1/decide", json={"case": document, "full": False})
        assert answer.json() == oracle.decide(document).to_json()


def test_readings_tell_which_decisions_each_option_changes(server: Server) -> None:
    document = case_of(str(EXAMPLES[21]))
    found = server.client.post("/v1/readings", json={"case": document}).json()
    changed = {
        (reading["reading"], option["option"], change["benefit"], change["subject"], change["outcome"])
        for reading in found["readings"]
        for option in reading["options"]
        for change in option["changes"]
    }
    decided = server.client.post("/v1/decide", json={"case": document}).json()["decisions"]
    flips = {
        (flip["reading"], flip["option"], item["benefit"], item["subject"], flip["outcome"])
        for item in decided
        for flip in item["readings"]["flips"]
    }
    assert changed == flips != set()
    assert {name for name, *_ in flips} <= {reading["reading"] for reading in found["readings"] if reading["decides"]}
    assert [item["verdict"] for item in found["decisions"]] == [item["readings"]["verdict"] for item in decided]


def test_what_is_looked_up_is_what_the_command_prints(server: Server, capsys: pytest.CaptureFixture[str], oracle: Oracle) -> None:
    get = server.client.get
    assert get("/v1/notice").json() == told(capsys, "notice", "--json")
    for name in ("三", "（三）", "3"):
        assert get(f"/v1/clauses/{name}").json() == told(capsys, "notice", "三", "--json")
    assert get("/v1/schema").json() == told(capsys, "schema")
    words = get("/v1/vocabulary").json()
    assert [item["benefit"] for item in words["benefits"]] == list(oracle.policy.benefits)
    assert {field["path"] for field in words["fields"]} == set(oracle.policy.fields)
    assert [item["case"] for item in get("/v1/examples").json()["examples"]] == [case_of(str(path)) for path in EXAMPLES]
    found = get("/v1/findings", params={"lang": "en"}).json()
    assert found == {"state": "done", **told(capsys, "audit", "--kind", "wording", "--json")}
    health = get("/health").json()
    assert (health["status"], health["policies"][0]["digest"]) == ("ok", oracle.policy.digest)
    assert health["workers"] == {"alive": 2, "wanted": 2}


def test_the_examples_of_the_description_run(server: Server) -> None:
    described = server.client.get("/openapi.json").json()
    ran = 0
    for path, operations in described["paths"].items():
        for kind, content in operations.get("post", {}).get("requestBody", {"content": {}})["content"].items():
            for example in content["examples"].values():
                body = example["value"] if isinstance(example["value"], str) else json.dumps(example["value"])
                answer = server.client.post(path, content=body.encode(), headers={"content-type": kind})
                assert answer.status_code == 200, (path, answer.text)
                wanted = operations["post"]["responses"]["200"]["content"]
                media_type = answer.headers["content-type"]
                assert media_type in wanted
                if media_type == "application/json":
                    schema = {**wanted[media_type]["schema"], "components": described["components"]}
                    Draft202012Validator(schema).validate(answer.json())
                ran += 1
    assert ran > len(QUESTIONS)


# A population


def test_a_population_is_decided_as_the_command_decides_it(server: Server, tmp_path: Path) -> None:
    lines = [json.dumps(case_of(str(path))) for path in EXAMPLES]
    lines[3:3] = ["", '{"id": "A-1"}', "not a case", '{"id": "A", "id": "B"}']
    given, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    given.write_text("\n".join(lines), "utf-8")
    assert run(["bulk", str(given), "-o", str(target), "--why", "--json"]) == 2
    answer = server.client.post("/v1/bulk?why=true", content=given.read_bytes(), headers={"content-type": "application/x-ndjson"})
    found = [json.loads(line) for line in answer.text.splitlines()]
    rejects = (tmp_path / "out.jsonl.rejects.jsonl").read_text("utf-8").splitlines()
    assert found[3:6] == [json.loads(line) for line in rejects]
    assert found[:3] + found[6:] == [json.loads(line) for line in target.read_text("utf-8").splitlines()]


def chunk(text: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(text), text)


def opened(server: Server, path: str = "/v1/bulk") -> socket.socket:
    """A connection on which a population is being sent."""
    found = socket.create_connection(("127.0.0.1", server.port), 20)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/x-ndjson\r\n"
    found.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n")
    return found


def until(connection: socket.socket, wanted: bytes) -> bytes:
    found = b""
    while wanted not in found:
        part = connection.recv(65536)
        assert part, found
        found += part
    return found


def test_lines_are_answered_while_others_are_still_to_come_and_a_client_that_goes_is_forgotten(server: Server) -> None:
    line = json.dumps(case_of(LATE)).encode() + b"\n"
    with opened(server) as connection:
        for _ in range(3):
            connection.sendall(chunk(line[:100]))
            connection.sendall(chunk(line[100:]))
            # the application comes after the last day of validity: the answer ends with a note
            assert b'"case": "SH-2025-0107"' in until(connection, b'not at hand."}}]}\n\r\n')
        assert b"tiaoli_questions_in_progress 1\n" in server.client.get("/metrics").content
    deadline = time.monotonic() + 10
    while b"tiaoli_questions_in_progress 0\n" not in server.client.get("/metrics").content:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_line_that_is_too_long_is_told_in_its_place(server: Server) -> None:
    good = json.dumps(case_of(LATE)).encode()
    long = b'{"id": "' + b"x" * 90_000 + b'"}'
    body = b"\n".join([good, long, good, b"{" + b"y" * 20_001, good])
    answer = server.client.post("/v1/bulk", content=body, headers={"content-type": "application/x-ndjson"})
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert [item.get("line", item.get("case")) for item in found] == ["SH-2025-0107", 2, "SH-2025-0107", 4, "SH-2025-0107"]
    assert "--max-body" in found[1]["problems"][0]["reason"]["en"]


@pytest.mark.parametrize(
    ("query", "path"),
    [("benefit=care_rout", "benefit"), ("wy=true", "wy"), ("limit=0", "limit"), ("full=2", "full"), ("reading=limit_year", "reading")],
)
def test_a_misspelt_option_of_a_population_is_refused(server: Server, query: str, path: str) -> None:
    answer = server.client.post(f"/v1/bulk?{query}", content=b"{}\n", headers={"content-type": "application/x-ndjson"})
    assert problem(answer, 422, "request")["errors"][0]["path"] == path


# What is refused


def nested(levels: int) -> str:
    return '{"case": ' + "[" * levels + "]" * levels + "}"


@pytest.mark.parametrize(
    ("body", "status", "option"),
    [
        ('{"case": "' + "x" * 20_000 + '"}', 413, "--max-body"),
        (nested(9), 422, "--max-depth"),
        ('{"case": {"id": "a", "certificates": [' + ", ".join(["0"] * 41) + "]}}", 422, "--max-list"),
        ('{"case": {}, "limit": 31}', 422, "--time-limit"),
    ],
    ids=["body", "depth", "list", "time"],
)
def test_a_limit_is_refused_by_the_name_of_its_option(server: Server, body: str, status: int, option: str) -> None:
    found = problem(posted(server, "/v1/decide", body), status, "limit")
    assert found["limit"]["name"] == option
    assert option in found["detail"]
    assert problem(posted(server, "/v1/decide", nested(8)), 422, "case")


def test_too_many_populations_at_a_time_and_slow_clients_are_refused_by_name(server: Server) -> None:
    connections = [opened(server, "/v1/bulk") for _ in range(3)]
    try:
        time.sleep(0.3)
        answer = server.client.post("/v1/bulk", content=b"{}\n", headers={"content-type": "application/x-ndjson"})
        assert problem(answer, 429, "limit")["limit"]["name"] == "--max-concurrent"
        assert answer.headers["retry-after"] == "1"
        for connection in connections:
            assert b"--client-timeout" in until(connection, b"--client-timeout")
    finally:
        for connection in connections:
            connection.close()
    assert server.client.post("/v1/decide", json={"case": case_of(LATE), "full": False}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "kind", "inside", "path"),
    [
        ({"case": {"id": "A", "applied_on": "2025-02-30"}}, 422, "case", "case", "applied_on"),
        ('{"case": {"id": "A", "certificates": [{"id": "c1", "level": 1, "level": 2}]}}', 422, "case", "case", "certificates.c1.level"),
        ({"case": {"id": "A", "applied_on": "2025-02-01", "person": {"statuss": "other"}}}, 422, "case", "case", "person.statuss"),
        ({"case": {"id": "A\ud800", "applied_on": "2025-02-01"}}, 422, "case", "case", "id"),
        ({"case": 3}, 422, "case", "case", ""),
        ({}, 422, "request", "request", "case"),
        ({"case": {}, "benefits": "care_route"}, 422, "request", "request", "benefits"),
        ({"case": {}, "limit": 0}, 422, "request", "request", "limit"),
        ({"case": {}, "limit": -1}, 422, "request", "request", "limit"),
        ({"case": {}, "limit": True}, 422, "request", "request", "limit"),
        ({"case": {}, "limit": "5"}, 422, "request", "request", "limit"),
        ('{"case": {}, "limit": 1e999}', 422, "request", "request", "limit"),
        ('{"case": {}, "limit": NaN}', 422, "request", "request", "limit"),
        ({"case": {}, "policy": "hrss"}, 422, "request", "request", "policy"),
        ('{"case": {}, "case": {}}', 422, "request", "request", "case"),
        ("[]", 422, "request", "request", ""),
        (b'{"case": "\xff"}', 400, "syntax", "request", "body:1"),
        ('{"case": {}', 400, "syntax", "request", "body:1:12"),
        ("id: A", 400, "syntax", "request", "body:1:1"),
        ("", 400, "syntax", "request", "body"),
    ],
)  # fmt: skip
def test_bad_input_is_told_by_its_own_path(server: Server, body: Any, status: int, kind: str, inside: str, path: str) -> None:
    text = json.dumps(body) if isinstance(body, dict) else body
    found = problem(posted(server, "/v1/decide", text), status, kind)
    assert (found["errors"][0]["in"], found["errors"][0]["path"]) == (inside, path)
    chinese = posted(server, "/v1/decide", text, **{"accept-language": "zh-CN, en;q=0.5"}).json()
    assert chinese["detail"] == found["statement"]["zh"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"employments.e1.id": "e2"}, "employments.e1.id"),
        ({"certificates.c1.id": "c2"}, "certificates.c1.id"),
        ({"certificates": [{"id": "c2"}]}, "c1"),
        ({"certificates": []}, "c1"),
        ({"employments.e1.registry": {}, "employments.e1.registry.in_post": True}, "employments.e1.registry.in_post"),
    ],
)
def test_what_is_no_fact_is_not_set(server: Server, changes: dict[str, Any], path: str) -> None:
    text = json.dumps({"case": case_of(LATE), "benefit": "care_route", "set": changes})
    found = problem(posted(server, "/v1/what-if", text), 422, "case")
    assert found["errors"][0]["path"] == path


def test_a_mark_of_byte_order_is_no_part_of_a_body(server: Server) -> None:
    text = json.dumps({"case": case_of(LATE), "full": False}).encode()
    assert posted(server, "/v1/decide", b"\xef\xbb\xbf" + text).json() == posted(server, "/v1/decide", text).json()


def test_every_address_that_is_read_answers_a_head(server: Server) -> None:
    described = server.client.get("/openapi.json").json()["paths"]
    read = [path for path, methods in described.items() if "get" in methods]
    assert len(read) >= 8
    for path in (*read, "/", "/openapi.json"):
        address = path.replace("{clause}", "3")
        head, whole = server.client.head(address), server.client.get(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-type"] == whole.headers["content-type"]
    assert all("head" not in methods for methods in described.values())
    assert server.client.head("/v1/decide").status_code == 405


def test_other_addresses_methods_and_types_are_problems_too(server: Server) -> None:
    client = server.client
    problem(client.get("/v2/decide"), 404, "not-found")
    problem(client.get("/v1/clauses/99"), 404, "not-found")
    assert problem(client.get("/v1/decide"), 405, "method")
    assert problem(client.get("/v1/notice?polcy=x"), 422, "request")["errors"][0]["path"] == "polcy"
    assert problem(client.get("/v1/findings?lang=fr"), 422, "request")["errors"][0]["path"] == "lang"
    problem(client.post("/v1/decide", content=b"{}", headers={"content-type": "text/plain"}), 415, "media-type")
    problem(client.post("/v1/bulk", content=b"{}", headers={"content-type": "application/json"}), 415, "media-type")


def test_the_token_is_asked_for_where_there_is_something_to_ask(server: Server) -> None:
    with httpx.Client(base_url=server.client.base_url, trust_env=False) as stranger:
        for path in ("/v1/notice", "/metrics"):
            for headers in ({}, {"authorization": "Bearer s3cret-tokem"}, {"authorization": TOKEN}):
                answer = stranger.get(path, headers=headers)
                assert problem(answer, 401, "token")
                assert answer.headers["www-authenticate"] == "Bearer"
        problem(stranger.post("/v1/decide", json={}), 401, "token")
        assert stranger.get("/health").status_code == 200


def test_every_answer_says_that_nothing_comes_from_elsewhere(server: Server) -> None:
    for path in ("/health", "/v1/notice", "/nowhere"):
        headers = server.client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert headers["x-content-type-options"] == "nosniff"


# Beside the answers


def test_requests_problems_and_lines_are_counted(server: Server) -> None:
    def value(name: str) -> float:
        found = re.search(rf"^{re.escape(name)} (\S+)$", server.client.get("/metrics").text, re.MULTILINE)
        return float(found[1]) if found else 0

    refused = 'tiaoli_requests_total{method="POST",route="/v1/decide",status="413"}'
    large = 'tiaoli_problems_total{kind="limit",limit="--max-body"}'
    lines = 'tiaoli_bulk_lines_total{result="rejected"}'
    before = [value(name) for name in (refused, large, lines)]
    posted(server, "/v1/decide", b" " * 20_001)
    server.client.post("/v1/bulk", content=b"{}\n{}\n", headers={"content-type": "application/x-ndjson"})
    assert [value(name) for name in (refused, large, lines)] == [before[0] + 1, before[1] + 1, before[2] + 2]
    count = value('tiaoli_request_seconds_count{route="/v1/decide"}')
    assert count == value('tiaoli_request_seconds_bucket{route="/v1/decide",le="+Inf"}') > 0
    assert value("tiaoli_workers_alive") == 2


def test_nothing_of_a_case_is_logged(server: Server) -> None:
    case = {"id": SECRET, "applied_on": "2025-02-01", "person": {"status": SECRET}, SECRET: SECRET}
    for body in (json.dumps({"case": case}), SECRET, f'{{"case": {{"id": "{SECRET}", "id": 1}}}}'):
        for path in (f"/v1/decide?{SECRET}={SECRET}", f"/v1/{SECRET}", f"/{SECRET}", "/v1/decide", "/v1/bulk"):
            posted(server, path, body)
        server.client.post("/v1/bulk", content=f"{body}\n".encode(), headers={"content-type": "application/x-ndjson"})
    server.client.get(f"/v1/clauses/{SECRET}")
    server.client.request(SECRET, "/v1/decide")
    log = server.log.read_text("utf-8")
    assert "POST /v1/decide 422" in log
    assert SECRET not in log
    assert TOKEN not in log


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [("", "en"), ("zh", "zh"), ("en, zh", "en"), ("en;q=0.4, zh-Hans;q=0.6", "zh"), ("fr", "en"), ("zh;q=x, en;q=0", "en")],
)
def test_the_language_of_a_problem_is_the_one_put_first(accepted: str, chosen: str) -> None:
    assert preferred_language(accepted) == chosen


# Beginning and end


def test_a_running_question_is_answered_before_the_service_stops(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "1", "--no-findings") as server:
        body = json.dumps({"case": case_of(TWO), "reason": True})
        found: list[httpx.Response] = []
        asking = threading.Thread(target=lambda: found.append(posted(server, "/v1/decide", body)))
        asking.start()
        while b"tiaoli_questions_in_progress 1\n" not in httpx.get(f"{server.client.base_url}metrics", trust_env=False).content:
            assert asking.is_alive()
        server.process.send_signal(signal.SIGTERM)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        asking.join()
        assert found[0].status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.client.base_url}health", trust_env=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--host", "0.0.0.0"), "--without-token"),
        (("--host", "::"), "--without-token"),
        (("--host", "192.0.2.1", "--without-token"), "cannot be used"),
        (("--token", "a b"), "ASCII"),
        (("--token", "a", "--token-file", "b"), "given twice"),
        (("--token-file", "/nowhere/token"), "cannot be read"),
        (("--policy", "hrss", "--port", "0"), "hrss-2024-20"),
        (("--findings", "/nowhere/findings.json", "--port", "0"), "cannot be read"),
        (("--findings", LATE, "--port", "0"), "not JSON"),
        (("--reading", "limit_yaer=rolling", "--port", "0"), "did you mean `limit_year`"),
        (("--max-body", "0"), "--max-body"),
    ],
)
def test_a_service_that_cannot_be_as_asked_for_does_not_start(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert run(["serve", *arguments, "--lang", "en"]) == 2
    assert message in capsys.readouterr().err
