"""Shared fixtures: a classifier for each engine that can run here."""

import pytest
from hypothesis import settings

from allstatus import load_rules
from allstatus.classify import Classifier
from allstatus.engines import durable_installed

settings.register_profile("allstatus", deadline=None)  # a timing is never a test
settings.load_profile("allstatus")
NO_DURABLE = pytest.mark.skipif(not durable_installed(), reason="durable-rules is not installed (it needs a C compiler)")
ENGINES = ["builtin", pytest.param("durable", marks=NO_DURABLE)]


@pytest.fixture(scope="session", params=ENGINES)
def classifier(request: pytest.FixtureRequest) -> Classifier:
    return load_rules(engine=request.param)
