"""Runs over a population that are stopped on their way."""

from collections.abc import Callable

from tiaoli.populations.bulk_job import Progress


class StoppedError(Exception):
    """What stops a run in these tests."""


def stop_after(number: int) -> Callable[[Progress], None]:
    """A report that stops the run at its so many-th call."""
    calls = iter(range(number))

    def report(_: Progress) -> None:
        if next(calls, None) is None:
            raise StoppedError

    return report
