"""The standard library: rules and their words that a policy includes by name (`library = ["decision"]`) and never copies."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path

from tiaoli.base import PolicyError, Problem, Statement, choices, shown

_FOLDER = Path(__file__).parents[1] / "stdlib"


def library_parts() -> list[str]:
    """The names of all parts of the library: each is a file of rules and one of words."""
    return sorted(path.stem for path in _FOLDER.glob("*.lp"))


def read_library(policy_file: str, name: str = "policy.toml", default: Sequence[str] = ()) -> dict[str, str]:
    """The texts of the parts that a `policy.toml` includes, by file name: `decision.lp` and `decision.toml`. Another file than that has a
    `name`; `default` is what it includes where it does not say.

    Raises `PolicyError` where there is no part of a name. What else is wrong in the file is found when it is read as a whole.
    """
    try:
        included = tomllib.loads(policy_file).get("library", list(default))
    except tomllib.TOMLDecodeError:
        return {}
    known = library_parts()
    problems = []
    texts = {}
    for part in included if isinstance(included, list) else ():
        if part in known:
            texts.update({f"{part}{suffix}": (_FOLDER / f"{part}{suffix}").read_text("utf-8") for suffix in (".lp", ".toml")})
        else:
            near = choices(known, str(part))
            problems.append(
                Problem(
                    f"{name} [library]",
                    Statement(f"标准库中没有 {shown(part)}；{near.zh}", f"the library has no part {shown(part)}; {near.en}"),
                    "policy-library",
                )
            )
    if problems:
        raise PolicyError(problems)
    return texts
