"""A population through `tiaoli bulk`: every line answered or named, in order, whatever stops the run in between.

`HYPOTHESIS_PROFILE=thorough pytest tests/rooms/populations/test_bulk.py` puts one bad line among a million.
"""

import io
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from support import strategies, tiers
from support.cases import read_case
from support.command import Cli, process
from support.stopping import StoppedError, stop_after
from tiaoli import CallError, InternalError, Oracle
from tiaoli.decide.answer import Decision
from tiaoli.populations import json_lines as bulk
from tiaoli.populations import line_decider as lines
from tiaoli.populations import resumable_output as journal
from tiaoli.populations.bulk_job import BulkJob, BulkOptions
from tiaoli.populations.line_decider import DecidedLines, LineDecider, Sample
from tiaoli.populations.totals import Totals
from tiaoli.terminal import answer_text as render

Item = dict[str, Any]
TINY = b'{"id": "a", "applied_on": "2025-06-01"}\n'


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    return Cli(capsys)


def population(number: int, seed: str = "bulk", unknown: float = 0.0) -> list[Item]:
    """Random cases with ids of their own."""
    rng = random.Random(seed)
    sections = [strategies.PERSONAL, strategies.SECTIONS]
    return [{**strategies.random_case(rng, sections=sections[i % 2], unknown=unknown * (i % 7 == 0)), "id": f"n{i}"} for i in range(number)]


def write(path: Path, cases: list[Item]) -> Path:
    path.write_text("".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases), "utf-8")
    return path


def read(path: Path) -> list[Item]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# Answers


def test_every_line_is_answered_as_the_oracle_answers_it_in_order(oracle: Oracle, cli: Cli, tmp_path: Path) -> None:
    cases = population(120, unknown=0.05)
    ran = cli("bulk", str(write(tmp_path / "in.jsonl", cases)), "-o", str(tmp_path / "out.jsonl"), "--json")
    assert ran.code == 0
    assert (tmp_path / "out.jsonl").read_text("utf-8").splitlines() == [
        json.dumps(oracle.decide(case, engine="clingo").to_json(), ensure_ascii=False) for case in cases
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.jsonl", "out.jsonl"]
    summary = json.loads(ran.out)
    assert (summary["lines"], summary["cases"], summary["rejected"]) == (120, 120, 0)
    assert 0 < summary["exact"] < 30


def test_readings_benefits_and_reasons(oracle: Oracle, cli: Cli, tmp_path: Path) -> None:
    cases = population(40)
    arguments = ["--reading", "limit_year=rolling", "--benefit", "care_route", "--benefit", "training_scope", "--why"]
    assert cli("bulk", str(write(tmp_path / "in", cases)), "-o", str(tmp_path / "out"), *arguments).code == 0
    unmet = Counter[str]()
    for case, answer in zip(cases, read(tmp_path / "out"), strict=True):
        expected = oracle.decide(case, readings={"limit_year": "rolling"}, engine="clingo").to_json()
        wanted = [found for found in expected["decisions"] if found["benefit"] in ("care_route", "training_scope")]
        reasons = [decision.pop("unmet", None) for decision in answer["decisions"]]
        assert answer == {**expected, "decisions": wanted}
        for decision, reason in zip(wanted, reasons, strict=True):
            named = [condition["id"] for condition in decision["conditions"] if condition["status"] == "unmet"]
            assert [found["id"] for found in reason or []] == (named if decision["outcome"] == "not_eligible" else [])
            unmet.update(f"{decision['benefit']} {found['id']} {found['clauses'][0]}" for found in reason or [])
            assert all(found["statement"]["zh"] and found["statement"]["en"] for found in reason or [])
    assert unmet["care_route annual_limit （十）"] > 0
    assert unmet["training_scope practitioner （五）"] > 0


def test_full_answers(oracle: Oracle, cli: Cli, tmp_path: Path) -> None:
    cases = population(3, seed="full")
    assert cli("bulk", str(write(tmp_path / "in", cases)), "-o", str(tmp_path / "out"), "--full").code == 0
    assert read(tmp_path / "out") == [oracle.decide(case, full=True).to_json() for case in cases]


def test_the_summary_counts_what_the_answers_say(oracle: Oracle, cli: Cli, tmp_path: Path) -> None:
    cases = population(80, unknown=0.03)
    ran = cli("bulk", str(write(tmp_path / "in", cases)), "-o", str(tmp_path / "out"), "--json")
    decisions = [decision for answer in read(tmp_path / "out") for decision in answer["decisions"]]
    found = json.loads(ran.out)["benefits"]
    for benefit in oracle.policy.benefits.values():
        own = [decision for decision in decisions if decision["benefit"] == benefit.id]
        outcomes = Counter(decision["outcome"] for decision in own)
        assert {name: found[benefit.id][name] for name in ("eligible", "not_eligible", "unknown")} == {
            name: outcomes[name] for name in ("eligible", "not_eligible", "unknown")
        }
        money = sum((Decimal(decision["amount"] or 0) for decision in own), Decimal(0))
        assert found[benefit.id]["amount"] == (f"{money:.2f}" if benefit.has_amount else None)
        refused = [[c["id"] for c in d["conditions"] if c["status"] == "unmet"] for d in own if d["outcome"] == "not_eligible"]
        for reason in found[benefit.id]["reasons"]:
            assert reason["unmet"] == sum(reason["condition"] in unmet for unmet in refused)
            assert reason["alone"] == sum(unmet == [reason["condition"]] for unmet in refused)
        assert {name: sum(month.get(name, 0) for month in found[benefit.id]["months"].values()) for name in outcomes} == outcomes
        counts = [reason["unmet"] for reason in found[benefit.id]["reasons"]]
        assert counts == sorted(counts, reverse=True)
    text = cli("bulk", str(tmp_path / "in"), "-o", str(tmp_path / "out")).out
    assert "80 lines, 80 cases decided" in text
    assert "annual_limit" in text
    assert "申请" in cli("bulk", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--lang", "zh").out


# Bad lines


GOOD = '{"id": "good", "applied_on": "2025-06-01"}'
BAD = {
    b"{": ("", "not JSON"),
    b"id: yaml": ("", "a line holds one JSON object"),
    b"[]": ("", "a line holds one JSON object"),
    b"\xff\xfe": ("", "not UTF-8"),
    b'{"id": "a", "applied_on": "2025-02-30"}': ("applied_on", "no day of the calendar"),
    b'{"id": "a", "applied_on": "2025-06-01", "applied_on": "2025-06-01"}': ("applied_on", "stands twice"),
    b'{"id": "a\\u003a", "applied_on": "2025-06-01", "id": "a\\u003a"}': ("id", "stands twice"),
    b'{"id": "a", "applied_on": "2025-06-01", "person": {"status": "employd"}}': ("person.status", "did you mean `employed`"),
    b'{"id": "a", "applied_on": "2025-06-01", "certificates": [{"id": "c1", "issued": null}]}': (
        "certificates.c1.issued",
        "null means nothing",
    ),
    b'{"id": NaN, "applied_on": "2025-06-01"}': ("id", "text is wanted"),
    b'{"id": ' + b"[" * 5000 + b"]" * 5000 + b"}": ("", "nested deeper"),
    b'{"id": ' + b"9" * 5000 + b"}": ("id", "text is wanted"),
    b'{"id": "a", "applied_on": "2025-06-01"} {}': ("", "not JSON"),
}


def test_bad_lines_are_named_and_good_ones_answered(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"\n".join(line for bad in BAD for line in (bad, b"", GOOD.encode())))
    ran = cli("bulk", str(tmp_path / "in"), "-o", str(tmp_path / "out"))
    assert ran.code == 2
    assert [answer["case"] for answer in read(tmp_path / "out")] == ["good"] * len(BAD)
    rejects = read(tmp_path / "out.rejects.jsonl")
    assert [found["line"] for found in rejects] == [3 * number + 1 for number in range(len(BAD))]
    for found, (path, message) in zip(rejects, BAD.values(), strict=True):
        problem = found["problems"][0]
        assert problem["path"] == path, found
        assert message in problem["reason"]["en"], found
        assert problem["reason"]["zh"]
    assert f"{len(BAD)} lines hold no case, see {tmp_path / 'out.rejects.jsonl'}" in " ".join(ran.out.split("\n"))


def test_a_line_that_is_too_long_costs_no_memory_and_no_neighbour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 5000)
    monkeypatch.setattr(bulk, "LONGEST", 5000)
    (tmp_path / "in").write_bytes(TINY + b'{"id": "' + b"x" * 3_000_000 + b'"}\n' + TINY)
    tally = bulk.run_json_lines(BulkJob(Oracle(), tmp_path / "in", tmp_path / "out", tmp_path / "bad"))
    assert (tally.lines, tally.cases, tally.rejected) == (3, 2, 1)
    assert read(tmp_path / "bad")[0]["line"] == 2
    assert "16 MB" in read(tmp_path / "bad")[0]["problems"][0]["reason"]["en"]


@tiers.sized(20_000, 20_000, 1_000_000)
def test_one_bad_line_among_many(tmp_path: Path, size: int) -> None:
    number = size
    with (tmp_path / "in").open("wb") as file:
        for line in range(1, number + 1):
            file.write(b'{"id": "a", "applied_on": "2025-06-31"}\n' if line == number - 77 else TINY)
    tally = bulk.run_json_lines(BulkJob(Oracle(), tmp_path / "in", tmp_path / "out"))
    assert (tally.lines, tally.cases, tally.rejected) == (number, number - 1, 1)
    assert [found["line"] for found in read(tmp_path / "out.rejects.jsonl")] == [number - 77]
    with (tmp_path / "out").open("rb") as file:
        assert sum(1 for _ in file) == number - 1


def test_no_stale_rejects_are_left(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"{\n")
    assert cli("bulk", str(tmp_path / "in"), "-o", str(tmp_path / "out")).code == 2
    (tmp_path / "in").write_bytes(TINY)
    assert cli("bulk", str(tmp_path / "in"), "-o", str(tmp_path / "out")).code == 0
    assert not (tmp_path / "out.rejects.jsonl").exists()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf" + TINY])
def test_an_empty_input_and_a_mark_at_its_beginning(cli: Cli, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in").write_bytes(content)
    assert cli("bulk", str(tmp_path / "in"), "-o", str(tmp_path / "out")).code == 0
    assert len(read(tmp_path / "out")) == content.count(b"id")


# Runs that are stopped


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short portions, each noted."""
    monkeypatch.setattr(bulk, "LINES", 7)
    monkeypatch.setattr(bulk, "NOTE_SECONDS", -1.0)


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize("stop", tiers.some([1, 2, 5, 9], [5]))
def test_a_run_that_was_stopped_goes_on_without_loss_or_repetition(tmp_path: Path, stop: int) -> None:
    cases = population(60)
    source = write(tmp_path / "in", cases)
    with source.open("ab") as file:
        file.write(b"{\n")
    whole, stopped = BulkJob(Oracle(), source, tmp_path / "whole"), BulkJob(Oracle(), source, tmp_path / "out")
    tally = bulk.run_json_lines(whole)
    with pytest.raises(StoppedError):
        bulk.run_json_lines(stopped, stop_after(stop))
    assert not (tmp_path / "out").exists()
    if stop < 2:
        # nothing was noted yet: there is nothing to go on with, and a fresh start needs no permission
        assert not (tmp_path / "out.part").exists()
        assert bulk.run_json_lines(stopped) == tally
    else:
        with (tmp_path / "out.part").open("ab") as file:
            file.write(b'{"written after the last note": ')
        with pytest.raises(CallError, match=r"--resume goes on where it stopped"):
            bulk.run_json_lines(stopped)
        assert bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "out", resume=True)) == tally
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()
    assert (tmp_path / "out.rejects.jsonl").read_bytes() == (tmp_path / "whole.rejects.jsonl").read_bytes()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"in", "out", "out.rejects.jsonl", "whole", "whole.rejects.jsonl"}


@pytest.mark.usefixtures("noted")
def test_what_cannot_be_gone_on_with_is_said(tmp_path: Path) -> None:
    source = write(tmp_path / "in", population(30))
    with pytest.raises(CallError, match="no run to go on with"):
        bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "out", resume=True))
    with pytest.raises(StoppedError):
        bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "out"), stop_after(3))
    for other, what in (
        (BulkJob(Oracle(readings={"limit_year": "rolling"}), source, tmp_path / "out", resume=True), "readings"),
        (BulkJob(Oracle(), source, tmp_path / "out", resume=True, options=BulkOptions(why=True)), "options"),
        (BulkJob(Oracle(), write(tmp_path / "other", population(29)), tmp_path / "out", resume=True), "input"),
    ):
        with pytest.raises(CallError, match=f"another {what}"):
            bulk.run_json_lines(other)
    (tmp_path / "out.part").write_bytes(b"")
    with pytest.raises(CallError, match="shorter than was noted"):
        bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "out", resume=True))
    (tmp_path / "out.state").write_bytes(b"{")
    with pytest.raises(CallError, match="--restart begins again"):
        bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "out", resume=True))
    assert bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "out", restart=True)).cases == 30


def test_a_run_that_ended_between_its_last_steps_is_put_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "in", population(5))

    def stopped(_: object) -> None:
        raise StoppedError

    with monkeypatch.context() as patch:
        patch.setattr(journal.ResumableOutput, "_place", stopped)
        with pytest.raises(StoppedError):
            bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "out"))
    with pytest.raises(CallError, match="the result is in place"):
        bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "out", resume=True))
    assert len(read(tmp_path / "out")) == 5
    assert {path.name for path in tmp_path.iterdir()} == {"in", "out"}


SLOW = (
    "import sys; from tiaoli import cli; from tiaoli.populations import json_lines as bulk;"
    " bulk.NOTE_SECONDS = 0.0; bulk.LINES = 20; sys.exit(cli.run(sys.argv[1:]))"
)


@pytest.mark.parametrize("workers", tiers.some([1, 2], []))
def test_kill_9_in_the_middle_loses_and_repeats_nothing(tmp_path: Path, workers: int) -> None:
    source = write(tmp_path / "in", population(300) * 12)
    bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "whole"))
    arguments = ["bulk", str(source), "-o", str(tmp_path / "out"), "--workers", str(workers)]
    child = subprocess.Popen([sys.executable, "-c", SLOW, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    state = tmp_path / "out.state"
    deadline = time.monotonic() + 60
    while not (state.exists() and (json.loads(state.read_bytes()).get("position") or {}).get("line", 0) > 200):
        assert time.monotonic() < deadline
        assert child.poll() is None
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not (tmp_path / "out").exists()
    ran = process(*arguments, "--resume", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["cases"] == 3600
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()


def test_a_full_disk_is_said_and_the_run_goes_on_after_it(tmp_path: Path) -> None:
    source = write(tmp_path / "in", population(200))
    bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "whole"))
    # files of this process may not grow beyond so many bytes, as if the disk were full
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, {resource.RLIM_INFINITY})); {SLOW}"
    arguments = ["bulk", str(source), "-o", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-c", limited, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "--resume" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert process(*arguments, "--resume").code == 0
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_device_that_is_full(cli: Cli, tmp_path: Path) -> None:
    source = write(tmp_path / "in", population(3))
    ran = cli("bulk", str(source), "-o", "/dev/full", "--rejects", str(tmp_path / "bad"))
    assert ran.code == 2
    assert "/dev/full: cannot be written" in ran.err


# Ways in and out


def test_standard_input_and_output(tmp_path: Path) -> None:
    cases = population(6)
    text = "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
    ran = process("bulk", "-", "-o", "-", "--rejects", str(tmp_path / "bad"), stdin=text)
    assert ran.code == 0
    assert [json.loads(line)["case"] for line in ran.out.splitlines()] == [case["id"] for case in cases]
    assert "6 lines, 6 cases decided" in ran.err
    assert not (tmp_path / "bad").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing", "-o", "out"], "cannot be read"),
        ([".", "-o", "out"], "this is a directory"),
        (["in", "-o", "."], "this is a directory"),
        (["in", "-o", "none/out"], "cannot be written"),
        (["-", "-o", "out", "--resume"], "standard input cannot be read from the middle"),
        (["in", "-o", "-", "--resume"], "only a result in a file"),
        (["in", "-o", "out", "--benefit", "care_rout"], "did you mean `care_route`"),
        (["in", "-o", "out", "--workers", "0"], "workers"),
    ],
)
def test_calls_that_cannot_be(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").write_bytes(TINY)
    ran = cli("bulk", *arguments)
    assert ran.code == 2
    assert message in ran.err


def test_several_processes_give_the_same_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "LINES", 30)
    source = write(tmp_path / "in", population(200, unknown=0.02))
    one = bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "one", options=BulkOptions(why=True)))
    two = bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "two", options=BulkOptions(why=True), workers=2))
    assert one == two
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def die(_: bulk.Chunk) -> DecidedLines:
    """What a worker does where memory runs out."""
    os._exit(9)


def make_dying(*_: object, **__: object) -> Callable[[bulk.Chunk], DecidedLines]:
    return die


def test_a_worker_that_dies_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "in", population(10))
    monkeypatch.setattr(bulk, "make_line_decider", make_dying)
    with pytest.raises(CallError, match="a worker process ended; go on with --resume"):
        bulk.run_json_lines(BulkJob(Oracle(), source, tmp_path / "out", workers=2))


def test_errors_cross_processes_whole() -> None:
    import pickle

    from tiaoli.base.errors import Problem
    from tiaoli.base.statement import Statement

    error = InternalError([Problem("line 3", Statement("甲", "a"))], {"id": "A"})
    again = pickle.loads(pickle.dumps(error))
    assert (again.problems, again.case, str(again)) == (error.problems, {"id": "A"}, "line 3: a")
    other = pickle.loads(pickle.dumps(CallError.one("x", "甲", "a")))
    assert (type(other), other.problems) == (CallError, (Problem("x", Statement("甲", "a")),))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not say what a process used")
@tiers.slow
def test_memory_does_not_grow_with_the_number_of_cases(tmp_path: Path) -> None:
    def peak(lines: int, before: str = "pass") -> int:
        """The most memory that a run of its own had, in KiB."""
        (tmp_path / "in").write_bytes(TINY * lines)
        # not `ru_maxrss`, which begins with what the parent had
        after = "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
        imports = "import sys; from tiaoli import cli; from tiaoli.populations import resumable_output as journal"
        code = f"{imports}; {before}; cli.run(sys.argv[1:]); {after}"
        arguments = ["bulk", str(tmp_path / "in"), "-o", str(tmp_path / "out")]
        done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
        return int(done.stdout.split()[-1])

    few = peak(2_000)
    assert peak(30_000) - few < 4_000
    # and a run that keeps its answers is seen to
    keeping = "kept, write = [], journal.ResumableOutput.append"
    keeping += "; journal.ResumableOutput.append = lambda self, *found: (kept.append(found), write(self, *found))[1]"
    assert peak(30_000, keeping) - few > 4_000


# The check by clingo


def test_a_difference_stops_the_run_and_saves_the_case(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the compiled rules to grant what clingo refuses, nothing would be written."""
    from tiaoli.compiled import decider as compiled

    true = compiled.CompiledRules._decision

    def wrong(self: Any, benefit: Any, item: str, found: Any, facts: Any) -> Decision:
        met, granted, *rest = found
        return true(self, benefit, item, (met, granted or benefit.id == "care_route", *rest), facts)

    source = write(tmp_path / "in", population(25))
    monkeypatch.setattr(compiled.CompiledRules, "_decision", wrong)
    ran = cli("bulk", str(source), "-o", str(tmp_path / "out"))
    assert ran.code == 4
    assert "answer differently" in ran.err
    assert "the case is saved in" in ran.err
    saved = Path(ran.err.split("the case is saved in ")[1].strip())
    assert read_case(json.loads(saved.read_text("utf-8"))).facts["certificates"]
    saved.unlink()
    assert not (tmp_path / "out").exists()


def test_the_first_of_each_kind_and_a_random_few_are_decided_again(oracle: Oracle) -> None:
    cases = population(400)
    raw = [json.dumps(case).encode() for case in cases]
    found = LineDecider(oracle, BulkOptions()).decide(1, raw)
    assert [sample.line for sample in found.random][:20] == list(range(1, 21))
    kinds = {
        (d.benefit, d.outcome, bool(d.gap), tuple(c.status for c in d.conditions)) for case in cases for d in oracle.decide(case).decisions
    }
    assert len(found.kinds) == len(kinds) > 100
    decider = LineDecider(oracle, BulkOptions())
    decider.check_again([*found.random, *list(found.kinds.values())[:20]])
    spoilt = found.random[3]._replace(answer=found.random[3].answer.replace("unmet", "met", 1))
    with pytest.raises(InternalError, match="line 4: the compiled rules and clingo answer differently") as caught:
        decider.check_again([*found.random[:3], spoilt])
    assert caught.value.case == read_case(cases[3]).to_json()


def test_an_answer_that_a_sample_no_longer_has_is_a_difference(oracle: Oracle) -> None:
    """A line that clingo would leave unknown can be no sample of the compiled rules."""
    line = b'{"id": "a", "applied_on": "2025-06-01", "certificates": [{"id": "c1"}]}'
    with pytest.raises(InternalError, match="answer differently"):
        LineDecider(oracle, BulkOptions()).check_again([Sample(1, line, "{}")])


# Counting and showing


def test_counts_survive_being_noted(oracle: Oracle) -> None:
    tally = Totals(lines=3)
    tally.add(oracle.decide(population(2)[1]).decisions, "2025-06-01")
    again = Totals.of(json.loads(json.dumps(tally.state())))
    assert again == tally
    again.merge(tally)
    assert again.lines == 6
    assert again.outcomes.total() == 2 * tally.outcomes.total() > 0


def test_a_report_is_one_page_that_people_can_read(oracle: Oracle, cli: Cli, tmp_path: Path) -> None:
    cases = population(60)
    arguments = ["bulk", str(write(tmp_path / "in", cases)), "-o", str(tmp_path / "out"), "--report", str(tmp_path / "report.html")]
    found = json.loads(cli(*arguments, "--json").out)
    text = (tmp_path / "report.html").read_text("utf-8")
    assert "://" not in text
    HTMLParser().feed(text)
    for name, numbers in found["benefits"].items():
        benefit = oracle.policy.benefits[name]
        assert benefit.statement.zh in text
        assert benefit.statement.en in text
        for reason in numbers["reasons"]:
            assert benefit.conditions[reason["condition"]].zh in text
            assert f"{reason['unmet']:,}" in text
        assert all(month in text for month in numbers["months"])
    assert cli(*arguments[:-1], str(tmp_path / "none" / "report.html")).code == 2


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_on_a_terminal_and_nothing_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with render.progress(stream, "en") as report:
            report(0, 0, 0, 1000)
            report(500, 2, 400, 1000)
    assert pipe.getvalue() == ""
    assert "500 lines" in terminal.getvalue()
    assert "2 rejected" in terminal.getvalue()
    assert "40%" in terminal.getvalue()
