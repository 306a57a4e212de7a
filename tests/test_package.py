"""The wheel: installed into an empty virtual environment, outside the checkout and offline, it decides a case."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[1]
WHEELS = Path(sys.prefix) / "wheels"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of the package as a user has it who installed the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)], check=True)
    shutil.rmtree(source)
    venv.create(folder / "venv", with_pip=True)
    inside = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    (wheel,) = folder.glob("tiaoli-*.whl")
    subprocess.run([*inside, "install", "--no-index", "--find-links", str(WHEELS), str(wheel)], check=True)
    return folder / "venv" / "bin" / "tiaoli"


@pytest.mark.skipif(not WHEELS.is_dir(), reason="`make test` keeps the wheels that an offline installation needs; they are not here")
def test_an_installed_wheel_decides_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    case = tmp_path / "case.yaml"
    case.write_text((ROOT / "tests" / "cases" / "06-carer-twelfth-month.yaml").read_text("utf-8"), "utf-8")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    run = [str(installed), "decide", str(case), "--json", "--benefit", "care_route"]
    done = subprocess.run(run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert json.loads(done.stdout)["decisions"][0]["outcome"] == "eligible"
    version = subprocess.run([str(installed), "--version"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert version.stdout.startswith("tiaoli ")


@pytest.mark.skipif(not WHEELS.is_dir(), reason="`make test` keeps the wheels that an offline installation needs; they are not here")
def test_an_installed_wheel_holds_the_workbench(installed: Path) -> None:
    (package,) = installed.parents[1].glob("lib/python*/site-packages/tiaoli/workbench")
    here = ROOT / "src" / "tiaoli" / "service" / "workbench"
    kept = {path.name: path.read_bytes() for path in package.iterdir()}
    assert kept == {path.name: path.read_bytes() for path in here.iterdir()}
    page = kept["index.html"].decode()
    assert all(name in kept for name in re.findall(r'(?:src|href)="([^"#]+)"', page))
    # the extra is not among the wheels kept: the installed package serves with the libraries of this environment
    environment = {**os.environ, "PYTHONPATH": str(package.parents[1])}
    run = [sys.executable, "-m", "tiaoli", "serve", "--port", "0", "--workers", "1", "--no-findings", "--lang", "en"]
    with subprocess.Popen(run, cwd=installed.parent, env=environment, stderr=subprocess.PIPE, text=True) as service:
        try:
            assert service.stderr is not None
            address = re.search(r"http://\S+", service.stderr.readline())
            assert address is not None
            for name, content in kept.items():
                with urlopen(f"{address[0]}/{name}", timeout=30) as served:
                    assert served.read() == content, name
        finally:
            service.terminate()
