"""How long it takes to prove a property, or to find the case that refutes it, in one process. Prints seconds for each and the median.

`ROUNDS` is how often each is asked (3); names or files of properties can be given as arguments.
"""

from __future__ import annotations

import os
import statistics
import sys
import time

from tiaoli import Oracle


def main(names: list[str]) -> None:
    """Ask for each property by itself, its file read anew."""
    rounds = int(os.environ.get("ROUNDS", "3"))
    oracle = Oracle()
    wanted = names or [proof.property for proof in oracle.prove()]
    medians = []
    for name in wanted:
        seconds = []
        for _ in range(rounds):
            started = time.perf_counter()
            (proof,) = oracle.prove([name])
            seconds.append(time.perf_counter() - started)
        medians.append(statistics.median(seconds))
        print(f"  {proof.property:<32} {medians[-1]:6.3f} s  {proof.result}")
    print(f"  {len(medians)} properties: median {statistics.median(medians):.3f} s, slowest {max(medians):.3f} s, all {sum(medians):.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
