"""The repository itself: import directions, what is exported, what may not stand in it."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import tiaoli
from support.paths import ROOT, TESTS
from tiaoli import Oracle

PACKAGE = ROOT / "src" / "tiaoli"
SOURCES = sorted(PACKAGE.rglob("*.py"))

# Lowest first: a room imports only rooms above it in this list.
ROOMS = [
    "types",
    "base",
    "rules",
    "policy",
    "norm",
    "case",
    "encoding",
    "decide",
    "compiled",
    "explain",
    "questions",
    "symbolic",
    "analysis",
    "audit",
    "oracle",
    "populations",
    "receipts",
    "authoring",
    "present",
    "terminal",
    "protocol",
    "service",
    "mcp",
    "cli",
]


def room_of(path: Path) -> str | None:
    """The room a module stands in; none for the few at the top of the package."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else None


def imported(path: Path) -> Iterator[tuple[str, str]]:
    """What a module imports from this package, inside functions too: (module, name)."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tiaoli":
            yield from ((node.module, alias.name) for alias in node.names)


IN_ROOMS = [path for path in SOURCES if room_of(path)]
ASKS_UPWARD = {"base.notebook": "tiaoli.present"}
"""The one place that asks a room above it, by name and when it is called: an answer in a notebook, drawn by the room that draws."""


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


@pytest.mark.parametrize("path", IN_ROOMS, ids=name_of)
def test_a_module_imports_only_its_own_room_and_the_faces_of_rooms_below(path: Path) -> None:
    own = room_of(path)
    assert own in ROOMS
    below = ROOMS[: ROOMS.index(own)]
    for module, name in imported(path):
        parts = module.split(".")
        if (len(parts) > 1 and parts[1] == own) or module == "tiaoli.base.faces":
            continue
        room = name if len(parts) == 1 else parts[1]
        if room in ROOMS:
            assert room in below, f"{own} imports {room}, which stands above it"
            assert len(parts) <= 2, f"{module} is no face: import {name} from tiaoli.{room}"


def test_one_place_alone_asks_a_room_by_its_name() -> None:
    rooms = {f"tiaoli.{room}" for room in ROOMS}
    found = {
        (name_of(path), node.value)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in rooms
    }
    assert found == set(ASKS_UPWARD.items())


@pytest.mark.parametrize("room", [room for room in ROOMS if (PACKAGE / room / "__init__.py").is_file()])
def test_a_room_has_no_circle(room: str) -> None:
    modules = {path.stem: path for path in (PACKAGE / room).glob("*.py") if path.stem != "__init__"}
    graph = {
        stem: {
            part
            for module, name in imported(path)
            if module.split(".")[1:2] == [room]
            for part in (module.split(".")[2:3] or [name])
            if part in modules
        }
        for stem, path in modules.items()
    }
    list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("room", [room for room in ROOMS if (PACKAGE / room / "__init__.py").is_file()])
def test_the_face_of_a_room_is_what_others_use(room: str) -> None:
    face = importlib.import_module(f"tiaoli.{room}")
    assert face.__doc__
    named = {name for module, name in imported(PACKAGE / room / "__init__.py") if module != "tiaoli.base.faces"}
    assert named == set(face.__all__)
    for name in face.__all__:
        assert getattr(face, name) is not None
    modules = {path.stem for path in (PACKAGE / room).iterdir()}
    assert not modules & set(face.__all__), "a module of that name would hide the name"
    with pytest.raises(AttributeError):
        getattr(face, "no_such_name")  # noqa: B009


def test_no_module_is_longer_than_500_lines_and_no_class_than_300() -> None:
    long = []
    for path in SOURCES:
        if path.parent.name == "types":
            # written by `tiaoli types`, and as long as a policy has facts
            continue
        text = path.read_text("utf-8")
        if len(text.splitlines()) > 500:
            long.append(name_of(path))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and (node.end_lineno or 0) - node.lineno >= 300:
                long.append(f"{name_of(path)}.{node.name}")
    assert long == []


def test_rooms_do_not_come_to_know_more_rooms() -> None:
    """The pairs of rooms of which one imports the other: fewer is better, more wants a reason and another number here."""
    known = {
        (room_of(path), room)
        for path in IN_ROOMS
        for module, name in imported(path)
        for room in [module.split(".")[1] if "." in module else name]
        if room in ROOMS and room != room_of(path) and module != "tiaoli.base.faces"
    }
    # the tools of an author stand on what they look at
    assert len(known) <= 160


@cache
def outside(path: Path) -> set[str]:
    """The libraries that a module imports, inside functions too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


ARROW = {"arrow_schema", "arrow_columns", "arrow_reader", "arrow_rows", "arrow_absent", "arrow_decider", "arrow_writer"}

HOMES = [
    ("clingo", {"clingo_session", "exact_text", "ordered_text", "parser"}),
    (
        "rich",
        {
            "answer_text",
            "question_text",
            "explanation_text",
            "diff_text",
            "coverage_text",
            "audit_text",
            "proof_text",
            "receipt_text",
            "tested_text",
        },
    ),
    ("ruamel", {"yaml12"}),
    (
        "numpy",
        {
            "column_store",
            "column_arrays",
            "column_relations",
            "column_frame",
            "column_facts",
            "column_functions",
            "column_rule",
            "columnar",
            *ARROW,
        },
    ),
    ("pyarrow", {*ARROW, "parquet", "part_folder"}),
    ("pyspark", {"spark"}),
    ("fastapi", {"app"}),
    ("starlette", {"app"}),
    ("uvicorn", {"slow_clients", "serve"}),
    ("mcp", {"server"}),
    ("z3", {"z3_library"}),
]


@pytest.mark.parametrize(("library", "modules"), HOMES)
def test_a_heavy_library_has_one_home(library: str, modules: set[str]) -> None:
    assert {path.stem for path in SOURCES if library in outside(path)} == modules


def test_what_is_exported_is_there() -> None:
    for name in tiaoli.__all__:
        assert getattr(tiaoli, name) is not None
    with pytest.raises(AttributeError):
        getattr(tiaoli, "Orakel")  # noqa: B009


def test_every_public_name_has_a_docstring() -> None:
    missing = []
    for path in SOURCES:
        module = importlib.import_module(".".join(["tiaoli", *name_of(path).split(".")]).removesuffix(".__init__"))
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
    words = set(policy.codes) | set(policy.benefits)
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
    # an example in messages and templates, and a collector's threshold
    allowed = {("number_types", "1500")}
    allowed |= {("__main__", "100000"), ("units", "1000")}
    found = set()
    for path in SOURCES:
        if path.parent.name == "types":
            continue
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


def test_the_files_that_the_guide_names_are_there() -> None:
    text = (ROOT / "docs" / "for-contributors.md").read_text("utf-8")
    layout = text[text.index("## Layout and data flow") : text.index("## The dialect")]
    named = re.findall(r"`([a-z_]+/[a-z_0-9]+\.py)`", layout)
    assert len(named) >= 10
    assert [name for name in named if not (PACKAGE / name).is_file()] == []


def test_no_folder_is_too_full_to_be_read_at_a_glance() -> None:
    folders = {path.parent for path in SOURCES}
    assert [folder.name for folder in folders if len(list(folder.glob("*.py"))) > 20] == []


# The tests


def test_no_test_imports_a_test_and_what_is_shared_knows_no_notice() -> None:
    """Tests import from `support` and from what is known of a notice; `support` imports neither a test nor a notice."""
    for path in sorted(TESTS.rglob("*.py")):
        named = {part for found in outside_paths(path) for part in found.split(".")}
        assert not [part for part in named if part.startswith("test_")], path
        if path.parent.name == "support":
            assert "notices" not in named, path


def outside_paths(path: Path) -> set[str]:
    """The modules that a file imports, with the names it takes from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_the_tests_mirror_the_rooms() -> None:
    named = {path.name for path in (TESTS / "rooms").iterdir() if path.is_dir() and list(path.glob("test_*.py"))}
    assert named <= set(ROOMS)
    stems = [path.stem for path in TESTS.rglob("test_*.py")]
    assert len(stems) == len(set(stems))
