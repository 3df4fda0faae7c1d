"""An audit held against what was noted apart from it."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from allstatus.service.auditing import audit as audit_module
from allstatus.service.auditing import audit_verification
from allstatus.service.auditing.audit import Audit
from allstatus.service.auditing.audit_rows import note
from allstatus.service.auditing.audit_verification import noted_head
from allstatus.service.auditing.hash_chain import AuditError, ChainHead
from allstatus.service.auditing.store import Connection
from service.conftest import serving
from service.stores import Kept, in_file
from service.test_rest import RECORD

from .test_audit_kept import ended, kept, run

__all__ = ["ended", "kept"]  # fixtures


def earlier_copy(folder: Path) -> None:
    """A copy of before the last rows in the place of the audit, as somebody restores one."""
    copy = folder / "copy.db"
    assert run("backup", folder / "audit.db", copy).exit_code == 0
    with serving(folder) as client:
        client.post("/classify", json=RECORD)
    shutil.copy(copy, folder / "audit.db")


def another_branch(folder: Path) -> None:
    """The same from which other rows were carried on, apart from the state."""
    earlier_copy(folder)
    audit = in_file(folder).open()
    for _ in range(2):
        asyncio.run(appended(audit))
    audit.store.close()


async def appended(audit: Audit) -> None:
    await audit.append([note("classify", "recurrent", "", "x")])


def cut_log(folder: Path) -> None:
    """Rows that were only written ahead are gone, as after a crash beside which that file was cut;
    SQLite takes what is left for whole.
    """
    earlier_copy(folder)
    (folder / "audit.db-wal").touch()


@pytest.mark.parametrize("change", [earlier_copy, another_branch, cut_log])
def test_an_audit_put_back_with_its_key_is_found_by_what_was_noted_apart(
    kept: Kept, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    change(tmp_path)
    held = run("verify", kept.address)
    assert (held.exit_code, "noted" in held.stderr) == (1, True)
    with pytest.raises(AuditError, match="noted"), serving(tmp_path):
        pass
    (tmp_path / "audit.state.db").unlink()
    assert run("verify", kept.address).exit_code == 0
    with serving(tmp_path) as client:
        assert client.post("/classify", json=RECORD).status_code == 200


def test_a_state_keeps_what_was_noted_of_each_audit(kept: Kept, tmp_path: Path) -> None:
    """Another audit, with a key of its own, that is carried on with the same state."""
    (tmp_path / "other").mkdir()
    other = in_file(tmp_path / "other")
    with serving(tmp_path / "other", **other.settings, state=tmp_path / "audit.state.db") as client:
        assert client.post("/classify", json=RECORD).status_code == 200
    state = ["--state", tmp_path / "audit.state.db"]
    assert [run("verify", each.address, *state).exit_code for each in (kept, other)] == [0, 0]
    earlier_copy(tmp_path)
    assert [run("verify", each.address, *state).exit_code for each in (kept, other)] == [1, 0]


def test_what_was_noted_last_stays(tmp_path: Path) -> None:
    """Also where a process that wrote before others did notes its last row after them."""
    with serving(tmp_path) as client:
        for _ in range(2):
            client.post("/classify", json=RECORD)
        desk = client.app.state.desk
        asyncio.run(desk.audit.note_in(desk.state))
        desk.audit._last = (1, "")
        asyncio.run(desk.audit.note_in(desk.state))
        known = noted_head(tmp_path / "audit.state.db", desk.audit.key)
    assert known is not None
    assert known[0] == 2


def test_what_was_noted_in_a_state_elsewhere_is_held_where_it_is_named(
    kept: Kept, tmp_path: Path
) -> None:
    state = tmp_path / "audit.state.db"
    elsewhere, other = state.rename(tmp_path / "elsewhere.db"), tmp_path / "other.db"
    other.touch()
    assert run("verify", kept.address, "--state", elsewhere).exit_code == 0
    earlier_copy(tmp_path)
    state.replace(elsewhere)
    assert run("verify", kept.address).exit_code == 0
    held = run("verify", kept.address, "--state", elsewhere)
    assert (held.exit_code, "noted" in held.stderr) == (1, True)
    for path in (other, tmp_path / "none.db"):
        refused = run("verify", kept.address, "--state", path)
        assert (refused.exit_code, "audit.db's state" in refused.stderr) == (3, True)


def test_the_last_row_is_noted_while_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "NOTED_SECONDS", 0.01)
    with serving(tmp_path) as client:
        client.post("/classify", json=RECORD)
        for _ in range(500):
            if known := noted_head(tmp_path / "audit.state.db", client.app.state.desk.audit.key):
                break
            client.get("/healthz")
        assert known is not None
        assert known[0] == 1


def test_rows_that_are_added_while_readiness_looks_are_not_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving(tmp_path) as client:
        assert client.post("/classify", json=RECORD).status_code == 200
        audit = client.app.state.desk.audit
        reading = audit.store.reading

        @contextmanager
        def meanwhile() -> Iterator[Connection]:
            with reading() as connection:
                ChainHead.read(connection)
                assert client.post("/classify", json=RECORD).status_code == 200
                yield connection

        monkeypatch.setattr(audit.store, "reading", meanwhile)
        assert audit.trouble() == ""


def test_rows_that_are_noted_while_it_is_verified_are_not_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving(tmp_path) as client:
        client.post("/classify", json=RECORD)
        audit = client.app.state.desk.audit

        def noted_meanwhile(*_: object) -> tuple[int, str]:
            client.post("/classify", json=RECORD)
            with audit.store.reading() as connection:
                head = ChainHead.read(connection)
            return head.seq, head.hash

        monkeypatch.setattr(audit_verification, "noted_head", noted_meanwhile)
        held = run("verify", in_file(tmp_path).address)
    assert (held.exit_code, held.stderr) == (0, "")
