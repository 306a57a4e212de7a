"""A policy that has the rules and words of the library in its own files, as if it had copied them."""

from pathlib import Path

import tiaoli

STDLIB = Path(tiaoli.__file__).parent / "stdlib"


def own_library(root: Path, name: str) -> None:
    """Put what a policy under `root` includes of the library into its own files, where a test can change it."""
    policy, rules = root / "policy" / name, root / "encodings" / name
    head = policy / "policy.toml"
    lines = head.read_text("utf-8").splitlines(keepends=True)
    head.write_text("".join(line for line in lines if not line.startswith("library = ")), "utf-8")
    words = policy / "vocabulary.toml"
    for path in STDLIB.iterdir():
        text = path.read_text("utf-8")
        if path.suffix == ".lp":
            (rules / path.name).write_text(text, "utf-8")
        else:
            words.write_text(f"{words.read_text('utf-8')}\n{text}", "utf-8")
