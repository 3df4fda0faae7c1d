"""On which facts it depends which undescribed case this is."""

from __future__ import annotations

from allstatus.decision.classifier import Classifier


def test_on_which_facts_a_possible_region_depends(classifier: Classifier) -> None:
    stated = {"prior_treatment": "disease_directed", "prior_remission": False, "cbc": "abnormal"}
    decision = classifier.classify(stated | {"signs_and_symptoms": "present"})
    assert decision.regions == ()
    assert {one.id: one.depends_on for one in decision.possible_regions} == {
        "treated_never_in_remission_blasts_above_threshold": ("marrow_blast_percent",),
        "treated_never_in_remission_cbc_abnormal": ("marrow_blast_percent",),
        "treated_never_in_remission_signs_or_symptoms": ("marrow_blast_percent",),
        "treated_leukemia_outside_marrow_never_in_remission": (
            "marrow_blast_percent",
            "leukemia_outside_marrow",
        ),
    }
