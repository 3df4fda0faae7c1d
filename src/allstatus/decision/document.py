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
# what differs between two decisions with the same resolution and outcome, besides id, remission
# number and facts; it stands together, and the last three are of charts
SAID = ("conflicts", "assumptions", "warnings", "diagnoses", "accounted", "codes")
NO_CHART: tuple[Any, ...] = ((), None, None)
KEPT = ("options", "elsewhere")  # besides: what many decisions share, written once
MARKED = frozenset(("id", *SAID, *KEPT))
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
        return write_json({name: plain(getattr(decision, name)) for name in PARTS})
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


def _make_form(decision: Decision) -> Form:
    """The document with marks for its particulars, cut at the marks."""
    document = {
        name: _mark(name) if name in MARKED else _BY_HAND.get(name, getattr)(decision, name)
        for name in PARTS
    }
    _mark_run(document, "said", SAID)
    parts = _MARK.split(write_json(document))
    place = {name: number for number, name in enumerate(_names(decision))}
    return Form(parts, itemgetter(*[place[name.decode()] for name in parts[1::2]]))


def _marked_facts(decision: Decision, _: str) -> dict[str, str]:
    return {name: _mark(f"fact {name}") for name in decision._facts}


def _marked_trace(decision: Decision, _: str) -> dict[str, Any]:
    """The trace as dicts: without an observation, and a mark where one belongs."""
    outline = decision._explainer.tracer.outline(decision._resolution.cell)
    nodes = {path: dict(_node(node)) for path, node in outline.nodes.items()}
    for path, criterion in outline.criteria.items():
        nodes[path]["actual"] = _mark(f"value {criterion.condition.fact}")
        if criterion.condition.limit is not None:
            _mark_run(nodes[path], f"measured {criterion.name}", MEASURED)
    remission = _mark("remission_number")
    return {"statuses": outline.statuses, "nodes": nodes, "remission_number": remission}


def _marked_changes(decision: Decision, _: str) -> Any:
    values = {name: _mark(f"value {name}") for name in decision._facts}
    return plain([change.counterfactual(values) for change in decision.changes])


_node = lru_cache(maxsize=1024)(plain)  # a few for each clause of a rule set
_BY_HAND = {  # parts of which a form leaves a part out
    "facts": _marked_facts,
    "trace": _marked_trace,
    "counterfactuals": _marked_changes,
}


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
    number, said = decision.remission_number, NO_CHART
    if decision.chart is not None:
        said = decision.diagnoses, decision.accounted, decision.codes
    said = decision.conflicts, decision.assumptions, decision.warnings, *said
    written = [
        write_json(decision.id),
        b"null" if number is None else write_json(number),
        _run(SAID, said) if any(said) else _NOTHING_SAID,
        decision._listed.json,
        decision._others.json,
    ]
    for value, state, evidence in decision._facts.values():
        written += _fact(value, state, evidence) if evidence else _bare_fact(value, state)
    written += [_measured(*seen[1:]) for seen in decision._measured.values()]
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


_NOTHING_SAID = _run(SAID, ((), (), (), *NO_CHART))
