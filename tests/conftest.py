"""Shared fixtures, and which tests one process runs because they share what is slow to start."""

import re

import pytest
from hypothesis import settings

from allstatus import load_rules
from allstatus.decision.classifier import Classifier
from needs import NO_DURABLE, lacking

settings.register_profile("allstatus", deadline=None)  # a timing is never a test
settings.load_profile("allstatus")
ENGINES = ["builtin", pytest.param("durable", marks=NO_DURABLE)]


@pytest.fixture(scope="session", params=ENGINES)
def classifier(request: pytest.FixtureRequest) -> Classifier:
    return load_rules(engine=request.param)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """What a test is marked to need, and is not here, is why it is skipped."""
    for mark in item.iter_markers("needs"):
        if reason := lacking(*mark.args):
            pytest.skip(reason)


TOGETHER = {  # what they share: how the tests are called
    "a Spark cluster": "spark",
    "a site": r"test_site\.py",
    "the answers of every backend": r"test_agreement\.py",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With `--dist loadgroup`, tests that share something go to the same process."""
    for item in items:
        for shared, called in TOGETHER.items():
            if re.search(called, item.nodeid):
                item.add_marker(pytest.mark.xdist_group(shared))
