"""The statuses as a programmer would write them by hand: an `if` each, and the same with a
trace.
"""

from __future__ import annotations

from typing import Any


def decide_plain(record: dict[str, Any], limit: float) -> str | None:
    """The status, or None where the page describes no such case."""
    treated = record["prior_treatment"] == "disease_directed"
    above = record["marrow_blast_percent"] > limit
    symptoms = record["signs_and_symptoms"] == "present"
    outside = record["leukemia_outside_marrow"] == "present"
    normal = record["cbc"] == "normal"
    if treated and normal and not above and not symptoms and not outside:
        return "in_remission"
    if record["prior_remission"] and (above or outside or record["relapse_since_remission"]):
        return "recurrent"
    if not treated and not normal and above and symptoms:
        return "untreated"
    return None


CLAUSES = {
    "in_remission": (
        ("treated", True),
        ("cbc_normal", True),
        ("above_limit", False),
        ("symptoms", False),
        ("outside", False),
    ),
    "recurrent": (("remission_before", True), ("again", True)),
    "untreated": (
        ("treated", False),
        ("cbc_normal", False),
        ("above_limit", True),
        ("symptoms", True),
    ),
}


def decide_traced(record: dict[str, Any], limit: float) -> tuple[str | None, list[dict[str, Any]]]:
    """The status, and every clause of every status with what was expected, what was seen and
    whether it holds.
    """
    blasts, outside = record["marrow_blast_percent"], record["leukemia_outside_marrow"] == "present"
    seen = {
        "treated": record["prior_treatment"] == "disease_directed",
        "cbc_normal": record["cbc"] == "normal",
        "above_limit": blasts > limit,
        "symptoms": record["signs_and_symptoms"] == "present",
        "outside": outside,
        "remission_before": record["prior_remission"],
        "again": blasts > limit or outside or record["relapse_since_remission"],
    }
    trace, found = [], None
    for status, clauses in CLAUSES.items():
        nodes = [
            {
                "criterion": name,
                "expected": wanted,
                "actual": seen[name],
                "verdict": seen[name] is wanted,
            }
            for name, wanted in clauses
        ]
        holds = all(node["verdict"] for node in nodes) and found is None
        trace.append({"status": status, "verdict": holds, "clauses": nodes})
        if holds:
            found = status
    return found, trace
