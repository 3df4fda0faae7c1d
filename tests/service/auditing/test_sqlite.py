"""An audit in a file that several processes write to."""

import asyncio
import os
from pathlib import Path

import pytest

from allstatus.service.auditing.audit_rows import note
from allstatus.service.auditing.store import StoreError
from service.stores import in_file


@pytest.mark.parametrize("rows", [3, 3_000])
@pytest.mark.parametrize("order", [(0, 0, 1, 1), (1, 0, 1, 0)])
def test_a_cut_file_is_noticed_by_who_wrote_to_it_and_by_who_did_not_yet(
    tmp_path: Path, rows: int, order: tuple[int, ...]
) -> None:
    kept = in_file(tmp_path)
    entry = note("classify", "recurrent", "", "x")

    async def write() -> list[object]:
        opened = kept.open(), kept.open()
        for _ in range(rows // 3):
            await opened[0].append([entry] * 3)
        os.truncate(tmp_path / "audit.db", 0)
        tried = [opened[who].append([entry]) for who in order]
        return await asyncio.gather(*tried, return_exceptions=True)

    assert [type(said) for said in asyncio.run(write())] == [StoreError] * 4
    assert (tmp_path / "audit.db").stat().st_size == 0
