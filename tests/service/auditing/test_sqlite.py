"""An audit in a file that several processes write to."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from allstatus.service.auditing.audit_rows import note
from allstatus.service.auditing.store import StoreError
from service.stores import in_file

ENTRY = note("classify", "recurrent", "", "x")


@pytest.mark.parametrize("rows", [3, 3_000])
@pytest.mark.parametrize("order", [(0, 0, 1, 1), (1, 0, 1, 0)])
def test_a_cut_file_is_noticed_by_who_wrote_to_it_and_by_who_did_not_yet(
    tmp_path: Path, rows: int, order: tuple[int, ...]
) -> None:
    kept = in_file(tmp_path)

    async def write() -> list[object]:
        opened = kept.open(), kept.open()
        for _ in range(rows // 3):
            await opened[0].append([ENTRY] * 3)
        os.truncate(tmp_path / "audit.db", 0)
        tried = [opened[who].append([ENTRY]) for who in order]
        return await asyncio.gather(*tried, return_exceptions=True)

    assert [type(said) for said in asyncio.run(write())] == [StoreError] * 4
    assert (tmp_path / "audit.db").stat().st_size == 0


PART = [0, 32, 0.5, -4_120, -1]  # bytes that are left, or a part of them, or all but those


@pytest.mark.parametrize("part", PART)
@pytest.mark.parametrize("writers", [(0,), (0, 1)])
@pytest.mark.parametrize("order", [(0, 0, 1, 1), (1, 0, 1, 0)])
def test_what_is_written_ahead_and_was_cut_is_noticed(
    tmp_path: Path, part: float, writers: tuple[int, ...], order: tuple[int, ...]
) -> None:
    kept, log = in_file(tmp_path), tmp_path / "audit.db-wal"

    async def write() -> list[object]:
        opened = kept.open(), kept.open()
        for number in range(10):
            await opened[writers[number % len(writers)]].append([ENTRY])
        size = log.stat().st_size
        os.truncate(log, int(part if part >= 1 else size + part if part < 0 else size * part))
        tried = [opened[who].append([ENTRY]) for who in order]
        return await asyncio.gather(*tried, return_exceptions=True)

    assert [type(said) for said in asyncio.run(write())] == [StoreError] * 4


def test_what_was_moved_by_sqlite_itself_is_not_cut(tmp_path: Path) -> None:
    kept = in_file(tmp_path)

    async def write() -> None:
        opened = kept.open()
        await opened.append([ENTRY])
        with closing(sqlite3.connect(kept.address)) as another:
            assert another.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
        assert (tmp_path / "audit.db-wal").stat().st_size == 0
        await opened.append([ENTRY])
        opened.store.close()

    asyncio.run(write())
    assert (kept.problem(), len(kept.rows())) == ("", 2)
