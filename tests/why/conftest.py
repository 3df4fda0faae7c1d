"""What each cell leaves possible, worked out once."""

import pytest

from why.cells import Verdicts, outcomes_of_cells


@pytest.fixture(scope="session")
def outcomes() -> dict[Verdicts, frozenset[str]]:
    """What each cell leaves possible, by union over its completions."""
    return outcomes_of_cells()
