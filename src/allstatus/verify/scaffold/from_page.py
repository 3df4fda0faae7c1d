"""A rule set begun from its page alone: a status for each state under a heading of its own, told
apart by one fact until the page's definitions are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from allstatus.rules.fingerprint import SECTION_SEPARATOR, PageSentence
from allstatus.rules.rule_shapes import GuidanceFileShape
from allstatus.verify.scaffold.listed_items import TREATMENTS, ListedItems
from allstatus.verify.scaffold.new_citations import CHECKED, MARK, NOWHERE

FACT, NONE = "called", "none_of_them"
SUMMARY = "key points"  # says again what other headings say
MOST_STATES = 12  # criteria of a decision table; coverage tells of the sentences of any others
_PARTS = yaml.safe_load((Path(__file__).parent / "from_page.yaml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class PageState:
    """A state of the disease under a heading of its own; `section` is that heading's path."""

    name: str
    title: str
    section: str
    fingerprint: str

    @property
    def criterion(self) -> str:
        """The yes/no condition that tells it from the others."""
        return f"{FACT}_{self.name}"

    @property
    def cite(self) -> dict[str, str]:
        """Its first sentence, to be checked."""
        return {"section": self.section, "sentence": CHECKED + self.fingerprint}


def page_states(chosen: Sequence[PageSentence]) -> list[PageState]:
    """The states that the page's deepest headings name, in the page's order; of a page that only
    tells of treatments, those that are treated.
    """
    told = [s for s in chosen if not s.section.startswith(TREATMENTS)] or list(chosen)
    firsts = {s.section: s for s in reversed(told) if SUMMARY not in s.section.casefold()}
    deepest = max((section.count(SECTION_SEPARATOR) for section in firsts), default=0)
    found: dict[str, PageState] = {}
    for section, first in reversed(firsts.items()):
        title = section.rpartition(SECTION_SEPARATOR)[2].removeprefix(f"{TREATMENTS} ")
        name = re.sub(r"[^a-z0-9]+", "_", title.casefold()).strip("_")
        name = name if name[:1].isalpha() else f"state_{name}"
        if section.count(SECTION_SEPARATOR) == deepest:
            found.setdefault(name, PageState(name, title, section, first.fingerprint))
    return list(found.values())[:MOST_STATES]


def files_of(
    states: Sequence[PageState], chosen: Sequence[PageSentence]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each file of the rule set but its head and coverage, by its name in the folder."""
    yield from _PARTS["files"].items()
    yield "facts.yaml", {FACT: {**_PARTS["fact"], "values": [*(s.name for s in states), NONE]}}
    yield "criteria.yaml", {state.criterion: _criterion(state) for state in states}
    yield "guidance.yaml", _guidance()
    none = {"where": [{"not": state.criterion} for state in states]}
    yield "regions.yaml", {NONE: {**_PARTS["region"], **none}}
    listed = ListedItems({state.name: state.section for state in states}, chosen)
    for state in states:
        yield f"statuses/{state.name}.yaml", _status(state)
        yield f"options/{state.name}.yaml", _options(state, listed)


def _criterion(state: PageState) -> dict[str, Any]:
    said = {key: text.format(title=state.title) for key, text in _PARTS["criterion"].items()}
    return {**said, "condition": f"{FACT} == {state.name}", "cite": state.cite}


def _status(state: PageState) -> dict[str, Any]:
    known = {"outcome": "determined", "status": state.name}
    example = {"name": state.title, "facts": {FACT: state.name}, **known}
    named = {"status": state.name, "title": f"{MARK}: {state.title}", "all": [state.criterion]}
    return {**named, **_PARTS["status"], "cite": state.cite, "examples": [example]}


def _options(state: PageState, listed: ListedItems) -> dict[str, Any]:
    opening = listed.openings.get(state.name)
    cite = {"section": MARK, "sentence": NOWHERE}
    if opening is not None:
        cite = {"section": opening.section, "sentence": CHECKED + opening.fingerprint}
    items = listed.options.get(state.name, [])
    return {"status": state.name, **_PARTS["options"], "cite": cite, "options": items}


def _guidance() -> dict[str, Any]:
    empty: dict[str, Any] = {kind: [] for kind in GuidanceFileShape.model_fields}
    return {**empty, "tests": [{**_PARTS["test"], "facts": [FACT]}]}
