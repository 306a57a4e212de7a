"""The wheel: installed into an empty virtual environment, outside the checkout and offline, it decides a case."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from support import tiers
from support.release_check import ROOT, WHEELS, Installed, build, install, work_problems
from tiaoli import __version__

pytestmark = tiers.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The package as a user has it who installed the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    return install(build(folder).wheel, folder)


@pytest.mark.skipif(not WHEELS.is_dir(), reason="`make test` keeps the wheels that an offline installation needs; they are not here")
def test_an_installed_wheel_decides_outside_the_checkout(installed: Installed, tmp_path: Path) -> None:
    assert list(work_problems(installed, __version__, tmp_path)) == []


@pytest.mark.skipif(not WHEELS.is_dir(), reason="`make test` keeps the wheels that an offline installation needs; they are not here")
def test_an_installed_wheel_holds_the_workbench(installed: Installed) -> None:
    (package,) = installed.command.parents[1].glob("lib/python*/site-packages/tiaoli/service/workbench")
    here = ROOT / "src" / "tiaoli" / "service" / "workbench"
    kept = {path.name: path.read_bytes() for path in package.iterdir()}
    assert kept == {path.name: path.read_bytes() for path in here.iterdir()}
    page = kept["index.html"].decode()
    assert all(name in kept for name in re.findall(r'(?:src|href)="([^"#]+)"', page))
    # the extra is not among the wheels kept: the installed package serves with the libraries of this environment
    environment = {**os.environ, "PYTHONPATH": str(package.parents[2])}
    run = [sys.executable, "-m", "tiaoli", "serve", "--port", "0", "--workers", "1", "--no-findings", "--lang", "en"]
    with subprocess.Popen(run, cwd=installed.command.parent, env=environment, stderr=subprocess.PIPE, text=True) as service:
        try:
            assert service.stderr is not None
            line = service.stderr.readline()
            address = re.search(r"http://\S+", line)
            assert address is not None, line
            for name, content in kept.items():
                with urlopen(f"{address[0]}/{name}", timeout=30) as served:
                    assert served.read() == content, name
        finally:
            service.terminate()
