"""What the whole suite shares: its tiers, the oracles, the command line, and a cache folder of its own."""

from collections.abc import Iterable, Iterator
from tempfile import TemporaryDirectory

import pytest

from support import answers, tiers
from support.command import Cli
from support.paths import AMENDED
from tiaoli import CaseError, Oracle, PolicyError, Problem, TiaoliError
from tiaoli.base import PROBLEM_KINDS

answers.hold_everything()


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much is tried, and whether snapshots are compared or written."""
    about = "; ".join(f"{tier}: {what}" for tier, what in tiers.TIERS.items())
    parser.addoption("--tier", choices=tiers.TIERS, help=f"{about}. [default: fast]")
    parser.addoption("--update-snapshots", action="store_true", help="write what is shown now, to be reviewed as a difference")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the tier, and keep the user's cache out of it; parallel workers inherit the folder of the process that started them."""
    config.addinivalue_line("markers", "slow: a test that only `make test-all` runs")
    config.addinivalue_line("markers", "sized(fast, full, thorough): how many cases a test tries in each tier")
    tiers.choose(config.option.tier)
    if hasattr(config, "workerinput"):
        return
    folder = TemporaryDirectory(prefix="tiaoli-tests-")
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_CACHE_HOME", folder.name)
    config.add_cleanup(folder.cleanup)
    config.add_cleanup(patch.undo)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not of the tier."""
    left = [item for item in items if not tiers.belongs(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if tiers.belongs(item)]


@pytest.fixture
def size(request: pytest.FixtureRequest) -> int:
    """How many cases a test marked as `sized` tries."""
    return tiers.amount(*request.node.get_closest_marker("sized").args)


@pytest.fixture(scope="session", autouse=True)
def _every_problem_has_a_kind() -> Iterator[None]:
    """Whatever a test makes refuse a case or a policy: each problem bears the id of a kind that the docs explain."""
    patch = pytest.MonkeyPatch()
    made = TiaoliError.__init__

    def checked(self: TiaoliError, problems: Iterable[Problem]) -> None:
        made(self, problems)
        without = [problem for problem in self.problems if problem.id not in PROBLEM_KINDS]
        assert not without, f"no kind of problem: {without}"

    patch.setattr(CaseError, "__init__", checked)
    patch.setattr(PolicyError, "__init__", checked)
    yield
    patch.undo()


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
