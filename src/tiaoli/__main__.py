"""The command `tiaoli`: arguments in, exit code out, never a traceback."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # a scan for plug-ins that this package does not use would cost a tenth of a short run
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from tiaoli.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
