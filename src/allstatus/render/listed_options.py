"""The treatments a page lists, in words: each with its note, by category, and whom it fits."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from allstatus.decision.entries import AgentApplicability, FactQuestion, Option
from allstatus.render.blocks import AgentFit, ListedOption, Options
from allstatus.render.reader import Reader


def options_block(options: tuple[Option, ...], reader: Reader, form: str) -> Options | None:
    """The listed options under a heading for each run of one category, in the page's order; those
    that do not fit apart. None where nothing is listed.
    """
    if not options:
        return None
    fitting = [option for option in options if option.applicability != "does_not_apply"]
    unfit = [option for option in options if option.applicability == "does_not_apply"]
    return Options(
        reader.title(form, "options"),
        tuple(
            (reader.heading(category), listed(group, reader))
            for category, group in groupby(fitting, key=lambda option: option.category)
        ),
        reader.title(form, "not_fitting"),
        listed(unfit, reader),
        tuple(dict.fromkeys(option.cite.section for option in options)),
    )


def listed(options: Iterable[Option], reader: Reader) -> tuple[ListedOption, ...]:
    """Options as a reader meets them."""
    return tuple(
        ListedOption(
            getattr(option.titles, reader.level),
            _note(option, reader),
            tuple(_agent(agent, reader) for agent in option.by_agent),
        )
        for option in options
    )


def fit_lines(option: ListedOption) -> list[str]:
    """Whether the stated use of each agent fits, why, by which source, in one line for agents
    alike; and what others say.
    """
    alike: dict[str, list[str]] = {}
    for one in option.by_agent:
        alike.setdefault(_fit(one), []).append(one.agent.title)
    lines = [f"{', '.join(titles)}: {fit}" for fit, titles in alike.items()]
    return lines + [text for one in option.by_agent for text in one.elsewhere]


def _fit(one: AgentFit) -> str:
    return f"{one.fit}: {one.why} [{one.agent.cite.title}]"


def _agent(agent: AgentApplicability, reader: Reader) -> AgentFit:
    said = [
        reader.says("others_say", agent=agent.title, says=reader.told(source.says))
        for source in agent.other_sources
    ]
    why = (
        "; ".join(_asked(ask, reader) for ask in agent.asks)
        if agent.applicability == "needs_data"
        else reader.told(agent.because.rstrip("."))
    )
    return AgentFit(agent, reader.says("fit", agent.applicability), why, tuple(said))


def _asked(ask: FactQuestion, reader: Reader) -> str:
    return f"{reader.told(ask.question)} ({', '.join(map(reader.told, ask.answered_by))})"


def _note(option: Option, reader: Reader) -> str:
    """What the page says of an option besides its name; empty where it says nothing."""
    qualifier = option.qualifier.text.rstrip(".") if option.qualifier else ""
    trials = reader.says("in_clinical_trials") if option.listed_by == "clinical_trials" else ""
    return "; ".join(part for part in (qualifier, trials) if part)
