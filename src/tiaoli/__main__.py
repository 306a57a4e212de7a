"""The command `tiaoli`: arguments in, exit code out, never a traceback."""

from __future__ import annotations

import gc
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # a run is short and starts with many imports: fewer collections, and no scan for plug-ins that are not used
    gc.set_threshold(100_000, 50, 50)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from tiaoli.cli import run

    code = run(sys.argv[1:])
    # everything is written and flushed; taking the interpreter down in order would cost a quarter of a short run
    os._exit(code)


if __name__ == "__main__":
    main()
