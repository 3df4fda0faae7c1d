"""Shared fixtures, and in which order tests are run."""

import gc
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from allstatus import load_rules
from allstatus.decision.classifier import Classifier
from allstatus.testing import minimal_vectors
from allstatus.testing.vectors import Vector
from needs import NO_DURABLE, lacking
from shipped import load_shipped_once
from work_units import pytest_xdist_make_scheduler  # noqa: F401

settings.register_profile("allstatus", deadline=None)  # a timing is never a test
settings.load_profile("allstatus")
ENGINES = ["builtin", pytest.param("durable", marks=NO_DURABLE)]


@pytest.fixture(scope="session", params=ENGINES)
def classifier(request: pytest.FixtureRequest) -> Classifier:
    return load_rules(engine=request.param)


@pytest.fixture(scope="session", autouse=True)
def rules_loaded_once() -> Iterator[Callable[..., Classifier]]:
    """Commands run in this process take up the shipped rules as another loaded them."""
    with pytest.MonkeyPatch.context() as patched:
        load = load_shipped_once()
        patched.setattr("allstatus.decision.classifier.load_rules", load)
        yield load


@pytest.fixture(scope="session")
def fewest_found_once() -> Iterator[None]:
    """The fewest vectors of some rules are looked for once in a process: it takes half a minute."""
    look, found = minimal_vectors.fewest_killers, dict[tuple[str, str], list[Vector]]()

    def once(classifier: Classifier, follow: Callable[[Any], Iterable[Any]] = iter) -> list[Vector]:
        rules = classifier.ruleset.digest, classifier.applicability.overlay.digest
        if rules not in found:
            found[rules] = look(classifier, follow)
        return list(found[rules])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(minimal_vectors, "fewest_killers", once)
        yield


def pytest_collection_finish() -> None:
    """What is there by now stays: garbage is looked for among what tests make, and less often."""
    gc.freeze()
    gc.set_threshold(20_000)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What a test is marked to need, and is not here, is why it is skipped."""
    for mark in item.iter_markers("needs"):
        if reason := lacking(*mark.args):
            pytest.skip(reason)


LONGEST = re.compile(
    r"spark|test_site|testing-kit|test_text|test_release|test_start|scale\.md|every_cell|-suite"
)
MARKING = re.compile(r"\bneeds import\b|\bmark\.slow\b|\bimport SPARK\b")


@cache
def marks_some(path: Path) -> bool:
    """Whether a file of tests marks any that is no part of `make test`, by its text."""
    return MARKING.search(path.read_text("utf-8")) is not None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What marks none is not even imported for the rest: three processes would do so."""
    rest = config.option.markexpr == "needs or slow" and collection_path.suffix == ".py"
    return True if rest and not marks_some(collection_path) else None


def refuse_hidden_marks(items: Iterable[pytest.Item]) -> None:
    """A test that is marked in a way that `marks_some` does not see would never be run."""
    for item in items:
        marked = {mark.name for mark in item.iter_markers()} & {"needs", "slow"}
        if marked and not marks_some(item.path):
            raise pytest.UsageError(f"{item.nodeid}: its file marks it unseen (tests/conftest.py)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin, so that no process ends long before another."""
    refuse_hidden_marks(items)
    long = {item for item in items if item.get_closest_marker("slow") or "spark" in item.nodeid}
    items.sort(key=lambda item: not (item in long and LONGEST.search(item.nodeid)))
