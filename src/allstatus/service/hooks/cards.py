"""CDS Hooks cards: what a decision says to a clinician at work, with what it rests on and where it
comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from allstatus.decision.answer import NOT_APPLICABLE
from allstatus.decision.decision import Decision, shared, shared_by_options
from allstatus.ehr.out.names import BASE
from allstatus.render.blocks import Kind
from allstatus.render.make_blocks import make_blocks
from allstatus.render.messages import headline, not_understood
from allstatus.render.reader import Reader
from allstatus.service.hooks.card_text import lay_out
from allstatus.service.hooks.cds_types import Card, Coding, Indicator
from allstatus.service.hooks.suggestions import suggestions

SUMMARY = 139  # characters at most
REASONS_SYSTEM = f"{BASE}/CodeSystem/override-reason"
OVERRIDE_REASONS = {
    "chart-incomplete": "The chart lacks what this needs",
    "chart-wrong": "The chart is wrong",
    "clinical-judgment": "Clinical judgment differs",
    "not-this-patient": "It does not concern this patient",
}
REASONS: list[Coding] = [
    {"system": REASONS_SYSTEM, "code": code, "display": text}
    for code, text in OVERRIDE_REASONS.items()
]
KINDS: tuple[Kind, ...] = (
    *("away", "possible", "messages", "may_be", "decisive", "near", "questions", "options"),
    *("assumptions", "conflicts", "warnings", "source"),
)
SOURCE: tuple[Kind, ...] = ("source",)
OPTIONS: tuple[Kind, ...] = ("options",)
OWN = frozenset({"decisive", "near", "assumptions", "conflicts", "warnings"})  # of one patient
UNLIKE = OWN.union(OPTIONS)
Lines = tuple[str, ...]
CARDS = uuid5(NAMESPACE_URL, "urn:allstatus:card")
INDICATORS: Mapping[str, Indicator] = {"conflicting_data": "warning"}


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a card is made for: the decision's id, its patient, and the link to its explanation
    page.
    """

    decision_id: str
    patient: str
    link: str
    others: int = 0  # resources of other patients that were sent and set aside


def status_cards(decision: Decision, occasion: Occasion) -> list[Card]:
    """The card that says a decision; none for a chart without a diagnosis of the disease, unless
    one that may be it was not understood.
    """
    if decision.outcome == NOT_APPLICABLE and not (occasion.others or _may_be_ours(decision)):
        return []
    card = base_card(
        decision,
        occasion,
        "status",
        _summary(decision),
        "\n".join(card_lines(decision, KINDS)).strip(),
    )
    offered = suggestions(decision, occasion.patient)
    if offered:
        card["suggestions"] = [
            {"label": label, "uuid": card_id(occasion, f"suggestion {number}"), "actions": actions}
            for number, (label, actions) in enumerate(offered)
        ]
        card["selectionBehavior"] = "at-most-one"
    return [card]


def _may_be_ours(decision: Decision) -> bool:
    """Whether a diagnosis was not understood on a chart that has to do with a leukemia."""
    account = None if decision.chart is None else decision.chart.account
    return account is not None and account.concerned and bool(not_understood(decision))


def base_card(decision: Decision, occasion: Occasion, name: str, summary: str, detail: str) -> Card:
    """What every card has: summary, detail, source, override reasons and the link."""
    rules = decision.rules
    return {
        "uuid": card_id(occasion, name),
        "summary": summary if len(summary) <= SUMMARY else summary[: SUMMARY - 1] + "…",
        "indicator": INDICATORS.get(decision.outcome, "info"),
        "detail": detail,
        "source": {
            "label": rules.source["title"],
            "url": rules.source["url"],
            "topic": {"system": f"{BASE}/ruleset", "code": rules.id, "display": rules.title},
        },
        "overrideReasons": REASONS,
        "links": [{"label": "How this was decided", "url": occasion.link, "type": "absolute"}],
    }


def card_id(occasion: Occasion, name: str) -> str:
    """The id of a card or suggestion, made of its decision's, so that feedback leads back to the
    audit.
    """
    return str(uuid5(CARDS, f"{occasion.decision_id} {name}"))


def _summary(decision: Decision) -> str:
    if not_understood(decision):  # which are told as this chart has them
        return _worded(decision)
    return shared(decision, "card's summary", lambda: _worded(decision))


def _worded(decision: Decision) -> str:
    reader, said = Reader(decision.rules), headline(decision, "clinician")
    if decision.outcome == "determined":
        return reader.says("card", "by_the_page", title=said)
    if decision.outcome == "insufficient_data" and decision.ask_next:
        fact = reader.words(decision.ask_next.fact)
        return reader.says("card", "ask", said=said, fact=fact)
    return said


def card_lines(decision: Decision, kinds: Iterable[Kind] = SOURCE) -> list[str]:
    """Parts of a card's detail as lines; unless others are wanted, where the definition stands, by
    which rules it was read, and the notice.
    """
    kinds = tuple(kinds)
    own = _lines(decision, [kind for kind in kinds if kind in OWN])
    listed = {}
    if decision.options:
        listed = shared_by_options(decision, "card", lambda: _lines(decision, OPTIONS))
    alike = [kind for kind in kinds if kind not in UNLIKE]
    said = shared(decision, ("card", kinds), lambda: _lines(decision, alike)) | listed | own
    return [line for kind in kinds for line in said.get(kind, ())]


def _lines(decision: Decision, kinds: Iterable[Kind]) -> dict[Kind, Lines]:
    """The lines of each kind of block of which there is something to say."""
    reader = Reader(decision.rules)
    blocks = make_blocks(decision, reader.level, "card", kinds)
    return {block.kind: tuple(lay_out(block, reader)) for block in blocks}
