"""The papers around the code: licence, changelog, records of decisions, citation, templates, workflow, hooks. What they say is so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from support.release_check import PAPERS, PLACEHOLDER, ROOT, build, metadata, package_problems, paper_problems, releases, tag_problems
from tiaoli import Oracle, __version__

DECISIONS = ROOT / "docs" / "decisions"
RECORDS = sorted(DECISIONS.glob("[0-9]*.md"))
TEMPLATES = sorted(path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def parsed(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path)


def stem(path: Path) -> str:
    return path.stem


# Licence


def test_the_licence_is_whole_and_named() -> None:
    text = read("LICENSE")
    assert "Apache License\n                           Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert (PROJECT["license"], PROJECT["license-files"]) == ("Apache-2.0", ["LICENSE"])
    assert not any(classifier.startswith("License ::") for classifier in PROJECT["classifiers"])
    for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md"):
        assert "[Apache-2.0](LICENSE)" in read(name), name


def test_what_is_published_says_its_licence(tmp_path: Path) -> None:
    built = build(tmp_path)
    assert list(package_problems(built)) == []
    said = metadata(built.wheel)
    assert (said["Version"], said.get_all("License-File")) == (__version__, ["LICENSE"])
    # an address that is none is only where releasing looks for it
    assert all(PLACEHOLDER in address for address in said.get_all("Project-URL", []))


# Versions


def test_changelog_and_citation_are_of_this_version() -> None:
    assert list(paper_problems(__version__)) == []


def test_the_changelog_is_in_its_form() -> None:
    found = releases(read("CHANGELOG.md"))
    assert next(iter(found)) == "Unreleased"
    days = [date.fromisoformat(day[:10]) for name, (day, _) in found.items() if name != "Unreleased" and day]
    assert len(days) == len(found) - 1
    assert days == sorted(days, reverse=True)
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Decisions", "Licence"}
    for name, (_, text) in found.items():
        heads = re.findall(r"^### (.*)$", text, re.MULTILINE)
        assert set(heads) <= kinds, name
        assert len(set(heads)) == len(heads), name


def test_the_table_of_versions_has_the_numbers_of_today(oracle: Oracle) -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in read("CHANGELOG.md").splitlines() if line.startswith("| ")]
    start = next(at for at, row in enumerate(rows) if row[0] == "what")
    head, *versions = rows[start : start + 5]
    assert head[1:3] == [__version__, "Unreleased"]
    now = {row[0]: row[1:3] for row in versions}
    assert list(now) == ["package", "case and answer format", "policy format", "rule contract"]
    assert now["package"][0] == __version__
    case = {"id": "A-1", "applied_on": "2025-06-01", "person": {}}
    assert str(oracle.decide(case).to_json()["format"]) in now["case and answer format"]


def test_the_citation_is_in_its_form() -> None:
    cited = parsed(ROOT / "CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert (cited["cff-version"], cited["version"], cited["license"]) == ("1.2.0", __version__, PROJECT["license"])
    assert [author["name"] for author in cited["authors"]] == [author["name"] for author in PROJECT["authors"]]


def test_a_release_is_refused_until_it_is_one() -> None:
    """Under a tag that does not exist, with placeholders left, each is named."""
    found = list(tag_problems("v0.0.0", __version__))
    assert f"the tag of version {__version__} is v{__version__}, not v0.0.0" in found
    assert any(problem.startswith("v0.0.0 is not at this commit") for problem in found)
    assert [name for name in PAPERS if f"{name} has a placeholder for an address: {PLACEHOLDER}" in found] == [
        name for name in PAPERS if PLACEHOLDER in read(name)
    ]


def test_placeholders_stand_only_where_releasing_looks_for_them() -> None:
    files = subprocess.run(["git", "ls-files", "*.md", "*.yml", "*.toml", "*.cff"], cwd=ROOT, capture_output=True, text=True, check=True)
    named = {name for name in files.stdout.splitlines() if (ROOT / name).is_file() and re.search(rf"[@/]{PLACEHOLDER}", read(name))}
    assert named <= set(PAPERS)


# Decisions


def test_decisions_are_numbered_without_holes() -> None:
    assert [path.name[:3] for path in RECORDS] == [f"{number:03}" for number in range(1, len(RECORDS) + 1)]


@pytest.mark.parametrize("record", RECORDS, ids=stem)
def test_a_decision_has_number_status_and_date(record: Path) -> None:
    head, empty, line, *rest = record.read_text("utf-8").splitlines()
    assert head.startswith(f"# {record.name[:3]} ")
    assert empty == ""
    found = re.fullmatch(r"\*\*Status\.\*\* (proposed|accepted|rejected|superseded) · \*\*Date\.\*\* (\d{4}-\d\d-\d\d)", line)
    assert found is not None, line
    assert date.fromisoformat(found[2])
    about = " ".join(rest[: rest.index("")])
    assert found[1] != "superseded" or "**Superseded by.**" in about


def test_what_supersedes_and_what_is_superseded_say_so_of_each_other() -> None:
    said = {
        word: {
            (path.name, other) for path in RECORDS for other in re.findall(rf"\*\*{word}\.\*\* \[\d+\]\(([^)]+)\)", path.read_text("utf-8"))
        }
        for word in ("Supersedes", "Superseded by")
    }
    assert said["Supersedes"] == {(newer, older) for older, newer in said["Superseded by"]}


# Contributing


def targets() -> dict[str, list[str]]:
    """The targets of the Makefile with their commands."""
    found = re.findall(r"^([a-z-]+):[^\n=]*\n((?:\t.*\n)*)", read("Makefile"), re.MULTILINE)
    return {name: [line.strip() for line in commands.splitlines()] for name, commands in found}


def test_hooks_are_the_checks_of_make_lint() -> None:
    """Each of them a program of this environment, so that nothing has to be fetched."""
    (repository,) = parsed(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    hooks = repository["hooks"]
    assert all((hook["language"], hook["pass_filenames"]) == ("system", False) for hook in hooks)
    assert [hook["entry"] for hook in hooks] == [command.removeprefix("$(BIN)/") for command in targets()["lint"]]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for hook in hooks:
        program, *arguments = hook["entry"].split()
        assert shutil.which(program, path=path), hook["entry"]
        assert all((ROOT / argument).is_file() for argument in arguments if "/" in argument), hook["entry"]


def test_the_workflow_tests_every_python_that_the_package_names() -> None:
    workflow = parsed(ROOT / ".github" / "workflows" / "ci.yml")
    assert {"push", "pull_request", "schedule"} <= set(workflow["on"])
    jobs = workflow["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == PYTHONS
    named = [text.rpartition(" ")[2] for text in PROJECT["classifiers"] if re.fullmatch(r"Programming Language :: Python :: \d\.\d+", text)]
    assert named == PYTHONS
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    commands = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}
    assert commands["test"] == ["make test PYTHON=python"]
    assert ".ci/run" in commands["all"]
    assert ".ci/run" in commands["thorough"]
    assert jobs["thorough"]["env"] == {"HYPOTHESIS_PROFILE": "thorough"}
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/releasing.md", ".github/PULL_REQUEST_TEMPLATE.md", ".github/workflows/ci.yml"])
def test_what_one_is_told_to_make_can_be_made(name: str) -> None:
    named = set(re.findall(r"(?:^|`|run: )make ([a-z-]+)", read(name), re.MULTILINE))
    assert named
    assert named <= set(targets())


@pytest.mark.parametrize("template", TEMPLATES, ids=stem)
def test_a_template_of_an_issue_is_a_form(template: Path) -> None:
    form = parsed(template)
    assert {"name", "description", "body"} <= set(form)
    inputs = [part for part in form["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in form["body"]} <= {"markdown", "textarea", "input", "dropdown", "checkboxes"}
    assert len({part["id"] for part in inputs}) == len(inputs) > 1
    # what is asked is asked in both languages, where it is no command
    labels = [part["attributes"]["label"] for part in inputs]
    assert all(" · " in label or label.startswith("`") for label in [form["name"], form["description"], *labels])
    assert any(part.get("validations", {}).get("required") for part in inputs)


def test_there_is_a_template_for_each_kind_of_issue() -> None:
    assert [template.stem for template in TEMPLATES] == ["bug", "norm", "reading"]
    config = parsed(ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml")
    assert config["blank_issues_enabled"] is False
    assert all({"name", "url", "about"} <= set(link) for link in config["contact_links"])


# Security


def test_the_limits_that_the_page_names_are_those_of_the_service() -> None:
    rows = re.findall(r"^\| `(--[a-z-]+)` \| ([0-9.]+) \|", read("SECURITY.md"), re.MULTILINE)
    assert len(rows) == 7
    asked = [sys.executable, "-m", "tiaoli", "serve", "--help"]
    printed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    shown = " ".join(printed.partition("Options:")[2].split())
    for option, default in rows:
        about = shown.partition(f"{option} ")[2].partition(" --")[0]
        assert re.search(rf"\[default: {re.escape(default)}[\];]", about), option
