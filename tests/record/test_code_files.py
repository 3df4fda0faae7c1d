"""Every table of `codes/` is found and read."""

import pytest

from allstatus.errors import RulesError
from allstatus.record.code_files import codes_home, read_yaml

NAMES = sorted(path.stem for path in codes_home().glob("*.yaml"))


def test_the_tables_lie_in_one_folder() -> None:
    assert {"blood-count", "units"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_table_holds_something_and_is_read_once(name: str) -> None:
    assert read_yaml(name)
    assert read_yaml(name) is read_yaml(name)


def test_a_table_that_is_not_there_is_an_error() -> None:
    with pytest.raises(RulesError, match=r"no-such-table\.yaml:1: the file is missing"):
        read_yaml("no-such-table")
