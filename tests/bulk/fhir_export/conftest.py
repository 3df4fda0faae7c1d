"""A synthetic export of fourteen people, and its answers."""

from pathlib import Path

import pytest
from synthetic import make_export

from bulk.folders import Answers, answers, decide, write_folder

PEOPLE = list(make_export(14, 0.6, 40, 1))


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "export", PEOPLE)


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """What the export of these people is answered, decided once."""
    folder = tmp_path_factory.mktemp("expected")
    decide(write_folder(folder / "export", PEOPLE), folder / "out.ndjson")
    found = answers(folder / "out.ndjson")
    assert len(found) == 8
    return found
