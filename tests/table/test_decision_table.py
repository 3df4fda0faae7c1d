"""What the table says of certain and possible regions, over all cells."""

from __future__ import annotations

from itertools import product

from allstatus.decision.classifier import Classifier
from allstatus.table.case_set import members
from allstatus.table.decision_table import OUTSIDE


def test_a_region_is_certain_only_where_every_completion_lies_in_it(classifier: Classifier) -> None:
    table = classifier.table
    for verdicts in product((None, False, True), repeat=len(table.criteria)):
        cell = table.cell(verdicts)
        lying = {
            name: [bool(cases >> number & 1) for number in members(cell.completions)]
            for name, cases in table.regions.items()
            if cell.outcome == OUTSIDE
        }
        assert list(cell.regions) == [name for name, held in lying.items() if all(held)]
        assert list(cell.possible_regions) == [
            name for name, held in lying.items() if any(held) and not all(held)
        ]
