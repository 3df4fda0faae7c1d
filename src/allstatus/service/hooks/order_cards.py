"""Cards on drafted orders: an agent that the page lists for another status only, or that does not
apply. Never a block.
"""

from __future__ import annotations

from collections.abc import Iterator

from allstatus.decision.answer import NOT_APPLICABLE
from allstatus.decision.decision import Decision
from allstatus.decision.entries import AgentApplicability, Option
from allstatus.decision.options import list_options
from allstatus.ehr.coding.codes import CodeTables
from allstatus.render.listed_options import listed
from allstatus.render.reader import Reader
from allstatus.render.words import words
from allstatus.service.hooks.card_text import cite_words
from allstatus.service.hooks.cards import Occasion, base_card, card_lines
from allstatus.service.hooks.cds_types import Card
from allstatus.service.hooks.draft_orders import DraftOrders
from allstatus.service.markdown import safe


def order_cards(
    decision: Decision,
    occasion: Occasion,
    orders: DraftOrders,
    tables: CodeTables | None = None,
) -> list[Card]:
    """An information card for each agent ordered of which the page's list says something the
    orderer should know, and one where an order was not looked at.
    """
    cards = [] if decision.outcome == NOT_APPLICABLE else _unread_card(decision, occasion, orders)
    if decision.status is None:
        return cards
    known = _agents(decision)
    agents = sorted({agent for one in orders.products for agent in one.agents(known, tables)})
    for agent in agents:
        here = [option for option in decision.options if agent in option.agents]
        fits = [fit for option in here for fit in option.by_agent if fit.agent == agent]
        elsewhere = {
            status: found
            for status in decision.rules.statuses
            if (found := _listed(decision, status, agent))
        }
        if not here:
            cards.append(_elsewhere_card(decision, occasion, agent, elsewhere))
        elif fits and all(fit.applicability == "does_not_apply" for fit in fits):
            cards.append(_not_applicable_card(decision, occasion, agent, fits))
    return cards


def _agents(decision: Decision) -> set[str]:
    return {
        agent
        for options in decision.rules.options.values()
        for option in options
        for agent in option["agents"]
    }


def _listed(decision: Decision, status: str, agent: str) -> list[Option]:
    return [option for option in list_options(decision.rules, status) if agent in option.agents]


def _elsewhere_card(
    decision: Decision, occasion: Occasion, agent: str, elsewhere: dict[str, list[Option]]
) -> Card:
    rules, name = decision.rules, _name(agent)
    here = rules.statuses[str(decision.status)].title
    others = " and ".join(rules.statuses[status].title for status in elsewhere)
    lines = [f"The computed status is {here}. The page lists {name} only under {others}:", ""]
    lines += _options(Reader(rules), [one for options in elsewhere.values() for one in options])
    summary = f"{name}: listed by the page for {others}, not for {here}"
    return base_card(decision, occasion, f"order {agent}", summary, _text(decision, lines))


def _not_applicable_card(
    decision: Decision, occasion: Occasion, agent: str, fits: list[AgentApplicability]
) -> Card:
    name = _name(agent)
    lines = [
        f"The page lists {name} for this status, but its stated use does not fit what is known of "
        f"this patient:",
        "",
    ]
    lines += [
        f"- {safe(fit.because)} [{fit.cite.title}]({fit.cite.url}), "
        f"{cite_words(Reader(decision.rules), fit.cite.section, fit.cite.sentence)}"
        for fit in fits
    ]
    summary = (
        f"{name}: listed by the page, but its stated use does not fit what is known of this patient"
    )
    return base_card(decision, occasion, f"order {agent}", summary, _text(decision, lines))


def _unread_card(decision: Decision, occasion: Occasion, orders: DraftOrders) -> list[Card]:
    told = {
        "could not be read: what they are for is not known here": orders.unread,
        "name another patient: nothing is said of them": orders.others,
    }
    lines = [f"- {count} of the orders {what}." for what, count in told.items() if count]
    if not lines:
        return []
    summary = "Some orders were not compared with the page's lists"
    return [
        base_card(decision, occasion, "orders not read", summary, _text(decision, [*lines, ""]))
    ]


def _options(reader: Reader, options: list[Option]) -> list[str]:
    return [
        f"- {said}; {cite_words(reader, option.cite.section, option.cite.sentence)}"
        for option, said in zip(options, listed(options, reader), strict=True)
    ]


def _text(decision: Decision, lines: list[str]) -> str:
    return "\n".join(_all(decision, lines))


def _all(decision: Decision, lines: list[str]) -> Iterator[str]:
    yield from lines
    yield from (
        "",
        "This is information about what the page lists. It does not hold up the order.",
        "",
    )
    yield from card_lines(decision)


def _name(agent: str) -> str:
    return words(agent).capitalize()
