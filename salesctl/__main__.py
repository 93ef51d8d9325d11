"""The way in. A lone `--version` is answered before anything is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run salesctl with this process's arguments and leave with its exit code."""
    if sys.argv[1:] == ["--version"]:
        from salesctl import __version__

        sys.stdout.write(f"salesctl {__version__}\n")
        return
    from salesctl.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
