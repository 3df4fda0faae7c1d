"""The made-up patients in a language: what happens is told, the records are the same."""

from pathlib import Path

import pytest

from allstatus.errors import RulesError
from allstatus.rules.editions import find_rules
from allstatus.rules.histories import read_histories


def test_what_is_recorded_is_the_same_in_every_language() -> None:
    english, spanish = (read_histories(find_rules(), language) for language in ("en", "es"))
    assert [[point["record"] for point in one["points"]] for one in english] == [
        [point["record"] for point in one["points"]] for one in spanish
    ]
    assert english[0]["title"] != spanish[0]["title"]


def test_a_rule_set_may_have_none(tmp_path: Path) -> None:
    assert read_histories(tmp_path) == []


def test_a_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    (tmp_path / "histories.yaml").write_text("- {title: Without points}\n", "utf-8")
    with pytest.raises(RulesError, match=r"histories.yaml:1: "):
        read_histories(tmp_path)
