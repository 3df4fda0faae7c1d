"""The decision as a document, as `allstatus schema decision` describes it.

All but a few particulars depend on the resolution alone, so as JSON the rest is written once and
kept as a form, in which the particulars are filled in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

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
PARTICULAR = (  # what differs between two decisions with the same resolution
    "id",
    "assumptions",
    "warnings",
    "diagnoses",
    "accounted",
    "codes",
    "applicability",
    "elsewhere",
    "remission_number",
)
FACT = ("value", "state", "evidence")
OBSERVED = ("actual", "margin", "at_threshold", "counting_error")

_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f'"{_BEGIN}([^{_END}]*){_END}"'.encode())
_OBSERVED_MARKS = re.compile(
    ",".join(f'"{key}":"{_BEGIN}([^{_END}]*){_END}"' for key in OBSERVED).encode()
)


def to_dict(decision: Decision) -> dict[str, Any]:
    """The whole document, as new dicts and lists."""
    return {name: plain(getattr(decision, name)) for name in PARTS}


def to_json(decision: Decision) -> bytes:
    """The whole document as one line of UTF-8 JSON."""
    if "_origin" in decision.__dict__ or not decision._explained:
        return write_json(to_dict(decision))
    explanation = decision._explanation
    if explanation.form is None:
        explanation.form = _make_form(decision)
    return _fill(explanation.form, decision)


Form = tuple[bytes, list[tuple[str, bytes]]]  # text; then each particular's name, and text


def _make_form(decision: Decision) -> Form:
    """The document with marks for its particulars, cut at the marks."""
    document = to_dict(decision)
    document |= {
        name: _mark(name) for name in (*PARTICULAR, "facts", "options") if name in document
    }
    document["trace"]["remission_number"] = _mark("remission_number")
    for node in document["trace"]["nodes"].values():
        if node["criterion"] is not None:
            node.update(dict.fromkeys(OBSERVED, _mark(f"observed {node['criterion']}")))
    for change in (c for entry in document["counterfactuals"] for c in entry["changes"]):
        change["from"] = _mark(f"value {change['fact']}")
    one_mark_each = _OBSERVED_MARKS.sub(
        lambda match: f'"{_mark(match[1].decode())}"'.encode(), write_json(document)
    )
    first, *rest = _MARK.split(one_mark_each)
    return first, [(rest[i].decode(), rest[i + 1]) for i in range(0, len(rest), 2)]


def _mark(name: str) -> str:
    return f"{_BEGIN}{name}{_END}"


def _fill(form: Form, decision: Decision) -> bytes:
    facts = decision._facts
    written = {name: write_json(getattr(decision, name)) for name in PARTICULAR}
    written["options"] = decision._listed.json
    written["facts"] = write_json(
        {name: dict(zip(FACT, parts, strict=True)) for name, parts in facts.items()}
    )
    for name, parts in facts.items():
        written[f"value {name}"] = write_json(parts[0])
    for name, observation in decision.observed.items():
        written[f"observed {name}"] = write_json(observation._asdict())[1:-1]
    first, rest = form
    return first + b"".join([written[name] + text for name, text in rest])
