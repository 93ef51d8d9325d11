"""A long answer on a terminal, through the pager that its user named."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator


def paged(chunks: Iterable[str], pager: str) -> Iterator[str]:
    """What is still to be printed: nothing once the pager has shown it, all of it when it fits or no pager runs."""
    import shlex
    import shutil
    import subprocess

    text = "".join(chunks)
    if text.count("\n") < shutil.get_terminal_size().lines:
        yield text
        return
    try:
        # Without R less shows our bold as codes; what its user has set comes first.
        subprocess.run(shlex.split(pager), input=text.encode(), check=False, env={"LESS": "FRX", **os.environ})
    except (OSError, ValueError, IndexError):
        yield text
