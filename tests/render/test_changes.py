"""What would have to happen is told from what could only be a correction of the record."""

from __future__ import annotations

from pathlib import Path

import pytest

from allstatus.decision.classifier import Classifier
from allstatus.render.changes import change_ways
from allstatus.render.html import render_html
from allstatus.render.text import render_text
from two_limits import two_limits

UNTREATED = {
    "prior_treatment": "none",
    "cbc": "abnormal",
    "marrow_blast_percent": "80",
    "signs_and_symptoms": "present",
}
REMISSION = {
    "prior_treatment": "disease_directed",
    "prior_remission": False,
    "relapse_since_remission": False,
    "cbc": "normal",
    "marrow_blast_percent": "2",
    "signs_and_symptoms": "absent",
}


def test_treatment_of_the_untreated_would_have_to_happen(classifier: Classifier) -> None:
    decision = classifier.classify(UNTREATED)
    assert change_ways(decision, "correction") == ()
    assert {"ALL in remission", "Recurrent ALL"} <= {
        title for title, _ in change_ways(decision, "event")
    }
    assert "only as a correction" not in render_text(decision)
    assert "What would have to happen to change it" in render_text(decision)


def test_treatment_that_was_given_can_only_be_corrected_away(classifier: Classifier) -> None:
    decision = classifier.classify(REMISSION)
    corrected = {title for title, _ in change_ways(decision, "correction")}
    assert "Untreated ALL" in corrected
    assert "Untreated ALL" not in {title for title, _ in change_ways(decision, "event")}
    assert "Recurrent ALL" not in corrected


def test_what_would_change_it_leaves_out_what_holds_already(tmp_path: Path) -> None:
    relapse = {"prior_remission": True, "cbc": "abnormal", "signs_and_symptoms": "absent"}
    between = two_limits(tmp_path / "mine").classify(relapse | {"marrow_blast_percent": 12})
    changes = dict(change_ways(between, "finding"))
    above = "blasts in the bone marrow are above the trial's limit for relapse"
    below = "blasts in the bone marrow are not above the limit"
    assert changes["Recurrent ALL"][0] == above
    assert all("the trial's limit" not in way for way in changes["ALL in remission"])
    assert any(below in way for way in changes["ALL in remission"])


@pytest.mark.parametrize("record", [UNTREATED, REMISSION])
def test_every_change_is_told_once(classifier: Classifier, record: dict[str, object]) -> None:
    decision = classifier.classify(record)
    kinds = ("finding", "event", "correction")
    told = [way for kind in kinds for _, ways in change_ways(decision, kind) for way in ways]
    assert len(told) == len(decision.changes)
    assert "What would have to happen" in render_html([decision])
