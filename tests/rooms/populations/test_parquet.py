"""A population in Parquet: the same decisions as clingo's, a decision a row, whatever the rows look like and whatever stops the run."""

import json
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from notices.hrss_2024_20.engines import FENCED, random_readings, with_rules
from support import tiers
from support.cases import read_case
from support.command import Cli, process
from support.stopping import StoppedError, stop_after
from support.tables import arrow_value, batch, cases, write
from tiaoli import CallError, CaseError, InternalError, Oracle
from tiaoli.base import Problem, Statement
from tiaoli.compiled.column_arrays import OverflowingError
from tiaoli.compiled.fragment import OutsideError
from tiaoli.decide import Subject, assumed_for
from tiaoli.populations import parquet
from tiaoli.populations.arrow_decider import BatchDecider
from tiaoli.populations.arrow_rows import case_document, plain_rows
from tiaoli.populations.arrow_schema import IS_NULL, case_schema, decision_schema
from tiaoli.populations.bulk_job import BulkJob, BulkOptions

Item = dict[str, Any]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    return Cli(capsys)


def rows(oracle: Oracle, found: list[Item], readings: dict[str, str] | None = None) -> list[Item]:
    """What the rows of decisions must say."""
    wanted = []
    for case in found:
        answer = oracle.decide(case, readings=readings, engine="clingo")
        for decision in answer.decisions:
            statuses = {status: [c.id for c in decision.conditions if c.status == status] for status in ("met", "unmet", "unknown")}
            about = {"case": case["id"], "benefit": decision.benefit, "subject": decision.subject, "clause": decision.clause}
            about |= {"outcome": decision.outcome, "amount": decision.amount, "standard": decision.standard, "rate": decision.rate}
            assumed = assumed_for(oracle.encoding, answer.assumed, Subject(decision.benefit, decision.subject))
            wanted.append({**about, **statuses, "gap": list(decision.gap), "assumed": assumed})
    return wanted


@pytest.mark.parametrize("seed", tiers.seeds(1, 3))
def test_a_batch_is_decided_as_clingo_decides_its_cases(oracle: Oracle, seed: int) -> None:
    found = cases(70, str(seed), unknown=0.03)
    for case, row in zip(found, plain_rows(batch(oracle, found), np.arange(len(found)), case_schema(oracle.policy)), strict=True):
        assert read_case(case_document(row)) == read_case(case)
    readings = random_readings(random.Random(seed), oracle.policy)
    came = BatchDecider(Oracle(readings=readings)).decide(batch(oracle, found))
    assert came.decisions.schema == decision_schema(oracle.policy)
    assert came.decisions.to_pylist() == rows(oracle, found, readings)
    assert came.rejects == []
    assert 0 < came.totals.exact < 12


def test_each_row_names_the_absent_lists_that_it_can_rest_on(oracle: Oracle) -> None:
    person = {"status": "unemployed", "civil_servant": False, "public_institution_post": "none", "in_city_groups": False}
    base = {"applied_on": "2025-06-01", "person": {**person, "school_in_shanghai": False}}
    parties = ["employer", "employment_centre", "training_institution", "trainees"]
    held = {
        "sector": "elderly_care",
        "employer_in_shanghai": True,
        "plan_approved": True,
        "held_in": "shanghai",
        "agreement_parties": parties,
    }
    course = {**held, "starts": "2025-01-10", "ends": "2025-03-31"}
    classes = [{"id": "j", **course}, {"id": "k", **course, "trainees": []}, {"id": "l", **course}]
    certificate = {
        "id": "c1",
        "kind": "skill_level",
        "occupation_code": "4-10-01-05",
        "level": 4,
        "domain": "other",
        "issued": "2025-03-01",
        "meets_city_rules": True,
        "holder_status": "unemployed",
        "base_standard_cny": "1500.00",
        "payment_percent": 80,
    }
    came = BatchDecider(oracle).decide(
        batch(
            oracle,
            [
                {"id": "A", **base, "training_classes": classes},
                {"id": "B", **base, "certificates": [certificate], "applications": []},
                {"id": "C", **base, "certificates": [certificate], "employments": []},
            ],
        )
    )
    said = {(row["case"], row["benefit"], row["subject"]): row["assumed"] for row in came.decisions.to_pylist()}
    assert [said["A", "directed_training_first", name] for name in "jkl"] == [
        ["training_classes.j.trainees"],
        [],
        ["training_classes.l.trainees"],
    ]
    assert said["B", "care_route", "c1"] == ["employments"]
    assert said["B", "special_ability", "c1"] == []
    assert said["C", "care_route", "c1"] == ["applications"]
    assert came.totals.exact == 0


def test_the_counts_are_those_of_the_decisions_one_by_one(oracle: Oracle) -> None:
    from tiaoli.populations.totals import Totals

    found = cases(60, "counts")
    tally = Totals(lines=60, cases=60)
    for case in found:
        tally.add(oracle.decide(case).decisions, case["applied_on"])
    came = BatchDecider(oracle).decide(batch(oracle, found)).totals
    for name in ("outcomes", "money", "months", "unmet", "alone"):
        assert +getattr(came, name) == +getattr(tally, name)
    assert (came.lines, came.cases, came.exact) == (60, 60, 0)


def test_the_schema_is_the_case_formats_own_shape(oracle: Oracle) -> None:
    schema = case_schema(oracle.policy)
    assert schema.field("applied_on").type == pa.date32()
    employment = schema.field("employments").type.value_type
    assert {"end", "end_is_null", "registry", "registry_is_null"} <= {field.name for field in employment}
    assert "start_is_null" not in {field.name for field in employment}
    flags = {path for path in schema.names if path.endswith(IS_NULL)}
    assert flags == set()
    text = parquet.arrow_schemas(oracle.policy)
    assert "# cases" in text
    assert "amount: decimal128(18, 2)" in text


SPOILS: dict[str, Callable[[Item], None]] = {
    "certificates.c1.kind": lambda row: row["certificates"][0].update(kind="skil_level"),
    "certificates.c1.level": lambda row: row["certificates"][0].update(level=6),
    "certificates.c1.occupation_code": lambda row: row["certificates"][0].update(occupation_code="4-10-1-5"),
    "certificates.c1.issued": lambda row: row["certificates"][0].update(issued=date(1899, 12, 31)),
    "certificates.c1.base_standard_cny": lambda row: row["certificates"][0].update(base_standard_cny=Decimal("0.00")),
    "certificates[0].id": lambda row: row["certificates"][0].update(id="c 1"),
    "certificates[0]": lambda row: row.update(certificates=[None]),
    "employments.e1.end": lambda row: row["employments"][0].update(end=date(2020, 1, 1)),
    "employments.e1.registry": lambda row: row["employments"][0].update(registry_is_null=True),
    "employments.e1": lambda row: row["employments"].append(dict(row["employments"][0])),
    "id": lambda row: row.update(id=""),
    "applied_on": lambda row: row.update(applied_on=date(2200, 1, 1)),
    "training_classes.k1.agreement_parties[0]": lambda row: row.update(training_classes=[{"id": "k1", "agreement_parties": ["nobody"]}]),
}


def test_rows_that_hold_no_case_are_named_and_the_others_answered(oracle: Oracle, cli: Cli, tmp_path: Path) -> None:
    schema = case_schema(oracle.policy)
    record = {"system": "elderly_care", "worker_registered": True, "employer_registered": True, "in_post": True}
    job = {"employer_in_shanghai": True, "industry": "elderly_care", "post": "elderly_care", "start": "2025-02-10", "end": None}
    certificate = {"id": "c1", "kind": "skill_level", "occupation_code": "4-10-01-05", "level": 4, "issued": "2025-03-01"}
    good: Item = {"id": "good", "applied_on": "2025-06-01", "person": {"status": "employed"}, "applications": []}
    good |= {"certificates": [certificate], "employments": [{"id": "e1", **job, "registry": record}]}
    table = []
    for spoil in SPOILS.values():
        row = arrow_value(good, pa.struct(list(schema)))
        spoil(row)
        table += [row, arrow_value(good, pa.struct(list(schema)))]
    loose = pa.schema([field.with_nullable(True) for field in schema])
    pq.write_table(pa.Table.from_pylist(table, schema=loose), tmp_path / "in.parquet")
    ran = cli("bulk", str(tmp_path / "in.parquet"), "-o", str(tmp_path / "out.parquet"), "--benefit", "care_route", "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["cases"] == len(SPOILS)
    assert pq.read_table(tmp_path / "out.parquet").column("outcome").to_pylist() == ["eligible"] * len(SPOILS)
    named = [json.loads(line) for line in (tmp_path / "out.parquet.rejects.jsonl").read_text("utf-8").splitlines()]
    assert [found["row"] for found in named] == [2 * number + 1 for number in range(len(SPOILS))]
    assert [found["problems"][0]["path"] for found in named] == list(SPOILS)


def test_columns_that_are_not_there_are_absent(oracle: Oracle, tmp_path: Path) -> None:
    """At the top as well as inside: what a file leaves out is unknown, what it has too much is refused."""
    days = [date(2025, 6, 1)] * 2
    table = pa.table({"id": ["a", "b"], "applied_on": days, "engagements": [[{"id": "n1", "sector": "other"}], None]})
    pq.write_table(table, tmp_path / "in.parquet")
    assert parquet.run_parquet(BulkJob(Oracle(), tmp_path / "in.parquet", tmp_path / "out.parquet")).exact == 1
    case = {"id": "a", "applied_on": "2025-06-01", "engagements": [{"id": "n1", "sector": "other"}]}
    assert pq.read_table(tmp_path / "out.parquet").to_pylist() == rows(oracle, [case])
    table = pa.table({"id": ["a", "b"], "applied_on": days, "engagements": [[{"id": "n1", "sectr": "other"}], None]})
    pq.write_table(table, tmp_path / "in.parquet")
    with pytest.raises(CaseError, match=r"engagements\.sectr: the case format has no such key; did you mean `sector`"):
        parquet.run_parquet(BulkJob(Oracle(), tmp_path / "in.parquet", tmp_path / "out.parquet"))


@pytest.mark.parametrize(
    ("rows", "group", "few_words"),
    tiers.some([(1 << 17, 100, False), (100, 60, False), (100, 60, True), (100, 25, False), (40, 100, True)], [(100, 60, True)]),
)
def test_however_the_rows_lie_in_the_file(
    oracle: Oracle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, group: int, few_words: bool
) -> None:
    """Batches over the edge of a row group, and words that a dictionary has no room for, are read like any others."""
    found = cases(200, "groups")
    found[130]["certificates"] = [{"id": "c1"}, {"id": "c1"}]
    table = pa.Table.from_batches([batch(oracle, found)])
    pq.write_table(table, tmp_path / "one.parquet")
    pages = {"dictionary_pagesize_limit": 40, "data_page_size": 100, "write_batch_size": 10} if few_words else {}
    pq.write_table(table, tmp_path / "in.parquet", row_group_size=group, **pages)
    one, other = (
        BulkJob(Oracle(), tmp_path / f"{name}.parquet", tmp_path / f"{name}.out.parquet", tmp_path / f"{name}.bad")
        for name in ("one", "in")
    )
    whole = parquet.run_parquet(one)
    monkeypatch.setattr(parquet, "ROWS", rows)
    assert parquet.run_parquet(other).rejected == whole.rejected == 1
    assert pq.read_table(other.target) == pq.read_table(one.target)
    assert (tmp_path / "in.bad").read_bytes() == (tmp_path / "one.bad").read_bytes()


@pytest.mark.parametrize("stop", tiers.some([1, 2, 3], [2]))
def test_a_run_that_was_stopped_goes_on(oracle: Oracle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int) -> None:
    monkeypatch.setattr(parquet, "ROWS", 15)
    source = write(oracle, tmp_path / "in.parquet", cases(50, "stopped"))
    whole = parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "whole.parquet"))
    with pytest.raises(StoppedError):
        parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "out.parquet"), stop_after(stop))
    assert not (tmp_path / "out.parquet").exists()
    with pytest.raises(CallError, match="--resume goes on where it stopped"):
        parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "out.parquet"))
    with pytest.raises(CallError, match="another options"):
        parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "out.parquet", resume=True, options=BulkOptions(benefits=("care_route",))))
    assert parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "out.parquet", resume=True)) == whole
    assert pq.read_table(tmp_path / "out.parquet") == pq.read_table(tmp_path / "whole.parquet")
    assert {path.name for path in tmp_path.iterdir()} == {"in.parquet", "whole.parquet", "out.parquet"}


SLOW = "import sys; from tiaoli import cli; from tiaoli.populations import parquet; parquet.ROWS = 40; sys.exit(cli.run(sys.argv[1:]))"


@tiers.slow
def test_kill_9_in_the_middle_loses_and_repeats_nothing(oracle: Oracle, tmp_path: Path) -> None:
    source = write(oracle, tmp_path / "in.parquet", cases(100, "killed") * 10)
    arguments = ["bulk", str(source), "-o", str(tmp_path / "out.parquet")]
    child = subprocess.Popen([sys.executable, "-c", SLOW, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("out.parquet.parts/*.json"))) < 4:
        assert time.monotonic() < deadline
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert not (tmp_path / "out.parquet").exists()
    done = subprocess.run([sys.executable, "-c", SLOW, *arguments, "--resume", "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["cases"] == 1000
    parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "whole.parquet"))
    assert pq.read_table(tmp_path / "out.parquet") == pq.read_table(tmp_path / "whole.parquet")


@pytest.mark.parametrize(("most", "parts"), tiers.some([(4_000, False), (30_000, True)], [(30_000, True)]))
def test_a_full_disk_is_said_and_the_run_goes_on_after_it(oracle: Oracle, tmp_path: Path, most: int, parts: bool) -> None:
    """Whether there is no room for the first part, or for what the parts become."""
    source = write(oracle, tmp_path / "in.parquet", cases(60, "full disk") * 4)
    # files of this process may not grow beyond so many bytes, as if the disk were full
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {resource.RLIM_INFINITY})); {SLOW}"
    arguments = ["bulk", str(source), "-o", str(tmp_path / "out.parquet")]
    done = subprocess.run([sys.executable, "-c", limited, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cannot be read or written (`File too large`)" in done.stderr
    assert "go on with --resume" in done.stderr
    assert "Traceback" not in done.stderr
    assert bool(list(tmp_path.glob("out.parquet.parts/0*.json"))) == parts
    assert not (tmp_path / "out.parquet").exists()
    done = subprocess.run([sys.executable, "-c", SLOW, *arguments, "--resume"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "whole.parquet"))
    assert pq.read_table(tmp_path / "out.parquet") == pq.read_table(tmp_path / "whole.parquet")
    assert {path.name for path in tmp_path.iterdir()} == {"in.parquet", "out.parquet", "whole.parquet"}


def test_several_processes_give_the_same_result(oracle: Oracle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS", 25)
    source = write(oracle, tmp_path / "in.parquet", cases(80, "workers", unknown=0.02))
    one = parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "one.parquet"))
    assert parquet.run_parquet(BulkJob(Oracle(), source, tmp_path / "two.parquet", workers=2)) == one
    assert pq.read_table(tmp_path / "one.parquet") == pq.read_table(tmp_path / "two.parquet")


def test_a_truncated_file_and_other_calls_that_cannot_be(oracle: Oracle, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    source = write(oracle, tmp_path / "in.parquet", cases(20, "calls"))
    (tmp_path / "cut.parquet").write_bytes(source.read_bytes()[:-500])
    (tmp_path / "empty.parquet").write_bytes(b"")
    pq.write_table(pa.table({"id": ["a"], "applied": ["2025-06-01"]}), tmp_path / "other.parquet")
    for arguments, message in (
        (["cut.parquet", "-o", "out.parquet"], "no whole Parquet file"),
        (["empty.parquet", "-o", "out.parquet"], "no whole Parquet file"),
        (["other.parquet", "-o", "out.parquet"], "applied: the case format has no such key; did you mean `applied_on`"),
        (["none.parquet", "-o", "out.parquet"], "there is no such file"),
        ([".", "-o", "out.parquet", "--format", "parquet"], "this is a directory"),
        (["in.parquet", "-o", "-"], "name files"),
        (["in.parquet", "-o", "out.parquet", "--why"], "names its unmet conditions already"),
        (["in.parquet", "-o", "out.parquet", "--resume"], "no run to go on with"),
        (["in.parquet", "-o", "none/out.parquet"], "cannot be written (`No such file or directory`); check its name"),
    ):
        ran = cli("bulk", *arguments)
        assert ran.code == 2
        assert message in ran.err
        assert not (tmp_path / "out.parquet").exists()


def test_the_plain_install_says_what_it_lacks(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['pyarrow'] = None; from tiaoli import cli; sys.exit(cli.run(sys.argv[1:]))"
    arguments = [sys.executable, "-c", hidden, "bulk", "in.parquet", "-o", str(tmp_path / "out.parquet")]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "install tiaoli[bulk]" in done.stderr


def test_a_difference_stops_the_run(oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
    from tiaoli.compiled.columnar import ColumnEvaluator

    true = ColumnEvaluator.condition

    def inverted(self: ColumnEvaluator, benefit: Any, name: str) -> Any:
        return ~true(self, benefit, name) if name == "in_force" else true(self, benefit, name)

    monkeypatch.setattr(ColumnEvaluator, "condition", inverted)
    found = cases(12, "difference")
    with pytest.raises(InternalError, match="answer differently") as caught:
        BatchDecider(oracle).decide(batch(oracle, found))
    assert caught.value.case in [read_case(case).to_json() for case in found]


def test_rules_outside_the_fragment_are_decided_case_by_case(oracle: Oracle) -> None:
    fenced = Oracle()
    rules = {"c02_special.lp": f"{oracle.policy.rules['c02_special.lp']}\n{FENCED['order of words'][0]}\n"}
    fenced._engines._compiled = with_rules(oracle, rules)
    found = cases(8, "fenced")
    came = BatchDecider(fenced).decide(batch(oracle, found))
    assert came.decisions.to_pylist() == rows(oracle, found)
    assert came.totals.exact == sum(bool(case.get("certificates")) for case in found)
    assert (came.totals.lines, came.totals.cases) == (8, 8)
    assert sum(came.totals.outcomes.values()) == came.decisions.num_rows


@pytest.mark.parametrize("error", [OutsideError(Problem("", Statement("", ""))), OverflowingError()])
def test_what_columns_leave_off_in_the_middle_is_counted_once(oracle: Oracle, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    plain = BatchDecider._benefit_columns
    seen: list[str] = []

    def left_off(self: BatchDecider, benefit: Any, *rest: Any) -> Any:
        seen.append(benefit.id)
        if len(seen) == 3:
            raise error
        return plain(self, benefit, *rest)

    monkeypatch.setattr(BatchDecider, "_benefit_columns", left_off)
    found = cases(8, "left off")
    came = BatchDecider(oracle).decide(batch(oracle, found))
    assert len(seen) == 3
    assert came.decisions.to_pylist() == rows(oracle, found)
    assert (came.totals.lines, came.totals.cases) == (8, 8)
    assert sum(came.totals.outcomes.values()) == came.decisions.num_rows


def test_the_command_prints_the_schemas(cli: Cli) -> None:
    assert "certificates: list<" in cli("schema", "--arrow").out
    assert process("schema", "--arrow").code == 0
