"""Standard output and error as a command writes to them: nothing from data is obeyed by a terminal,
marks that a stream cannot write are ASCII, and a stream that cannot be written ends in one line.

Exit status: 74 where a file or stream cannot be read or written, 141 where the reader went away.
"""

from __future__ import annotations

import codecs
import os
import re
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TextIO

from allstatus.record.undisturbed import ENDING
from allstatus.render.printable import printable, wrapped

CANNOT_WRITE, READER_GONE = 74, 141
SOON = 0.01  # seconds
NARROWEST = 40  # columns of text
ASCII = {
    "✓": "+",
    "✗": "x",
    "→": "->",
    "←": "<-",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "–": "-",
    "—": "-",
    "…": "...",
    "×": "x",
    "·": ".",
    "•": "*",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "│": "|",
    "┃": "|",
    "─": "-",
    "━": "-",
    "═": "=",
    "µ": "u",
    "\ufffd": "?",
}
BOXES = range(0x2500, 0x2580)
_CAME: list[int] = []  # signals that are to end the process
_COLOURS = re.compile(r"(\x1b\[(?:[012]|3[123])m)")  # those of the text's marks; none hides


def columns() -> int | None:
    """How wide the terminal is, or COLUMNS says; None where nothing does."""
    return shutil.get_terminal_size((0, 0)).columns or None


def width_of_text(usual: int) -> int:
    """Columns of text, which fit the terminal where they can; the usual ones where it is not
    known.
    """
    return max(columns() or usual, NARROWEST)


def fitted(text: str) -> str:
    """A text whose lines are as wide as the terminal, where that is known; what goes on is set in
    further than its line.
    """
    width, lines = width_of_text(len(text)), []  # no line is longer than all of them
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        further = wrapped(line.strip(), width, indent, f"{indent}    ", breaks=False)
        lines += further if len(line) > width else [line]
    return "\n".join(lines)


class Stopped(BaseException):
    """The process was told to end; raised so that what was begun is cleaned up first."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)


class Door:
    """A text stream that spells out what a terminal would obey; of escape sequences it lets through
    colours where colour is wanted.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._colour = stream, colour_wanted(stream)

    def write(self, text: str) -> int:
        """Write text; raises OSError where that cannot be."""
        parts = _COLOURS.split(text) if self._colour else [text]
        self._stream.write("".join(p if n % 2 else printable(p) for n, p in enumerate(parts)))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    @property
    def buffer(self) -> Any:
        """Where a program's bytes go, as they are unless a terminal would show them."""
        return _Shown(self) if self._stream.isatty() else self._stream.buffer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Shown:
    """Bytes for a terminal: the text that they are, through its door."""

    def __init__(self, door: Door) -> None:
        self._door, self.flush = door, door.flush

    def write(self, data: bytes) -> int:
        self._door.write(data.decode("utf-8", "backslashreplace"))
        return len(data)


def colour_wanted(stream: TextIO) -> bool:
    """NO_COLOR says no, FORCE_COLOR yes; else on a terminal that is not dumb."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return os.environ["FORCE_COLOR"] != "0"
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def ended(action: Callable[[], int]) -> int:
    """The exit status of an action that prints; what cannot be read or written is said in a
    line. A signal that came is raised, though a library made another error of it.
    """
    try:
        return _ended(action)
    except Exception:
        for number in _CAME:
            raise _error_of(number) from None
        raise


def _ended(action: Callable[[], int]) -> int:
    try:
        status = action()
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon(sys.stdout)
        return READER_GONE
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "new thread" not in str(error):
            raise
        print("error:", "no memory left", file=sys.stderr)
        return CANNOT_WRITE
    except (ImportError, SystemError) as error:  # damaged, or no memory is left for it
        *_, why = (str(error) or type(error).__name__).strip().splitlines()
        return _cannot_be_had("a library", why)
    except OSError as error:
        where = "standard output" if error.filename is None else f"{error.filename}"
        _abandon(sys.stdout)
        with suppress(OSError):
            _cannot_be_had(where, (error.strerror or type(error).__name__).lower())
        return CANNOT_WRITE
    return status


def _cannot_be_had(what: str, why: str) -> int:
    print(f"error: {what}: cannot be read or written ({why})", file=sys.stderr)
    return CANNOT_WRITE


@contextmanager
def doors() -> Iterator[None]:
    """What is printed within goes through doors."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Door(before[0]), Door(before[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def prepare() -> None:
    """Before anything is printed: streams that are closed, marks they cannot write, and signals
    that end the process after it cleaned up.
    """
    for place in range(3):  # a file opened later must not take the place of a closed stream
        try:
            os.fstat(place)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = open("/dev/full" if os.path.exists("/dev/full") else os.devnull, "w")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    codecs.register_error("allstatus", _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):
            stream.reconfigure(errors="allstatus")  # type: ignore[union-attr]
    usual = (signal.SIG_DFL, signal.default_int_handler)
    for name in ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) in usual:
            signal.signal(number, _stop)
    if hasattr(signal, "setitimer") and sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _hear_again


def end_by(number: int) -> NoReturn:
    """End as the signal would have, now that all is cleaned up."""
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    raise SystemExit(128 + number)


def _stop(number: int, _: object) -> None:
    _CAME.append(number)
    if number != signal.SIGINT:
        signal.signal(number, signal.SIG_IGN)
    raise _error_of(number)


def _error_of(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else Stopped(number)


def _hear_again(lost: sys.UnraisableHookArgs) -> None:
    """A signal whose error was raised where none can be (in a call-back of an import, say) comes
    once more, soon.
    """
    if not (_CAME and isinstance(lost.exc_value, (Stopped, KeyboardInterrupt))):
        sys.__unraisablehook__(lost)
        return
    number = _CAME[-1]
    signal.signal(number, _stop)
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(number))
    signal.setitimer(signal.ITIMER_REAL, SOON)


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    signs = error.object[error.start : error.end]
    return "".join(map(_ascii, signs)), error.end


def _ascii(sign: str) -> str:
    return ASCII.get(sign) or ("+" if ord(sign) in BOXES else f"\\u{ord(sign):04x}")


def _abandon(stream: TextIO) -> None:
    """What is left in a stream that cannot be written goes nowhere, or Python would try again."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
