"""`rules export`, `vectors` and the entry points: what the command line writes is what the library
makes.
"""

import json
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import allstatus.testing
from allstatus.errors import MissingExtra
from allstatus.testing.vectors import read_vectors
from allstatus.translate.box_conditions import conditions_of
from allstatus.translate.cql import to_cql
from allstatus.translate.plain_json import to_plain
from command_line import run
from shipped import RULES, vectors

PROJECT = tomllib.loads(
    (Path(__file__).parent.parent.parent / "pyproject.toml").read_text("utf-8")
)["project"]


def test_json_and_cql_are_printed_whole_and_name_their_rules() -> None:
    document = json.loads(run("rules", "export", "--to", "json").stdout)
    assert document == to_plain(RULES.table)
    assert document["ruleset"]["digest"] == RULES.ruleset.digest
    library = run("rules", "export", "--to", "cql").stdout
    assert library == to_cql(RULES.table)
    for said in (RULES.ruleset.digest, RULES.ruleset.source["url"], RULES.ruleset.notice):
        assert said in library
    assert run("rules", "export", "--to", "prolog").returncode == 2
    assert run("rules", "export", "--to", "cql", "no-such-rules").returncode == 4


def test_plain_rules_hold_every_case_that_can_be() -> None:
    plain = to_plain(RULES.table)
    assert len(plain["cases"]) == RULES.table.consistent.bit_count()
    assert {case["outcome"] for case in plain["cases"]} == {
        *RULES.table.statuses,
        "outside_definitions",
    }
    assert [option["id"] for option in plain["statuses"]["recurrent"]["options"]] == [
        o["id"] for o in RULES.ruleset.options["recurrent"]
    ]


@pytest.mark.parametrize(
    "cases", [0, RULES.table.everything, RULES.table.outside, *RULES.table.statuses.values()]
)
def test_boxes_hold_their_cases_and_no_other(cases: int) -> None:
    found = [RULES.table.cases_with(box) for box in conditions_of(RULES.table, cases)]
    assert sum(found) == cases  # no case twice, so the sum is the union


def test_vectors_are_written_where_asked(tmp_path: Path) -> None:
    written = run("vectors", "-o", str(tmp_path / "kit"))
    assert written.returncode == 0
    assert f"{len(vectors())} vectors of {RULES.ruleset.id}" in written.stdout
    assert read_vectors(tmp_path / "kit") == vectors()


@pytest.mark.parametrize("group", ["hypothesis", "pytest11"])
def test_entry_points_lead_somewhere(group: str) -> None:
    module, _, name = PROJECT["entry-points"][group]["allstatus"].partition(":")
    assert not name or callable(getattr(import_module(module), name))
    assert hasattr(import_module(module), name or "pytest_addoption")


def test_every_public_name_is_there_and_no_other() -> None:
    assert all(callable(getattr(allstatus.testing, name)) for name in allstatus.testing.__all__)
    with pytest.raises(AttributeError, match="no attribute 'bundle'"):
        _ = allstatus.testing.bundle


def test_without_hypothesis_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    monkeypatch.delitem(sys.modules, "allstatus.testing.strategies", raising=False)
    with pytest.raises(MissingExtra, match=r"pip install 'allstatus\[testing\]'"):
        _ = allstatus.testing.records


def test_pytest_loads_nothing_of_ours_unless_asked() -> None:
    code = (
        "import sys, allstatus.testing.pytest_plugin; sys.exit('allstatus.record.model' in "
        "sys.modules or 'hypothesis' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
