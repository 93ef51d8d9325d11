"""Where a store may lie: a file that is the user's own and nobody else can write, on a disk of this machine."""

from __future__ import annotations

import os
import stat

from salesctl.errors import Damaged, NotAllowed
from salesctl.i18n import _

REMOTE = frozenset(("nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "ncpfs", "9p", "glusterfs", "lustre"))


def check_safe(path: str) -> None:
    """Refuse (6) a store behind a symbolic link, of another user, or that others may write.

    A store of an operating system without owners is taken as it is.
    """
    if not hasattr(os, "geteuid"):
        return
    try:
        found = os.lstat(path)
    except OSError:
        return
    if stat.S_ISLNK(found.st_mode):
        raise NotAllowed(
            _("{path} is a symbolic link").format(path=path),
            _("give --db the file itself: {path}").format(path=os.path.realpath(path)),
        )
    if not stat.S_ISREG(found.st_mode):
        return
    if found.st_uid != os.geteuid():
        raise NotAllowed(_("{path} belongs to somebody else").format(path=path), _("a team shares a PostgreSQL store"))
    if found.st_mode & 0o022:
        raise NotAllowed(_("{path} may be written by others").format(path=path), f"chmod 600 {path}")
    _check_folder(os.path.dirname(os.path.abspath(path)))


def _check_folder(folder: str) -> None:
    mode = os.stat(folder).st_mode
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise NotAllowed(_("everybody may write to {path}").format(path=folder), f"chmod o-w {folder}")


def check_disk(path: str, mounts: str = "/proc/self/mounts") -> None:
    """Refuse (8) to write to a store on a network disk: locks do not hold there, and it gets damaged."""
    kind = disk_of(path, mounts)
    if kind in REMOTE:
        raise Damaged(
            _("{path} lies on a network disk ({kind}), where a SQLite file gets damaged").format(path=path, kind=kind),
            _("keep it on this machine's disk; a team shares a PostgreSQL store"),
        )


def disk_of(path: str, mounts: str = "/proc/self/mounts") -> str:
    """The kind of file system a path lies on, as Linux calls it; empty where that cannot be told."""
    place = os.path.realpath(path)
    best, kind = "", ""
    try:
        with open(mounts, encoding="utf-8", errors="replace") as file:
            for line in file:
                words = line.split(" ")
                where = words[1].replace("\\040", " ")
                inside = place == where or place.startswith(where.rstrip("/") + "/")
                if inside and len(where) >= len(best):
                    best, kind = where, words[2]
    except (OSError, IndexError):
        return ""
    return kind
