"""Signals that end the process come when what is begun is done."""

import signal
import threading
from contextlib import suppress

import pytest

from allstatus.record.undisturbed import ENDING, undisturbed


class Ended(Exception):
    """What a signal's handler raises."""


@pytest.mark.parametrize("name", ENDING)
def test_a_signal_comes_afterwards(name: str) -> None:
    number, done = getattr(signal, name), list[str]()

    def told(*_: object) -> None:
        done.append("told")
        raise Ended

    before = signal.signal(number, told)
    try:
        with suppress(Ended), undisturbed():
            with undisturbed():
                signal.raise_signal(number)
            done.append("worked")
        assert done == ["worked", "told"]
        assert signal.getsignal(number) is told
    finally:
        signal.signal(number, before)


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_has_no_signals_to_wait_with() -> None:
    before = signal.getsignal(signal.SIGTERM)
    found: list[object] = []

    def work() -> None:
        with undisturbed():
            found.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [before]
