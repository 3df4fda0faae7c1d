"""What a person reads: no escape sequence from data, ASCII where a stream knows no marks, and one
line where a stream cannot be written.
"""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from allstatus import classify
from allstatus.commands import streams
from allstatus.commands.streams import Door, Stopped, colour_wanted, ended
from allstatus.render.text import BOLD, RESET

ESCAPES = "fever\x1b[1;1H\x1b[2Kcase-7: ALL in remission\x9b31m\u202e\x07"
RECORD = {
    "id": f"a{ESCAPES}",
    "prior_treatment": "none",
    "cbc": "abnormal",
    "marrow_blast_percent": "60",
    "signs_and_symptoms": [ESCAPES],
}
OBEYED = "\x1b\x9b\u202e\x07"


@pytest.fixture
def record(tmp_path: Path) -> Path:
    path = tmp_path / "record.json"
    path.write_text(json.dumps(RECORD))
    return path


def run(*asked: object, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "allstatus", *map(str, asked)]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", **more}
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", env=env, check=False
    )


def shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "asked",
    [
        ("classify",),
        ("classify", "--level", "student"),
        ("classify", "--format", "line"),
        ("facts",),
        ("facts", "--format", "json"),
    ],
)
@pytest.mark.parametrize("colour", ["0", "1"])
def test_nothing_in_data_is_obeyed(record: Path, asked: tuple[str, ...], colour: str) -> None:
    found = run(*asked, record, FORCE_COLOR=colour)
    plain = found.stdout
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[0m", "\x1b[31m", "\x1b[32m", "\x1b[33m"):
        plain = plain.replace(code, "")
    assert not set(plain) & set(OBEYED)
    assert "\\u001b[2K" in plain.replace("\n", "").replace(" ", "") or "line" in asked
    if "json" in asked:
        assert json.loads(found.stdout)["id"] == RECORD["id"]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_marks_that_a_stream_cannot_write_are_ascii(record: Path, encoding: str) -> None:
    found = run("classify", record, PYTHONIOENCODING=encoding)
    assert (found.returncode, found.stderr) == (0, "")
    assert "\n+ " in found.stdout


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("code", [3, 4, 5, 7, 8, 9, 28, 30, 37, 38, 40, 97, "1;8", "8;1", "38;5;0"])
def test_data_hides_nothing_on_a_terminal(monkeypatch: pytest.MonkeyPatch, code: object) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown, hidden = io.BytesIO(), f"\x1b[{code}m"
    door = Door(Terminal(shown, "utf-8", write_through=True))
    assert colour_wanted(door)
    door.write(f"{BOLD}a{RESET}{hidden}b")
    assert shown.getvalue().decode() == f"{BOLD}a{RESET}\\u001b[{code}mb"


def test_bytes_are_shown_on_a_terminal_and_kept_elsewhere(tmp_path: Path) -> None:
    answer = classify(RECORD).to_json()
    shown = io.BytesIO()
    door = Door(Terminal(shown, "utf-8", write_through=True))
    door.buffer.write(answer)
    assert not set(shown.getvalue().decode()) & set(OBEYED)
    assert json.loads(shown.getvalue()) == json.loads(answer)
    with (tmp_path / "out.json").open("w") as file:
        Door(file).buffer.write(b"\xff")
    assert (tmp_path / "out.json").read_bytes() == b"\xff"


def test_colour_is_as_the_environment_says(record: Path) -> None:
    assert "\x1b[1m" in run("classify", record, FORCE_COLOR="1").stdout
    assert "\x1b" not in run("classify", record, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b" not in run("classify", record).stdout


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("{py} classify {record} > /dev/full", 74, "standard output: cannot be read or written"),
        ("{py} classify {record} >&-", 74, "standard output: cannot be read or written"),
        ("{py} --help > /dev/full", 74, "standard output: cannot be read or written"),
        ("{py} --version > /dev/full", 74, "standard output: cannot be read or written"),
        ("{py} --version | (exec <&-; sleep 3); exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{py} --help | (exec <&-; sleep 3); exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{py} audit schema | (exec <&-; sleep 3); exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{py} classify {long}", 3, "File name too long"),
        ("{py} page -o {long}", 3, "File name too long"),
        ("{py} schema record > /dev/full", 74, "standard output: cannot be read or written"),
        ("{py} classify - <&-", 3, "is empty"),
        ("{py} schema record | (exec <&-; sleep 3); exit ${{PIPESTATUS[0]}}", 141, ""),
        ("{py} classify ''", 2, "an argument is empty"),
        ("{py} timeline ''", 2, "an argument is empty"),
        ("{py} batch {record} ''", 2, "an argument is empty"),
        ("{py} batch {long}.csv {record}.csv", 3, "File name too long"),
        ("{py} classify /dev/zero", 3, "is a device"),
        ("{py} classify /proc/self/mem", 3, "/proc/self/mem: cannot be read"),
        ("mkfifo {record}.csv; {py} batch {record}.csv {record}.out.csv", 3, "is a pipe"),
        ("mkfifo {record}.p; {py} classify {record}.p", 3, "is a pipe"),
        ("mkfifo {record}.o; {py} page -o {record}.o", 74, "record.json.o: cannot be"),
        (
            "mkfifo {record}.o; cat {record}.o > {record} & sleep 0.5; {py} page -o {record}.o",
            0,
            "",
        ),
        ("{py} classify <(cat {record}) --format json", 0, ""),
    ],
)
def test_one_line_and_a_status(record: Path, line: str, status: int, said: str) -> None:
    py = f"{sys.executable} -m allstatus"
    found = shell(line.format(py=py, record=record, long="x" * 300))
    assert (found.returncode, "Traceback" in found.stderr) == (status, False)
    assert said in found.stderr
    assert len(found.stderr.splitlines()) <= 1


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    pytest.importorskip("pyarrow")
    line = json.dumps({"id": "x", "cbc": "normal", "marrow_blast_percent": 3}) + "\n"
    (tmp_path / "in.ndjson").write_text(line * 300_000)
    (tmp_path / "out.ndjson").write_text("old")
    command = [sys.executable, "-m", "allstatus", "batch", "in.ndjson", "out.ndjson"]
    run = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not list(tmp_path.glob("*.partial")) and time.monotonic() < until:
        time.sleep(0.01)
    run.send_signal(getattr(signal, name))
    _, err = run.communicate(timeout=60)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.ndjson", "out.ndjson"]
    assert (tmp_path / "out.ndjson").read_text() == "old"
    ended = 130 if name == "SIGINT" else -getattr(signal, name)
    assert (run.returncode, b"Traceback" in err) == (ended, False)


LOST = """
import os, signal, time, weakref
from allstatus.commands import streams

def send(_):
    os.kill(os.getpid(), NUMBER)
    time.sleep(60)  # ended by the error of the signal, which cannot leave a call-back

class Thing: ...

streams.prepare()
thing = Thing()
gone = weakref.ref(thing, send)
try:
    del thing
    time.sleep(60)
except streams.Stopped as stopped:
    streams.end_by(stopped.number)
except KeyboardInterrupt:
    raise SystemExit(130)
raise SystemExit(5)
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_that_a_call_back_swallows_comes_again(name: str) -> None:
    number = getattr(signal, name)
    asked = [sys.executable, "-c", LOST.replace("NUMBER", str(int(number)))]
    run = subprocess.run(asked, capture_output=True, check=False, timeout=50)
    assert (run.returncode, run.stderr) == (130 if name == "SIGINT" else -number, b"")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_of_which_a_library_makes_another_error_ends_the_action(name: str) -> None:
    number = getattr(signal, name)

    def action() -> int:
        try:
            signal.raise_signal(number)
        except BaseException:
            raise ValueError("of a library") from None
        return 0

    before = signal.signal(number, streams._stop)
    try:
        with pytest.raises(KeyboardInterrupt if name == "SIGINT" else Stopped):
            ended(action)
    finally:
        signal.signal(number, before)
        streams._CAME.clear()


NOT_MAPPED = "libx.so: failed to map segment from shared object"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "no memory left"),
        (RuntimeError("can't start new thread"), "no memory left"),
        (SystemError("error return"), "a library: cannot be read or written (error return)"),
        (ImportError(NOT_MAPPED), f"a library: cannot be read or written ({NOT_MAPPED})"),
        (ImportError(f"Much\n\nis said: {NOT_MAPPED}\n"), f"(is said: {NOT_MAPPED})"),
        (ImportError(), "written (ImportError)"),
    ],
)
def test_what_cannot_be_had_is_said(
    capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    def action() -> int:
        raise error

    assert ended(action) == 74
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("library", "asked"),
    [
        ("matplotlib", ["plot", "regions", "-o", "out.svg"]),
        ("jinja2", ["classify", "record.json", "--format", "html"]),
    ],
)
def test_a_library_that_cannot_be_loaded_is_not_called_missing(
    tmp_path: Path, library: str, asked: list[str]
) -> None:
    (tmp_path / "record.json").write_text(json.dumps(RECORD))
    (tmp_path / f"{library}.py").write_text(f"raise ImportError({NOT_MAPPED!r})\n")
    command = [sys.executable, "-m", "allstatus", *asked]
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": paths}
    found = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stderr) == (
        74,
        f"error: a library: cannot be read or written ({NOT_MAPPED})\n",
    )
