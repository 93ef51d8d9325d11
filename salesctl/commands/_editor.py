"""A text through the user's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from typing import Any

from salesctl.errors import StreamError, UsageError
from salesctl.i18n import _


def through(app: Any, text: str, ending: str) -> str:
    """The text as it was saved in the editor of VISUAL or EDITOR, called without a shell.

    Raises UsageError (2) without a terminal or an editor, StreamError (9) when it fails.
    """
    command = app.environ.get("VISUAL") or app.environ.get("EDITOR") or ""
    if not app.out.can_ask and not command:
        raise UsageError(_("there is no terminal to edit on"), _("write the file and load it: salesctl sop load FILE"))
    words = shlex.split(command) or ["vi"]
    from salesctl.readers.text import whole

    with tempfile.TemporaryDirectory(prefix="salesctl-") as folder:
        path = os.path.join(folder, f"edit{ending}")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        try:
            done = subprocess.run([*words, path], check=False)
        except OSError as error:
            raise StreamError(_("the editor {name} could not be started").format(name=words[0]), _("set EDITOR")) from error  # fmt: skip
        if done.returncode:
            raise StreamError(_("the editor ended with {n}: nothing was changed").format(n=done.returncode))
        return whole(path)
