"""One classifier, its exercises and its page, for all tests of the teaching material."""

from pathlib import Path

import pytest

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.teach.exercises import Exercise, make_pool
from allstatus.teach.teaching_page import make_page


@pytest.fixture(scope="session")
def teaching() -> Classifier:
    return load_rules(engine="builtin")


@pytest.fixture(scope="session")
def pool(teaching: Classifier) -> list[Exercise]:
    return make_pool(teaching)


@pytest.fixture(scope="session")
def page_file(teaching: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "trainer.html"
    path.write_text(make_page(teaching), "utf-8")
    return path
