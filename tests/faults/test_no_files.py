"""What is no file where one is to be read is told at once, by every command."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from allstatus.bulk.writers import refuse_same_file
from allstatus.errors import InvalidRecord
from command_line import invoke

ASKED = yaml.safe_load((Path(__file__).parent / "no_files.yaml").read_text("utf-8"))
PATIENCE = 300  # seconds; who waits for a pipe waits for ever
TABLES = ("results.yaml", "ruleset.yaml", "regions.yaml", "lock.json", "vectors.jsonl", "a.ndjson")
RECORD = {"id": "p1", "prior_treatment": "none", "cbc": "normal"}


def pipes(place: Path) -> None:
    place.mkdir()
    for name in TABLES:
        os.mkfifo(place / name)


KINDS: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "device": lambda place: place.symlink_to("/dev/zero"),
    "circle": lambda place: place.symlink_to(place),
    "long": lambda _: None,
    "pipes": pipes,
}


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("asked", ASKED)
def test_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, kind: str) -> None:
    for module in ("fastapi", "matplotlib", "pyarrow"):
        pytest.importorskip(module)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "record.json").write_text(json.dumps(RECORD))
    (tmp_path / "chart.json").write_text('{"resourceType": "Patient", "id": "p1"}')
    (tmp_path / "rows.csv").write_text("id,prior_treatment,cbc\np1,none,normal\n")
    (tmp_path / "page.md").write_text("# A page\n\nSome words.\n")
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "a.ndjson").write_text('{"resourceType": "Patient", "id": "p1"}\n')
    name = "x" * 300 if kind == "long" else kind
    KINDS[kind](tmp_path / name)
    before = sorted(path.name for path in tmp_path.iterdir())
    found = invoke(*[name if part == "@" else part for part in asked.split()])
    assert found.exit_code in (1, 2, 3, 4, 74)
    assert found.stdout + found.stderr
    assert "Traceback" not in found.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_name_in_a_folder_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(InvalidRecord, match=r"^out\.ndjson: cannot be written"):
        refuse_same_file([tmp_path / "in.ndjson"], [Path("out.ndjson")])
