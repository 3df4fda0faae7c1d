"""SIGHUP, which asks for a reload: it waits while it would end the process, because nobody is there
who reloads.
"""

from __future__ import annotations

import signal

HANGUP = getattr(signal, "SIGHUP", None)  # none on Windows


def hold_back() -> None:
    """Have it wait until `let_in`, or the end."""
    if HANGUP is not None:
        signal.pthread_sigmask(signal.SIG_BLOCK, {HANGUP})


def let_in() -> None:
    """Obey it from now on."""
    if HANGUP is not None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {HANGUP})
