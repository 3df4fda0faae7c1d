"""Mutants: every slip is made, our own vectors notice all of them, and a weak suite is told what
would notice.
"""

import sys
from pathlib import Path

import pytest
import yaml

from allstatus import load_rules
from allstatus.errors import InvalidRecord
from allstatus.testing.answers import answer_of
from allstatus.testing.mutants import Mutant, rule_mutants
from allstatus.testing.mutation import (
    fates_by_suite,
    mutate_suite,
    mutate_vectors,
    render,
    to_document,
)
from allstatus.testing.port_mutants import NUMBERS, port_mutants
from allstatus.testing.rule_files import RuleFiles
from allstatus.testing.rule_mutation import RuleMutation, tell_apart
from copies import copy_rules
from shipped import RULES, vectors

FILES = RuleFiles(RULES.ruleset.directory)
MUTANTS = {mutant.name: mutant for mutant in rule_mutants(FILES)}
HERE = Path(__file__).parent
SLIPS = yaml.safe_load((HERE / "slips.yaml").read_text("utf-8"))


@pytest.mark.parametrize("group", SLIPS["rules"])
def test_every_kind_of_slip_in_the_rules_is_made(group: str) -> None:
    assert set(SLIPS["rules"][group]) <= {
        name for name, mutant in MUTANTS.items() if mutant.group == group
    }


@pytest.mark.parametrize("group", SLIPS["ports"])
def test_every_kind_of_slip_in_a_port_is_made(group: str) -> None:
    assert set(SLIPS["ports"][group]) <= {
        port.name for port in port_mutants(RULES) if port.group == group
    }


@pytest.mark.parametrize(
    ("operator", "never_differs"),
    [
        (">=", {"cut to a whole number"}),
        ("<", {"cut to a whole number"}),
        (">", set()),
        ("<=", set()),
    ],
)
def test_a_slip_that_cannot_differ_is_not_made(
    operator: str, never_differs: set[str], tmp_path: Path
) -> None:
    edit = {
        "file": "criteria.yaml",
        "find": "marrow_blast_percent > blast_threshold",
        "put": f"marrow_blast_percent {operator} blast_threshold",
    }
    folder = copy_rules(tmp_path / "rules", [edit])
    made = {port.name for port in port_mutants(load_rules(folder, engine="builtin", locked=False))}
    assert {
        name for name in NUMBERS if f"marrow_blast_percent: {name}" not in made
    } == never_differs


@pytest.mark.slow
def test_our_own_vectors_kill_every_mutant_and_the_rest_is_equivalent() -> None:
    fates = mutate_vectors(RuleMutation(RULES, vectors()))
    assert {fate.name for fate in fates if fate.word == "survived"} == set()
    assert [fate.name for fate in fates if fate.word == "equivalent"] == SLIPS["equivalent"]


def test_an_unchanged_rule_set_has_no_witness_and_an_equivalent_mutant_none() -> None:
    assert tell_apart(RULES, FILES.build({})) is None
    for name in SLIPS["equivalent"]:
        assert tell_apart(RULES, FILES.build(MUTANTS[name].changed)) is None


@pytest.mark.parametrize("name", [name for name in MUTANTS if name not in SLIPS["equivalent"]])
def test_a_witness_tells_the_mutant_from_the_rules(name: str) -> None:
    mutant = FILES.build(MUTANTS[name].changed)
    witness = tell_apart(RULES, mutant)
    assert witness is not None
    assert answer_of(RULES, witness) != answer_of(mutant, witness)


@pytest.mark.parametrize(
    "name",
    [
        "blast_threshold +0.000000000000000001",
        "recurrent: clause 2: all for any",
        "cbc_normal: cbc != normal",
    ],
)
def test_a_mutant_written_to_files_is_the_mutant(tmp_path: Path, name: str) -> None:
    FILES.write(MUTANTS[name].changed, tmp_path / "mutant")
    written = RuleFiles(tmp_path / "mutant").build({})
    assert tell_apart(written, FILES.build(MUTANTS[name].changed)) is None
    assert tell_apart(written, RULES) is not None


@pytest.mark.slow
def test_a_suite_is_run_on_every_mutants_files(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [MUTANTS[name] for name in SLIPS["suite"]]
    monkeypatch.setattr("allstatus.testing.rule_mutation.rule_mutants", lambda _: iter(few))
    fates = {
        fate.name: fate
        for fate in mutate_suite(
            RuleMutation(RULES), f"{sys.executable} {HERE / 'suites' / 'two_examples.py'} {{rules}}"
        )
    }
    assert {name: fate.word for name, fate in fates.items()} == SLIPS["suite"]
    survivor = next(fate for fate in fates.values() if fate.word == "survived")
    report = render(list(fates.values()))
    assert f"✗ survived: {survivor.group}: {survivor.name}" in report
    assert "this record would kill it: {" in report
    assert to_document(list(fates.values()))["survived"] == list(SLIPS["suite"].values()).count(
        "survived"
    )


LONG = "python -c \"import sys; sys.stdout.write(chr(10) * 10**7 + 'last'); sys.exit(3)\""


@pytest.mark.parametrize(
    ("suite", "problem"),
    [
        ("false", "does not pass on the rules"),
        ("sleep 60", "does not pass on the rules as they are .not within 1 s."),
        (LONG, "it said:\n    last"),
        ("no-such-program", "cannot be started"),
        ("'", "cannot be started"),
        (" ", "cannot be started"),
    ],
)
def test_a_suite_that_cannot_judge_is_refused(suite: str, problem: str) -> None:
    with pytest.raises(InvalidRecord, match=problem):
        mutate_suite(RuleMutation(RULES), suite, seconds=1 if suite == "sleep 60" else 60)


def test_a_suite_kills_what_it_does_not_end_on(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [MUTANTS[name] for name, word in SLIPS["suite"].items() if word == "survived"]
    monkeypatch.setattr("allstatus.testing.rule_mutation.rule_mutants", lambda _: iter(few))
    mutation = RuleMutation(RULES)
    fates = fates_by_suite(mutation, "sleep 60", mutation.mutants(), 0.1)
    assert {fate.word for fate in fates} == {"killed"}


def test_a_mutant_says_which_files_it_changes() -> None:
    assert all(
        isinstance(mutant, Mutant) and set(mutant.changed) <= set(FILES.data)
        for mutant in MUTANTS.values()
    )
