"""Which tests one process runs, because they share what is slow to start, with `--dist loadgroup`.

The groups of pytest-xdist itself stand in the ids of tests, where newer versions of pytest have no
place for them: without a word, every process then starts a cluster and builds a site of its own.
"""

import re
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SHARED = {  # what tests share: how they are called
    "a Spark cluster": r"spark",
    "the fewest vectors": r"--minimal|how-to/port\.md|testing-kit\.md|::test_the_fewest",
    "the answers of a backend": r"test_agreement\.py.*-(\w+)\]",
    "the teaching page": r"teach/test_teaching_page(_practice|_access)?\.py",
    "what its file made": r"(\S+/test_(site|deploy|lesson|postgres|audit|teaching_page_\w+)\.py)",
}


def unit_of(nodeid: str) -> str:
    """What a test shares with others, or its own id."""
    for shared, called in SHARED.items():
        if found := re.search(called, nodeid):
            return f"{shared} {found[1] or ''}" if found.groups() else shared
    return nodeid


class SharedFirst(LoadScopeScheduling):  # type: ignore[misc]
    """What shares something goes to one process; the units with most tests begin."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> SharedFirst | None:
    """The scheduler for `--dist loadgroup`; others are as they were."""
    return SharedFirst(config, log) if config.getvalue("dist") == "loadgroup" else None
