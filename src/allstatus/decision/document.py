"""The decision as a document, as `allstatus schema decision` describes it.

All but a few particulars depend on the resolution, the outcome and the overlay alone, so as JSON
the rest is written once and kept as a form, in which the particulars are filled in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic_core import from_json
from pydantic_core import to_json as write_json

from allstatus.record.frozen import plain
from allstatus.why.trace import distance

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
    "remission_number",
    "conflicts",
    "assumptions",
    "warnings",
    "diagnoses",
    "accounted",
    "codes",
)
SAID = PARTICULAR[2:]  # of these, those that stand together
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
    kind = decision.outcome, decision._explained, decision._applicability
    form = forms.get(kind)
    if form is None:
        form = forms[kind] = _make_form(decision)
    return _fill(form, decision)


class Form(NamedTuple):
    """Texts with gaps between, and what picks that which fills the gaps from `_particulars`."""

    texts: list[bytes]
    pick: Callable[[list[bytes]], Iterable[bytes]]


def _parts(decision: Decision, marked: frozenset[str] = frozenset()) -> dict[str, Any]:
    return {
        name: _mark(name) if name in marked else plain(getattr(decision, name)) for name in PARTS
    }


def _make_form(decision: Decision) -> Form:
    """The document with marks for its particulars, cut at the marks."""
    document, rules = _parts(decision, MARKED), decision.rules
    _mark_run(document, "said", SAID)
    document["facts"] = {name: _mark(f"fact {name}") for name in document["facts"]}
    document["trace"]["remission_number"] = _mark("remission_number")
    for node in document["trace"]["nodes"].values():
        if node["criterion"] is not None:
            condition = rules.criteria[node["criterion"]].condition
            node["actual"] = _mark(f"value {condition.fact}")
            if condition.limit is not None:
                _mark_run(node, f"measured {node['criterion']}", MEASURED)
    for change in (c for entry in document["counterfactuals"] for c in entry["changes"]):
        change["from"] = _mark(f"value {change['fact']}")
    parts = _MARK.split(write_json(document))
    place = {name: number for number, name in enumerate(_names(decision))}
    return Form(parts, itemgetter(*[place[name.decode()] for name in parts[1::2]]))


def _mark(name: str) -> str:
    return f"{_BEGIN}{name}{_END}"


def _mark_run(entry: dict[str, Any], name: str, keys: tuple[str, ...]) -> None:
    """Put one mark for keys that follow each other (see `_run`)."""
    entry[keys[0]] = _mark(name)
    for key in keys[1:]:
        del entry[key]


def _fill(form: Form, decision: Decision) -> bytes:
    parts = form.texts.copy()
    parts[1::2] = form.pick(_particulars(decision))
    return b"".join(parts)


def _names(decision: Decision) -> Iterator[str]:
    """What the marks call the particulars, in their order."""
    yield from ("id", "remission_number", "said", *KEPT)
    for name in decision._facts:
        yield from (f"fact {name}", f"value {name}")
    yield from (f"measured {criterion.name}" for criterion in decision._explainer.limited)


def _particulars(decision: Decision) -> list[bytes]:
    """What fills the gaps of a form, as JSON."""
    values = [getattr(decision, name) for name in PARTICULAR]
    written = [
        write_json(values[0]),
        b"null" if values[1] is None else write_json(values[1]),
        _run(SAID, values[2:]) if any(values[2:]) else _NOTHING_SAID,
        *[getattr(decision, kept).json for kept in KEPT.values()],
    ]
    for value, state, evidence in decision._facts.values():
        written += _fact(value, state, evidence) if evidence else _bare_fact(value, state)
    for criterion in decision._explainer.limited:
        value = decision._stated.values[criterion.condition.fact]
        written.append(_measured(*distance(criterion, value)))
    return written


def _fact(value: Any, state: str, evidence: tuple[Any, ...] = ()) -> tuple[bytes, bytes]:
    """A fact as JSON, and its value alone."""
    entry = {"value": value, "state": state, "evidence": evidence}
    return write_json(entry), write_json(value)


def _run(keys: Iterable[str], values: Iterable[Any]) -> bytes:
    """Keys that follow each other, as JSON from the value of the first to that of the last."""
    return write_json(dict(zip(keys, values, strict=True))).partition(b":")[2][:-1]


_bare_fact = lru_cache(maxsize=4096, typed=True)(_fact)  # few values, often repeated


@lru_cache(maxsize=4096)
def _measured(*seen: Any) -> bytes:
    return _run(MEASURED, seen)


_NOTHING_SAID = _run(SAID, ((), (), (), (), None, None))
