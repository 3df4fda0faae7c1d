"""Two versions of a rule set: the cases that flip are exactly those whose answer changes."""

import json
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allstatus import load_rules
from allstatus.decision.classifier import Classifier
from allstatus.errors import RulesError
from allstatus.record.percent import format_number
from allstatus.verify.cohort_diff import compare_cohort
from allstatus.verify.compare import CANNOT_BE, compare
from allstatus.verify.compare_report import render_text, to_document
from allstatus.verify.value_grid import shared_space
from copies import LIMIT, NUMBERS, copy_rules, fill
from shipped import RULES as OLD
from test_cli import run

CASES = yaml.safe_load((Path(__file__).parent / "compared_versions.yaml").read_text("utf-8"))
Versions = Callable[[str], Classifier]


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    """The second version of a case, by name; made once."""
    made: dict[str, Classifier] = {}

    def make(name: str) -> Classifier:
        if name not in made:
            (case,) = [case for case in CASES if case["name"] == name]
            folder = copy_rules(tmp_path_factory.mktemp("rules") / "edited", case["edits"])
            made[name] = load_rules(folder, engine="builtin", locked=False)
        return made[name]

    return make


def by_name(case: dict[str, Any]) -> str:
    return str(case["name"])


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_each_status_has_its_relation_and_the_flips_are_the_expected_boxes(
    case: dict[str, Any], version: Versions
) -> None:
    diff = compare(OLD.table, version(case["name"]).table)
    assert diff.relations == case["statuses"]
    assert list(diff.other) == [fill(line) for line in case.get("other", diff.other)]
    if "flips" in case:
        assert {f"{flip.was} -> {flip.now}": in_order(flip.boxes) for flip in diff.flips} == {
            flip: in_order(boxes) for flip, boxes in case["flips"].items()
        }


def in_order(boxes: Iterable[dict[str, str]]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((fact, fill(words)) for fact, words in box.items()) for box in boxes)


def inside(words: str, value: Any) -> bool:
    """Whether a value is among those a box's words name, read from the words alone."""
    if isinstance(value, Fraction):
        return any(
            all(in_bound(bound, value) for bound in part.split(" and "))
            for part in words.split(" or ")
        )
    return {True: "yes", False: "no"}.get(value, value) in words.split(" or ")


def in_bound(bound: str, value: Fraction) -> bool:
    match = re.fullmatch(r"(more than|at least|less than|at most|exactly) (\S+)", bound)
    assert match, bound
    limit = Fraction(match[2])
    return {
        "more than": value > limit,
        "at least": value >= limit,
        "less than": value < limit,
        "at most": value <= limit,
        "exactly": value == limit,
    }[match[1]]


complete = st.fixed_dictionaries(
    {
        "prior_treatment": st.sampled_from(["none", "symptom_relief_only", "disease_directed"]),
        "prior_remission": st.booleans(),
        "relapse_since_remission": st.booleans(),
        "cbc": st.sampled_from(["normal", "abnormal"]),
        "marrow_blast_percent": st.one_of(
            st.sampled_from(
                [LIMIT + step for step in map(Fraction, ("-0.1", "0", "0.1"))]
                + [2 * LIMIT, 2 * LIMIT + Fraction(1, 8)]
            ),
            st.decimals(0, 100, places=2).map(Fraction),
        ),
        "signs_and_symptoms": st.sampled_from(["absent", "present", "present_other_cause"]),
        "leukemia_outside_marrow": st.sampled_from(["absent", "present"]),
    }
)


@pytest.mark.parametrize("case", CASES, ids=by_name)
@given(facts=complete)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_complete_record_flips_exactly_when_a_box_of_that_flip_holds_it(
    case: dict[str, Any], facts: dict[str, Any], version: Versions
) -> None:
    new = version(case["name"])
    diff = compare(OLD.table, new.table)
    record = {**facts, "marrow_blast_percent": format_number(facts["marrow_blast_percent"])}
    was, now = (answer(rules, record) for rules in (OLD, new))
    if was == now == CANNOT_BE:
        return
    holding = {
        (f.was, f.now)
        for f in diff.flips
        if any(all(inside(words, facts[fact]) for fact, words in box.items()) for box in f.boxes)
    }
    assert holding == ({(was, now)} if was != now else set())


def answer(rules: Classifier, record: dict[str, Any]) -> str:
    decision = rules.classify(record)
    return (
        CANNOT_BE if decision.outcome == "conflicting_data" else decision.status or decision.outcome
    )


def test_the_space_joins_values_that_no_comparison_tells_apart() -> None:
    space = shared_space([OLD.ruleset])
    assert all(len(axis.classes) == 2 for axis in space.axes)
    assert space.size == 2 ** len(OLD.ruleset.facts)


ANOTHER_TYPE = """
- file: facts.yaml
  find: "relapse_since_remission:\\n  type: yes_no\\n"
  put: "relapse_since_remission:\\n  type: choice\\n  values: [positive, negative]\\n"
- file: facts.yaml
  find: "  values: [positive,"
  put: "  record_key: biomarkers.cd19\\n  values: [positive,"
- {file: facts.yaml, find: "value: false", put: "value: negative"}
- file: criteria.yaml
  find: "condition: relapse_since_remission"
  put: "condition: relapse_since_remission == positive"
"""


def test_a_fact_of_another_type_is_refused(tmp_path: Path) -> None:
    other = load_rules(
        copy_rules(tmp_path / "other", yaml.safe_load(ANOTHER_TYPE)), engine="builtin", locked=False
    )
    with pytest.raises(
        RulesError, match="'relapse_since_remission' is choice in one and yes_no in the other; give"
    ):
        compare(OLD.table, other.table)


def test_more_combinations_than_can_be_listed_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allstatus.verify.value_grid.MAX_POINTS", 100)
    with pytest.raises(
        RulesError, match="their facts make 128 combinations, more than 100; compare"
    ):
        compare(OLD.table, OLD.table)


def test_a_cohort_says_how_many_flip_from_what_to_what(version: Versions) -> None:
    between = f"{float(LIMIT) + 1}"
    base = {"prior_treatment": "disease_directed", "cbc": "normal", "signs_and_symptoms": "absent"}
    records = [
        (1, {**base, "id": "second", "prior_remission": True, "marrow_blast_percent": between}),
        (2, {**base, "prior_remission": True, "marrow_blast_percent": between}),
        (3, {**base, "id": "clear", "marrow_blast_percent": "1"}),
        (4, {**base, "id": "unsettled", "marrow_blast_percent": f"<{NUMBERS['double']}"}),
        (5, {"cbc": "fine"}),
    ]
    cohort = compare_cohort(OLD, version("the limit doubled"), records)
    assert (cohort.records, cohort.same, cohort.refused, sum(cohort.flips.values())) == (5, 1, 1, 3)
    assert cohort.flips["recurrent", "in_remission"] == 2
    assert cohort.examples["recurrent", "in_remission"] == ["second", "record 2"]
    assert (
        cohort.flips[
            "insufficient_data (in_remission, recurrent, outside_definitions)", "in_remission"
        ]
        == 1
    )
    diff = compare(OLD.table, version("the limit doubled").table)
    text = render_text(diff, cohort)
    assert "5 records: 1 answered alike, 3 otherwise, 1 refused." in text
    assert max(map(len, text.splitlines())) <= 80
    assert to_document(diff, cohort)["cohort"]["flips"][0] == {
        "was": "recurrent",
        "now": "in_remission",
        "records": 2,
        "examples": ["second", "record 2"],
    }


def test_the_command_prints_text_or_json_and_nothing_else(tmp_path: Path) -> None:
    new = copy_rules(
        tmp_path / "new",
        [{"file": "thresholds.yaml", "find": "value: <limit>", "put": "value: <double>"}],
    )
    text = run("rules", "diff", "nci-pdq-adult-all-patient", str(new))
    assert text.returncode == 0
    assert re.search(r"in_remission +wider", text.stdout)
    assert OLD.ruleset.digest[:12] in text.stdout
    assert max(map(len, text.stdout.splitlines())) <= 80
    document = json.loads(
        run("rules", "diff", "nci-pdq-adult-all-patient", str(new), "--json").stdout
    )
    assert (document["statuses"]["untreated"], document["cohort"]) == ("narrower", None)
    assert document["old"]["digest"] == OLD.ruleset.digest
    assert run("rules", "diff", "nowhere", str(new)).returncode == 4
    assert run("rules", "diff", str(new), str(new), "--cohort", "nowhere.json").returncode == 3
