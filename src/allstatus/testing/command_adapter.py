"""Run somebody's implementation: records in as JSON lines, answers out as JSON lines.

Whatever it does (hang, crash, print something else, too few lines or too many) becomes a sentence,
never an exception.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Thread
from typing import IO, Any

from allstatus.testing.answers import INVALID, Answer
from allstatus.testing.started_command import ANSWERS_SECONDS, BLOCK, StartedCommand, last_of
from allstatus.testing.vectors import one_line

MOST = 1 << 15  # bytes for each record, on the whole
LAST_WORDS = 5.0
REMEDY = 'give a command that reads JSON lines, such as "node mine.mjs"'
LONGEST_SHOWN = 120
REASON = re.compile(  # the line that says what is wrong, in a trace of Python, Node or Java
    r'(?:Exception in thread "[^"]*" )?(?:[\w.]+\.)?\w*(?:Error|Exception)\b'
)


@dataclass(frozen=True, slots=True)
class CommandRun:
    """What came back: an answer or, as text, what was wrong with the line, for each record; and
    what went wrong at all.
    """

    answers: tuple[Answer | str, ...]
    problems: tuple[str, ...]


def run_adapter(
    command: str, records: Sequence[Any], seconds: float = ANSWERS_SECONDS
) -> CommandRun:
    """Start the command once, send every record, read every answer; raises InvalidRecord when it
    cannot be started.
    """
    sent = "".join(one_line(record) + "\n" for record in records)
    process = StartedCommand(command, "cmd", REMEDY, stdin=subprocess.PIPE)
    most = MOST * (len(records) + 1)
    out, err, ended = _converse(process, sent.encode(), most, seconds)
    problems: list[str] = []
    if len(out) > most:
        problems.append(f"the command wrote more than {most:,} bytes and was stopped")
    elif not ended:
        problems.append(f"the command did not end within {seconds:g} seconds and was stopped")
    text = out[:most].removesuffix(b"\n")
    came, wanted = text.count(b"\n") + 1 if text else 0, len(records)
    lines = text.split(b"\n", wanted)[: min(came, wanted)]  # however many more there are
    if process.returncode and not problems:
        problems.append(
            f"the command ended with exit status {process.returncode}{_last_words(err)}"
        )
    if came != wanted:
        problems.append(f"{wanted} lines went in, {came} came out; print exactly one line for each")
    answers = [_read(line.decode("utf-8", errors="replace")) for line in lines]
    answers += ["no answer"] * (wanted - len(answers))
    return CommandRun(tuple(answers), tuple(problems))


def _converse(
    process: StartedCommand, sent: bytes, most: int, seconds: float
) -> tuple[bytes, bytes, bool]:
    """What a command writes, up to `most` bytes and one block, the end of what it complains of, and
    whether it ended by itself in time.
    """
    assert process.stdin
    assert process.stdout
    assert process.stderr
    out, err = bytearray(), bytearray()

    def send(stream: IO[bytes]) -> None:
        with suppress(OSError), stream:
            stream.write(sent)

    def listen(stream: IO[bytes]) -> None:
        with stream:
            while len(out) <= most and (block := os.read(stream.fileno(), BLOCK)):
                out.extend(block)
            if len(out) > most:
                process.end()

    complain = partial(last_of, into=err)
    work = ((send, process.stdin), (listen, process.stdout), (complain, process.stderr))
    threads = [Thread(target=do, args=(stream,), daemon=True) for do, stream in work]
    for thread in threads:
        thread.start()
    try:
        ended = _ends(process, seconds)
        for thread in threads:
            thread.join(LAST_WORDS)
    finally:
        process.end()  # what it started and left behind, also when this is interrupted
        process.wait()
    return bytes(out), bytes(err), ended


def _ends(process: StartedCommand, seconds: float) -> bool:
    """Whether it ends by itself in time; else it is ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.end()
        return False
    return True


def _last_words(err: bytes) -> str:
    lines = err.decode("utf-8", errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    reasons = [line for line in said if REASON.match(line)] or said
    return f": {reasons[-1][:LONGEST_SHOWN]}" if reasons else ""


def _read(line: str) -> Answer | str:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        return "the line is not JSON"
    return checked(answer)


def checked(answer: Any) -> Answer | str:
    """The answer with what a refusal may leave out, or what is wrong with its shape."""
    if not isinstance(answer, dict):
        return "the line is not a JSON object"
    if answer.get("outcome") == INVALID:
        answer = {
            "status": None,
            "possible": [],
            "regions": [],
            "possible_regions": [],
            "options": [],
            "missing": [],
            "reasons": [],
            **answer,
        }
    if missing := [name for name in ("outcome", "status", "possible") if name not in answer]:
        return f"the answer has no {' and no '.join(missing)}"
    return dict(answer)
