"""The decision as a document, as `allstatus schema decision` describes it.

All but a few particulars depend on the resolution alone, so as JSON the rest is written once and
kept as a form, in which the particulars are filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json as write_json

if TYPE_CHECKING:
    from allstatus.decision.decision import Decision

SCHEMA_VERSION = "1.0"
WRITTEN = (
    "id",
    "assumptions",
    "warnings",
    "diagnoses",
    "facts",
    "remission_number",
    "applicability",
    "elsewhere",
)
OBSERVED = ("actual", "margin", "at_threshold", "counting_error")

_BEGIN, _END = "\ue000", "\ue001"
_MARK = re.compile(f'"{_BEGIN}([^{_END}]*){_END}"'.encode())
_OBSERVED_MARKS = re.compile(
    ",".join(f'"{key}":"{_BEGIN}([^{_END}]*){_END}"' for key in OBSERVED).encode()
)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What differs between two decisions with the same resolution."""

    id: Any
    assumptions: Any
    warnings: Any
    diagnoses: Any
    facts: Any
    values: Mapping[str, Any]
    observed: Mapping[str, dict[str, Any]]
    remission_number: Any
    applicability: Any
    elsewhere: Any
    options: Any = None


def to_dict(decision: Decision) -> dict[str, Any]:
    """The whole document."""
    return _assemble(decision, replace(_particulars(decision), options=decision.options))


def to_json(decision: Decision) -> bytes:
    """The whole document as one line of UTF-8 JSON."""
    if decision.contradicts_itself or not decision.applicable:
        return write_json(to_dict(decision))
    explanation = decision.explanation
    if explanation.form is None:
        explanation.form = _make_form(decision)
    return _fill(explanation.form, _particulars(decision), decision.listed.json)


def _particulars(decision: Decision) -> Particulars:
    facts = decision.facts
    values = {name: fact["value"] for name, fact in facts.items()}
    return Particulars(
        decision.record.id,
        decision.assumptions,
        decision.warnings,
        decision.diagnoses,
        facts,
        values,
        decision.observed(facts),
        decision.remission_number,
        decision.applicability,
        decision.elsewhere,
    )


def _assemble(decision: Decision, particulars: Particulars) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "id": particulars.id,
        "outcome": decision.outcome,
        "status": decision.status,
        "possible": list(decision.possible),
        "regions": decision.regions,
        "missing": decision.missing,
        "irrelevant": decision.irrelevant,
        "ask_next": decision.ask_next,
        "conflicts": decision.conflicts,
        "assumptions": particulars.assumptions,
        "warnings": particulars.warnings,
        "diagnoses": particulars.diagnoses,
        "options": particulars.options,
        "applicability": particulars.applicability,
        "facts": particulars.facts,
        "trace": decision.trace_of(particulars.observed, particulars.remission_number),
        "elsewhere": particulars.elsewhere,
        "reasons": decision.reasons,
        "why_not": decision.why_not,
        "counterfactuals": _counterfactuals(decision, particulars.values),
        "ruleset": _about_rules(decision),
        "engine": decision.engine,
        "notice": decision.ruleset.notice,
    }


def _counterfactuals(decision: Decision, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "to": change.to,
            "changes": [
                {"fact": a.fact, "from": values[a.fact], "to_region": a.region}
                for a in change.answers
            ],
            "about": change.about,
        }
        for change in decision.changes
    ]


def _about_rules(decision: Decision) -> dict[str, Any]:
    rules = decision.ruleset
    return {
        "id": rules.id,
        "version": rules.version,
        "digest": rules.digest,
        "table_digest": decision.table_digest,
        "effective_from": rules.effective_from,
        "source": dict(rules.source),
    }


Form = list[bytes]  # text and names of particulars in turn


def _make_form(decision: Decision) -> Form:
    """The document with marks for its particulars, cut at the marks."""
    rules = decision.ruleset
    marks = Particulars(
        _mark("id"),
        _mark("assumptions"),
        _mark("warnings"),
        _mark("diagnoses"),
        _mark("facts"),
        {name: _mark(f"value {name}") for name in rules.facts},
        {name: {key: _mark(f"observed {name}") for key in OBSERVED} for name in rules.criteria},
        _mark("remission_number"),
        _mark("applicability"),
        _mark("elsewhere"),
        _mark("options"),
    )
    text = write_json(_assemble(decision, marks))
    one_mark_each = _OBSERVED_MARKS.sub(
        lambda match: _mark(match[1].decode(), quoted=True).encode(), text
    )
    return _MARK.split(one_mark_each)


def _mark(name: str, *, quoted: bool = False) -> str:
    mark = f"{_BEGIN}{name}{_END}"
    return f'"{mark}"' if quoted else mark


def _fill(form: Form, particulars: Particulars, options: bytes) -> bytes:
    written = {name.encode(): write_json(getattr(particulars, name)) for name in WRITTEN}
    written[b"options"] = options
    for name, value in particulars.values.items():
        written[b"value " + name.encode()] = write_json(value)
    for name, observation in particulars.observed.items():
        written[b"observed " + name.encode()] = write_json(observation)[1:-1]
    return b"".join([written[part] if place % 2 else part for place, part in enumerate(form)])
