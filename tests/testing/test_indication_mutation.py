"""Mutants of the stated uses: every slip is made, the committed vectors notice all, and a weak
suite is told what would.
"""

import sys
from pathlib import Path

import pytest
import yaml

from allstatus import load_rules
from allstatus.errors import InvalidRecord
from allstatus.record.model import Record
from allstatus.rules.indications import read_overlay
from allstatus.testing.answers import uses_of
from allstatus.testing.indication_mutants import use_mutants, use_port_mutants
from allstatus.testing.indication_mutation import UseMutation, tell_uses_apart
from allstatus.testing.mutation import mutate_suite, mutate_vectors, render
from allstatus.testing.rule_files import OverlayFiles
from allstatus.testing.vectors import read_vectors
from command_line import run
from shipped import RULES

HERE = Path(__file__).parent
COMMITTED = HERE.parent.parent / "examples" / "vectors"
FILES = OverlayFiles(RULES.applicability)
MUTANTS = {mutant.name: mutant for mutant in use_mutants(FILES)}
SLIPS = yaml.safe_load((HERE / "slips.yaml").read_text("utf-8"))
SAMPLE = [names[0] for names in SLIPS["uses"].values()]
WEAK = f"{sys.executable} {HERE / 'suites' / 'two_uses.py'} {{rules}}"


@pytest.mark.parametrize("group", SLIPS["uses"])
def test_every_kind_of_slip_in_the_overlay_is_made(group: str) -> None:
    assert set(SLIPS["uses"][group]) <= {
        name for name, mutant in MUTANTS.items() if mutant.group == group
    }


@pytest.mark.parametrize("group", SLIPS["use_ports"])
def test_every_kind_of_slip_in_a_port_of_it_is_made(group: str) -> None:
    ports = use_port_mutants(RULES.applicability.overlay)
    assert set(SLIPS["use_ports"][group]) <= {port.name for port in ports if port.group == group}


@pytest.mark.slow
def test_the_committed_vectors_kill_every_mutant_and_the_rest_is_equivalent() -> None:
    fates = mutate_vectors(UseMutation(RULES, read_vectors(COMMITTED)))
    assert {fate.name for fate in fates if fate.word == "survived"} == set()
    assert {fate.name for fate in fates if fate.word == "equivalent"} == set(
        SLIPS["uses_equivalent"]
    )
    refused = {fate.name for fate in fates if fate.killer and "refuses" in fate.killer}
    assert refused
    assert refused <= {
        name for name, mutant in MUTANTS.items() if mutant.group in ("clause", "verdict")
    }


@pytest.mark.parametrize("name", SAMPLE)
def test_a_witness_tells_the_mutant_from_the_overlay(name: str) -> None:
    mutant = FILES.build(MUTANTS[name].changed)
    witness = tell_uses_apart(RULES, mutant)
    assert witness is not None
    decision = RULES.classify(witness)
    other = mutant.options_of(str(decision.status)).of(Record.read(witness))
    assert uses_of(decision.options) != uses_of(other.entries)


def test_an_unchanged_overlay_has_no_witness() -> None:
    assert tell_uses_apart(RULES, FILES.build({})) is None


@pytest.mark.parametrize("name", SAMPLE)
def test_a_mutant_written_to_files_loads_as_the_mutant(tmp_path: Path, name: str) -> None:
    FILES.write(MUTANTS[name].changed, tmp_path / "mutant")
    written = load_rules(engine="builtin", applicability=tmp_path / "mutant").applicability
    assert written.overlay == read_overlay(tmp_path / "mutant")
    assert written.csv == FILES.build(MUTANTS[name].changed).csv
    assert tell_uses_apart(RULES, written) is not None


def test_a_suite_is_run_on_every_mutants_files(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [MUTANTS[name] for name in SLIPS["uses_suite"]]
    monkeypatch.setattr("allstatus.testing.indication_mutation.use_mutants", lambda _: iter(few))
    fates = {fate.name: fate for fate in mutate_suite(UseMutation(RULES), WEAK)}
    assert {name: fate.word for name, fate in fates.items()} == SLIPS["uses_suite"]
    assert "this record would kill it: {" in render(list(fates.values()))


@pytest.mark.parametrize(
    ("suite", "problem"),
    [("false", "does not pass on the overlay"), ("no-such-program", "cannot be started")],
)
def test_a_suite_that_cannot_judge_is_refused(suite: str, problem: str) -> None:
    with pytest.raises(InvalidRecord, match=problem):
        mutate_suite(UseMutation(RULES), suite)


def test_the_command_line_takes_the_overlay_by_name_and_by_folder(tmp_path: Path) -> None:
    FILES.write({}, tmp_path / "mine")
    for overlay in ("applicability", str(tmp_path / "mine")):
        result = run("mutate", "--rules", overlay, "--suite", "false")
        assert result.returncode == 3
        assert result.stderr == (
            "error: suite: does not pass on the overlay as it is (exit status 1); "
            "correct the suite first\n"
        )
