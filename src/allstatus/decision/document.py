"""The decision as a document, as `allstatus schema decision` describes it.

All but a few particulars depend on the resolution and the outcome alone, so as JSON the rest is
written once and kept as a form, in which the particulars are filled in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json
from pydantic_core import to_json as write_json

from allstatus.record.frozen import plain

if TYPE_CHECKING:
    from allstatus.decision.decision import Decision

SCHEMA_VERSION = "2.0"
PARTS = (  # of the document, in its order: each a property of a decision
    "schema_version",
    "id",
    "outcome",
    "status",
    "possible",
    "regions",
    "possible_regions",
    "one_answer_away",
    "missing",
    "irrelevant",
    "ask_next",
    "conflicts",
    "assumptions",
    "warnings",
    "diagnoses",
    "accounted",
    "codes",
    "options",
    "applicability",
    "facts",
    "trace",
    "elsewhere",
    "reasons",
    "why_not",
    "counterfactuals",
    "ruleset",
    "engine",
    "notice",
)
PARTICULAR = (  # what differs between two decisions with the same resolution and outcome
    "id",
    "conflicts",
    "assumptions",
    "warnings",
    "diagnoses",
    "accounted",
    "codes",
    "applicability",
    "remission_number",
)
KEPT = {"options": "_listed", "elsewhere": "_others"}  # and are written once for many decisions
FACT = ("value", "state", "evidence")
MEASURED = ("margin", "at_threshold", "counting_error")  # what a node says of a number besides

_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f'"{_BEGIN}([^{_END}]*){_END}"'.encode())


def to_dict(decision: Decision) -> dict[str, Any]:
    """The whole document, as new dicts and lists."""
    document: dict[str, Any] = from_json(to_json(decision))
    return document


def to_json(decision: Decision) -> bytes:
    """The whole document as one line of UTF-8 JSON."""
    if "_origin" in decision.__dict__:
        return write_json(_parts(decision))
    forms, kind = decision._explanation.forms, (decision.outcome, decision._explained)
    if kind not in forms:
        forms[kind] = _make_form(decision)
    return _fill(forms[kind], decision)


Form = tuple[bytes, list[tuple[str, bytes]]]  # text; then each particular's name, and text


def _parts(decision: Decision) -> dict[str, Any]:
    return {name: plain(getattr(decision, name)) for name in PARTS}


def _make_form(decision: Decision) -> Form:
    """The document with marks for its particulars, cut at the marks."""
    document, rules = _parts(decision), decision.rules
    document |= {name: _mark(name) for name in ("facts", *PARTICULAR, *KEPT) if name in document}
    document["trace"]["remission_number"] = _mark("remission_number")
    for node in document["trace"]["nodes"].values():
        if node["criterion"] is not None:
            condition = rules.criteria[node["criterion"]].condition
            node["actual"] = _mark(f"value {condition.fact}")
            if condition.limit is not None:
                node |= {key: _mark(f"{key} {node['criterion']}") for key in MEASURED}
    for change in (c for entry in document["counterfactuals"] for c in entry["changes"]):
        change["from"] = _mark(f"value {change['fact']}")
    first, *rest = _MARK.split(write_json(document))
    return first, [(rest[i].decode(), rest[i + 1]) for i in range(0, len(rest), 2)]


def _mark(name: str) -> str:
    return f"{_BEGIN}{name}{_END}"


def _fill(form: Form, decision: Decision) -> bytes:
    written = {name: write_json(getattr(decision, name)) for name in PARTICULAR}
    written |= {name: getattr(decision, kept).json for name, kept in KEPT.items()}
    facts = decision._facts
    written["facts"] = write_json(
        {name: dict(zip(FACT, parts, strict=True)) for name, parts in facts.items()}
    )
    for name, parts in facts.items():
        written[f"value {name}"] = write_json(parts[0])
    for name, seen in decision._measured.items():
        for key in MEASURED:
            written[f"{key} {name}"] = write_json(getattr(seen, key))
    first, rest = form
    return first + b"".join([written[name] + text for name, text in rest])
