"""The command line in this process: what a script would meet, without the start of an interpreter.

What a process alone can show (signals, pipes, closed streams, a full disk) is run as one, in
tests/faults and where a test says so.
"""

import resource
import signal
import subprocess
import sys
from dataclasses import dataclass

from click.testing import CliRunner, Result
from typer.main import get_command

from allstatus.commands import app

ALLSTATUS = get_command(app)  # made once: every run asks the same commands


@dataclass(frozen=True)
class Ended:
    """How a command ended, named as subprocess does."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object, stdin: str = "") -> Ended:
    """`allstatus ARGUMENTS` with this input; what would print a traceback is raised."""
    done = invoke(*arguments, stdin=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ended(done.exit_code, done.stdout, done.stderr)


def invoke(*arguments: object, stdin: str | None = None) -> Result:
    """The same as click tells it, with the exception it ended by."""
    asked = list(map(str, arguments))
    return CliRunner().invoke(ALLSTATUS, asked, input=stdin, prog_name="allstatus")


def run_on_a_full_disk(*arguments: object) -> Ended:
    """In a process of its own that can write files of no more than 4 KiB, and compiles none: Python
    would keep the first 4 KiB of a compiled module, for whoever imports it next.
    """

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    asked = [sys.executable, "-B", "-m", "allstatus", *map(str, arguments)]
    done = subprocess.run(
        asked, capture_output=True, text=True, check=False, timeout=120, preexec_fn=small
    )
    return Ended(done.returncode, done.stdout, done.stderr)
