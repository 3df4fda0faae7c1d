"""Dated histories: a patient's records, each leaving its remission or relapse to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.ehr.assess.remissions import History, Past, marrow_side
from allstatus.ehr.timelines.timeline_points import Timeline, add_point
from allstatus.errors import InvalidRecord
from allstatus.record.model import OutsideMarrow, Record
from allstatus.rules.ruleset import RuleSet
from allstatus.table.chart_context import ChartContext, Evidence, FactState

CARRIED = "carried forward from the record before"
MARROW, SINCE = "marrow", "relapse_since_remission"
FOUND_CLEAR = "the relapse was found in the marrow only, which has since been found clear"


def decide_dated(
    classifier: Classifier, records: Iterable[Mapping[str, Any]], as_of: date | None = None
) -> list[Timeline]:
    """One timeline for each `id`, of records to `as_of`; raises InvalidRecord for no date."""
    by_patient: dict[str | int | None, list[Record]] = {}
    for value in records:
        record = classifier.record_model.read(value)
        if record.as_of is None:
            raise InvalidRecord(
                "as_of", "is missing", "give the date of each record of a history as YYYY-MM-DD"
            )
        if as_of is None or record.as_of <= as_of:
            by_patient.setdefault(record.id, []).append(record)
    return [
        _tell(classifier, patient, by_patient[patient]) for patient in sorted(by_patient, key=str)
    ]


def _tell(classifier: Classifier, patient: str | int | None, records: list[Record]) -> Timeline:
    timeline, history, last, treated = Timeline(patient), History(), None, False
    ruleset = classifier.ruleset
    for record in sorted(records, key=lambda record: str(record.as_of)):
        assert record.as_of is not None
        past = history.before(record.as_of, record.as_of)
        carried = {
            fact: value
            for fact, value in _left(ruleset, record, past, treated=treated).items()
            if getattr(record, fact) is None
        }
        evidence = {
            fact: (Evidence("history").counted(_because(fact), str(value)),)
            for fact, value in carried.items()
        }
        states: dict[str, FactState] = {
            fact: "unknown" if value == "unknown" else "derived" for fact, value in carried.items()
        }
        decision = classifier.classify(
            record.model_copy(update=carried), chart=ChartContext(evidence, states)
        )
        last = add_point(timeline.points, record.as_of, decision, past, last)
        timeline.now = decision
        treated = treated or record.prior_treatment == "disease_directed"
        if decision.status:
            places = _places(ruleset, record)
            history.decided(record.as_of, ruleset.statuses[decision.status], places=places)
        elif (open_ := _open(ruleset, record)) is not None:
            told = Evidence("history", date=record.as_of.isoformat())
            may_be = [ruleset.statuses[n] for n in decision.possible if n in ruleset.statuses]
            history.undecided(record.as_of, may_be, told, open_)
    return timeline


def _left(ruleset: RuleSet, record: Record, past: Past, *, treated: bool) -> dict[str, Any]:
    """What the records before one leave to it."""
    left: dict[str, Any] = {}
    if treated:
        left["prior_treatment"] = "disease_directed"
    if past.remission_before:
        left["prior_remission"] = True
    if past.relapses or past.in_doubt:
        left[SINCE] = "unknown" if past.in_doubt else past.relapsed_since
    if past.relapse_count:
        left["relapse_count"] = past.relapse_count
    clear = marrow_side(ruleset, record.marrow_blast_percent) is False
    if clear and past.places == {MARROW}:
        left["leukemia_outside_marrow"] = "absent"
    return left


def _open(ruleset: RuleSet, record: Record) -> frozenset[str] | None:
    """Where an undecided record leaves open whether the disease had come back; empty where it does
    not say, None when it says nothing of it.
    """
    if getattr(record, SINCE) in (True, "unknown"):
        return frozenset()
    marrow, found = record.marrow_blast_percent, set()
    if marrow is not None and marrow_side(ruleset, marrow) is None:
        found.add(MARROW)
    if record.leukemia_outside_marrow == "unknown":
        found.add("other")
    return frozenset(found) or None


def _because(fact: str) -> str:
    return FOUND_CLEAR if fact == "leukemia_outside_marrow" else CARRIED


def _places(ruleset: RuleSet, record: Record) -> frozenset[str]:
    """Where a record finds leukemia."""
    outside, found = record.leukemia_outside_marrow, set()
    if marrow_side(ruleset, record.marrow_blast_percent):
        found.add(MARROW)
    if isinstance(outside, OutsideMarrow):
        found.update(outside.sites)
    elif outside == "present":
        found.add("other")
    return frozenset(found)
