"""The way in. A lone `--version` is answered before anything is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run salesctl with this process's arguments and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from salesctl import __version__

        sys.exit(_say(f"salesctl {__version__}\n"))
    from salesctl.cli import run

    sys.exit(run(sys.argv[1:]))


def _say(text: str) -> int:
    """Write to standard output without the command line; its exit code says whether that worked."""
    import os

    try:
        os.write(1, text.encode())
    except BrokenPipeError:
        return 141
    except OSError:
        return 9
    return 0


if __name__ == "__main__":
    main()
