"""One policy for a server's life: whatever becomes of the files, every worker answers by what was read at the start."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from mcp import Client, StdioServerParameters

from support.paths import ROOT

NAME = "hrss-2024-20"
CASE = {
    "id": "A",
    "applied_on": "2025-06-01",
    "person": {"status": "unemployed"},
    "certificates": [
        {
            "id": "c1",
            "kind": "special_ability",
            "domain": "ai_data_annotation",
            "issued": "2025-03-01",
            "meets_city_rules": True,
            "payment_percent": 100,
        }
    ],
}
QUESTION = {"case": CASE, "benefit": "special_ability"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the shipped policy to change."""
    for part in ("policy", "encodings"):
        shutil.copytree(ROOT / part / NAME, tmp_path / part / NAME)
    return tmp_path


def change(root: Path) -> None:
    """Another number, other words, and a rule file that no one can read."""
    parameters = root / "policy" / NAME / "parameters.toml"
    parameters.write_text(parameters.read_text("utf-8").replace('"1000.00"', '"1300.00"'), "utf-8")
    (root / "encodings" / NAME / "c02_special.lp").write_text("met(.", "utf-8")


def commands(process: int) -> dict[int, str]:
    """The children of a process, with what they were started by."""
    found = subprocess.run(["ps", "-ww", "-o", "pid=,args=", "--ppid", str(process)], capture_output=True, text=True, check=False)
    return {int(number): words for number, words in (line.split(maxsplit=1) for line in found.stdout.splitlines())}


def killed_and_replaced(process: int) -> None:
    """Kill every worker, and wait until others stand in their places."""
    before = [child for child, command in commands(process).items() if "spawn_main" in command]
    assert before
    for child in before:
        os.kill(child, signal.SIGKILL)
    for _ in range(300):
        after = [child for child, command in commands(process).items() if "spawn_main" in command and child not in before]
        if len(after) >= len(before):
            return
        time.sleep(0.05)
    raise AssertionError("no worker came in their place")


@pytest.fixture
def service(root: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    command = [sys.executable, "-m", "tiaoli", "serve", "--port", "0", "--no-findings", "--workers", "2", "--lang", "en"]
    process = subprocess.Popen([*command, "--policy-root", str(root), "--log", os.devnull], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        address = process.stderr.readline().split()[-1]
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as client:
            yield process, client
    finally:
        process.kill()
        process.communicate()


def decided(client: httpx.Client) -> tuple[str, str]:
    found = client.post("/v1/decide", json=QUESTION).raise_for_status().json()
    return found["policy_digest"], found["decisions"][0]["amount"]


def line(client: httpx.Client, reading: str) -> tuple[str, str]:
    content = json.dumps(CASE) + "\n"
    headers = {"content-type": "application/x-ndjson"}
    found = client.post("/v1/bulk", params={"reading": reading}, content=content, headers=headers).raise_for_status()
    answer = json.loads(found.text)
    return answer["policy_digest"], next(item["amount"] for item in answer["decisions"] if item["benefit"] == "special_ability")


def test_a_service_answers_by_the_policy_it_was_started_with(service: tuple[subprocess.Popen[str], httpx.Client], root: Path) -> None:
    process, client = service
    first = decided(client)
    assert first[1] == "1000.00"
    change(root)
    killed_and_replaced(process.pid)
    assert {decided(client) for _ in range(4)} == {first}
    assert {line(client, f"limit_year={option}") for option in ("calendar", "rolling")} == {first}
    health = client.get("/health").json()
    assert (health["status"], health["policies"][0]["digest"]) == ("ok", first[0])
    # nothing is left of the files, and the service knows what it read
    shutil.rmtree(root / "policy")
    killed_and_replaced(process.pid)
    assert {decided(client) for _ in range(4)} == {first}
    assert client.get("/v1/notice").json()["sentences"]


def test_an_assistants_server_answers_by_the_policy_it_was_started_with(root: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "tiaoli", "mcp", "--policy-root", str(root), "--lang", "en"],
        cwd=ROOT,
        env=dict(os.environ),
    )
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(Client(command)) as client:

        def call(name: str, **arguments: Any) -> Any:
            return portal.call(client.call_tool, name, arguments).structured_content

        first = call("decide", **QUESTION)
        (server,) = [child for child, words in commands(os.getpid()).items() if "tiaoli mcp" in words and str(root) in words]
        change(root)
        killed_and_replaced(server)
        assert call("decide", **QUESTION) == first
        assert first["decisions"][0]["amount"] == "1000.00"
        assert call("notice", clause="二")["sentences"]
