"""Exercises written down: CSV and JSON lines here, each other format in a module of its own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from allstatus.render.printable import inert
from allstatus.teach.anki_deck import write_apkg
from allstatus.teach.exercise_set import Sheet
from allstatus.teach.exercise_words import Worded
from allstatus.teach.gift import write_gift
from allstatus.teach.qti import write_qti
from allstatus.teach.worksheet import write_html


def write_jsonl(sheet: Sheet) -> bytes:
    """One object a line: `record` can be sent to `allstatus classify` as it stands."""
    lines = [
        json.dumps(_document(sheet, number, exercise), ensure_ascii=False)
        for number, exercise in enumerate(sheet.exercises, 1)
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def write_csv(sheet: Sheet) -> bytes:
    """One line an exercise, one column a fact and a choice; `explanation` holds several
    sentences.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    rows = [_cells(sheet, number, exercise) for number, exercise in enumerate(sheet.exercises, 1)]
    writer.writerow([name for name, _ in rows[0]])
    writer.writerows([inert(value) for _, value in row] for row in rows)
    return out.getvalue().encode()


def _cells(sheet: Sheet, number: int, exercise: Worded) -> list[tuple[str, Any]]:
    """The columns of a line by name."""
    return [
        ("id", exercise.id),
        ("number", number),
        ("level", exercise.level),
        ("at_edge", "yes" if exercise.at_edge else "no"),
        *exercise.case,
        ("answer", exercise.answer),
        ("answer_title", exercise.answer_title),
        ("explanation", " ".join(exercise.explanation)),
        ("decided_by", exercise.decided_by),
        ("sections", "; ".join(exercise.sections)),
        ("seed", sheet.seed),
        ("ruleset", sheet.rules.id),
        ("version", sheet.rules.version),
        ("digest", sheet.rules.digest),
        ("notice", sheet.rules.notice),
    ]


def _document(sheet: Sheet, number: int, exercise: Worded) -> dict[str, Any]:
    rules = sheet.rules
    return {
        "id": exercise.id,
        "number": number,
        "seed": sheet.seed,
        "level": exercise.level,
        "at_edge": exercise.at_edge,
        "record": {"id": exercise.id, **exercise.record},
        "case": dict(exercise.case),
        "choices": exercise.choices,
        "answer": exercise.answer,
        "explanation": exercise.explanation,
        "why_not": exercise.why_not,
        "decided_by": exercise.decided_by,
        "sections": exercise.sections,
        "ruleset": {
            "id": rules.id,
            "version": rules.version,
            "digest": rules.digest,
            "source": dict(rules.source),
        },
        "notice": rules.notice,
    }


FORMATS: dict[str, Callable[[Sheet], bytes]] = {
    "csv": write_csv,
    "jsonl": write_jsonl,
    "gift": write_gift,
    "anki": write_apkg,
    "apkg": write_apkg,
    "qti": write_qti,
    "html": write_html,
}
