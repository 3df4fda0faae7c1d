"""What is written of an answer, column by column: ids with spaces between them."""

from __future__ import annotations

from collections.abc import Callable

from allstatus.bulk.cells import CellAnswer, CellTrace

WARNINGS = "warnings"  # the column with what is said of a row's values, not of its cell
CELL = "cell"  # the column with the number of a row's cell
VERDICT = {True: "true", False: "false", None: "unknown"}

ANSWER: dict[str, Callable[[CellAnswer], str | None]] = {
    "outcome": lambda answer: answer.outcome,
    "status": lambda answer: answer.status,
    "possible": lambda answer: " ".join(answer.possible),
    "regions": lambda answer: " ".join(answer.regions),
    "possible_regions": lambda answer: " ".join(answer.possible_regions),
    "missing": lambda answer: " ".join(answer.missing),
    "options": lambda answer: " ".join(answer.options),
}
TRACE: dict[str, Callable[[CellTrace], str | None]] = {
    "assumptions": lambda trace: " ".join(trace.assumptions),
    "reasons": lambda trace: "; ".join(" ".join(names) for names in trace.reasons),
    "ask_next": lambda trace: trace.ask_next,
    "conflicts": lambda trace: " ".join(trace.conflicts),
    "one_answer_away": lambda trace: "; ".join(trace.one_answer_away),
}
