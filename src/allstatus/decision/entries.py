"""What a decision is made of: frozen values, each as it stands in the decision's JSON."""

from __future__ import annotations

from typing import Any, Literal

from allstatus.record.value_class import value_class
from allstatus.rules.condition import Reading
from allstatus.table.chart_context import Evidence, FactState
from allstatus.why.cites import PageCite, SourceCite

ConditionApplies = Literal["applies", "does_not_apply", "needs_data"]
Applies = Literal["listed", "applies", "does_not_apply", "needs_data"]


@value_class
class RegionFound:
    """A case no status describes, with its sentence in the rule set."""

    id: str
    sentence: str


@value_class
class PossibleRegion:
    """A case no status describes that this may be, and the unknown facts it depends on."""

    id: str
    sentence: str
    depends_on: tuple[str, ...]


@value_class
class FactQuestion:
    """A fact to be found out: the plain question and the titles of the tests that answer it."""

    fact: str
    question: str
    answered_by: tuple[str, ...]


@value_class
class FactValue:
    """A fact as decided on: its value as it was sent, where it comes from, and its evidence.

    Evidence is text where a record says it, an `Evidence` where a chart does.
    """

    value: Any
    state: FactState
    evidence: tuple[str | Evidence, ...]


@value_class
class OtherSourceAnswer:
    """What another source says of an agent; `applicability` is None for a statement without a
    condition.
    """

    says: str
    applicability: ConditionApplies | None
    needs: tuple[str, ...]
    cite: SourceCite


@value_class
class AgentApplicability:
    """Whether one agent's stated use fits the patient, why, and what must still be known.

    `needs` names facts, `asks` are the same as questions.
    """

    agent: str
    title: str
    applicability: ConditionApplies
    needs: tuple[str, ...]
    asks: tuple[FactQuestion, ...]
    because: str
    note: str | None
    reading: Reading
    cite: SourceCite
    other_sources: tuple[OtherSourceAnswer, ...]


@value_class
class Qualifier:
    """A limit the page puts on an option without saying who is meant."""

    who: str
    also: str | None
    also_for: str | None
    text: str


@value_class
class Titles:
    """What an option is called for each reader: for clinicians the field's own term."""

    clinician: str
    student: str
    plain: str


@value_class
class Option:
    """A treatment the page lists for a status, and whether its stated use fits the patient.

    `listed` where no stated use was looked up. Listed by the page is all it says. `title` is the
    clinician's of its `titles`.
    """

    id: str
    title: str
    titles: Titles
    category: str
    agents: tuple[str, ...]
    phase: str
    listed_by: Literal["page", "clinical_trials"]
    qualifier: Qualifier | None
    elements: tuple[str, ...]
    routes: tuple[str, ...]
    radiation: Literal["none", "with_or_without", "required"]
    followed_by: str
    choice: Literal["all", "any"]
    purpose: str | None
    applicability: Applies
    needs: tuple[str, ...]
    asks: tuple[FactQuestion, ...]
    because: str
    cite: PageCite
    by_agent: tuple[AgentApplicability, ...]


@value_class
class OverlayUsed:
    """Which overlay said whether stated uses fit. `digest` is the SHA-256 of its files."""

    id: str
    version: str
    digest: str
    notice: str


@value_class
class RulesSource:
    """The page a rule set reads."""

    title: str
    url: str
    last_reviewed: str


@value_class
class RulesUsed:
    """Which rules decided: SHA-256 of their files (`digest`) and of the table they make."""

    id: str
    version: str
    digest: str
    table_digest: str
    effective_from: str
    source: RulesSource
