"""The door for files that are read: a regular file, or why it is none, before anything is opened.

A folder, a pipe, a socket or a device would be read as what it is not, or waited for without end.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from allstatus.errors import InvalidRecord

KINDS = (
    (stat.S_ISFIFO, "is a pipe"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)
NO_FILE = "there is no such file"
HANDED_OVER = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")  # what a shell opens for a command


def refuse_no_file(path: str | Path, kind: str = "JSON", instead: str = "") -> None:
    """Raise InvalidRecord unless a path is that of a file; `kind` is what it should hold, `instead`
    what may be given in its place.
    """
    if problem := no_file(path):
        raise InvalidRecord(shorten(path), problem, f"give the path of a {kind} file{instead}")


def no_file(path: str | Path) -> str:
    """Why a path is not that of a file that can be read from start to end; empty if it is one."""
    if not str(path):
        return "the name is empty"
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return NO_FILE
    except PermissionError:
        return "cannot be read"
    except (
        OSError,
        ValueError,
    ) as error:  # a name that is too long, holds NUL, or leads in circles
        return f"cannot be read ({getattr(error, 'strerror', None) or 'no name of a file'})"
    if stat.S_ISREG(mode) or str(path).startswith(HANDED_OVER):
        return ""
    if stat.S_ISDIR(mode):
        return "is a folder"
    return next((problem for test, problem in KINDS if test(mode)), "is not a file")


def is_folder(path: str | Path) -> bool:
    """Whether a path is that of a folder; a name that none can have is not."""
    return bool(str(path)) and no_file(path) == "is a folder"


def within(path: Path, root: Path) -> bool:
    """Whether a file lies in a folder once every link is followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def shorten(path: str | Path, most: int = 80) -> str:
    """A path as it may stand in a message: its end, where it is long."""
    text = str(path)
    return text if len(text) <= most else f"…{text[-most:]}"
