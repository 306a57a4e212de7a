"""Whether this checkout can be released: `make release-check`, and with `TAG=v1.2.3` whether it is the release of that tag.

The package is built as it would be published: a source distribution, and the wheel out of that. The wheel is installed into an empty
environment, where it works outside the checkout; what it says of itself is compared with the papers at the top of the checkout.
"""

from __future__ import annotations

import argparse
import email
import email.message
import json
import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
WHEELS = Path(sys.prefix) / "wheels"
"""What the installed package needs, kept by the Makefile for an installation without a network."""

CASE = ROOT / "tests" / "cases" / "06-carer-twelfth-month.yaml"
BENEFIT = "care_route"
PLACEHOLDER = "example.org"
PAPERS = ("pyproject.toml", "SECURITY.md", "CODE_OF_CONDUCT.md", ".github/ISSUE_TEMPLATE/config.yml")
"""The files in which an address is a placeholder until there is a real one."""


class Built(NamedTuple):
    """The two files that are published."""

    sdist: Path
    wheel: Path


class Installed(NamedTuple):
    """A command of an environment that holds the wheel, and what may be seen of its surroundings."""

    command: Path
    environment: dict[str, str]

    def run(self, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """`tiaoli` with these arguments, in a folder outside the checkout."""
        return subprocess.run([self.command, *arguments], cwd=folder, env=self.environment, capture_output=True, text=True, check=False)


def build(folder: Path) -> Built:
    """Build both into a folder, the wheel from what the source distribution holds."""
    out = ["--directory", str(folder)]
    subprocess.run([sys.executable, "-m", "hatchling", "build", "--target", "sdist", *out], cwd=ROOT, check=True, capture_output=True)
    (sdist,) = folder.glob("tiaoli-*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    source = folder / sdist.name.removesuffix(".tar.gz")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", *out], cwd=source, check=True, capture_output=True)
    (wheel,) = folder.glob("tiaoli-*.whl")
    return Built(sdist, wheel)


def install(wheel: Path, folder: Path) -> Installed:
    """Install the wheel into an empty environment in a folder: from the wheels that were kept, where they were, else as a user does."""
    venv.create(folder / "venv", with_pip=True)
    pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    kept = ["--no-index", "--find-links", str(WHEELS)] if WHEELS.is_dir() else ["--constraint", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, *kept, str(wheel)], check=True)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return Installed(folder / "venv" / "bin" / "tiaoli", environment | {"XDG_CACHE_HOME": str(folder / "cache")})


def metadata(wheel: Path) -> email.message.Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def releases(changelog: str) -> dict[str, tuple[str | None, str]]:
    """The sections of a changelog: its versions, and Unreleased, each with its day and what it says."""
    parts = re.split(r"^## \[([^\]]+)\](?: - (.+))?\n", changelog, flags=re.MULTILINE)[1:]
    return {name: (day, text.strip()) for name, day, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


# Each of these yields what is wrong.


def package_problems(built: Built) -> Iterator[str]:
    """What the published files say of themselves."""
    found = metadata(built.wheel)
    if found["License-Expression"] != "Apache-2.0":
        yield f"the wheel's licence is {found['License-Expression']}, not Apache-2.0"
    licence = (ROOT / "LICENSE").read_bytes()
    with zipfile.ZipFile(built.wheel) as archive:
        kept = [name for name in archive.namelist() if name.endswith(".dist-info/licenses/LICENSE")]
        if [archive.read(name) for name in kept] != [licence]:
            yield "the wheel does not hold LICENSE"
    with tarfile.open(built.sdist) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    yield from (f"the source distribution does not hold {name}" for name in ("LICENSE", "CHANGELOG.md", "README.md") if name not in names)


def paper_problems(version: str) -> Iterator[str]:
    """Whether the papers are those of this version."""
    day, text = releases((ROOT / "CHANGELOG.md").read_text("utf-8")).get(version, (None, ""))
    if not text or day is None or not re.match(r"\d{4}-\d\d-\d\d\b", day):
        yield f"CHANGELOG.md has no dated section for {version}"
    cited = YAML(typ="safe", pure=True).load(ROOT / "CITATION.cff")
    if cited["version"] != version:
        yield f"CITATION.cff is of {cited['version']}, not of {version}"


def work_problems(installed: Installed, version: str, folder: Path) -> Iterator[str]:
    """Whether the installed package does its main work."""
    case = folder / "case.yaml"
    case.write_bytes(CASE.read_bytes())
    said = installed.run("--version", folder=folder)
    if said.stdout.splitlines()[:1] != [f"tiaoli {version}"]:
        yield f"`tiaoli --version` says {said.stdout!r} {said.stderr!r}"
    decided = installed.run("decide", str(case), "--json", "--benefit", BENEFIT, folder=folder)
    if decided.returncode or decided.stderr or json.loads(decided.stdout)["decisions"][0]["outcome"] != "eligible":
        yield f"`tiaoli decide` says {decided.stdout!r} {decided.stderr!r}"
    checked = installed.run("check", folder=folder)
    if checked.returncode:
        yield f"`tiaoli check` says {checked.stdout!r} {checked.stderr!r}"


def tag_problems(tag: str, version: str) -> Iterator[str]:
    """What must be so of a release and need not be so before: the tag, a clean checkout, nothing left to release, real addresses."""
    if tag != f"v{version}":
        yield f"the tag of version {version} is v{version}, not {tag}"
    if git("rev-parse", "--verify", "--quiet", f"{tag}^{{commit}}") != git("rev-parse", "HEAD"):
        yield f"{tag} is not at this commit: git tag --annotate {tag}"
    if git("status", "--porcelain"):
        yield "something is not committed: git status"
    if releases((ROOT / "CHANGELOG.md").read_text("utf-8")).get("Unreleased", (None, ""))[1]:
        yield f"CHANGELOG.md still has something under Unreleased: move it under {version}"
    for name in PAPERS:
        if PLACEHOLDER in (ROOT / name).read_text("utf-8"):
            yield f"{name} has a placeholder for an address: {PLACEHOLDER}"


def git(*arguments: str) -> str:
    """What git prints; nothing where it fails."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def main() -> None:
    """Check, say what was found, and leave with exit code 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description="Whether this checkout can be released.")
    parser.add_argument("--tag", help="also whether it is the release of this tag")
    tag = parser.parse_args().tag
    with TemporaryDirectory(prefix="tiaoli-release-") as name:
        folder = Path(name)
        built = build(folder)
        version = str(metadata(built.wheel)["Version"])
        print(f"built {built.sdist.name} and {built.wheel.name}")
        problems = [*package_problems(built), *paper_problems(version)]
        outside = folder / "outside"
        outside.mkdir()
        problems += work_problems(install(built.wheel, folder), version, outside)
        print("installed into an empty environment: --version, decide, check")
    if tag:
        problems += tag_problems(tag, version)
    for problem in problems:
        print(f"wrong: {problem}")
    if problems:
        sys.exit(1)
    print(f"{version} can be released" if tag else f"in order; once v{version} is tagged: make release-check TAG=v{version}")


if __name__ == "__main__":
    main()
