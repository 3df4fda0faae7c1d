"""The rules as one SQL query, in SQLite: honest about what is unknown, but its numbers are doubles.

Usage: python adapter.py rules.json < records.ndjson > answers.ndjson
(`allstatus rules export --format json > rules.json` writes the rules.) It claims the level
partial-data.
"""

import json
import re
import sqlite3
import sys
from pathlib import Path

COLUMNS = (
    "prior_treatment",
    "prior_remission",
    "relapse_since_remission",
    "cbc",
    "signs_and_symptoms",
    "leukemia_outside_marrow",
)
QUERY = Path(__file__).with_name("status.sql").read_text("utf-8")


def load(database, rules, records):
    """The cases, the limit, and one row for each record."""
    criteria = list(rules["criteria"])
    database.execute(f"CREATE TABLE cases ({', '.join(criteria)}, outcome)")
    rows = [(*one["verdicts"], one["outcome"]) for one in rules["cases"]]
    database.executemany(f"INSERT INTO cases VALUES ({', '.join('?' * len(rows[0]))})", rows)
    limit = float(rules["criteria"]["marrow_blasts_above_threshold"]["operand"])
    database.execute("CREATE TABLE limits AS SELECT ? AS blast_limit", (limit,))
    numbers = "blasts_low REAL, low_open, blasts_high REAL"
    database.execute(
        f"CREATE TABLE record (line, {', '.join(COLUMNS)}, {numbers}, relapse_unreported, "
        f"outside_unreported)"
    )
    rows = [row(line, record) for line, record in enumerate(records)]
    database.executemany(f"INSERT INTO record VALUES ({', '.join('?' * len(rows[0]))})", rows)


def row(line, record):
    values = [known(record.get(name)) for name in COLUMNS]
    unreported = [
        record.get(name) is None for name in ("relapse_since_remission", "leukemia_outside_marrow")
    ]
    return [line, *values, *bounds(known(record.get("marrow_blast_percent"))), *unreported]


def known(value):
    """A value as text; None where it is not known."""
    if value is None or value == "unknown":
        return None
    return value if isinstance(value, str) else json.dumps(value)


def bounds(text):
    """(low, whether low itself is out, high) of a number such as 4.9, <5, >=5 or 5-10."""
    match = re.fullmatch(r"(<=?|>=?)?(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?", text or "")
    if match is None:
        return None, None, None
    sign, first, second = match.groups()
    if sign in ("<", "<="):
        return 0, False, first
    return first, sign == ">", 100 if sign else second or first


def answer(outcomes):
    possible = outcomes.split(",") if outcomes else []
    if len(possible) == 1:
        (only,) = possible
        outside = only == "outside_definitions"
        return {
            "outcome": only if outside else "determined",
            "status": None if outside else only,
            "possible": possible,
        }
    return {
        "outcome": "insufficient_data" if possible else "conflicting_data",
        "status": None,
        "possible": possible,
    }


def main():
    database = sqlite3.connect(":memory:")
    load(
        database,
        json.loads(Path(sys.argv[1]).read_text("utf-8")),
        [json.loads(line) for line in sys.stdin],
    )
    for _, outcomes in database.execute(QUERY):
        print(json.dumps(answer(outcomes)))


if __name__ == "__main__":
    main()
