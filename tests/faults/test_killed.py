"""Killed at any moment, every writer leaves its output as it was or whole, and runs again."""

import json
import multiprocessing
import os
import random
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from synthetic import write_export

KILLS = 40
RECORD = {"prior_treatment": "none", "cbc": "abnormal", "marrow_blast_percent": 60}
WRITERS = {
    "batch": ("batch", "../in.ndjson", "out.ndjson"),
    "batch --resume": ("batch", "../in.ndjson", "out.parquet", "--resume"),
    "export": ("batch", "../export", "out.ndjson"),
    "export --resume": ("batch", "../export", "out.parquet", "--resume"),
    "table of results": ("batch", "../results.csv", "out.csv"),
    "columns": ("columns", "suggest", "../in.csv", "-o", "out.yaml"),
    "page": ("page", "-o", "out.html"),
    "quiz": ("quiz", "--format", "csv", "-o", "out.csv"),
    "vectors": ("vectors", "-o", "out"),
    "definitions": ("fhir", "definitions", "-o", "out"),
    "schema": ("schema", "rules", "-o", "out"),
    "plot": ("plot", "regions", "-o", "out.svg"),
}
READY = ["allstatus.bulk.fhir_export.export_run", "matplotlib.figure"]
READY += sorted({f"allstatus.commands.{asked[0]}" for asked in WRITERS.values()})


def run(folder: Path, asked: tuple[str, ...]) -> BaseProcess:
    """The command in a process of its own, forked from one that has imported what it needs: so
    that it is killed at its work, and not before.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(READY)
    process = context.Process(target=work, args=(str(folder), asked))
    process.start()
    return process


def work(folder: str, asked: tuple[str, ...]) -> None:
    from allstatus.cli import main

    os.chdir(folder)
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    sys.argv = ["allstatus", *asked]
    main()


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def ended(process: BaseProcess) -> int | None:
    process.join()
    return process.exitcode


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS)
def test_killed_at_random_moments(tmp_path: Path, writer: str) -> None:
    pytest.importorskip("matplotlib")
    write_inputs(tmp_path)
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    folder.mkdir()
    for _ in range(2):  # the first starts what the others are forked from
        start = time.monotonic()
        assert ended(run(whole, WRITERS[writer])) == 0
    seconds, expected = time.monotonic() - start, contents(whole)
    moments = random.Random(20)
    for _ in range(KILLS):
        process = run(folder, WRITERS[writer])
        time.sleep(moments.uniform(0, 1.1 * seconds))
        process.kill()
        process.join()
        found = contents(folder)
        assert all(found[name] == expected[name] for name in found.keys() & expected.keys())
    assert ended(run(folder, WRITERS[writer])) == 0
    assert contents(folder) == expected


def write_inputs(folder: Path) -> None:
    """What the writers read."""
    lines = (json.dumps({"id": f"p{number}", **RECORD}) for number in range(4_000))
    (folder / "in.ndjson").write_text("\n".join(lines))
    (folder / "in.csv").write_text("id,prior_treatment,cbc\np1,none,abnormal\n")
    rows = (f"p{number},2025-01-02,ICD10CM,C91.00,,\n" for number in range(200))
    (folder / "results.csv").write_text("patient,date,system,code,value,unit\n" + "".join(rows))
    write_export(folder / "export", 12, 0.6, 40)
