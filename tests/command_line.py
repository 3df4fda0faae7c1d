"""The command line in this process: what a script would meet, without the start of an interpreter.

What a process alone can show (signals, pipes, closed streams, a full disk) is run as one, in
tests/faults and where a test says so.
"""

from dataclasses import dataclass

from typer.testing import CliRunner

from allstatus.commands import app


@dataclass(frozen=True)
class Ended:
    """How a command ended, named as subprocess does."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object, stdin: str = "") -> Ended:
    """`allstatus ARGUMENTS` with this input; what would print a traceback is raised."""
    done = CliRunner().invoke(app, list(map(str, arguments)), input=stdin, prog_name="allstatus")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ended(done.exit_code, done.stdout, done.stderr)
