"""A rule set to spoil."""

import shutil
from pathlib import Path

import pytest

from allstatus.rules.editions import find_rules


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A copy of the shipped rules to spoil."""
    return Path(shutil.copytree(find_rules(), tmp_path / "rules"))
