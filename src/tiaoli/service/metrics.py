"""What a service counts, in the text form that Prometheus reads. Labels are routes, methods and statuses: never what was asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tiaoli.protocol import ProblemDetails

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""The upper ends of the histogram of seconds."""

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts of requests, their seconds, and refusals."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self.lines: Counter[str] = Counter()
        self._buckets: dict[str, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
        self._seconds: Counter[str] = Counter()
        self._observed: Counter[str] = Counter()

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self.requests[method, route, status] += 1
        self._observed[route] += 1
        self._seconds[route] += seconds  # type: ignore[assignment]  # a Counter adds up any numbers
        buckets = self._buckets[route]
        for position, end in enumerate(BUCKETS):
            if seconds <= end:
                buckets[position] += 1

    def count_problem(self, details: ProblemDetails) -> None:
        """Count a problem that was answered."""
        self.refused[details.kind, details.limit.name if details.limit else ""] += 1

    def text(self, gauges: Mapping[str, tuple[str, float]], counters: Mapping[str, tuple[str, float]]) -> str:
        """Everything counted, with single values of others: their help and value, by name."""
        lines: list[str] = []
        for kind, values in (("gauge", gauges), ("counter", counters)):
            for name, (told, value) in values.items():
                lines += _metric(name, kind, told, [("", {}, value)])
        requests = [("", {"method": m, "route": r, "status": str(s)}, float(n)) for (m, r, s), n in sorted(self.requests.items())]
        lines += _metric("tiaoli_requests_total", "counter", "Requests answered.", requests)
        refused = [("", {"kind": kind, "limit": limit}, float(n)) for (kind, limit), n in sorted(self.refused.items())]
        lines += _metric("tiaoli_problems_total", "counter", "Problems answered, by kind and limit.", refused)
        decided = [("", {"result": result}, float(n)) for result, n in sorted(self.lines.items())]
        lines += _metric("tiaoli_bulk_lines_total", "counter", "Lines of populations, by what came of them.", decided)
        lines += _metric("tiaoli_request_seconds", "histogram", "Seconds from a request to the end of its answer.", self._histogram())
        return "\n".join(lines) + "\n"

    def _histogram(self) -> Iterator[tuple[str, dict[str, str], float]]:
        for route, buckets in sorted(self._buckets.items()):
            for end, count in zip(BUCKETS, buckets, strict=True):
                yield "_bucket", {"route": route, "le": f"{end:g}"}, count
            yield "_bucket", {"route": route, "le": "+Inf"}, self._observed[route]
            yield "_sum", {"route": route}, self._seconds[route]
            yield "_count", {"route": route}, self._observed[route]


def _metric(name: str, kind: str, told: str, samples: Iterable[tuple[str, Mapping[str, str], float]]) -> Iterator[str]:
    yield f"# HELP {name} {told}"
    yield f"# TYPE {name} {kind}"
    for suffix, labels, value in samples:
        said = ",".join(f'{key}="{label}"' for key, label in labels.items())
        yield f"{name}{suffix}{{{said}}} {value:g}" if said else f"{name}{suffix} {value:g}"
