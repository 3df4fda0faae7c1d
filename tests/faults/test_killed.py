"""Killed at any moment, every writer leaves its output as it was or whole, and runs again."""

import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest
from synthetic import write_export

KILLS, PAIRS = 40, 6
RECORD = {"prior_treatment": "none", "cbc": "abnormal", "marrow_blast_percent": 60}
AS_THEY_GO = {  # write from early on, and some go on where another was killed
    "batch": ("batch", "../in.ndjson", "out.ndjson"),
    "batch to CSV": ("batch", "../in.ndjson", "out.csv"),
    "batch to Parquet": ("batch", "../in.ndjson", "out.parquet"),
    "batch to Arrow": ("batch", "../in.ndjson", "out.arrow"),
    "batch --resume": ("batch", "../in.ndjson", "out.parquet", "--resume"),
    "export": ("batch", "../export", "out.ndjson"),
    "export to CSV": ("batch", "../export", "out.csv"),
    "export to Arrow": ("batch", "../export", "out.arrow"),
    "export --resume": ("batch", "../export", "out.parquet", "--resume"),
    "export to Arrow --resume": ("batch", "../export", "out.arrow", "--resume"),
    "table of results": ("batch", "../results.csv", "out.csv"),
    "table of results to Parquet": ("batch", "../results.csv", "out.parquet"),
}
AT_THE_END = {
    "columns": ("columns", "suggest", "../in.csv", "-o", "out.yaml"),
    "page": ("page", "-o", "out.html"),
    "quiz": ("quiz", "--format", "csv", "-o", "out.csv"),
    "quiz, GIFT": ("quiz", "--format", "gift", "-o", "out.gift"),
    "quiz, QTI": ("quiz", "--format", "qti", "-o", "out.zip"),
    "vectors": ("vectors", "-o", "out"),
    "definitions": ("fhir", "definitions", "-o", "out"),
    "schema": ("schema", "rules", "-o", "out"),
    "plot": ("plot", "regions", "-o", "out.svg"),
}
READY = ["allstatus.bulk.fhir_export.export_run", "matplotlib.figure"]
READY += sorted({f"allstatus.commands.{one[0]}" for one in (AS_THEY_GO | AT_THE_END).values()})
CHANGES = {"open", "os.mkdir", "os.remove", "os.rename", "os.truncate"}  # sys.audit's names
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def run(
    folder: Path, asked: tuple[str, ...], act: Callable[..., None] | None = None
) -> BaseProcess:
    """The command in a process of its own, forked from one that has imported what it needs: so
    that it is killed at its work, and not before.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(READY)
    process = context.Process(target=act or work, args=(str(folder), asked))
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


def spoilt(folder: Path, expected: dict[str, bytes]) -> list[str]:
    """The outputs that are neither as they were nor whole."""
    found = contents(folder)
    return [name for name in found.keys() & expected.keys() if found[name] != expected[name]]


@pytest.mark.slow
@pytest.mark.parametrize("writer", AS_THEY_GO)
def test_killed_at_random_moments(tmp_path: Path, writer: str) -> None:
    folder, seconds, expected = prepared(tmp_path, AS_THEY_GO[writer])
    moments = random.Random(20)
    for _ in range(KILLS):
        process = run(folder, AS_THEY_GO[writer])
        time.sleep(moments.uniform(0, 1.1 * seconds))
        process.kill()
        process.join()
        assert spoilt(folder, expected) == []
        cut_short(sorted(folder.glob("*.parts/**/*")), moments)
    assert ended(run(folder, AS_THEY_GO[writer])) == 0
    assert contents(folder) == expected


@pytest.mark.slow
@pytest.mark.parametrize("writer", AS_THEY_GO)
def test_of_two_runs_at_once_one_writes(tmp_path: Path, writer: str) -> None:
    folder, seconds, expected = prepared(tmp_path, AS_THEY_GO[writer])
    moments = random.Random(20)
    for _ in range(PAIRS):
        first = run(folder, AS_THEY_GO[writer])
        time.sleep(moments.uniform(0, seconds))
        statuses = {ended(one) for one in (run(folder, AS_THEY_GO[writer]), first)}
        assert 0 in statuses <= {0, 3}
        assert contents(folder) == expected


def prepared(place: Path, asked: tuple[str, ...]) -> tuple[Path, float, dict[str, bytes]]:
    """A folder to write to, and how long it takes and what is there in the end of one that nothing
    disturbs.
    """
    pytest.importorskip("matplotlib")
    write_inputs(place)
    whole, folder = place / "whole", place / "disturbed"
    whole.mkdir()
    folder.mkdir()
    return folder, *undisturbed(whole, asked)


def undisturbed(folder: Path, asked: tuple[str, ...]) -> tuple[float, dict[str, bytes]]:
    """How long the command takes, and what it writes."""
    for _ in range(2):  # the first starts what the others are forked from
        start = time.monotonic()
        assert ended(run(folder, asked)) == 0
    return time.monotonic() - start, contents(folder)


def cut_short(kept: list[Path], moments: random.Random) -> None:
    """Every other time, leave less of one of these files than there was."""
    files = [path for path in kept if path.is_file()]
    if files and moments.random() < 0.5:
        path = moments.choice(files)
        os.truncate(path, moments.randrange(path.stat().st_size + 1))


@pytest.mark.slow
@pytest.mark.parametrize("writer", AT_THE_END)
def test_killed_from_its_first_change_on(tmp_path: Path, writer: str) -> None:
    pytest.importorskip("matplotlib")
    write_inputs(tmp_path)
    folder = tmp_path / "killed"
    folder.mkdir()
    assert ended(run(folder, AT_THE_END[writer], work_and_be_killed)) == 0
    assert json.loads((tmp_path / "spoilt.json").read_text()) == []
    assert ended(run(folder, AT_THE_END[writer])) == 0
    assert contents(folder) == contents(tmp_path / "whole") != {}


def work_and_be_killed(folder: str, asked: tuple[str, ...]) -> None:
    """The command up to where it first changes a file, which is then run on by forks of this
    process, one after the other, that are killed.
    """
    place, working = Path(folder), True

    def changing(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal working
        if working and changes(place, event, arguments):
            working = False
            be_killed(place)

    sys.addaudithook(changing)
    work(folder, asked)


def changes(folder: Path, event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether what `sys.audit` tells of changes a file of this folder."""
    if event not in CHANGES or isinstance(arguments[0], int):
        return False
    inside = folder in Path(os.path.abspath(os.fsdecode(arguments[0]))).parents
    return inside and (event != "open" or bool(arguments[2] & WRITING))


def be_killed(folder: Path) -> None:
    """Returns in forks alone: the first is waited for, the others are killed."""
    start = time.monotonic()
    if not (fork := os.fork()):
        return
    os.waitpid(fork, 0)
    seconds, expected = time.monotonic() - start, contents(folder)
    shutil.copytree(folder, folder.parent / "whole")
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    moments, wrong = random.Random(20), list[str]()
    for _ in range(KILLS):
        if not (fork := os.fork()):
            return
        time.sleep(moments.uniform(0, 1.1 * seconds))
        os.kill(fork, signal.SIGKILL)
        os.waitpid(fork, 0)
        wrong += spoilt(folder, expected)
    (folder.parent / "spoilt.json").write_text(json.dumps(wrong))
    os._exit(0)


def write_inputs(folder: Path) -> None:
    """What the writers read."""
    lines = (json.dumps({"id": f"p{number}", **RECORD}) for number in range(4_000))
    (folder / "in.ndjson").write_text("\n".join(lines))
    (folder / "in.csv").write_text("id,prior_treatment,cbc\np1,none,abnormal\n")
    rows = (f"p{number},2025-01-02,ICD10CM,C91.00,,\n" for number in range(200))
    (folder / "results.csv").write_text("patient,date,system,code,value,unit\n" + "".join(rows))
    write_export(folder / "export", 12, 0.6, 40)
