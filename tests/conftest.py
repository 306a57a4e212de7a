"""What the whole suite shares: the oracles, the hypothesis profiles, and a cache folder of its own."""

import os
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from support import answers
from support.command import Cli
from support.paths import AMENDED
from tiaoli import Oracle

answers.hold_everything()

settings.register_profile("ci", derandomize=True, database=None, deadline=None, max_examples=50)
settings.register_profile("thorough", database=None, deadline=None, max_examples=2000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-snapshots` writes what the terminal shows now, to be reviewed as a difference."""
    parser.addoption("--update-snapshots", action="store_true")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the user's cache out of it; parallel workers inherit the folder of the process that started them."""
    if hasattr(config, "workerinput"):
        return
    folder = TemporaryDirectory(prefix="tiaoli-tests-")
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", folder.name)
    config.add_cleanup(folder.cleanup)
    config.add_cleanup(patch.undo)


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    """The shipped notice, loaded once."""
    return Oracle("hrss-2024-20")


@pytest.fixture(scope="session")
def amended() -> Oracle:
    """Its second version, out of the tests' own folders."""
    return Oracle(policy_root=AMENDED)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line, over a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    return Cli(capsys)
