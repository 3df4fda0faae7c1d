"""Entry point of the command line; answers `--version` before loading anything else."""

import atexit
import gc
import os
import sys

import allstatus

# objects made before the first look for cycles: imports and records make many, and hardly a cycle
GARBAGE = 50_000


def main() -> None:
    """Run the command line with `sys.argv`."""
    if sys.argv[1:] == ["--version"]:
        print(f"allstatus {allstatus.__version__}")
        return
    os.environ.setdefault(
        "PYDANTIC_DISABLE_PLUGINS", "__all__"
    )  # saves a walk over every installed package
    gc.set_threshold(GARBAGE)
    atexit.register(gc.freeze)  # what ends with the process is not looked through once more
    from allstatus.commands import app

    app()
