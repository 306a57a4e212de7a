"""The repository itself: import directions, what is exported, what may not stand in it."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from pathlib import Path

import pytest

import tiaoli
from tiaoli import Oracle

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src" / "tiaoli").glob("*.py"))

# Lowest first: a module imports only modules above it in this list.
ORDER = [
    "__init__",
    "words",
    "page",
    "picture",
    "errors",
    "processes",
    "calendar",
    "atoms",
    "plain",
    "yaml12",
    "documents",
    "case",
    "answer",
    "limits",
    "engine",
    "policy",
    "critical",
    "syntax",
    "codec",
    "grammar",
    "dialect",
    "lexicon",
    "harvest",
    "reach",
    "independent",
    "source",
    "patch",
    "facts",
    "world",
    "matcher",
    "phrases",
    "notice",
    "load",
    "reader",
    "deciding",
    "minimal",
    "fragment",
    "unfold",
    "arithmetic",
    "plan",
    "book",
    "writer",
    "compiler",
    "tables",
    "compiled",
    "population",
    "columns",
    "alternatives",
    "when",
    "repairs",
    "hypothesis",
    "changeable",
    "whatif",
    "sufficient",
    "impossible",
    "setting",
    "questions",
    "sources",
    "explain",
    "explanation",
    "wording",
    "outline",
    "timeline",
    "why",
    "changes",
    "domain",
    "witness",
    "properties",
    "prove",
    "receipt",
    "oracle",
    "receipt_files",
    "correction",
    "replay",
    "redecision",
    "reasoned",
    "versions",
    "boundaries",
    "coverage",
    "filling",
    "finding",
    "auditing",
    "check_amounts",
    "check_days",
    "check_forks",
    "check_rules",
    "check_words",
    "accepted",
    "auditor",
    "sarif",
    "interview",
    "tally",
    "lines",
    "arrow",
    "journal",
    "bulk",
    "shift",
    "parquet",
    "bulk_page",
    "spark",
    "template",
    "schema",
    "vocabulary",
    "examples",
    "calls",
    "service_problems",
    "service_limits",
    "service_work",
    "service_workers",
    "service_findings",
    "service_bulk",
    "service_metrics",
    "service_openapi",
    "service_guard",
    "service",
    "service_connections",
    "markup",
    "case_page",
    "audit_markdown",
    "render",
    "render_why",
    "render_questions",
    "render_diff",
    "render_coverage",
    "render_audit",
    "render_prove",
    "render_receipts",
    "mcp_tools",
    "mcp_server",
    "cli_options",
    "cli_questions",
    "cli_receipts",
    "cli_prove",
    "cli_bulk",
    "cli_diff",
    "cli_coverage",
    "cli_audit",
    "cli_serve",
    "cli_mcp",
    "cli",
    "__main__",
]


def imported(path: Path) -> set[str]:
    """The modules of this package that a module imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tiaoli":
            if node.module == "tiaoli":
                found |= {alias.name if alias.name in ORDER else "__init__" for alias in node.names}
            else:
                found.add(node.module.split(".")[1])
    return found


def test_every_module_has_its_place() -> None:
    assert sorted(ORDER) == [path.stem for path in SOURCES]


@pytest.mark.parametrize("path", [path for path in SOURCES if path.stem != "__init__"], ids=lambda path: path.stem)
def test_a_module_imports_only_modules_below_it(path: Path) -> None:
    assert {name for name in imported(path) if ORDER.index(name) >= ORDER.index(path.stem)} == set()


def outside(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


HOMES = [
    ("clingo", {"engine", "grammar"}),
    (
        "rich",
        {"render", "render_questions", "render_why", "render_diff", "render_coverage", "render_audit", "render_prove", "render_receipts"},
    ),
    ("ruamel", {"yaml12"}),
    ("numpy", {"population", "columns", "arrow"}),
    ("pyarrow", {"arrow", "parquet"}),
    ("pyspark", {"spark"}),
    ("fastapi", {"service"}),
    ("starlette", {"service"}),
    ("uvicorn", {"service_connections", "cli_serve"}),
    ("mcp", {"mcp_server"}),
]


@pytest.mark.parametrize(("library", "modules"), HOMES)
def test_a_heavy_library_has_one_home(library: str, modules: set[str]) -> None:
    assert {path.stem for path in SOURCES if library in outside(path)} == modules


def test_what_is_exported_is_there() -> None:
    for name in tiaoli.__all__:
        assert getattr(tiaoli, name) is not None
    with pytest.raises(AttributeError):
        tiaoli.Orakel  # noqa: B018


def test_every_public_name_has_a_docstring() -> None:
    missing = []
    for path in SOURCES:
        module = importlib.import_module(f"tiaoli.{path.stem}" if path.stem != "__init__" else "tiaoli")
        assert module.__doc__, path.name
        for node in ast.parse(path.read_text("utf-8")).body:
            public = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
            small = isinstance(node, (ast.FunctionDef, ast.ClassDef)) and len(node.body) <= 6
            if public and not small and isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not ast.get_docstring(node):
                missing.append(f"{path.stem}.{node.name}")
    assert missing == []


def test_python_holds_no_clause_number_or_date_of_the_notice(oracle: Oracle) -> None:
    """The notice's numbers, occupation codes, conditions and benefits stand in policy/ and encodings/ alone."""
    policy = oracle.policy
    words = {row.code for row in policy.annex} | set(policy.benefits)
    words |= {condition for benefit in policy.benefits.values() for condition in benefit.conditions if "_" in condition}
    # words that the case format has as keys or values of its own are no mark of the notice
    words -= {field.key for field in policy.fields.values()} | {value for values in policy.values.values() for value in values}
    numbers = {str(p.value) for p in policy.parameters.values() if isinstance(p.value, int) and p.value > 1000}
    numbers |= {f"{p.value // 100}" for p in policy.parameters.values() if p.unit == "money" and isinstance(p.value, int)}
    dates = {
        f"{int(p.value) // 10000}-{int(p.value) // 100 % 100:02}-{int(p.value) % 100:02}"
        for p in policy.parameters.values()
        if p.unit == "day"
    }
    # examples in messages and templates, the format's own largest sum, and a collector's threshold
    allowed = {("template", "4-10-01-05"), ("template", "1500"), ("case", "4-10-01-05"), ("case", "1500")}
    allowed |= {("case", "10000000"), ("__main__", "100000"), ("policy", "1000"), ("domain", "1000")}
    found = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        documentation = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in documentation:
                text = str(node.value)
                for word in words | numbers | dates:
                    if re.search(rf"(?<![\w.]){re.escape(word)}(?![\w])", text) and (path.stem, word) not in allowed:
                        found.add((path.stem, word, text[:60]))
    assert found == set()


def test_no_package_registry_is_named() -> None:
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    hosts = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + "js", "deb" + r"ian\.org", r"index-url\s*="]))
    named = [name for name in files if (ROOT / name).is_file() and hosts.search((ROOT / name).read_text("utf-8", errors="ignore"))]
    assert named == []
