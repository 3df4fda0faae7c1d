"""The audit's key while a service runs: what is written without it could never be verified."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from service.conftest import serving
from service.test_rest import RECORD

KEYS: dict[str, Callable[[Path], object]] = {
    "renamed": lambda path: path.rename(path.with_suffix(".old")),
    "removed": Path.unlink,
    "another's": lambda path: path.write_text("ab" * 32),
    "cut": lambda path: os.truncate(path, 20),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_that_is_gone_is_noticed_at_the_next_write(tmp_path: Path, name: str) -> None:
    """Put back, it is taken up again."""
    path, kept = tmp_path / "audit.key", tmp_path / "kept"
    with serving(tmp_path) as client:
        assert client.post("/classify", json=RECORD).status_code == 200
        shutil.copy(path, kept)
        KEYS[name](path)
        for status in (503, 200):
            answer = client.post("/classify", json=RECORD)
            assert (answer.status_code, client.get("/readyz").status_code) == (status, status)
            if path.is_dir():
                path.rmdir()
            shutil.copy(kept, path)
