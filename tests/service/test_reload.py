"""Settings read again: in the order asked for, by every process, from the first moment."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from allstatus.service import listening
from allstatus.service.config import ENVIRONMENT, Config, fixed_changes, read_config, settings_left
from allstatus.service.hangups import HANGUP, hold_back, let_in
from allstatus.service.state import ServiceState

pytestmark = pytest.mark.skipif(HANGUP is None, reason="there is no SIGHUP here")


def windowed(folder: Path, days: int) -> Config:
    return Config(insecure_dev=True, audit=folder / "audit.db", reading={"window_days": days})


def test_what_is_asked_for_last_stays(tmp_path: Path) -> None:
    read, may_go_on = iter((15, 16)), threading.Event()

    def again() -> Config:
        days = next(read)
        if days == 15:
            may_go_on.wait(10)
        return windowed(tmp_path, days)

    async def twice() -> int:
        desk = ServiceState(windowed(tmp_path, 14), again)
        first = asyncio.create_task(desk.reload())
        await asyncio.sleep(0.05)
        second = asyncio.create_task(desk.reload())
        await asyncio.sleep(0.05)
        may_go_on.set()
        assert await asyncio.gather(first, second) == ["", ""]
        await desk.close()
        return desk.config.reading.window_days

    assert asyncio.run(twice()) == 16


def test_what_is_read_at_start_only_may_be_spelled_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    now = windowed(tmp_path, 14)
    written = {"audit": "./audit.db", "audit_key": now.key_path, "state": now.state_path}
    assert fixed_changes(now, Config(insecure_dev=True, **written)) == []
    for name in written:
        asked = Config(insecure_dev=True, **{**written, name: tmp_path / "other.db"})
        assert fixed_changes(now, asked) == [name]


@pytest.fixture
def hangups() -> Iterator[list[int]]:
    """Those obeyed so far."""
    obeyed: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, _: obeyed.append(number))
    yield obeyed
    signal.signal(signal.SIGHUP, before)


def test_one_that_comes_early_waits(hangups: list[int]) -> None:
    hold_back()
    signal.raise_signal(signal.SIGHUP)  # in this thread
    assert hangups == []
    let_in()
    assert hangups == [signal.SIGHUP]


def are_held_back() -> bool:
    return signal.SIGHUP in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_process_is_begun_in_which_they_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[bool] = []
    monkeypatch.setattr(listening, "_start", lambda _: begun.append(are_held_back()))
    listening._start_holding_back(cast("Any", None))
    assert (begun, are_held_back()) == ([True], False)


BEGUN = """import signal, sys
from allstatus.cli import main
sys.argv = ["allstatus", *sys.argv[1:]]
try:
    main()
finally:
    held = signal.SIGHUP in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    print(held, file=sys.stderr)
"""


@pytest.mark.parametrize(("command", "held"), [("serve", True), ("classify", False)])
def test_it_waits_from_the_first_line_of_the_program_that_serves(command: str, held: bool) -> None:
    told = subprocess.run(
        [sys.executable, "-c", BEGUN, command, "--help"], capture_output=True, text=True, check=True
    )
    assert told.stderr == f"{held}\n"


def test_a_process_begun_later_has_the_settings_of_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.yaml"
    kept = f"insecure_dev: true\naudit: {tmp_path / 'audit.db'}\n"
    path.write_text(kept)
    monkeypatch.setenv(ENVIRONMENT, read_config(path).model_dump_json())
    monkeypatch.setenv(f"{ENVIRONMENT}_FILE", str(path))

    def left(text: str) -> int:
        path.write_text(text)
        listening._leave_settings()
        return settings_left().reading.window_days

    changed = f"{kept}reading: {{window_days: 15}}\n"
    assert left(changed) == 15
    assert left("insecure_dev: x") == 15
    assert left(changed.replace("audit.db", "other.db").replace("days: 15", "days: 16")) == 15
    assert left(changed.replace("days: 15", "days: 17")) == 17
