"""Whom the listed treatments fit: fixtures of one record each, laws, and every small table
walked.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from allstatus import RulesError, load_rules
from allstatus.decision.applicability import Applicability, applicability_faults
from allstatus.decision.entries import AgentApplicability, Option
from allstatus.record.exact_json import parse_json
from allstatus.record.model import Record
from allstatus.rules.editions import rule_sets
from allstatus.rules.indications import STATUS_FACT, read_overlay
from decision.test_properties import patients, records
from shipped import RULES

OVERLAY = RULES.applicability.overlay
FIXTURES = sorted((Path(__file__).parents[2] / "fixtures" / "options").glob("*.expected.json"))
RULE_SETS = [folder.name for folder in rule_sets()]


def said(entry: Option | AgentApplicability) -> Any:
    """`applies`, or {"needs_data": [facts]}."""
    word = entry.applicability
    assert bool(entry.needs) == (word == "needs_data")
    assert entry.because
    return {word: sorted(entry.needs)} if entry.needs else word


def in_order(expected: Any) -> Any:
    return (
        {"needs_data": sorted(expected["needs_data"])} if isinstance(expected, dict) else expected
    )


@pytest.mark.parametrize(
    "path", FIXTURES, ids=lambda path: path.name.removesuffix(".expected.json")
)
def test_fixture_gives_the_applicability_beside_it(path: Path) -> None:
    expected = json.loads(path.read_text("utf-8"))
    decision = RULES.classify(
        parse_json(path.with_name(path.name.replace(".expected", "")).read_text("utf-8"))
    )
    assert (decision.outcome, decision.status) == (expected["outcome"], expected["status"])
    assert bool(decision.options) == (expected["status"] is not None)
    options = {option.id: option for option in decision.options}
    agents = {agent.agent: agent for option in decision.options for agent in option.by_agent}
    assert {name: said(options[name]) for name in expected["options"]} == {
        n: in_order(e) for n, e in expected["options"].items()
    }
    assert {name: said(agents[name]) for name in expected["agents"]} == {
        n: in_order(e) for n, e in expected["agents"].items()
    }
    for name, others in expected["other_sources"].items():
        found = {other.cite.title: other.applicability for other in agents[name].other_sources}
        assert len(found) == len(others), found
        for title, word in others.items():
            assert [answer for source, answer in found.items() if title in source] == [word]


def test_there_are_at_least_thirty_fixtures() -> None:
    assert len(FIXTURES) >= 30


@pytest.mark.parametrize("name", RULE_SETS)
def test_every_agent_of_a_rule_set_has_a_condition(name: str) -> None:
    ruleset = load_rules(name, engine="builtin").ruleset
    assert {agent["id"] for agent in ruleset.guidance["agents"]} <= set(OVERLAY.agents)


@pytest.mark.parametrize("name", RULE_SETS)
def test_every_table_can_apply_and_not_apply_and_every_criterion_in_it_matters(name: str) -> None:
    assert applicability_faults(load_rules(name, engine="builtin").applicability) == []


@given(records, patients)
@settings(max_examples=200)
def test_the_page_s_list_stays_whole_and_what_does_not_apply_comes_last(
    record: dict[str, Any], patient: dict[str, Any]
) -> None:
    with_overlay = RULES.classify(record | patient)
    without = RULES.classify(record | patient, applicability=False)
    assert with_overlay.possible == without.possible
    assert {option.id for option in with_overlay.options} == {
        option.id for option in without.options
    }
    assert {option.applicability for option in without.options} <= {"listed"}
    fits = [option.applicability != "does_not_apply" for option in with_overlay.options]
    assert fits == sorted(fits, reverse=True)
    assert (with_overlay.applicability is not None) == bool(with_overlay.options)
    assert without.applicability is None


@given(records, patients)
@settings(max_examples=200)
def test_more_knowledge_of_the_patient_never_turns_applies_round(
    record: dict[str, Any], patient: dict[str, Any]
) -> None:
    known = {option.id: option.applicability for option in RULES.classify(record | patient).options}
    for key in patient:
        fewer = RULES.classify(
            record | {name: value for name, value in patient.items() if name != key}
        )
        for option in fewer.options if known else ():
            if option.applicability in ("applies", "does_not_apply"):
                assert known.get(option.id, option.applicability) == option.applicability


def broken_overlay(tmp_path: Path, file: str, old: str, new: str) -> Path:
    """A copy of the overlay's folder with one text replaced."""
    copy = Path(shutil.copytree(OVERLAY.directory, tmp_path / "applicability"))
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), "utf-8")
    return copy


BROKEN = [
    (
        "agents/nilotinib.yaml",
        "all: [philadelphia_positive]",
        "all: [philadelphia]",
        "applicability/agents/nilotinib.yaml:5: unknown criterion 'philadelphia' (did you mean "
        "'philadelphia_positive'?); "
        "criteria are listed in criteria.yaml",
    ),
    (
        "agents/nilotinib.yaml",
        "agent: nilotinib",
        "agent: nilotinibb",
        "applicability/agents/nilotinib.yaml:2: agent 'nilotinibb' stands in a file of another "
        "name; rename the file to nilotinibb.yaml",
    ),
    (
        "agents/imatinib.yaml",
        "statuses: [untreated]",
        "statuses: [untreatedd]",
        "applicability/agents/imatinib.yaml:21: unknown status 'untreatedd' (did you mean "
        "'untreated'?); "
        "statuses are the values of disease_status",
    ),
    ("agents/imatinib.yaml", "      not_checked: ", "      section: x\n      not_checkedd: ", None),
    (
        "criteria.yaml",
        "condition: cd19 == positive",
        "condition: cd19 == positiv",
        "applicability/criteria.yaml:14: 'cd19 == positiv': 'positiv' is not a value of 'cd19' "
        "(did you mean 'positive'?); "
        "use one of positive, negative",
    ),
    (
        "facts.yaml",
        "record_key: biomarkers.cd19",
        "record_key: biomarkers.cd91",
        "applicability/facts.yaml:35: no record has a key 'biomarkers.cd91' (did you mean "
        "'biomarkers.cd19'?); "
        "use a key of `allstatus schema record`, or declare it with "
        "`own: true`",
    ),
    (
        "agents/nilotinib.yaml",
        "all: [philadelphia_positive]",
        "all: [philadelphia_positive, {not: philadelphia_positive}]",
        "applicability/agents/nilotinib.yaml:5: status 'applies' holds in no case; correct its "
        "clauses or remove it",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_overlay_is_refused_with_its_place_and_the_remedy(
    file: str, old: str, new: str, message: str | None, tmp_path: Path
) -> None:
    copy = broken_overlay(tmp_path, file, old, new)
    with pytest.raises(RulesError) as refused:
        applicability_faults(Applicability(RULES.ruleset, copy, locked=False))
    assert message is None or refused.value.problems == (message,)


@pytest.mark.parametrize("file", ["criteria.yaml", "facts.yaml", "thresholds.yaml"])
def test_words_that_nothing_uses_are_refused(file: str, tmp_path: Path) -> None:
    added = {
        "criteria.yaml": "idle:\n  title: a\n  otherwise: b\n  condition: refractory\n",
        "facts.yaml": (
            "idle: {type: yes_no, question: a, answered_by: [], about: finding, burden: 1, "
            "record_key: refractory}\n"
        ),
        "thresholds.yaml": (OVERLAY.directory / "thresholds.yaml")
        .read_text("utf-8")
        .split("adult_age:")[1]
        .split("twenty")[0],
    }[file]
    copy = (
        broken_overlay(tmp_path, file, "adult_age:", "idle:" + added + "adult_age:")
        if file == "thresholds.yaml"
        else None
    )
    if copy is None:
        first = (OVERLAY.directory / file).read_text("utf-8").splitlines()[2]
        copy = broken_overlay(tmp_path, file, first, added + first)
    with pytest.raises(RulesError, match=r":\d+: no .* (uses|asks).*; "):
        read_overlay(copy)


def test_a_citation_without_a_sentence_says_why(tmp_path: Path) -> None:
    text = (OVERLAY.directory / "agents" / "imatinib.yaml").read_text("utf-8")
    line = next(line for line in text.splitlines() if "not_checked" in line)
    with pytest.raises(
        RulesError, match="give its fingerprint, or say in `not_checked` why there is none"
    ):
        read_overlay(broken_overlay(tmp_path, "agents/imatinib.yaml", line + "\n", ""))


def test_a_status_of_the_decision_is_the_only_fact_not_asked_of_the_record() -> None:
    assert [name for name, fact in OVERLAY.facts.items() if not fact.answered_by] == [STATUS_FACT]


def test_an_overlay_that_differs_from_its_lock_is_refused(tmp_path: Path) -> None:
    copy = broken_overlay(tmp_path, "agents/nilotinib.yaml", "title: Nilotinib", "title: nilotinib")
    with pytest.raises(RulesError, match="the rule files are not those that were locked"):
        applicability_faults(Applicability(RULES.ruleset, copy))


def test_a_stated_use_in_another_disease_is_not_looked_up() -> None:
    other = replace(RULES.ruleset, population={"icd10cm": ["C92.0"], "snomed": []})
    (of_other, of_all) = (
        Applicability(rules).options_of("recurrent").of(Record()).entries
        for rules in (other, RULES.ruleset)
    )
    assert {option.applicability for option in of_other} == {"listed"}
    assert not any(option.by_agent for option in of_other)
    assert {option.id for option in of_other} == {option.id for option in of_all}
    assert any(option.by_agent for option in of_all)
