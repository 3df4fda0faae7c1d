"""Fifteen decisions as each reader is told them, for docs/read-aloud.md: to be read against the
page by a person, and held by a test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from allstatus import load_rules
from allstatus.render.changes import answers_away
from allstatus.render.messages import headline, may_be, messages
from allstatus.rules.phrases import LEVELS

DOCS = Path(__file__).parent
DOCUMENT = DOCS / "read-aloud.md"
MARK = "<!-- below: made by docs/read_aloud.py -->\n"
TREATED = {"prior_treatment": "disease_directed"}
AGAIN = {"prior_remission": True}
QUIET = {"cbc": "normal", "signs_and_symptoms": "absent"}
ILL = {"cbc": "abnormal", "signs_and_symptoms": "present"}
NEVER = {**TREATED, "prior_remission": False}
CASES: dict[str, dict[str, object]] = {
    "Newly diagnosed": {"prior_treatment": "none", **ILL, "marrow_blast_percent": "80"},
    "Only symptoms were relieved": {
        "prior_treatment": "symptom_relief_only", **ILL, "marrow_blast_percent": "5.5",
    },
    "Remission, nothing reported elsewhere": {**TREATED, **QUIET, "marrow_blast_percent": "1"},
    "Exactly at the limit, and looked for elsewhere": {
        **TREATED, **QUIET, "marrow_blast_percent": "5", "leukemia_outside_marrow": "absent",
    },
    "Recurrence in the marrow": {**AGAIN, **ILL, "marrow_blast_percent": "30"},
    "A hair above the limit after a remission": {
        **AGAIN, **QUIET, "marrow_blast_percent": "5.1",
    },
    "Recurrence in the CNS, clean marrow": {
        **AGAIN, **QUIET, "marrow_blast_percent": "1", "leukemia_outside_marrow": "present",
    },
    "A recorded relapse": {**AGAIN, "relapse_since_remission": True, **ILL},
    "Treated, no remission yet": {**NEVER, **ILL, "marrow_blast_percent": "40"},
    "Clean marrow before a first remission, count abnormal": {
        **NEVER, "cbc": "abnormal", "signs_and_symptoms": "absent", "marrow_blast_percent": "2",
    },
    "A falling count two years into remission": {
        **AGAIN, "relapse_since_remission": False, "cbc": "abnormal",
        "signs_and_symptoms": "absent", "marrow_blast_percent": "1",
    },
    "Never treated, found by chance": {
        "prior_treatment": "none", "cbc": "abnormal", "marrow_blast_percent": "60",
        "signs_and_symptoms": "absent",
    },
    "Treated, marrow not known": {**NEVER, **ILL},
    "Marrow missing after a remission": {**AGAIN, **QUIET},
    "A relapse without treatment": {
        "prior_treatment": "symptom_relief_only", "relapse_since_remission": True,
    },
}  # fmt: skip


def made() -> str:
    """The part of the document that is made of today's rules."""
    return MARK + "\n" + "\n".join(_lines())


def _lines() -> Iterator[str]:
    classifier = load_rules(engine="builtin")
    for number, (title, record) in enumerate(CASES.items(), 1):
        decision = classifier.classify(record)
        yield f"## {number}. {title}\n"
        yield f"`{json.dumps(record)}`\n"
        for level in LEVELS:
            said = [f"{headline(decision, level)}."]
            if decision.outcome == "insufficient_data":
                said += answers_away(decision)
            else:
                said += messages(decision, level)
            if open_cases := may_be(decision, level):
                said += [open_cases[0], *open_cases[1]]
            yield f"*{level.capitalize()}:* {' '.join(said)}\n"


def write() -> None:
    """Write the made part anew; what stands above it is kept."""
    text = DOCUMENT.read_text("utf-8")
    DOCUMENT.write_text(text[: text.index(MARK)] + made(), "utf-8")


if __name__ == "__main__":
    write()
