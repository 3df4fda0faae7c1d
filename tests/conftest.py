"""Shared fixtures: a classifier for each engine that can run here."""

import pytest

from allstatus import load_rules
from allstatus.classify import Classifier
from allstatus.engines import durable_installed

NO_DURABLE = pytest.mark.skipif(not durable_installed(), reason="durable-rules is not installed (it needs a C compiler)")
ENGINES = ["builtin", pytest.param("durable", marks=NO_DURABLE)]


@pytest.fixture(scope="session", params=ENGINES)
def classifier(request: pytest.FixtureRequest) -> Classifier:
    return load_rules(engine=request.param)
