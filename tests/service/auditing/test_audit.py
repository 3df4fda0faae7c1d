"""The audit: every decision given is in it, nothing in it identifies a patient, and a change is
found; in a file and in PostgreSQL.
"""

import asyncio
import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx2 as httpx
import psycopg
import pytest

from allstatus.service.auditing.audit import Audit
from allstatus.service.auditing.audit_rows import COLUMNS, Caller, Entry, entry_of
from allstatus.service.auditing.audit_verification import open_to_read, verify
from allstatus.service.auditing.hash_chain import PART, AuditError, ChainKey
from command_line import invoke
from needs import POSTGRESQL, SERVER
from service.conftest import PATIENT_VIEW, call, chart, prefetch_of, serving
from service.process import served
from service.stores import Kept, in_file, in_postgres
from service.test_rest import RECORD

PERCENT = "4.87654"  # that no digest and no time holds
PLACES = ["file", pytest.param("url", marks=POSTGRESQL)]


run = partial(invoke, "audit")


@pytest.fixture(params=PLACES)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    """Where an audit is to be kept; none is there yet."""
    return (
        in_file(tmp_path)
        if request.param == "file"
        else in_postgres(request.getfixturevalue("cluster"), tmp_path)
    )


@pytest.fixture
def audit(kept: Kept, tmp_path: Path) -> Kept:
    """An audit of ten decisions."""
    with serving(tmp_path, **kept.settings) as client:
        for number in range(8):
            client.post(
                "/classify",
                json={**RECORD, "id": f"patient-{number % 2}", "marrow_blast_percent": PERCENT},
            )
        client.post("/explain", json=RECORD)
        client.post(PATIENT_VIEW, json=call(prefetch_of(chart("01-exactly-five"))))
    return kept


def test_a_decision_is_kept_without_its_patient(audit: Kept, tmp_path: Path) -> None:
    rows = audit.rows()
    assert [row["seq"] for row in rows] == list(range(1, 11))
    assert [row["service"] for row in rows[-2:]] == ["explain", "allstatus-patient-view"]
    assert (rows[0]["outcome"], rows[0]["status"]) == ("determined", "in_remission")
    assert all(row[name] for row in rows for name in COLUMNS if name != "status")
    assert rows[0]["patient"] == rows[2]["patient"] != rows[1]["patient"]
    stored = json.dumps(rows).encode() + b"".join(
        path.read_bytes() for path in tmp_path.glob("audit*")
    )
    assert b"patient-0" not in stored
    assert PERCENT.encode() not in stored
    assert rows[0]["input_digest"] != rows[1]["input_digest"]


def test_an_answer_names_its_row(kept: Kept, tmp_path: Path) -> None:
    with serving(tmp_path, **kept.settings) as client:
        name = client.post("/classify", json=RECORD).headers["x-decision-id"]
    (row,) = kept.rows()
    assert row["decision_id"] == name


SWAPPED = tuple(
    f"UPDATE audit SET seq = {new} WHERE seq = {old}" for old, new in ((4, 99), (5, 4), (99, 5))
)
TAMPERED = {
    "a row altered": (
        ("UPDATE audit SET outcome = 'determined', status = 'untreated' WHERE seq = 4",),
        "row 4 was altered",
    ),
    "a row removed": (("DELETE FROM audit WHERE seq = 4",), "row 4 is missing"),
    "rows reordered": (SWAPPED, "row 4 was altered"),
    "the first removed": (("DELETE FROM audit WHERE seq = 1",), "row 1 is missing"),
    "the last removed": (("DELETE FROM audit WHERE seq = 10",), "rows after 9 are missing"),
    "all removed": (("DELETE FROM audit",), "rows after 0 are missing"),
    "a row put before": (
        ("INSERT INTO audit (seq, previous, hash) VALUES (-1, '', '')",),
        "there are rows outside the chain",
    ),
    "head altered": (("UPDATE head SET seq = 9",), "the head was altered"),
    "head removed": (("DELETE FROM head",), "rows after 10 are missing: the head is at 0"),
    "a link altered": (("UPDATE audit SET hash = previous WHERE seq = 7",), "row 7 was altered"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_removed_or_altered_row_is_found(audit: Kept, name: str) -> None:
    assert audit.problem() == ""
    statements, problem = TAMPERED[name]
    audit.tamper(*statements)
    assert audit.problem().startswith(problem)


def test_rows_cannot_be_changed_by_mistake(audit: Kept) -> None:
    statements = ["UPDATE audit SET outcome = ''", "DELETE FROM audit"] + (
        ["TRUNCATE audit"] if audit.kind == "url" else []
    )
    with closing(audit.connect()) as connection:
        for statement in statements:
            with pytest.raises(
                (sqlite3.IntegrityError, psycopg.errors.RaiseException), match="only added to"
            ):
                connection.execute(statement)
    assert audit.problem() == ""


def test_an_audit_put_back_to_an_earlier_day_is_found_by_a_head_noted(audit: Kept) -> None:
    rows = audit.rows()
    noted = rows[-1]["seq"], rows[-1]["hash"]
    assert audit.problem(noted) == ""
    key = ChainKey.read(audit.key)
    earlier = rows[7]
    head = f"seq = 8, hash = '{earlier['hash']}', seal = '{key.seal(8, earlier['hash'])}'"
    audit.tamper("DELETE FROM audit WHERE seq > 8", f"UPDATE head SET {head}")
    assert audit.problem() == ""
    assert audit.problem(noted) == "rows after 8 are missing: row 10 was noted"


@pytest.mark.parametrize("place", [".", "..", "/", "a/.."])
def test_a_place_without_a_name_holds_no_audit(place: str) -> None:
    found = run("verify", place)
    assert (found.exit_code, found.stderr.startswith("error: ")) == (3, True)


def test_the_command_verifies_and_exports(audit: Kept) -> None:
    whole = run("verify", audit.address, *audit.options)
    assert (whole.exit_code, whole.stderr) == (0, "")
    head = whole.stdout.split()[-1]
    assert whole.stdout == f"10 rows hold. Head: {head}\n"
    assert run("verify", audit.address, *audit.options, "--head", head).exit_code == 0
    exported = [json.loads(line) for line in run("export", audit.address).stdout.splitlines()]
    assert exported == audit.rows()
    audit.tamper("DELETE FROM audit WHERE seq = 2")
    broken = run("verify", audit.address, *audit.options)
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert broken.stderr == f"error: {audit.place}: row 2 is missing\n"


def test_the_command_refuses_what_is_no_audit(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    assert run("export", str(other)).exit_code == 3
    other.write_text("x" * 1000)
    refused = run("export", str(other))
    assert (refused.exit_code, "holds no audit" in refused.stderr) == (3, True)
    assert run("verify", str(other)).exit_code == 3
    assert run("verify", str(other), "--head", "x").exit_code == 2


def test_a_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "k.key"
    key = ChainKey.read(path, create=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert ChainKey.read(path).digest("x", b"y") == key.digest("x", b"y") != key.digest("z", b"y")
    path.write_text("00")
    with pytest.raises(AuditError, match="at least 16 bytes"):
        ChainKey.read(path)
    with pytest.raises(AuditError, match="holds no audit key"):
        ChainKey.read(tmp_path / "none.key")


def test_another_key_does_not_carry_on_a_chain(audit: Kept) -> None:
    audit.key.unlink()
    with pytest.raises(AuditError, match="begun with another key"):
        audit.open()


def test_tables_of_another_shape_are_no_audit(kept: Kept) -> None:
    for name in ("audit", "head", "feedback"):
        kept.execute(f"CREATE TABLE {name} (seq BIGINT)")
    with (
        pytest.raises(AuditError, match="not an audit's")
        if kept.kind == "url"
        else pytest.raises(AuditError)
    ):
        kept.open()


def test_no_decision_without_the_audit(kept: Kept, tmp_path: Path) -> None:
    with serving(tmp_path, **kept.settings) as client:
        kept.execute("DROP TABLE audit")
        answer = client.post("/classify", json=RECORD)
    assert (answer.status_code, answer.json()["type"]) == (
        503,
        "urn:allstatus:problem:audit-unavailable",
    )


async def appended(writing: list[tuple[Audit, list[Entry]]]) -> None:
    """All of it, at once."""
    await asyncio.gather(*(audit.append(entries) for audit, entries in writing))


def test_two_processes_share_a_chain(kept: Kept, tmp_path: Path) -> None:
    first, second = kept.open(), kept.open()
    with serving(tmp_path, **kept.settings) as client:
        client.post("/classify", json=RECORD)
    (row,) = kept.rows()
    entry = entry_of(first.key, "d", _decision(), "test", b"data", Caller())
    for _ in range(5):
        asyncio.run(appended([(audit, [entry]) for _ in range(10) for audit in (first, second)]))
    first.store.close()
    second.store.close()
    assert kept.hold().rows == 101
    assert kept.problem() == ""
    assert row["seq"] == 1


def test_a_long_chain_holds_as_of_one_moment_while_it_grows(kept: Kept) -> None:
    audit = kept.open()
    entry = entry_of(audit.key, "d", _decision(), "test", b"data", Caller())
    asyncio.run(appended([(audit, [entry] * (2 * PART + 1))]))
    with open_to_read(kept.place) as connection:
        asyncio.run(appended([(audit, [entry])]))
        verdict = verify(connection, audit.key)
    audit.store.close()
    assert (verdict.problem, verdict.rows) == ("", 2 * PART + 1)
    assert kept.hold().rows == 2 * PART + 2


def _decision():
    from allstatus import classify

    return classify(RECORD)


@SERVER
def test_what_was_acknowledged_is_there_after_kill_9(kept: Kept, tmp_path: Path) -> None:
    """Eight clients ask while the service is killed: each answer they got has its row, and the
    chain holds.
    """
    acknowledged: list[str] = []

    def ask(address: str) -> None:
        with httpx.Client(trust_env=False) as client:
            while True:
                try:
                    answer = client.post(f"{address}/classify", json=RECORD)
                except httpx.TransportError:
                    return
                acknowledged.append(answer.headers["x-decision-id"])

    with (
        served(tmp_path, "--insecure-dev", "--workers", "2", config=kept.yaml) as service,
        ThreadPoolExecutor(8) as pool,
    ):
        asking = [pool.submit(ask, service.address) for _ in range(8)]
        while len(acknowledged) < 200:
            assert not any(one.done() for one in asking)
            time.sleep(0.05)
        service.kill()
    assert kept.problem() == ""
    assert set(acknowledged) <= {row["decision_id"] for row in kept.rows()}
