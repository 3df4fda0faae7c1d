"""An explanation as typed blocks: what is said of a decision, in words, before it is laid out.

`make_blocks` makes them once; text, page, card and timeline only lay them out.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from allstatus.decision.entries import AgentApplicability, OverlayUsed, RulesUsed
from allstatus.record.value_class import value_class
from allstatus.render.definitions import StatusDefinition
from allstatus.render.threshold import ThresholdStrips
from allstatus.table.chart_context import Evidence, FactState
from allstatus.why.cites import PageCite

Kind = Literal[
    "headline",
    "messages",
    "remission",
    "no_options",
    "away",
    "possible",
    "may_be",
    "regions",
    "perhaps",
    "conflicts",
    "warnings",
    "diagnoses",
    "assumptions",
    "reasons",
    "why_not",
    "near",
    "elsewhere",
    "irrelevant",
    "finding",
    "event",
    "correction",
    "questions",
    "options",
    "definitions",
    "thresholds",
    "facts",
    "decisive",
    "source",
]


@value_class
class Headline:
    """What is said first: the outcome, and of which record."""

    text: str
    outcome: str
    record: Any
    kind: ClassVar[Kind] = "headline"


@value_class
class Sentences:
    """Paragraphs of a sentence or more."""

    kind: Kind
    sentences: tuple[str, ...]


@value_class
class Item:
    """One line of a list: what is said, and of what, where it does not say so itself."""

    text: str
    about: str = ""

    def __str__(self) -> str:
        return f"{self.about}: {self.text}" if self.about else self.text


@value_class
class ItemList:
    """A list under a title, which is empty where the items say themselves what they are."""

    kind: Kind
    title: str
    items: tuple[Item, ...]


@value_class
class Changes:
    """For each other outcome (its title) the smallest changes that lead there, in words."""

    kind: Kind
    title: str
    ways: tuple[tuple[str, tuple[str, ...]], ...]


@value_class
class OpenQuestion:
    """A fact to be found out: why, by which tests, and what each answer would leave possible where
    it is to be asked first.
    """

    fact: str
    question: str
    why: str
    answered_by: tuple[str, ...]
    first: bool
    answers: tuple[tuple[str, tuple[str, ...]], ...]


@value_class
class OpenQuestions:
    """What would settle the answer."""

    title: str
    questions: tuple[OpenQuestion, ...]
    kind: ClassVar[Kind] = "questions"


@value_class
class AgentFit:
    """Whether an agent's stated use fits, why or what to ask, and what others say of it."""

    agent: AgentApplicability
    fit: str
    why: str
    elsewhere: tuple[str, ...]


@value_class
class ListedOption:
    """A treatment the page lists, what it says of it besides (`note`), and whom it fits."""

    title: str
    note: str
    by_agent: tuple[AgentFit, ...]

    def __str__(self) -> str:
        return f"{self.title} ({self.note})" if self.note else self.title


@value_class
class Options:
    """What the page lists for a status: by category in its order, then what does not fit.

    `sections` is where the page lists it.
    """

    title: str
    categories: tuple[tuple[str, tuple[ListedOption, ...]], ...]
    not_fitting_title: str
    not_fitting: tuple[ListedOption, ...]
    sections: tuple[str, ...]
    kind: ClassVar[Kind] = "options"


@value_class
class Definitions:
    """Every definition, clause by clause."""

    definitions: tuple[StatusDefinition, ...]
    kind: ClassVar[Kind] = "definitions"


@value_class
class Thresholds:
    """What was measured, against its limits."""

    strips: tuple[ThresholdStrips, ...]
    kind: ClassVar[Kind] = "thresholds"


@value_class
class FactRow:
    """A fact, its value, and how it is known: `words` are both in one."""

    name: str
    value: str
    words: str
    state: FactState
    evidence: tuple[str | Evidence, ...]

    @property
    def used(self) -> tuple[Evidence, ...]:
        """A chart's evidence that counts."""
        return tuple(one for one in self.evidence if isinstance(one, Evidence) and one.used)


@value_class
class Facts:
    """Facts with what they rest on: all, or those that decide.

    `settle` says whether these already force the outcome.
    """

    kind: Kind
    title: str
    rows: tuple[FactRow, ...]
    settle: bool


@value_class
class DecidedBy:
    """By which rules of which page it was decided, with what, and what the answer is not.

    `cite` is where the page defines the status; `stated_uses` is None where no agent listed has
    one.
    """

    rules: RulesUsed
    engine: str
    stated_uses: OverlayUsed | None
    cite: PageCite | None
    notice: str
    kind: ClassVar[Kind] = "source"


Block = (
    Headline
    | Sentences
    | ItemList
    | Changes
    | OpenQuestions
    | Options
    | Definitions
    | Thresholds
    | Facts
    | DecidedBy
)
