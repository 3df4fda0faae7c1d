"""From a record to the facts a rule set asks about, with what was said and what was concluded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from allstatus.errors import InvalidRecord
from allstatus.record.blood_count import EVERY_PARTS, CbcPanel, CbcReading, read_panel
from allstatus.record.count_component import ADULT_RANGES, ADULT_TABLE, Person, is_adult
from allstatus.record.fact_keys import COARSE
from allstatus.record.model import OutsideMarrow, Record
from allstatus.record.percent import Percent, exact_number
from allstatus.record.value_class import value_class
from allstatus.rules.ruleset import Fact
from allstatus.table.chart_context import AssumptionMade, ChartContext, Evidence

UNKNOWN = "unknown"
AS_NAMED: Mapping[str, Any] = MappingProxyType({})
BELOW_ONE = "marrow_blast_percent: a bare number below 1 is read as percent; is it a fraction of 1?"
HISTORY_CONFLICT = "relapse_count_against_history"
_BY_ADULT_RANGES = AssumptionMade("cbc", ADULT_RANGES, ADULT_TABLE, "interpretation")


class RecordFacts:
    """The value of every fact (None: not known), which were not reported at all, and their
    evidence.

    `conflicts` are contradictions inside the record itself: (id, facts, why); `derived` are the
    facts that another part of the record says; `panel` is the blood count, where components are
    given. What few records have stands here until one has it.
    """

    unreported: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    conflicts: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    derived: frozenset[str] = frozenset()
    panel: CbcReading | None = None
    chart: ChartContext | None = None
    assumptions: tuple[AssumptionMade, ...] = ()

    def __init__(self, record: Record, *, adult_ranges: bool = True) -> None:
        self.record, self.adult_ranges = record, adult_ranges
        self.values: dict[str, Any] = {}
        self.evidence: dict[str, tuple[Evidence | str, ...]] = {}


def _read_cbc(value: Any, stated: RecordFacts) -> Any:
    if not isinstance(value, CbcPanel):
        return COARSE.get(value, value)
    return _read_components(value, stated).verdict or UNKNOWN


def _read_components(panel: CbcPanel, stated: RecordFacts) -> CbcReading:
    """What the components say, with the adult ranges named where they decide."""
    record = stated.record
    person = Person(record.sex, is_adult(record.age_years), stated.adult_ranges)
    stated.panel = reading = read_panel(panel, person)
    stated.evidence["cbc"] = reading.evidence
    stated.warnings += reading.warnings
    if reading.by_default:
        stated.assumptions += (_BY_ADULT_RANGES,)
    return reading


def _read_blasts(value: Any, stated: RecordFacts) -> Any:
    if isinstance(value, Percent) and value.looks_like_fraction:
        stated.warnings += (BELOW_ONE,)
    return value


def _read_signs(value: Any, stated: RecordFacts) -> Any:
    if not isinstance(value, tuple):
        return value
    stated.evidence["signs_and_symptoms"] = value
    return "present" if value else "absent"


def _read_outside(value: Any, stated: RecordFacts) -> Any:
    if not isinstance(value, OutsideMarrow):
        return value
    stated.evidence["leukemia_outside_marrow"] = value.sites
    return "present" if value.sites else "absent"


def _read_number(name: str) -> Callable[[Any, RecordFacts], Percent]:
    """A reader of a plain number, as an interval of that one value."""

    def read(value: Any, _: RecordFacts) -> Percent:
        number = exact_number(value, name, "give a number")
        return Percent(number, number, text=str(value))

    return read


def _read_cbc_by_parts(value: Any, stated: RecordFacts) -> Any:
    """Normal in all parts of the blood count, abnormal in some or in all; a set where more than one
    can be.
    """
    if not isinstance(value, CbcPanel):
        return EVERY_PARTS - {"normal"} if value == "abnormal" else value
    reading = _read_components(value, stated)
    return UNKNOWN if reading.by_parts == EVERY_PARTS else reading.by_parts


Reader = Callable[[Any, RecordFacts], Any]
READERS: dict[str, Reader] = {
    "cbc": _read_cbc,
    "marrow_blast_percent": _read_blasts,
    "signs_and_symptoms": _read_signs,
    "leukemia_outside_marrow": _read_outside,
    **{name: _read_number(name) for name in ("age_years", "relapse_count", "tki_failures")},
}


NAMED_READERS: dict[str, Reader] = {
    "cbc_by_parts": _read_cbc_by_parts
}  # for facts that name one in `read_by`


@value_class
class FactSource:
    """Where a record states a fact (`biomarkers.cd19`) and how it is read, where that is not as its
    name says.
    """

    key: str
    reader: Reader | None

    def value(self, record: Record) -> Any:
        """What the record says there; None when not reported."""
        value: Any = record
        for part in self.key.split("."):
            value = None if value is None else getattr(value, part)
        return value


def sources_of(facts: Iterable[Fact]) -> dict[str, FactSource]:
    """The sources of the facts that name a key or a reader of their own."""
    return {fact.name: _source(fact) for fact in facts if fact.record_key or fact.read_by}


def _source(fact: Fact) -> FactSource:
    key = fact.record_key or fact.name
    return FactSource(key, NAMED_READERS[fact.read_by] if fact.read_by else READERS.get(key))


def state_facts(
    record: Record,
    names: tuple[str, ...],
    sources: Mapping[str, FactSource] = AS_NAMED,
    *,
    adult_ranges: bool = True,
) -> RecordFacts:
    """The stated value of each named fact; an explicit "unknown" is None but counts as reported.

    `sources` are those of `sources_of`; any other fact stands under its own name. Without
    `adult_ranges` the adult table never decides on a blood count.
    """
    stated = RecordFacts(record, adult_ranges=adult_ranges)
    fields, values = record.__dict__, stated.values
    missing: list[str] = []
    for name in names:
        source = sources.get(name)
        value = fields.get(name) if source is None else source.value(record)
        if value is None:
            values[name] = None
            missing.append(name)
            continue
        if reader := READERS.get(name) if source is None else source.reader:
            value = reader(value, stated)
        values[name] = None if isinstance(value, str) and value == UNKNOWN else value
    stated.unreported = frozenset(missing)
    if record.relapse_count is not None:
        _apply_relapse_count(record.relapse_count, stated)
    return stated


def _apply_relapse_count(count: int, stated: RecordFacts) -> None:
    values = stated.values
    if count and values.get("prior_remission") is False:
        why = "Relapses are counted but a remission is denied."
        stated.conflicts += ((HISTORY_CONFLICT, ("relapse_count", "prior_remission"), why),)
    elif count and values.get("prior_remission") is None:
        values["prior_remission"] = True
        stated.unreported -= {"prior_remission"}
        stated.derived |= {"prior_remission"}
        stated.evidence["prior_remission"] = (
            "relapse_count: a relapse needs a remission before it",
        )
    if count:  # one is counted: that none came since the last remission must be said
        stated.unreported -= {"relapse_since_remission"}
    elif values.get("relapse_since_remission") is True:
        why = "A relapse is recorded but the count of relapses is none."
        stated.conflicts += ((HISTORY_CONFLICT, ("relapse_count", "relapse_since_remission"), why),)


def add_chart(stated: RecordFacts, chart: ChartContext) -> None:
    """Add what the chart supplies to what its record states."""
    stated.chart = chart
    stated.warnings += chart.warnings
    stated.conflicts += chart.conflicts
    stated.assumptions += chart.assumptions
    for fact, evidence in chart.evidence.items():
        stated.evidence[fact] = evidence + stated.evidence.get(fact, ())


def write_value(value: Any) -> Any:
    """A fact's value for JSON: a percentage as it was sent, exact; a set of words with "or"
    between.
    """
    if isinstance(value, Percent):
        return value.text
    return " or ".join(sorted(value)) if isinstance(value, frozenset) else value


def nothing_stated(names: tuple[str, ...]) -> InvalidRecord:
    """The refusal of a record that states no fact."""
    return InvalidRecord("record", "states no fact", f"give at least one of {', '.join(names)}")
