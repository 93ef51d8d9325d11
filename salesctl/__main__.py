"""The way in. A lone `--version` is answered before anything is imported."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run salesctl with this process's arguments and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from salesctl import __version__

        if _said(f"salesctl {__version__}\n"):
            sys.exit(0)
    gc.set_threshold(50_000)  # a command is short: looking for cycles while importing is a twelfth of its time
    from salesctl.cli import run

    sys.exit(run(sys.argv[1:]))


def _said(text: str) -> bool:
    """Whether standard output took it without the command line, which tells why not."""
    import os

    try:
        return os.write(1, text.encode()) == len(text)
    except OSError:
        return False


if __name__ == "__main__":
    main()
