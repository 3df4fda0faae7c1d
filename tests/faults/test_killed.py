"""Killed at any moment, every writer leaves its output as it was or whole, and runs again."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = {"batch": 40, "batch --resume": 40}  # elsewhere 8
RECORD = {"prior_treatment": "none", "cbc": "abnormal", "marrow_blast_percent": 60}
WRITERS = {
    "batch": ("batch", "../in.ndjson", "out.ndjson"),
    "batch --resume": ("batch", "../in.ndjson", "out.parquet", "--resume"),
    "page": ("page", "-o", "out.html"),
    "quiz": ("quiz", "--format", "csv", "-o", "out.csv"),
    "vectors": ("vectors", "-o", "out"),
    "definitions": ("fhir", "definitions", "-o", "out"),
    "schema": ("schema", "rules", "-o", "out"),
    "plot": ("plot", "regions", "-o", "out.svg"),
}


def run(folder: Path, asked: tuple[str, ...]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "allstatus", *asked]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS)
def test_killed_at_random_moments(tmp_path: Path, writer: str) -> None:
    pytest.importorskip("matplotlib")
    lines = (json.dumps({"id": f"p{number}", **RECORD}) for number in range(4_000))
    (tmp_path / "in.ndjson").write_text("\n".join(lines))
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    folder.mkdir()
    start = time.monotonic()
    assert run(whole, WRITERS[writer]).wait() == 0
    seconds, expected = time.monotonic() - start, contents(whole)
    moments = random.Random(20)
    for _ in range(KILLS.get(writer, 8)):
        process = run(folder, WRITERS[writer])
        time.sleep(moments.uniform(0, 1.1 * seconds))
        process.kill()
        process.wait()
        found = contents(folder)
        assert all(found[name] == expected[name] for name in found.keys() & expected.keys())
    assert run(folder, WRITERS[writer]).wait() == 0
    assert contents(folder) == expected
