"""The audit as an operator handles it: copied, moved, emptied, altered, archived; and readiness."""

import json
import os
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from allstatus.service.auditing.hash_chain import AuditError, ChainKey
from command_line import invoke
from needs import SERVER
from service.conftest import PATIENT_VIEW, call, chart, prefetch_of, serving
from service.hooks.test_feedback import ACCEPTED, OVERRIDDEN
from service.process import served
from service.stores import Kept, in_file
from service.test_rest import RECORD
from service.tokens import ISSUER, TokenIssuer

run = partial(invoke, "audit")


@contextmanager
def deciding(folder: Path) -> Iterator[TestClient]:
    """A service that has decided three times and holds two feedbacks."""
    with serving(folder) as client:
        for _ in range(2):
            client.post("/classify", json=RECORD)
        client.post(PATIENT_VIEW, json=call(prefetch_of(chart("01-exactly-five"))))
        feedback = {"feedback": [OVERRIDDEN, ACCEPTED, OVERRIDDEN]}
        assert client.post(f"{PATIENT_VIEW}/feedback", json=feedback).status_code == 200
        yield client


@pytest.fixture
def running(tmp_path: Path) -> Iterator[TestClient]:
    """Such a service, which goes on."""
    with deciding(tmp_path) as client:
        yield client


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of such a service that has ended."""
    folder = tmp_path_factory.mktemp("ended")
    with deciding(folder):
        return folder


@pytest.fixture
def kept(ended: Path, tmp_path: Path) -> Kept:
    """A copy of its audit."""
    for path in ended.glob("audit*"):
        shutil.copy(path, tmp_path)
    return in_file(tmp_path)


@pytest.mark.usefixtures("running")
def test_a_copy_of_a_running_audit_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "copy.db"
    assert run("backup", tmp_path / "audit.db", out).exit_code == 0
    assert out.stat().st_mode & 0o777 == 0o600
    held = run("verify", out, "--key", tmp_path / "audit.key")
    assert (held.exit_code, held.stdout.split(" rows")[0]) == (0, "5")
    assert run("backup", tmp_path / "audit.db", out).exit_code == 3  # never over a file


@pytest.mark.usefixtures("running")
def test_a_copy_of_the_file_alone_fails(tmp_path: Path) -> None:
    """The newest rows lie in the write-ahead log beside it."""
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(tmp_path / "audit.db", alone)
    shutil.copy(tmp_path / "audit.key", alone)
    assert run("verify", alone / "audit.db").exit_code in (1, 3)


def renamed(path: Path) -> None:
    path.rename(path.with_suffix(".old"))


def replaced(path: Path) -> None:
    renamed(path)
    sqlite3.connect(path).close()
    path.touch()


def earlier(path: Path) -> None:
    """As it was after its first row, by its own tables."""
    kept = in_file(path.parent)
    row, key = kept.rows()[0], ChainKey.read(kept.key)
    head = f"seq = 1, hash = '{row['hash']}', seal = '{key.seal(1, row['hash'])}'"
    kept.tamper(
        "DELETE FROM audit WHERE seq > 1", "DELETE FROM feedback", f"UPDATE head SET {head}"
    )
    assert kept.problem() == ""


ODD = ["'x'", "1.5", "x'00ff'", "CAST(x'ff' AS TEXT)", "9223372036854775807"]
GONE: dict[str, Callable[[Path], object]] = {
    "renamed": renamed,
    "removed": Path.unlink,
    "replaced": replaced,
    "cut, as logrotate's copytruncate does": lambda path: os.truncate(path, 0),
    "cut within its first page": lambda path: os.truncate(path, 1_000),
    "its write-ahead file removed": lambda path: Path(f"{path}-wal").unlink(),
    "its write-ahead file cut": lambda path: os.truncate(f"{path}-wal", 0),
    "its write-ahead file cut short": lambda path: os.truncate(f"{path}-wal", 9_000),
    "put back to its first row": earlier,
    "put back from a copy": lambda path: shutil.copy(shutil.move(path, f"{path}.old"), path),
}


@pytest.mark.parametrize("name", GONE)
def test_a_file_that_is_another_is_noticed_at_the_next_write(
    running: TestClient, tmp_path: Path, name: str
) -> None:
    GONE[name](tmp_path / "audit.db")
    for _ in range(2):
        answer = running.post("/classify", json=RECORD)
        assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5")
    assert running.get("/readyz").status_code == 503
    assert running.get("/healthz").status_code == 200


def test_rows_of_a_removed_write_ahead_file_are_kept_when_it_stops(tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    with deciding(folder) as client:
        (folder / "audit.db-wal").unlink()
        assert client.post("/classify", json=RECORD).status_code == 503
    kept = in_file(folder)
    assert (kept.problem(), len(kept.rows())) == ("", 5)


HEADS = [f"UPDATE head SET {name} = {value}" for name in ("seq", "hash", "seal") for value in ODD]


@pytest.mark.parametrize("statement", HEADS)
def test_an_altered_head_gets_a_verdict(kept: Kept, statement: str) -> None:
    kept.tamper(statement)
    held = run("verify", kept.address)
    assert (held.exit_code, "Traceback" in held.stderr) == (1, False)
    assert "head" in held.stderr


def emptied(kept: Kept) -> None:
    kept.tamper("DELETE FROM audit", "DELETE FROM head")


def test_an_emptied_audit_fails_verification_and_start(running: TestClient, tmp_path: Path) -> None:
    kept = in_file(tmp_path)
    emptied(kept)
    assert "it is empty" in kept.problem()
    assert run("verify", kept.address).exit_code == 1
    assert running.get("/readyz").status_code == 503
    with pytest.raises(AuditError, match="it is empty"):
        kept.open()


@pytest.mark.parametrize("statement", ["DELETE FROM audit WHERE seq = 5", "DELETE FROM head"])
def test_a_truncated_audit_is_not_carried_on(kept: Kept, statement: str) -> None:
    kept.tamper(statement)
    with pytest.raises(AuditError, match="missing"):
        kept.open()


VALUES = ["NULL", "1", "1.5", "x'00ff'", "CAST(x'ff' AS TEXT)", "CAST(outcome AS BLOB)", "''"]
NAMES = ["outcome", "time", "patient", "service", "previous", "hash", "who", "decision_id"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", VALUES)
def test_every_altered_value_gets_a_verdict(kept: Kept, name: str, value: str) -> None:
    before = run("export", kept.address).stdout
    try:
        kept.tamper(f"UPDATE audit SET {name} = {value} WHERE seq = 2")
    except sqlite3.IntegrityError:
        return
    held = run("verify", kept.address)
    assert held.exception is None or isinstance(held.exception, SystemExit)
    if run("export", kept.address).stdout != before:
        assert held.exit_code == 1
        assert "row 2 was altered" in held.stderr


FEEDBACK = {
    "altered": "UPDATE feedback SET outcome = 'accepted', suggestions = 'x'",
    "removed": "DELETE FROM feedback WHERE outcome = 'overridden'",
    "all removed": "DELETE FROM feedback",
    "of another type": "UPDATE feedback SET reason = x'00'",
    "added": "INSERT INTO feedback SELECT service, 'x', outcome, suggestions, reason, time, '9999' "
    "FROM feedback LIMIT 1",
}


@pytest.mark.parametrize("name", FEEDBACK)
def test_feedback_is_covered(kept: Kept, name: str) -> None:
    assert kept.problem() == ""
    kept.execute(FEEDBACK[name])
    assert "feedback" in kept.problem()


def test_who_asked_is_kept_as_a_keyed_hash(kept: Kept) -> None:
    rows = kept.rows()
    who = json.loads(rows[2]["who"])
    assert set(who) == {"user", "hook"}
    assert len(who["user"]) == 64
    assert "Practitioner" not in json.dumps(rows)


def test_old_rows_are_moved_and_the_chain_goes_on(running: TestClient, tmp_path: Path) -> None:
    kept, archive = in_file(tmp_path), tmp_path / "archive.db"
    moved = run("rotate", kept.address, archive, "--before", "2999-01-01")
    assert (moved.exit_code, moved.stdout.partition(" ")[0]) == (0, "4")
    assert running.post("/classify", json=RECORD).status_code == 200
    assert kept.problem() == ""
    assert [row["seq"] for row in kept.rows()] == [5, 6, 7]
    assert run("verify", archive, "--key", kept.key).exit_code == 0
    kept.tamper("DELETE FROM audit WHERE seq = 5")
    assert kept.problem() != ""


def test_an_audit_of_before_it_was_kept_who_asked_goes_on(tmp_path: Path) -> None:
    kept = in_file(tmp_path)
    with serving(tmp_path) as client:
        client.post("/classify", json=RECORD)
    kept.execute("ALTER TABLE audit DROP COLUMN who")
    assert kept.problem() == ""
    with serving(tmp_path) as client:
        client.post(PATIENT_VIEW, json=call(prefetch_of(chart("01-exactly-five"))))
    assert kept.problem() == ""
    assert [row["who"] is None for row in kept.rows()] == [True, False]


UNREADY = {
    "no key": lambda folder: (folder / "audit.key").unlink(),
    "another key": lambda folder: (folder / "audit.key").write_text("0" * 64),
    "no head": lambda folder: in_file(folder).tamper("DELETE FROM head"),
    "no audit": lambda folder: in_file(folder).tamper("DROP TABLE audit"),
    "no state": lambda folder: (folder / "audit.state.db").unlink(),
}


@pytest.mark.parametrize("name", UNREADY)
def test_readiness_tries(running: TestClient, tmp_path: Path, name: str) -> None:
    assert running.get("/readyz").status_code == 200
    UNREADY[name](tmp_path)
    answer = running.get("/readyz")
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (503, "not-ready")


def test_reading_is_not_writing(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        assert client.get("/readyz").status_code == 200
    with closing(sqlite3.connect(tmp_path / "audit.db")) as connection:
        assert connection.execute("SELECT count(*) FROM audit").fetchone() == (0,)


@SERVER
@pytest.mark.parametrize("tokens", [True, False])
def test_a_full_disk_is_503_and_passes(tmp_path: Path, tokens: bool) -> None:
    """No file of the service may grow: neither used tokens nor decisions can be kept. When there is
    room again it goes on, and the chain holds.
    """
    issuer = TokenIssuer()
    keys = issuer.written(tmp_path)
    config = f"base_url: http://127.0.0.1\nissuers: [{{issuer: '{ISSUER}', keys: {keys}}}]\n"
    options = [] if tokens else ["--insecure-dev"]
    with served(tmp_path, *options, config=config if tokens else "") as service:
        client = httpx.Client(base_url=service.address, trust_env=False)

        def asked() -> httpx.Response:
            token = issuer.token(aud="http://127.0.0.1/classify")
            headers = {"Authorization": f"Bearer {token}"} if tokens else {}
            return client.post("/classify", json=RECORD, headers=headers)

        assert asked().status_code == 200
        unlimited = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
        problem = "tokens-unavailable" if tokens else "audit-unavailable"
        for _ in range(3):
            refused = asked()
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert refused.json()["type"].endswith(problem)
        unready = client.get("/readyz")
        assert (unready.status_code, "written" in unready.json()["detail"]) == (503, True)
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, unlimited)
        assert client.get("/readyz").status_code == 200
        assert asked().status_code == 200
        client.close()
    assert in_file(tmp_path).problem() == ""
