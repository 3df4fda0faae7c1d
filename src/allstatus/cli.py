"""Entry point of the command line; answers `--version` before loading anything else."""

import os
import sys

import allstatus


def main() -> None:
    """Run the command line with `sys.argv`."""
    if sys.argv[1:] == ["--version"]:
        print(f"allstatus {allstatus.__version__}")
        return
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # saves a walk over every installed package
    from allstatus.commands import app

    app()
