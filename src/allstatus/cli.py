"""Entry point of the command line; answers `--version` before loading anything else."""

import sys

import allstatus


def main() -> None:
    """Run the command line with `sys.argv`."""
    if sys.argv[1:] == ["--version"]:
        print(f"allstatus {allstatus.__version__}")
        return
    from allstatus.commands import app

    app()
