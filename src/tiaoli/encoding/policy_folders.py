"""Where policies lie, and the texts that one is read from.

Policies lie in `policy/<id>/` and `encodings/<id>/` under one root: the checkout, the folder inside an installed package, or
the one given. To these come the parts of the standard library that the policy includes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from tiaoli.base import CallError, PolicyError, Problem, Statement, choices, shown
from tiaoli.norm import NORM_FILE, NORM_LIBRARY, head_of
from tiaoli.policy import read_library

DEFAULT_POLICY = "hrss-2024-20"


class PolicyTexts(NamedTuple):
    """The texts that a policy is made of, by file name: the files of `policy/<id>/`, the rules of `encodings/<id>/`, and the
    parts of the library that it includes."""

    files: Mapping[str, str]
    own_rules: Mapping[str, str]
    library: Mapping[str, str]

    @property
    def rules(self) -> dict[str, str]:
        """Every file of rules, the library's among the policy's own, in the order of their names."""
        included = {name: text for name, text in self.library.items() if name.endswith(".lp")}
        return dict(sorted({**self.own_rules, **included}.items()))

    def digest(self) -> str:
        """One digest of everything."""
        total = hashlib.sha256()
        for name, text in self._named():
            data = text.encode()
            total.update(f"{name} {len(data)}\n".encode())
            total.update(data)
        return f"sha256:{total.hexdigest()}"

    def digests(self) -> dict[str, str]:
        """The digest of each file, under its folder and name."""
        return {name: f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" for name, text in self._named()}

    def _named(self) -> Iterator[tuple[str, str]]:
        for folder, group in (("policy", self.files), ("encodings", self.own_rules), ("library", self.library)):
            yield from ((f"{folder}/{name}", text) for name, text in group.items())


@dataclass(frozen=True)
class PolicySource:
    """A policy by its id, the root it lies under (the shipped one where there is none), and the numbers put in place of its own,
    written as in parameters.toml.

    A loaded policy stays in its process; this is what travels. That of a loaded policy holds the `texts` that were read, and the same
    policy comes of it whatever became of the files since.
    """

    policy: str | None = None
    root: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    texts: PolicyTexts | None = field(default=None, repr=False)


def default_root() -> Path:
    """The folder with the shipped policies: inside an installed package, or the checkout it is run from."""
    inside = Path(__file__).parents[1] / "data"
    return inside if inside.is_dir() else Path(__file__).parents[3]


def policy_ids(root: Path) -> list[str]:
    """The policies under a root that have rules as well."""
    folder = root / "policy"
    if not folder.is_dir():
        return []
    return sorted(item.name for item in folder.iterdir() if item.is_dir() and (root / "encodings" / item.name).is_dir())


def find_policy(policy: str | None, root: Path | None) -> tuple[str, Path]:
    """The id and root of a policy. Without an id: the default one, or the only one under the root. Raises
    `CallError`."""
    where = root or default_root()
    found = policy_ids(where)
    if not found:
        raise CallError.one(
            "policy root",
            f"{shown(where)} 下没有政策；其中须有 policy/<编号>/ 和 encodings/<编号>/",
            f"{shown(where)} holds no policy; it needs policy/<id>/ and encodings/<id>/",
        )
    wanted = policy or (DEFAULT_POLICY if DEFAULT_POLICY in found or len(found) > 1 else found[0])
    if wanted not in found:
        near = choices(found, wanted)
        raise CallError.one("policy", f"没有政策 {shown(wanted)}；{near.zh}", f"there is no policy {shown(wanted)}; {near.en}")
    return wanted, where


def locate_policy(text: str, root: Path | None) -> tuple[str | None, Path | None]:
    """The id and root of the policy that a text names: a folder `policy/<id>`, a root with one policy, or an id under `root`."""
    folder = Path(text)
    if (folder / "policy").is_dir() and (folder / "encodings").is_dir():
        return None, folder
    if folder.is_dir() and folder.resolve().parent.name == "policy":
        return folder.resolve().name, folder.resolve().parents[1]
    return text, root


def rules_folder(policy: str | None = None, root: Path | None = None) -> Path:
    """The folder with the rules of a policy. Raises `CallError` where there is none of that name."""
    name, where = find_policy(policy, root)
    return where / "encodings" / name


def read_texts(name: str, root: Path) -> PolicyTexts:
    """The texts of a policy. Raises `PolicyError` where one cannot be read, or where it has a copy of what it includes."""
    files, rules = _read(root / "policy" / name), _read(root / "encodings" / name, ".lp")
    in_one = NORM_FILE in files
    library = read_library(head_of(files[NORM_FILE]), NORM_FILE, NORM_LIBRARY) if in_one else read_library(files.get("policy.toml", ""))
    copies = [file for file in rules if file in library]
    if copies:
        raise PolicyError(
            Problem(
                file,
                Statement(
                    "标准库已有同名文件，政策又以 library 引用；请删去此副本",
                    "the library has a file of this name, and `library` includes it; delete this copy",
                ),
                "policy-file-copied",
            )
            for file in copies
        )
    return PolicyTexts(files, rules, library)


def _read(folder: Path, suffix: str = "") -> dict[str, str]:
    found = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.endswith(suffix) and not path.name.startswith("."):
            try:
                # a mark of byte order at its head is no part of a text
                found[path.name] = path.read_text("utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise PolicyError.one(str(path), f"无法读取：{error}", f"cannot be read: {error}", "policy-file-unreadable") from None
    return found
