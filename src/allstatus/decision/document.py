"""The decision as a document, as `allstatus schema decision` describes it.

All but a few particulars depend on the resolution, the outcome and the overlay alone, so as JSON
the rest is written once and kept as a form, in which the particulars are filled in.
"""

from __future__ import annotations

import re
from functools import lru_cache
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
    forms = decision._explanation.forms
    kind = decision.outcome, decision._explained, decision.applicability
    if kind not in forms:
        forms[kind] = _make_form(decision)
    return _fill(forms[kind], decision)


Form = tuple[list[str], list[bytes]]  # the particulars' names; text before, between and after


def _parts(decision: Decision) -> dict[str, Any]:
    return {name: plain(getattr(decision, name)) for name in PARTS}


def _make_form(decision: Decision) -> Form:
    """The document with marks for its particulars, cut at the marks."""
    document, rules = _parts(decision), decision.rules
    document |= {name: _mark(name) for name in (*PARTICULAR, *KEPT) if name in document}
    document["facts"] = {
        name: {key: _mark(f"{key} {name}") for key in FACT} for name in document["facts"]
    }
    document["trace"]["remission_number"] = _mark("remission_number")
    for node in document["trace"]["nodes"].values():
        if node["criterion"] is not None:
            condition = rules.criteria[node["criterion"]].condition
            node["actual"] = _mark(f"value {condition.fact}")
            if condition.limit is not None:
                node |= {key: _mark(f"{key} {node['criterion']}") for key in MEASURED}
    for change in (c for entry in document["counterfactuals"] for c in entry["changes"]):
        change["from"] = _mark(f"value {change['fact']}")
    parts = _MARK.split(write_json(document))
    return [name.decode() for name in parts[1::2]], parts[::2]


def _mark(name: str) -> str:
    return f"{_BEGIN}{name}{_END}"


def _fill(form: Form, decision: Decision) -> bytes:
    written = {name: _written(getattr(decision, name)) for name in PARTICULAR}
    written |= {name: getattr(decision, kept).json for name, kept in KEPT.items()}
    for name, (value, state, evidence) in decision._facts.items():
        of_value, of_state, of_evidence = _places(FACT, name)
        written[of_value] = _word(value) if isinstance(value, str) else _written(value)
        written[of_state] = _word(state)
        written[of_evidence] = b"[]" if evidence == () else write_json(evidence)
    for name, seen in decision._measured.items():
        for key, place in zip(MEASURED, _places(MEASURED, name), strict=True):
            written[place] = _written(getattr(seen, key))
    names, texts = form
    parts = [b""] * (len(names) + len(texts))
    parts[::2], parts[1::2] = texts, [written[name] for name in names]
    return b"".join(parts)


@lru_cache(maxsize=1024)
def _places(keys: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The marks of what is said of a fact or criterion."""
    return tuple([f"{key} {name}" for key in keys])


def _written(value: Any) -> bytes:
    """A part as JSON; most parts are nothing."""
    if value is None:
        return b"null"
    return b"[]" if value == () else write_json(value)


@lru_cache(maxsize=4096)
def _word(text: str) -> bytes:
    """A fact's value or state as JSON: few, often repeated."""
    return write_json(text)
