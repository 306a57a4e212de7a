"""The command line as a user meets it: what it prints, where, and its exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import clingo
import pytest

from support.command import Cli, Ran, process
from support.paths import CASES, ROOT
from tiaoli import Oracle

CARER = str(CASES / "06-carer-twelfth-month.yaml")
UNKNOWN = str(CASES / "23-carer-unknown-record.yaml")


def test_one_case_is_one_json_object_equal_to_the_oracles(cli: Cli, oracle: Oracle) -> None:
    ran = cli("decide", CARER, "--json")
    assert ran.code == 0
    assert ran.err == ""
    from tiaoli.case.documents import read_document

    assert json.loads(ran.out) == oracle.decide(read_document(Path(CARER)), full=True).to_json()


def test_several_cases_are_an_object_a_line_in_order(cli: Cli) -> None:
    files = sorted(str(path) for path in CASES.glob("*.yaml"))[:3]
    ran = cli("decide", *files, "--json")
    assert ran.code == 0
    assert [json.loads(line)["case"] for line in ran.out.splitlines()] == ["SH-2025-0101", "SH-2025-0102", "SH-2025-0103"]


def test_over_several_files_good_ones_are_answered_and_bad_ones_named_at_the_end(cli: Cli, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("id: x\napplied_on: 2025-02-30\n", "utf-8")
    ran = cli("decide", str(bad), CARER, str(tmp_path / "absent.yaml"), "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["case"] == "SH-2025-0106"
    first, second = ran.err.splitlines()
    assert first == f"tiaoli: {bad}: applied_on: `2025-02-30` is no day of the calendar"
    assert second.startswith(f"tiaoli: {tmp_path / 'absent.yaml'}: cannot be read")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["decide", "absent.yaml"], "absent.yaml: cannot be read"),
        (["decide", str(CASES)], "this is a directory"),
        (["decide", CARER, "--benefit", "care_rout"], "did you mean `care_route`?"),
        (["decide", CARER, "--benefit", "training_scope"], "has nothing to ask training_scope for"),
        (["decide", CARER, "--reading", "limit_yaer=rolling"], "did you mean `limit_year`?"),
        (["decide", CARER, "--reading", "limit_year=roling"], "did you mean `rolling`?"),
        (["decide", CARER, "--reading", "limit_year"], "write `limit_year` as NAME=OPTION"),
        (["decide", CARER, "--reading", "limit_year=rolling", "--reading", "limit_year=calendar"], "given twice"),
        (["decide", CARER, "--policy", "hrss-2024-21"], "did you mean `hrss-2024-20`?"),
        (["decide", CARER, "--policy-root", "docs"], "holds no policy"),
        (["decide", CARER, "--jsn"], "--json"),
        (["decide", CARER, "--lang", "fr"], "'zh', 'en'"),
        (["decide", CARER, "--limit", "0"], "0"),
        (["decide"], "FILE"),
        (["decid", CARER], "did you mean `decide`?"),
        (["notice", "十一"], "there is no clause `十一`"),
        (["notice", "0"], "there is no clause `0`"),
        (["template", "skill_upliff"], "did you mean `skill_uplift`?"),
        (["facts", "absent.json"], "absent.json: cannot be read"),
        (["completion", "tcsh"], "bash"),
    ],
)
def test_a_wrong_call_is_one_message_and_exit_code_2(cli: Cli, arguments: list[str], message: str) -> None:
    ran = cli(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_messages_speak_the_language_asked_for_or_the_locales() -> None:
    case = "id: x\napplied_on: 2025-02-30\n"
    zh = process("decide", "-", stdin=case, environment={"LC_ALL": "zh_CN.UTF-8"})
    assert zh == Ran(2, "", "tiaoli: -: applied_on: `2025-02-30` 不是存在的日期\n")
    en = process("decide", "-", "--lang", "en", stdin=case, environment={"LC_ALL": "zh_CN.UTF-8"})
    assert en == Ran(2, "", "tiaoli: -: applied_on: `2025-02-30` is no day of the calendar\n")


def test_standard_input_and_a_process_of_its_own_give_the_same_answer(cli: Cli) -> None:
    text = Path(CARER).read_text("utf-8")
    assert json.loads(process("decide", "-", "--json", stdin=text).out) == json.loads(cli("decide", CARER, "--json").out)


def test_json_does_not_wait_for_rich() -> None:
    code = (
        "import sys; from tiaoli.cli import run; run(['decide', sys.argv[1], '--json']);"
        "sys.exit('rich' in sys.modules or 'ruamel.yaml' in sys.modules)"
    )
    case = '{"id": "x", "applied_on": "2025-01-01"}'
    done = subprocess.run([sys.executable, "-c", code, "-"], input=case.encode(), capture_output=True, check=False)
    assert done.returncode == 0


def test_a_reader_that_goes_away_is_no_error() -> None:
    files = " ".join(f"'{path}'" for path in sorted(CASES.glob("*.yaml")))
    done = subprocess.run(["sh", "-c", f"'{sys.executable}' -m tiaoli decide {files} | head -n 1"], capture_output=True, check=False)
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 1


def test_an_ascii_terminal_still_gets_every_character() -> None:
    ran = process("decide", CARER, "--lang", "zh", environment={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert ran.code == 0
    assert "可享受" in ran.out


def test_a_receipt_is_printed_in_place_of_the_answer(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    written = tmp_path / "r.json"
    assert cli("decide", CARER, "--receipt", str(written)).code == 0
    for more in ((), ("--json",)):
        ran = cli("decide", CARER, "--receipt", "-", *more)
        assert (ran.code, ran.out) == (0, written.read_text("utf-8"))
    lines = cli("decide", CARER, UNKNOWN, "--receipt", "-").out.splitlines()
    assert [json.loads(line)["case"]["id"] for line in lines] == [
        json.loads(cli("decide", path, "--json").out)["case"] for path in (CARER, UNKNOWN)
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def test_an_output_is_no_input(cli: Cli, tmp_path: Path) -> None:
    """Nothing is written where an option that names an output names what is read, also by another name of the file."""
    case = tmp_path / "case.yaml"
    whole = Path(CARER).read_bytes()
    case.write_bytes(whole)
    (tmp_path / "link.yaml").symlink_to(case)
    (tmp_path / "other.yaml").hardlink_to(case)
    for name in ("case.yaml", "link.yaml", "other.yaml", "x/../case.yaml"):
        output = str(tmp_path / name)
        (tmp_path / "x").mkdir(exist_ok=True)
        for command in (("report", str(case), "-o"), ("decide", str(case), "--receipt"), ("ask", str(case), "-o")):
            ran = cli(*command, output, "--lang", "en")
            assert (ran.code, ran.out) == (2, "")
            assert "nothing was written, name another file" in ran.err
            assert case.read_bytes() == whole


def test_a_private_file_stays_private(cli: Cli, tmp_path: Path) -> None:
    for command in (("report", CARER, "-o"), ("decide", CARER, "--receipt")):
        output = tmp_path / command[0]
        output.touch(mode=0o600)
        assert cli(*command, str(output)).code == 0
        assert (output.stat().st_mode & 0o777, output.stat().st_size > 0) == (0o600, True)


def test_a_limit_that_is_reached_leaves_what_is_certain_and_exit_code_3(cli: Cli) -> None:
    ran = cli("decide", UNKNOWN, "--json", "--limit", "0.000001")
    assert ran.code == 3
    answer = json.loads(ran.out)
    assert answer["limit_reached"] is True
    assert all(decision["outcome"] == "unknown" for decision in answer["decisions"])


def test_readings_chosen_are_echoed_and_change_the_answer(cli: Cli) -> None:
    default = json.loads(cli("decide", CARER, "--json", "--benefit", "care_route").out)
    chosen = json.loads(cli("decide", CARER, "--json", "--benefit", "care_route", "--reading", "validity_anchor=application").out)
    assert default["chosen_readings"] == {}
    assert chosen["chosen_readings"] == {"validity_anchor": "application"}
    assert default["decisions"][0]["outcome"] == "eligible"
    assert chosen["decisions"][0]["outcome"] == "not_eligible"


@pytest.mark.parametrize("name", ["三", "（三）", "3", "(三)"])
def test_a_clause_may_be_named_in_four_ways(cli: Cli, name: str) -> None:
    found = json.loads(cli("notice", name, "--json").out)
    assert [sentence["anchor"] for sentence in found["sentences"]] == ["c3.s1", "c3.s2", "c3.s3", "c3.s4", "c3.s5"]
    first = found["sentences"][0]
    assert first["parameters"][0] == {
        "name": "care_employment",
        "unit": "months",
        "value": 12,
        "from": "2024-11-14",
        "quote": "自证书核发之日起12个月内实现",
        "statement": {"zh": "证书核发后实现就业的期限", "en": "time to find work after the certificate is issued"},
    }
    assert [reading["reading"] for reading in first["readings"]] == ["care_role", "care_post"]
    assert "in_time(C, Cert, Job) :-" in first["rules"][0]["text"]
    assert found["sentences"][3]["not_computed"]["kind"] == "binds_authorities"


def test_the_whole_notice_is_shown_sentence_by_sentence(cli: Cli, oracle: Oracle) -> None:
    ran = cli("notice", "--json")
    assert [sentence["anchor"] for sentence in json.loads(ran.out)["sentences"]] == list(oracle.policy.sentences)


def test_version_names_package_solver_and_policy(cli: Cli, oracle: Oracle) -> None:
    lines = cli("--version").out.splitlines()
    assert lines[1] == f"clingo {clingo.__version__}"
    assert lines[2] == f"hrss-2024-20 {oracle.policy.digest}"


def test_every_command_has_help(cli: Cli) -> None:
    from tiaoli.cli.main import tiaoli

    for name in tiaoli.commands:
        ran = cli(name, "--help")
        assert ran.code == 0
        assert len(ran.out.splitlines()) > 4


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(cli: Cli, shell: str) -> None:
    assert "_TIAOLI_COMPLETE" in cli("completion", shell).out


def test_benefits_readings_and_clauses_complete() -> None:
    def completed(words: str) -> list[str]:
        environment = {"_TIAOLI_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
        return [line.partition(",")[2] for line in process(environment=environment).out.splitlines()]

    assert completed("tiaoli template apprentice_n") == ["apprentice_next_batch"]
    assert completed("tiaoli decide x --reading limit_y") == ["limit_year=calendar", "limit_year=rolling"]
    assert completed("tiaoli notice 十") == ["十"]


def test_check_finds_nothing_in_the_shipped_policy(cli: Cli) -> None:
    assert cli("check", "--json") == Ran(0, '{\n "policy": "hrss-2024-20",\n "findings": []\n}\n', "")


def test_check_names_file_line_and_cure_and_exits_with_1(cli: Cli, tmp_path: Path) -> None:
    import shutil

    for folder in ("policy", "encodings"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    file = tmp_path / "encodings" / "hrss-2024-20" / "c05_scope.lp"
    file.write_text(file.read_text("utf-8").replace("scope_industry(elderly_care).", "scope_industry(elderly_car)."), "utf-8")
    line = file.read_text("utf-8").splitlines().index("scope_industry(elderly_car).") + 1
    ran = cli("check", "--policy-root", str(tmp_path))
    assert ran.code == 1
    assert f"c05_scope.lp:{line}: `elderly_car` is no industry; did you mean `elderly_care`?" in ran.out
    assert cli("decide", CARER, "--policy-root", str(tmp_path)).code == 2


def test_check_reads_the_properties_strictly(cli: Cli, tmp_path: Path) -> None:
    import shutil

    for folder in ("policy", "encodings"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    file = tmp_path / "encodings" / "hrss-2024-20" / "properties" / "mine.lp"
    file.write_text("%: zh 甲\n%: em A sentence.\nviolated(C) :- eligible(C, skil_uplift, Cert).\n", "utf-8")
    ran = cli("check", "--policy-root", str(tmp_path))
    assert ran.code == 1
    assert "mine.lp" in ran.out
    assert "`em`" in ran.out


def test_the_schema_is_the_case_format_with_its_words(cli: Cli) -> None:
    schema = json.loads(cli("schema").out)
    issued = schema["$defs"]["Case.certificates"]["properties"]["issued"]
    assert issued["description"] == "核发日期 · issue date （一）（二）（三）"
    assert schema["required"] == ["id", "applied_on"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_template_is_a_case_as_it_stands_and_filled_in(cli: Cli, oracle: Oracle, lang: str, tmp_path: Path) -> None:
    for benefit in oracle.policy.benefits:
        text = cli("template", benefit, "--lang", lang).out
        bare, filled = tmp_path / "bare.yaml", tmp_path / "filled.yaml"
        bare.write_text(text, "utf-8")
        head, body = text.split("id: ", 1)
        filled.write_text(head + "id: " + _uncommented(body), "utf-8")
        unknown = json.loads(cli("decide", str(bare), "--benefit", benefit, "--json").out)["decisions"][0]
        assert unknown["outcome"] in ("unknown", "not_eligible")
        complete = json.loads(cli("decide", str(filled), "--benefit", benefit, "--json").out)["decisions"][0]
        assert "unknown" not in [condition["status"] for condition in complete["conditions"]]


def _uncommented(text: str) -> str:
    lines = []
    for line in text.splitlines():
        bare = line.lstrip(" ")
        indent = line[: len(line) - len(bare)]
        lines.append(indent + bare[2:] if bare.startswith("# ") else line)
    return "\n".join(lines) + "\n"


def clingo_models(facts: str, *arguments: str) -> list[set[str]]:
    """The shown atoms of every model that stock clingo finds."""
    control = clingo.Control(["0", *arguments])
    for file in sorted((ROOT / "encodings" / "hrss-2024-20").glob("*.lp")):
        control.load(str(file))
    control.add("base", [], facts)
    control.ground([("base", [])])
    found: list[set[str]] = []
    with control.solve(yield_=True) as handle:
        for model in handle:
            found.append({str(symbol) for symbol in model.symbols(shown=True)})
    return found


@pytest.mark.parametrize("path", sorted(CASES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_facts_and_stock_clingo_give_the_same_decision(cli: Cli, path: Path) -> None:
    facts = cli("facts", str(path)).out
    answer = json.loads(cli("decide", str(path), "--json").out)
    if path.stem.startswith("23"):
        certain = clingo_models(facts, "--enum-mode=cautious")[-1]
        possible = clingo_models(facts, "--enum-mode=brave")[-1]
    else:
        (certain,) = clingo_models(facts)
        possible = certain
    for decision in answer["decisions"]:
        about = f'"{answer["case"]}",{decision["benefit"]},"{decision["subject"]}"'
        for condition in decision["conditions"]:
            atom = f"met({about},{condition['id']})"
            assert condition["status"] == ("met" if atom in certain else "unknown" if atom in possible else "unmet")
        atom = f"eligible({about})"
        assert decision["outcome"] == ("eligible" if atom in certain else "unknown" if atom in possible else "not_eligible")
        if decision["amount"] is not None:
            yuan, fen = decision["amount"].split(".")
            assert f"amount({about},{int(yuan)},{int(fen)})" in certain


def test_facts_run_with_the_clingo_command_line() -> None:
    facts = process("facts", CARER).out
    files = [str(path) for path in sorted((ROOT / "encodings" / "hrss-2024-20").glob("*.lp"))]
    done = subprocess.run([sys.executable, "-m", "clingo", *files, "-"], input=facts.encode(), capture_output=True, check=False)
    assert b'eligible("SH-2025-0106",care_route,"c1")' in done.stdout
    assert done.stderr == b""


def test_an_internal_error_saves_the_case(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tiaoli.base.errors import InternalError, Problem
    from tiaoli.base.statement import Statement
    from tiaoli.decide import decisions
    from tiaoli.rules import clingo_session as engine

    def broken(*_: object, **__: object) -> engine.Consequences:
        raise InternalError([Problem("", Statement("没有稳定模型", "no stable model"))])

    monkeypatch.setattr(decisions, "consequences", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ran = cli("decide", CARER, "--json")
    assert ran.code == 4
    assert ran.out == ""
    saved = list(tmp_path.glob("tiaoli-*.case.json"))
    assert len(saved) == 1
    assert json.loads(saved[0].read_text("utf-8"))["id"] == "SH-2025-0106"
    assert str(saved[0]) in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("decide", CARER),
        ("why", CARER, "care_route"),
        ("why-not", CARER, "care_route"),
        ("what-if", CARER, "care_route", "--lose"),
        ("when", CARER, "care_route"),
        ("ask", CARER),
        ("coverage", CARER),
        ("prove", "grant-within-cap"),
        ("diff", "hrss-2024-20", "--set", "validity_to=2026-11-13", "--benefit", "development_grant"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_other_norm_supplies_anything_yet(cli: Cli, arguments: tuple[str, ...]) -> None:
    assert cli(*arguments, "--alone", "--json") == cli(*arguments, "--json")


@pytest.mark.parametrize("command", ["audit", "bulk", "facts", "mcp", "redecide", "report", "serve"])
def test_every_other_command_that_decides_takes_it(cli: Cli, command: str) -> None:
    assert "--alone" in cli(command, "--help").out
