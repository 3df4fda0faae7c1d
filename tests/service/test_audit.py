"""The audit: every decision given is in it, nothing in it identifies a patient, and a change is found."""

import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2 as httpx
import pytest
from click.testing import Result
from typer.testing import CliRunner

from allstatus.commands import app
from allstatus.service.audit import COLUMNS, Audit, AuditError, Key, export, open_to_read, verify

from .conftest import PATIENT_VIEW, call, chart, prefetch_of, serving
from .process import served
from .test_rest import RECORD


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["audit", *arguments])


def rows_of(path: Path) -> list[dict]:
    connection = open_to_read(path)
    try:
        return list(export(connection))
    finally:
        connection.close()


@pytest.fixture
def audit(tmp_path: Path) -> Path:
    """An audit of ten decisions."""
    with serving(tmp_path) as client:
        for number in range(8):
            client.post("/classify", json={**RECORD, "id": f"patient-{number % 2}"})
        client.post("/explain", json=RECORD)
        client.post(PATIENT_VIEW, json=call(prefetch_of(chart("01-exactly-five"))))
    return tmp_path / "audit.db"


def judge(path: Path, known: tuple[int, str] | None = None) -> str:
    connection = open_to_read(path)
    try:
        return verify(connection, Key.read(path.with_suffix(".key")), known).problem
    finally:
        connection.close()


def test_a_decision_is_kept_without_its_patient(audit: Path) -> None:
    rows = rows_of(audit)
    assert [row["seq"] for row in rows] == list(range(1, 11))
    assert [row["service"] for row in rows[-2:]] == ["explain", "allstatus-patient-view"]
    assert (rows[0]["outcome"], rows[0]["status"]) == ("determined", "in_remission")
    assert all(row[name] for row in rows for name in COLUMNS if name != "status")
    assert rows[0]["patient"] == rows[2]["patient"] != rows[1]["patient"]
    stored = audit.read_bytes() + audit.with_name("audit.state.db").read_bytes()
    assert b"patient-0" not in stored
    assert b"4.9" not in stored
    assert rows[0]["input_digest"] != rows[1]["input_digest"]


def test_an_answer_names_its_row(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        name = client.post("/classify", json=RECORD).headers["x-decision-id"]
    (row,) = rows_of(tmp_path / "audit.db")
    assert row["decision_id"] == name


def tamper(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for trigger in ("audit_is_not_altered", "audit_is_not_removed"):
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


TAMPERED = {
    "a row altered": ("UPDATE audit SET outcome = 'determined', status = 'untreated' WHERE seq = 4", "row 4 was altered"),
    "a row removed": ("DELETE FROM audit WHERE seq = 4", "row 4 is missing"),
    "the first removed": ("DELETE FROM audit WHERE seq = 1", "row 1 is missing"),
    "the last removed": ("DELETE FROM audit WHERE seq = 10", "rows after 9 are missing"),
    "all removed": ("DELETE FROM audit", "rows after 0 are missing"),
    "head altered": ("UPDATE head SET seq = 9", "the head was altered"),
    "a link altered": ("UPDATE audit SET hash = previous WHERE seq = 7", "row 7 was altered"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_removed_or_altered_row_is_found(audit: Path, name: str) -> None:
    assert judge(audit) == ""
    statement, problem = TAMPERED[name]
    tamper(audit, statement)
    assert judge(audit).startswith(problem)


def test_rows_cannot_be_changed_by_mistake(audit: Path) -> None:
    connection = sqlite3.connect(audit)
    for statement in ("UPDATE audit SET outcome = ''", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            connection.execute(statement)
    connection.close()


def test_a_file_put_back_to_an_earlier_day_is_found_by_a_head_noted(audit: Path) -> None:
    rows = rows_of(audit)
    noted = rows[-1]["seq"], rows[-1]["hash"]
    assert judge(audit, noted) == ""
    key = Key.read(audit.with_suffix(".key"))
    earlier = rows[7]
    head = f"seq = 8, hash = '{earlier['hash']}', seal = '{key.seal(8, earlier['hash'])}'"
    tamper(audit, "DELETE FROM audit WHERE seq > 8", f"UPDATE head SET {head}")
    assert judge(audit) == ""
    assert judge(audit, noted) == "rows after 8 are missing: row 10 was noted"


def test_the_command_verifies_and_exports(audit: Path) -> None:
    whole = run("verify", str(audit))
    assert (whole.exit_code, whole.stderr) == (0, "")
    head = whole.stdout.split()[-1]
    assert whole.stdout == f"10 rows hold. Head: {head}\n"
    assert run("verify", str(audit), "--head", head).exit_code == 0
    exported = [json.loads(line) for line in run("export", str(audit)).stdout.splitlines()]
    assert exported == rows_of(audit)
    tamper(audit, "DELETE FROM audit WHERE seq = 2")
    broken = run("verify", str(audit))
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert "row 2 is missing" in broken.stderr


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
    key = Key.read(path, create=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert Key.read(path).digest("x", b"y") == key.digest("x", b"y") != key.digest("z", b"y")
    path.write_text("00")
    with pytest.raises(AuditError, match="at least 16 bytes"):
        Key.read(path)
    with pytest.raises(AuditError, match="holds no audit key"):
        Key.read(tmp_path / "none.key")


def test_no_decision_without_the_audit(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        connection = sqlite3.connect(tmp_path / "audit.db")
        connection.execute("DROP TABLE audit")
        connection.commit()
        connection.close()
        answer = client.post("/classify", json=RECORD)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:allstatus:problem:audit-unavailable")


def test_two_processes_share_a_chain(tmp_path: Path) -> None:
    first, second = (Audit(tmp_path / "audit.db", Key.read(tmp_path / "audit.key", create=True)) for _ in range(2))
    with serving(tmp_path / "..", audit=tmp_path / "audit.db") as client:
        client.post("/classify", json=RECORD)
    (row,) = rows_of(tmp_path / "audit.db")
    entry = first.entry("d", _decision(), "test", b"data", None)
    for future in [audit.append([entry]) for _ in range(50) for audit in (first, second)]:
        future.result(10)
    first.store.close()
    second.store.close()
    assert judge(tmp_path / "audit.db") == ""
    assert len(rows_of(tmp_path / "audit.db")) == 101
    assert row["seq"] == 1


def _decision():
    from allstatus import classify

    return classify(RECORD)


def test_what_was_acknowledged_is_there_after_kill_9(tmp_path: Path) -> None:
    """Eight clients ask while the service is killed: each answer they got has its row, and the chain holds."""
    acknowledged: list[str] = []

    def ask(address: str) -> None:
        with httpx.Client(trust_env=False) as client:
            while True:
                try:
                    answer = client.post(f"{address}/classify", json=RECORD)
                except httpx.TransportError:
                    return
                acknowledged.append(answer.headers["x-decision-id"])

    with served(tmp_path, "--insecure-dev", "--workers", "2") as service, ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(ask, service.address) for _ in range(8)]
        while len(acknowledged) < 200:
            assert not any(one.done() for one in asking)
            time.sleep(0.05)
        service.kill()
    assert judge(tmp_path / "audit.db") == ""
    assert set(acknowledged) <= {row["decision_id"] for row in rows_of(tmp_path / "audit.db")}
