"""What a reader of a decision should check or know besides; it never changes the decision."""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.record.model import OutsideMarrow, Record
from allstatus.rules.ruleset import RuleSet
from allstatus.table.facts import RecordFacts

NORMAL_WITH_BLASTS = (
    "cbc: normal, and blasts are reported in the blood; a count with blasts in its differential is "
    "not normal; check which of the two holds"
)
OUTSIDE = "leukemia_outside_marrow"


def warnings_of(
    record: Record, stated: RecordFacts, rules: RuleSet, status: str | None
) -> Iterator[str]:
    """Each warning as a line that begins with the record's key it is about."""
    yield from stated.warnings
    outside = record.leukemia_outside_marrow
    if isinstance(outside, OutsideMarrow):
        if "blood" in outside.sites and _count_normal(record, stated):
            yield NORMAL_WITH_BLASTS
        yield from _told_of(outside.sites, rules, status)
    age = record.age_years
    if age is not None and age < (limit := rules.population["adult_from_age_years"]):
        yield f"age_years: the page is about adults; this patient is under {limit}"


def _count_normal(record: Record, stated: RecordFacts) -> bool:
    return record.cbc == "normal" or (stated.panel is not None and stated.panel.verdict == "normal")


def _told_of(sites: tuple[str, ...], rules: RuleSet, status: str | None) -> Iterator[str]:
    """What the page says of disease at these sites, apart from what it lists for the status."""
    for entries in rules.guidance.values() if sites else ():
        for entry in entries:
            if status in entry.get("statuses", ()) and set(sites) & set(entry.get("sites", ())):
                under = entry["cite"]["section"].rpartition(" > ")[2]
                said = f"the page also says, under {under}: {entry['title']}"
                yield f"{OUTSIDE}: {said}"
