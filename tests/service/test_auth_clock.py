"""A used token stays used, also when this machine's clock is set back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from allstatus.service import auth
from allstatus.service.auth import LEEWAY, SCHEMA, SET_BACK, first_uses

from .conftest import BASE, serving
from .test_auth import ask
from .tokens import ISSUER, TokenIssuer

NOON = 1_800_000_000
VALID = 120


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.executescript(SCHEMA)
        yield opened


def use(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, name: str, at: int, made: int
) -> bool | None:
    """Whether a token made at a time passes when the clock shows another."""
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: float(at)))
    (first,) = first_uses(connection, [(name, made + VALID + LEEWAY + 1)])
    return first


@pytest.mark.parametrize("later", [1, VALID, SET_BACK, SET_BACK + 600, 10 * SET_BACK])
def test_a_used_token_is_not_taken_again_after_the_clock_is_set_back(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, later: int
) -> None:
    assert use(connection, monkeypatch, "a", NOON, NOON) is True
    assert use(connection, monkeypatch, "b", NOON + later, NOON + later) is True
    assert not use(connection, monkeypatch, "a", NOON, NOON)


@pytest.mark.parametrize(("back", "passes"), [(60, True), (SET_BACK, True), (SET_BACK * 2, None)])
def test_a_new_token_passes_unless_its_time_is_forgotten(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, back: int, passes: object
) -> None:
    use(connection, monkeypatch, "a", NOON, NOON)
    assert use(connection, monkeypatch, "b", NOON - back, NOON - back) is passes


def test_what_is_forgotten_does_not_grow_without_end(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hour in range(10):
        use(connection, monkeypatch, str(hour), NOON + hour * SET_BACK, NOON + hour * SET_BACK)
    assert connection.execute("SELECT count(*) FROM token").fetchone()[0] <= 3


def test_a_clock_set_back_is_said(tmp_path: Path) -> None:
    own = TokenIssuer()
    issuers = [{"issuer": ISSUER, "keys": own.written(tmp_path)}]
    with serving(tmp_path, insecure_dev=False, base_url=BASE, issuers=issuers) as client:
        assert ask(client, own.token()).status_code == 200
        with closing(sqlite3.connect(tmp_path / "audit.state.db")) as state:
            state.execute("UPDATE forgotten SET until = until + 10000")
            state.commit()
        refused = ask(client, own.token())
    assert (refused.status_code, "the clock was set back" in refused.text) == (401, True)
