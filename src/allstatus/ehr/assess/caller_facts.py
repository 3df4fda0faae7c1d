"""Facts that the caller lays over a chart's, as a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from operator import itemgetter
from typing import Any

from allstatus.ehr.assess.assess_answers import ONE_VALUE
from allstatus.ehr.assess.assessment import Assessment
from allstatus.ehr.dates import When
from allstatus.ehr.evidence.chart_reading import ChartReading, Finding
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.record.model import Record
from allstatus.record.value_class import value_class
from allstatus.render.messages import answer_texts
from allstatus.rules.ruleset import RELAPSE, RuleSet
from allstatus.table.chart_context import Evidence
from allstatus.table.fact_domain import domains_of
from allstatus.table.facts import sources_of, state_facts

SUPPLIED = "supplied by the caller"
SINCE, PAST, SIGNS = "relapse_since_remission", "prior_remission", "signs_and_symptoms"
# facts of which an undecided one opens what comes after, and which part of them it is
OPEN = {"marrow_blast_percent": "marrow", "leukemia_outside_marrow": "other"}


@value_class
class CallerFacts:
    """A checked record to lay over a chart's facts; one with a date is laid over the assessment of
    that day only. `torn` are facts that the caller states twice, each time otherwise, which
    `because` says.
    """

    patient: str | None
    as_of: date | None
    facts: Mapping[str, Any]
    torn: tuple[str, ...] = ()
    because: str = ""

    def is_for(self, patient: str | None) -> bool:
        """Whether it is about this patient; without an id, about any."""
        return self.patient is None or self.patient == patient

    def is_about(self, day: date | None, *, final: bool) -> bool:
        """Whether it is laid over the assessment of a day; without a date over the final one."""
        return final if self.as_of is None else self.as_of == day

    def known_by(self, day: date | None) -> bool:
        """Whether it is about a time no later than a day."""
        return day is None or self.as_of is None or self.as_of <= day


def make_overlays(value: object, model: type[Record] = Record) -> tuple[CallerFacts, ...]:
    """One record or a list of them; raises InvalidRecord when one is not a record."""
    items: list[Any] = value if isinstance(value, list) else [value]
    return tuple(_overlay(item, model.read(item)) for item in items)


def _overlay(sent: Any, record: Record) -> CallerFacts:
    named = record.model_fields_set - {"id", "as_of"}
    facts = {name: sent[name] for name in named if sent[name] is not None}
    return CallerFacts(None if record.id is None else str(record.id), record.as_of, facts)


def by_day(overlays: Iterable[CallerFacts], ruleset: RuleSet) -> list[CallerFacts]:
    """What a caller says of one patient, as one of each day, and one without."""
    days: dict[date | None, list[CallerFacts]] = {}
    for overlay in overlays:
        days.setdefault(overlay.as_of, []).append(overlay)
    return [merged(said, ruleset) for said in days.values()]


def merged(said: list[CallerFacts], ruleset: RuleSet) -> CallerFacts:
    """What is said of one assessment, as one: of a fact whose values a criterion tells apart none
    holds; else the one that is not known, or the one that decides most.
    """
    if len(said) == 1:
        return said[0]
    facts, torn = {}, {fact for overlay in said for fact in overlay.torn}
    read = [(overlay.facts, values_of(overlay, ruleset)) for overlay in reversed(said)]
    for fact in dict.fromkeys(name for overlay in said for name in overlay.facts):
        values = [(stated[fact], known.get(fact)) for stated, known in read if fact in stated]
        domain = domains_of(ruleset).get(fact)
        patterns = [domain.pattern(known) if domain else () for _, known in values]
        columns = zip(*patterns, strict=True)
        torn |= {fact} if any({True, False} <= {*column} for column in columns) else set()
        ranked = [
            ((known is not None, pattern.count(None)), stated)
            for (stated, known), pattern in zip(values, patterns, strict=True)
        ]
        facts[fact] = min(ranked, key=itemgetter(0))[1]
    facts |= dict.fromkeys(torn, "unknown")
    because = answer_texts(ruleset)["caller_two"]
    return replace(said[-1], facts=facts, torn=tuple(sorted(torn)), because=because)


def values_of(overlay: CallerFacts, ruleset: RuleSet) -> Mapping[str, Any]:
    """The values of a rule set's facts in what a caller says; None for what is not known."""
    facts = ruleset.facts
    record = ruleset.record_model.read(dict(overlay.facts))
    return state_facts(record, tuple(facts), sources_of(facts.values())).values


def doubt_callers(reading: ChartReading, overlays: Iterable[CallerFacts], ruleset: RuleSet) -> None:
    """What a caller says of a day and leaves undecided is a doubt of that day, as a result is that
    cannot be read; a relapse that it tells of is one by then.
    """
    why = answer_texts(ruleset)["caller_open"]
    for overlay in overlays:
        if (day := overlay.as_of) is None:
            continue
        when, values = When(day.isoformat(), day, day), values_of(overlay, ruleset)
        for fact in (*OPEN, SIGNS):
            if (said := overlay.facts.get(fact)) is None:
                continue
            if not _is_open(fact, values[fact], ruleset):
                _settle(reading, fact, day)
            elif fact in OPEN:
                evidence = Evidence(SUPPLIED, title=fact, date=when.text, sent=str(said))
                reading.keep(Doubt(fact, OPEN[fact], when, why, evidence))
        if overlay.facts.get(SINCE) is True:
            evidence = Evidence(SUPPLIED, date=when.text).counted(SUPPLIED, RELAPSE)
            reading.asserted.append(Finding(SINCE, when, evidence, RELAPSE))
        elif overlay.facts.get(SINCE) == "unknown":
            evidence = Evidence(SUPPLIED, title=SINCE, date=when.text)
            reading.keep(Doubt(PAST, SINCE, when, why, evidence, RELAPSE, firm=True))
    _place_signs(reading, overlays, ruleset, why)


def _settle(reading: ChartReading, fact: str, day: date) -> None:
    """Set aside what was in doubt of a fact up to a day of which the caller says what it is."""
    for doubt in reading.doubts.pop(fact, []):
        if doubt.when.vague or doubt.when.last > day:
            reading.keep(doubt)
        else:
            reading.put_aside(fact, doubt.evidence, doubt.why)


def _place_signs(
    reading: ChartReading, overlays: Iterable[CallerFacts], ruleset: RuleSet, why: str
) -> None:
    """Signs that the caller says were there, or may have been, and takes back on no later day."""
    said = [one for one in overlays if one.as_of is not None and one.facts.get(SIGNS) is not None]
    for overlay in sorted(said, key=lambda one: str(one.as_of), reverse=True):
        value, day = values_of(overlay, ruleset)[SIGNS], overlay.as_of
        if value == "absent" or day is None:
            return
        when = When(day.isoformat(), day, day)
        evidence = Evidence(SUPPLIED, title=SIGNS, date=when.text, sent=str(overlay.facts[SIGNS]))
        if _is_open(SIGNS, value, ruleset):
            reading.keep(Doubt(SIGNS, SIGNS, when, why, evidence))
        else:
            told = evidence.counted(SUPPLIED, str(value))
            reading.signs.append(Finding(SIGNS, when, told, value))


def _is_open(fact: str, value: Any, ruleset: RuleSet) -> bool:
    return None in domains_of(ruleset)[fact].pattern(value)


def lay_over(found: Assessment, overlay: CallerFacts) -> None:
    """Put the caller's facts in the place of the chart's, which stay as evidence set aside."""
    for fact, value in overlay.facts.items():
        replaced = [
            e.set_aside("the caller supplied another value") if e.used else e
            for e in found.evidence.get(fact, ())
            if (e.source, e.date) != (SUPPLIED, str(overlay.as_of))
        ]
        if found.facts.get(fact) not in (None, "unknown", value) and fact in found.evidence:
            found.warnings.append(f"{fact}: the caller's value stands in the place of the chart's")
        found.facts[fact], found.states[fact] = value, "given"
        supplied = Evidence(SUPPLIED, sent=str(value)).counted(SUPPLIED, str(value))
        found.evidence[fact] = [supplied, *replaced]
    answered = {doubt.sentence for doubt in found.open if doubt.fact in overlay.facts}
    found.warnings = [warning for warning in found.warnings if warning not in answered]
    found.conflicts = [entry for entry in found.conflicts if not set(entry[1]) & set(overlay.facts)]
    found.assumptions = [entry for entry in found.assumptions if entry.fact not in overlay.facts]
    for fact in overlay.torn:
        found.conflicts.append((ONE_VALUE, (fact,), overlay.because.format(fact=fact)))
