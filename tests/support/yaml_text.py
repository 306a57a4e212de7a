"""Plain data written as people write YAML."""

import json
import re
from typing import Any

PLAIN = re.compile(r"[A-Za-z][A-Za-z_-]*|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]-[0-9]{2}-[0-9]{2}-[0-9]{2}")


def as_yaml(value: Any, indent: int = 0) -> str:
    """Plain data as YAML in block style, dates, codes and words written bare, as people write them."""
    margin = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(f"\n{margin}{key}:{as_yaml(inner, indent + 1)}" for key, inner in value.items())
    if isinstance(value, list) and value:
        return "".join(f"\n{margin}-{as_yaml(inner, indent + 1)}" for inner in value)
    if isinstance(value, str) and PLAIN.fullmatch(value) and value not in ("null", "true", "false"):
        return f" {value}"
    return f" {json.dumps(value, ensure_ascii=False)}"
