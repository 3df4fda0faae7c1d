"""CDS Hooks cards: what a decision says to a clinician at work, with what it rests on and where it
comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

from allstatus.decision.answer import NOT_APPLICABLE
from allstatus.decision.decision import Decision
from allstatus.decision.entries import AgentApplicability, FactValue, Option
from allstatus.ehr.out.names import BASE
from allstatus.render.messages import headline, may_be, messages, not_understood
from allstatus.render.sections import (
    FIT,
    answers_away,
    option_note,
    options_by_category,
    options_not_fitting,
)
from allstatus.render.words import limit_words, margin_words, value_words, words
from allstatus.service.cds_types import Card, Indicator
from allstatus.service.markdown import bullets, safe
from allstatus.service.suggestions import suggestions
from allstatus.table.chart_context import Evidence

SUMMARY = 139  # characters at most
REASONS_SYSTEM = f"{BASE}/CodeSystem/override-reason"
OVERRIDE_REASONS = {
    "chart-incomplete": "The chart lacks what this needs",
    "chart-wrong": "The chart is wrong",
    "clinical-judgment": "Clinical judgment differs",
    "not-this-patient": "It does not concern this patient",
}
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
    """The card that says a decision; none for a chart without an ALL diagnosis, unless one that
    may be it was not understood.
    """
    if decision.outcome == NOT_APPLICABLE and not (occasion.others or _may_be_ours(decision)):
        return []
    card = base_card(
        decision, occasion, "status", _summary(decision), "\n".join(_detail(decision)).strip()
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
        "overrideReasons": [
            {"system": REASONS_SYSTEM, "code": code, "display": text}
            for code, text in OVERRIDE_REASONS.items()
        ],
        "links": [{"label": "How this was decided", "url": occasion.link, "type": "absolute"}],
    }


def card_id(occasion: Occasion, name: str) -> str:
    """The id of a card or suggestion, made of its decision's, so that feedback leads back to the
    audit.
    """
    return str(uuid5(CARDS, f"{occasion.decision_id} {name}"))


def _summary(decision: Decision) -> str:
    said = headline(decision, "clinician")
    if decision.outcome == "determined":
        return f"By NCI's patient page: {said}"
    if decision.outcome == "insufficient_data":
        first = decision.ask_next.fact if decision.ask_next else ""
        return (
            f"{said}: what is missing could settle it; the first to ask about is {words(first)}"
            if first
            else said
        )
    return said


def _detail(decision: Decision) -> Iterator[str]:
    if decision.outcome == "insufficient_data":
        yield from bullets("What an answer would make of it", answers_away(decision))
        yield f"Still possible: {', '.join(_title(decision, name) for name in decision.possible)}."
        yield ""
    else:
        for text in messages(decision, "clinician"):
            yield from (text, "")
        if open_cases := may_be(decision, "clinician"):
            yield from bullets(open_cases[0].rstrip(":"), open_cases[1])
    yield from bullets(
        "Decided by" if decision.outcome == "determined" else "Known", _decisive(decision)
    )
    yield from bullets("Near the limit", _near(decision))
    yield from bullets("What would settle it, and the test that answers it", _missing(decision))
    yield from _options(decision.options) if decision.status else ()
    yield from bullets(
        "Assumed",
        [f"{words(entry.fact)}: {safe(entry.because)}" for entry in decision.assumptions],
    )
    yield from bullets("Contradictions", [safe(entry.because) for entry in decision.conflicts])
    yield from bullets("Please check", [safe(warning) for warning in decision.warnings])
    yield from source_lines(decision)


def _title(decision: Decision, name: str) -> str:
    status = decision.rules.statuses.get(name)
    return status.title if status else "not described by the page"


def _decisive(decision: Decision) -> list[str]:
    """The facts that already force the outcome, or those known where nothing does, with their
    sources.
    """
    facts = decision.facts
    names = [
        name for name in (decision.reasons[0] if decision.reasons else facts) if _known(facts[name])
    ]
    return [
        f"{words(name)}: "
        f"{safe(value_words(decision.rules, name, facts[name]))}{_sources(facts[name])}"
        for name in names
    ]


def _known(fact: FactValue) -> bool:
    return fact.value is not None and fact.state != "assumed"


def _sources(fact: FactValue) -> str:
    used = [entry for entry in fact.evidence if isinstance(entry, Evidence) and entry.used]
    shown = "; ".join(
        safe(f"{entry.title or entry.source} {entry.sent} {entry.date}") for entry in used[:3]
    )
    return f" ({shown}{'; more on its page' if len(used) > 3 else ''})" if used else ""


def _near(decision: Decision) -> list[str]:
    """A measured percentage at or near its limit, or whose counting error spans it."""
    found = []
    for criterion, seen in decision.observed.items():
        counting = seen.counting_error
        if seen.margin is not None and (seen.near or (counting and counting.spans_threshold)):
            measured = f"measured {safe(seen.actual)}{margin_words(seen.margin)}"
            where = "exactly at it, which counts as not above" if seen.at_threshold else measured
            spans = (
                f"; {counting.cells_counted} cells counted, whose error spans the limit"
                if (counting and counting.spans_threshold)
                else ""
            )
            found.append(
                f"the page's limit is {limit_words(decision.rules, criterion)}: {where}{spans}"
            )
    return found


def _missing(decision: Decision) -> list[str]:
    first = decision.ask_next.fact if decision.ask_next else None
    return [
        f"{entry.question} Answered by: "
        f"{'; '.join(entry.answered_by)}.{' Ask this first.' if entry.fact == first else ''}"
        for entry in decision.missing
    ]


def option_words(option: Option) -> str:
    """A listed treatment with what the page says of it."""
    note = option_note(option)
    return f"{option.title}{f' ({note})' if note else ''}"


@lru_cache(maxsize=1024)
def _options(listed: tuple[Option, ...]) -> tuple[str, ...]:
    """The listed treatments with whom their stated uses fit; those that do not fit come last, with
    the reason.
    """
    fitting = [option for _, group in options_by_category(listed) for option in group]
    lines = bullets(
        "Treatments the page lists for this status", [_with_fit(option) for option in fitting]
    )
    return (
        *lines,
        *bullets(
            "Listed, but the stated use does not fit",
            [_with_fit(option) for option in options_not_fitting(listed)],
        ),
    )


def _with_fit(option: Option) -> str:
    return "\n  - ".join([option_words(option), *(safe(_fit(agent)) for agent in option.by_agent)])


def _fit(agent: AgentApplicability) -> str:
    """Whether an agent's stated use fits, and by which source; what others say of it stands on the
    explanation page.
    """
    asked = " ".join(ask.question for ask in agent.asks)
    why = asked if agent.applicability == "needs_data" else agent.because
    return f"{agent.title}: {FIT[agent.applicability]}: {why} ({agent.cite.title})"


def cite_words(section: str, sentence: str | None) -> str:
    """Where on the page something stands: section and fingerprint of its sentence."""
    return f"section “{section}”" + (f", sentence {sentence[:12]}" if sentence else "")


def source_lines(decision: Decision) -> Iterator[str]:
    """Where the definition stands, by which rules it was read, and the notice."""
    rules = decision.rules
    cite = rules.statuses[decision.status].cite if decision.status else None
    source = (
        f"Source: [{rules.source['title']}]({rules.source['url']}), reviewed "
        f"{rules.source['last_reviewed']}"
    )
    yield f"{source}; {cite_words(**cite)}." if cite else f"{source}."
    yield ""
    yield f"Rules {rules.id} {rules.version} (SHA-256 {rules.digest[:12]}). {rules.notice}"
