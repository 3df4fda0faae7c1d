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
MARKED = frozenset((*PARTICULAR, *KEPT))
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


def _parts(decision: Decision, marked: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {
        name: _mark(name) if name in marked else plain(getattr(decision, name)) for name in PARTS
    }


def _make_form(decision: Decision) -> Form:
    """The document with marks for its particulars, cut at the marks."""
    document, rules = _parts(decision, MARKED), decision.rules
    document["facts"] = {name: _mark(f"fact {name}") for name in document["facts"]}
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
        fact = _bare_fact(value, state) if evidence == () else _fact(value, state, evidence)
        written[f"fact {name}"], written[f"value {name}"] = fact
    for name, seen in decision._measured.items():
        for key in MEASURED:
            written[f"{key} {name}"] = _written(getattr(seen, key))
    names, texts = form
    parts = [b""] * (len(names) + len(texts))
    parts[::2], parts[1::2] = texts, [written[name] for name in names]
    return b"".join(parts)


def _fact(value: Any, state: str, evidence: tuple[Any, ...] = ()) -> tuple[bytes, bytes]:
    """A fact as JSON, and its value alone."""
    entry = {"value": value, "state": state, "evidence": evidence}
    return write_json(entry), write_json(value)


_bare_fact = lru_cache(maxsize=4096, typed=True)(_fact)  # few values, often repeated


def _written(value: Any) -> bytes:
    """A part as JSON; most parts are nothing."""
    if value is None:
        return b"null"
    return b"[]" if value == () else write_json(value)
