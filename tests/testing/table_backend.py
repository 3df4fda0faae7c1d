"""The committed decision-table.csv, read as any spreadsheet would: rows that contradict nothing
known.
"""

import csv
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord
from allstatus.record.model import Record
from allstatus.table.facts import state_facts
from allstatus.testing.answers import REFUSED, Answer

Row = dict[str, str]
OUTSIDE = "outside_definitions"


class TableReader:
    """Answers from the rows; the readings of facts and criteria are the classifier's, all else is
    the file's.
    """

    def __init__(self, classifier: Classifier) -> None:
        self.classifier, self.rules = classifier, classifier.ruleset
        with (self.rules.directory / "decision-table.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            self.rows = [row for row in csv.DictReader(file) if not row["cannot_be"]]

    def answer(self, record: dict[str, Any]) -> Answer:
        try:
            self.classifier.classify(
                record
            )  # what is no record is refused before any table is read
        except InvalidRecord:
            return dict(REFUSED)
        stated = state_facts(Record.read(record), tuple(self.rules.facts))
        if stated.conflicts:
            return self.read([])
        known = {}
        for name, criterion in self.rules.criteria.items():
            verdict = criterion.condition.holds(stated.values[criterion.condition.fact])
            if verdict is not None:
                known[name] = "yes" if verdict else "no"
        left = [row for row in self.rows if all(row[name] == word for name, word in known.items())]
        for fact in self.rules.facts.values():
            if fact.name in stated.unreported:
                left = self.assumed(fact, left)
        return self.read(left)

    def assumed(self, fact: Any, left: list[Row]) -> list[Row]:
        """The rows after the fact's assumption: those with the value assumed, where there are any
        and all rows allow it.
        """
        assume = fact.assume
        if assume is None or not all(
            assume.when is None or assume.when.holds(case(row)) for row in left
        ):
            return left
        for name in self.rules.criteria_of(fact.name):
            word = "yes" if self.rules.criteria[name].condition.holds(assume.value) else "no"
            left = [row for row in left if row[name] == word] or left
        return left

    def read(self, left: list[Row]) -> Answer:
        found = {row["status"] or OUTSIDE for row in left}
        possible = [name for name in (*self.rules.statuses, OUTSIDE) if name in found]
        if len(possible) != 1:
            return {
                "outcome": "insufficient_data" if possible else "conflicting_data",
                "status": None,
                "possible": possible,
            }
        (only,) = possible
        return {
            "outcome": only if only == OUTSIDE else "determined",
            "status": None if only == OUTSIDE else only,
            "possible": possible,
        }


def case(row: Row) -> dict[str, bool]:
    return {name: word == "yes" for name, word in row.items()}
