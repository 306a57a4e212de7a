"""The standard library: rules and their words that a policy includes by name (`library = ["decision"]`) and never copies."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tiaoli.base import PolicyError, Problem, Statement, choices, shown

_FOLDER = Path(__file__).parents[1] / "stdlib"


def library_parts() -> list[str]:
    """The names of all parts of the library: each is a file of rules and one of words."""
    return sorted(path.stem for path in _FOLDER.glob("*.lp"))


def read_library(policy_file: str) -> dict[str, str]:
    """The texts of the parts that a `policy.toml` includes, by file name: `decision.lp` and `decision.toml`.

    Raises `PolicyError` where there is no part of a name. What else is wrong in the file is found when it is read as a whole.
    """
    try:
        included = tomllib.loads(policy_file).get("library", [])
    except tomllib.TOMLDecodeError:
        return {}
    known = library_parts()
    problems = []
    texts = {}
    for name in included if isinstance(included, list) else ():
        if name in known:
            texts.update({f"{name}{suffix}": (_FOLDER / f"{name}{suffix}").read_text("utf-8") for suffix in (".lp", ".toml")})
        else:
            near = choices(known, str(name))
            problems.append(
                Problem(
                    "policy.toml [library]",
                    Statement(f"标准库中没有 {shown(name)}；{near.zh}", f"the library has no part {shown(name)}; {near.en}"),
                    "policy-library",
                )
            )
    if problems:
        raise PolicyError(problems)
    return texts
