"""What the pages say that a criterion decides, held against the committed decision table read as it
stands.
"""

import csv
from pathlib import Path

import pytest

from allstatus import load_rules
from allstatus.decision.classifier import Classifier
from allstatus.rules.editions import rule_sets
from allstatus.table.decision_table import OUTSIDE

SITE = str(Path(__file__).parent.parent / "docs" / "site")
SETS = rule_sets()


@pytest.fixture(scope="module", params=SETS, ids=[folder.name for folder in SETS])
def classifier(request: pytest.FixtureRequest) -> Classifier:
    return load_rules(request.param, engine="builtin")


@pytest.fixture(autouse=True)
def _site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SITE)


def answers(classifier: Classifier) -> dict[tuple[str, ...], str]:
    """The answer of each case that can be, by its yes and no. (The file does not mark cases that no
    value of a fact allows.)
    """
    with (classifier.ruleset.directory / "decision-table.csv").open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if classifier.table.consistent >> int(row["case"]) & 1
        ]
    return {
        tuple(row[name] for name in classifier.table.criteria): row["status"] or OUTSIDE
        for row in rows
    }


def test_the_pairs_are_those_of_the_table(classifier: Classifier) -> None:
    from criterion_pages import decided

    known = answers(classifier)
    for place, name in enumerate(classifier.table.criteria):
        pairs = [
            (answer, known.get((*case[:place], "yes", *case[place + 1 :])))
            for case, answer in known.items()
            if case[place] == "no"
        ]
        differ = [pair for pair in pairs if pair[1] not in (None, pair[0])]
        found = {
            pair: cases.bit_count() // 2 for pair, cases in decided(classifier.table, name).items()
        }
        assert found == {pair: differ.count(pair) for pair in differ}, name


def test_the_boxes_hold_those_cases_and_no_others(classifier: Classifier) -> None:
    from criterion_pages import boxes, decided

    table = classifier.table
    for name in table.criteria:
        for cases in decided(table, name).values():
            held = 0
            for box in boxes(table, cases, name):
                held |= table.cases_with(box)
            assert held & table.consistent & ~cases & with_both(classifier, name) == 0
            assert cases & ~held == 0


def with_both(classifier: Classifier, name: str) -> int:
    """The cases that can be with this criterion either way."""
    table, bit = classifier.table, 1 << classifier.table.criteria.index(name)
    numbers = (
        number
        for number in range(len(table.cases))
        if table.consistent >> number & 1 and table.consistent >> (number ^ bit) & 1
    )
    return sum(1 << number for number in numbers)


def test_knowing_a_criterion_is_counted_as_the_cells_say(classifier: Classifier) -> None:
    from criterion_pages import possible_by_cell, told_apart

    table = classifier.table
    possible = possible_by_cell(table)
    place = table.criteria.index("signs_or_symptoms")
    open_cells = [verdicts for verdicts in possible if verdicts[place] is None]
    changed = 0
    for verdicts in open_cells:
        known = [
            table.cell((*verdicts[:place], held, *verdicts[place + 1 :])) for held in (True, False)
        ]
        changed += any(
            cell.completions and cell.possible != table.cell(verdicts).possible for cell in known
        )
    assert told_apart(possible, place) == (changed, len(open_cells))
