"""xclingo on the same rules and facts, run in an environment of its own: it pins an older clingo.

Reads a program and its facts from standard input as JSON; prints, as JSON, the seconds of each round and how many nodes
the trees of the last one had. Every rule is traced and the conditions that hold are shown, one explanation each.
"""

import json
import re
import sys
import time


def traced(rules: list[str], shown: str) -> str:
    """The rules with a label above each, and the variables named that xclingo refuses without a name."""
    number = 0

    def named(found: re.Match[str]) -> str:
        nonlocal number
        number += 1
        return f"{found[1]}Any{number}"

    lines = []
    for rule in rules:
        for _ in range(4):
            rule = re.sub(r"([(,]\s*)_(?=\s*[,)])", named, rule)
        label = re.sub(r'[()",;*/@%#\\]', " ", rule.split(":-")[0]).strip()
        lines += [f'%!trace_rule {{"{label}"}}.', rule]
    return "\n".join([*lines, f"%!show_trace {{{shown}}}."])


def explain(program: str) -> int:
    """Explain once; how many lines the trees have."""
    # not at the top: where the checks look through this file, xclingo is not installed
    from xclingo import XclingoControl

    control = XclingoControl(["-Wnone", "1"], n_explanations="1")
    control.add("base", [], program)
    control.ground([("base", [])])
    lines = 0
    for model in control.solve():
        for graph in model.explain_model():
            for atom in graph.show_trace:
                lines += len(graph.explain(atom).ascii_tree().splitlines())
    return lines


def main() -> None:
    asked = json.load(sys.stdin)
    program = traced(asked["rules"], asked["shown"]) + "\n" + "\n".join(asked["facts"])
    times = []
    lines = 0
    for _ in range(asked["rounds"] + 1):
        start = time.perf_counter()
        lines = explain(program)
        times.append(time.perf_counter() - start)
    print(json.dumps({"seconds": times[1:], "lines": lines}))


if __name__ == "__main__":
    main()
