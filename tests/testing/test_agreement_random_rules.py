"""All engines agree on rule sets nobody wrote: random ones, and those in tests/corpus, which once
mattered.
"""

import json
from pathlib import Path

import pytest
from differential import (
    CHECKS,
    CORPUS_FOLDER,
    SLOW,
    TOO_LONG,
    Check,
    hunt,
    main,
    with_cql,
    with_dmn,
    with_durable_rules,
    with_the_javascript_port,
    with_z3,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from random_rules import FILES, Short, long_rules, short_rules

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.errors import RulesError
from allstatus.table.engines import make_engine
from allstatus.testing import complete_records, equivalent_spellings, records, refinements
from allstatus.testing.answers import answer_of
from needs import CQL, DMN, NO_DURABLE, NODE

OWN_FACTS = Path(__file__).parent.parent / "pages" / "plasma"
CORPUS = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted(CORPUS_FOLDER.glob("*.json"))
}

MARKS = {
    with_durable_rules: NO_DURABLE,
    with_the_javascript_port: NODE,
    with_cql: CQL,
    with_dmn: DMN,
}
MARKED = [pytest.param(check, marks=MARKS.get(check, ())) for check in CHECKS]


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("check", MARKED)
def test_engines_agree_on_the_corpus(name: str, check: Check) -> None:
    check(CORPUS[name], FILES.build(long_rules(CORPUS[name])))


@pytest.mark.parametrize("check", [one for one in MARKED if with_z3 not in one.values])
def test_engines_agree_on_facts_of_a_rule_set_s_own(check: Check) -> None:
    """One fact of each kind: yes/no, a choice, a percentage, a number, a set."""
    check({}, load_rules(OWN_FACTS, engine="builtin"))


@pytest.mark.slow
@pytest.mark.parametrize("check", MARKED)
def test_engines_agree_on_random_rule_sets(check: Check) -> None:
    hunt(check, CHECKS[check])


@pytest.mark.slow
def test_a_rule_set_that_fails_is_shrunk_and_saved(tmp_path: Path) -> None:
    def never_two_limits(short: Short, _: Classifier) -> None:
        assert len(short["limits"]) < 2

    with pytest.raises(AssertionError) as failed:
        hunt(never_two_limits, 100, tmp_path, number=0)
    (saved,) = tmp_path.glob("never-two-limits-*.json")
    assert failed.value.__notes__[-1] == f"saved as {saved.name}"
    short = json.loads(saved.read_text("utf-8"))
    assert len(short["facts"]) == 1
    assert FILES.build(long_rules(short)).table.cases


def test_the_hunt_ends_when_its_time_is_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seconds", "0"]) == 0
    assert capsys.readouterr().out == "0 rule sets tried, no engine differs\n"


@settings(max_examples=40, suppress_health_check=SLOW)
@given(st.data())
def test_the_laws_hold_of_any_rule_set(drawn: st.DataObject) -> None:
    """More knowledge adds no possibility, another spelling changes nothing, and a complete record
    lacks nothing.
    """
    rules = FILES.build(long_rules(drawn.draw(short_rules())))
    before, after = drawn.draw(refinements(rules=rules))
    assert set(rules.classify(after).possible) <= set(rules.classify(before).possible)
    assert answer_of(rules, drawn.draw(equivalent_spellings(before, rules))) == answer_of(
        rules, before
    )
    assert rules.classify(drawn.draw(complete_records(rules))).outcome != "insufficient_data"
    assert set(drawn.draw(records(rules))) <= set(rules.ruleset.facts)


@NO_DURABLE
def test_the_corpus_keeps_a_rule_set_too_long_for_durable_rules() -> None:
    rules = FILES.build(long_rules(CORPUS["too-long-for-durable-rules"]))
    with pytest.raises(RulesError, match=f"{TOO_LONG}.*use the engine `builtin`"):
        make_engine(rules.ruleset, "durable")
    assert make_engine(rules.ruleset, "auto").name == "builtin"
