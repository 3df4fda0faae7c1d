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


def test_on_which_facts_a_possible_region_depends(classifier: Classifier) -> None:
    stated = {"prior_treatment": "disease_directed", "prior_remission": False, "cbc": "abnormal"}
    decision = classifier.classify(stated | {"signs_and_symptoms": "present"})
    assert decision.regions == ()
    assert {one.id: one.depends_on for one in decision.possible_regions} == {
        "treated_never_in_remission_blasts_above_threshold": ("marrow_blast_percent",),
        "treated_cbc_not_recovered": ("marrow_blast_percent",),
        "treated_signs_or_symptoms_persist": ("marrow_blast_percent",),
        "treated_leukemia_outside_marrow_never_in_remission": (
            "marrow_blast_percent",
            "leukemia_outside_marrow",
        ),
    }
