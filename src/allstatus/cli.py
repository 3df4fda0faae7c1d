"""Entry point of the command line; answers `--version` before loading anything else."""

import atexit
import gc
import os
import sys
from collections.abc import Callable

import allstatus

# objects made before the first look for cycles: imports and records make many, and hardly a cycle
GARBAGE = 200_000
INTERRUPTED = 130


def main() -> None:
    """Run the command line with `sys.argv`."""
    if sys.argv[1:2] == ["serve"]:
        from allstatus.service.hangups import hold_back

        hold_back()
    os.environ.setdefault(
        "PYDANTIC_DISABLE_PLUGINS", "__all__"
    )  # saves a walk over every installed package
    gc.set_threshold(GARBAGE)
    atexit.register(gc.freeze)  # what ends with the process is not looked through once more
    try:
        raise SystemExit(_run())
    except KeyboardInterrupt:  # before or after a command's own work
        raise SystemExit(INTERRUPTED) from None


def _run() -> int:
    """The exit status of the command line."""
    from allstatus.commands import app_for
    from allstatus.commands.streams import Stopped, end_by, ended, prepare

    prepare()
    if sys.argv[1:] == ["--version"]:
        return ended(_tell_version)
    if "" in sys.argv[1:]:
        print("error: an argument is empty (an unset variable?)", file=sys.stderr)
        return 2
    try:
        return ended(lambda: _status(app_for(sys.argv[1:])))
    except Stopped as stopped:
        end_by(stopped.number)


def _tell_version() -> int:
    print(f"allstatus {allstatus.__version__}")
    return 0


def _status(app: Callable[[], object]) -> int:
    """The exit status with which the app ends."""
    try:
        app()
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # which click has made exit status 1
            raise end.__context__ from None
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
