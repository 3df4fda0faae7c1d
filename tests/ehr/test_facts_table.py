"""A decision's facts as a table, and under each what the chart says about it."""

import json
from typing import Any

import pytest

from allstatus.decision.decision import Decision
from allstatus.ehr.facts_table import facts_document, render_facts
from allstatus.table.chart_context import Evidence
from ehr.charts_as_yaml import RULES, decide

REMISSION: list[dict[str, Any]] = [
    {"given": "vincristine", "day": "2025-01-10"},
    {"marrow": 2, "day": "2025-03-10"},
    {"count": "normal", "day": "2025-03-10"},
]
CANCELLED = {"marrow": 60, "day": "2025-03-12", "void": "cancelled"}


def under(decision: Decision, fact: str, width: int = 140) -> list[str]:
    """The lines of a fact and of its evidence, each without its spaces."""
    blocks = render_facts(decision, width).split("\n\n")
    (block,) = (block for block in blocks if f" {fact} " in f" {' '.join(block.split())} ")
    return [" ".join(line.split()) for line in block.splitlines() if line.strip()]


def test_what_counts_is_marked_and_what_was_set_aside() -> None:
    decision = decide([*REMISSION, CANCELLED])
    assert under(decision, "marrow_blast_percent") == [
        "marrow_blast_percent 2 given",
        "✓ 2025-03-10 2 marrow loinc|11150-0 2 % 2 % bone marrow blasts",
        "– 2025-03-12 4 marrow loinc|11150-0 60 % cancelled",
    ]
    assert under(decision, "prior_remission") == ["prior_remission not known unknown"]


def test_it_begins_with_the_patient_and_ends_with_the_account() -> None:
    lines = render_facts(decide([*REMISSION, CANCELLED])).splitlines()
    assert lines[0] == "p1: determined, in_remission"
    assert lines[-1] == (
        "7 statements came in: 6 counted, 1 set aside, 0 about something else, 0 not understood"
    )
    assert max(map(len, lines)) <= 140


def test_what_is_to_be_checked_stands_below() -> None:
    lines = render_facts(decide([*REMISSION, {"marrow": "many", "day": "2025-03-12"}])).splitlines()
    checks = [line for line in lines if line.startswith("check: ")]
    assert len(checks) >= 1
    assert any("is text, which is quoted and not read" in line for line in checks)


def test_a_record_has_facts_and_no_account() -> None:
    decision = RULES.classify({"cbc": "normal"})
    lines = render_facts(decision).splitlines()
    assert lines[0] == "insufficient data"
    assert "statements came in" not in lines[-1]
    document = facts_document(decision)
    assert (document["id"], document["accounted"]) == (None, None)
    assert (document["set_aside"], document["not_understood"]) == ([], [])


def test_the_document_holds_the_evidence_and_why_something_was_set_aside() -> None:
    document = facts_document(decide([*REMISSION, CANCELLED]))
    assert json.loads(json.dumps(document)) == document
    marrow = document["facts"]["marrow_blast_percent"]
    assert (marrow["value"], marrow["state"]) == ("2", "given")
    assert [entry["used"] for entry in marrow["evidence"]] == [True, False]
    assert document["accounted"]["came_in"] == 7
    assert document["set_aside"] == [
        {"fact": "marrow_blast_percent", "because": "cancelled", "count": 1}
    ]


def test_signs_that_move_a_terminal_are_not_written() -> None:
    sent = {"marrow": "many\x1b[2J", "day": "2025-03-12"}
    assert "\x1b" not in render_facts(decide([*REMISSION, sent]))


@pytest.mark.parametrize("width", [40, 50, 80, 109])
def test_where_the_table_is_too_wide_there_is_a_list_of_the_same(width: int) -> None:
    decision = decide([*REMISSION, CANCELLED])
    listed = render_facts(decision, width)
    assert max(map(len, listed.splitlines())) <= width
    said = "".join(listed.split())
    for fact in decision.facts.values():
        for entry in fact.evidence:
            keys = ("date", "because", "source", "code", "sent", "read")
            told = (
                [getattr(entry, key, "") for key in keys]
                if isinstance(entry, Evidence)
                else [entry]
            )
            assert all("".join(part.split()) in said for part in told if part)
    assert listed.splitlines()[-1] == render_facts(decision).splitlines()[-1] or width < 90


def test_the_list_leaves_out_what_was_not_sent() -> None:
    lines = render_facts(decide([*REMISSION, CANCELLED]), 80).splitlines()
    at = lines.index("marrow_blast_percent: 2 (given)")
    assert lines[at : at + 7] == [
        "marrow_blast_percent: 2 (given)",
        "  ✓ 2025-03-10 bone marrow blasts",
        "    sent: 2 %; read as: 2 %",
        "    2 marrow, loinc|11150-0",
        "  – 2025-03-12 cancelled",
        "    sent: 60 %",
        "    4 marrow, loinc|11150-0",
    ]
