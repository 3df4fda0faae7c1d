"""Results of the codes that a rule set names for a fact of its own.

A number counts only in a unit that is the fact's, which is that of its limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from allstatus.ehr.assess.recorded_answers import answer_value
from allstatus.ehr.chart import Quantity, Result
from allstatus.ehr.coding.codes import OTHERS, CodeTables, make_code
from allstatus.ehr.evidence.chart_reading import (
    LOUD,
    OF_ITS_DATE,
    VAGUE,
    ChartReading,
    Finding,
    evidence_of,
    known_by,
    place_result,
    specimen_places,
)
from allstatus.ehr.evidence.doubt import RESULT, Doubt
from allstatus.ehr.evidence.lab_results import OTHER_PERSON, SMALL_SHARE, note_dates
from allstatus.ehr.sendings import without_superseded
from allstatus.ehr.sent_values import UNSAID, Unreadable, percent_of, says_opposite
from allstatus.record.percent import MARROW_GRADES, Percent, format_number
from allstatus.record.sent_numbers import comparator_of, interval
from allstatus.record.units import plain_unit, read_unit
from allstatus.render.messages import answer_texts
from allstatus.rules.once import once_for_rules
from allstatus.rules.ruleset import COUNT, HIGHEST, Fact, RuleSet

Asked = Mapping[tuple[str, str], tuple[Fact, ...]]


def read_own_results(reading: ChartReading, rules: RuleSet) -> None:
    """Put each result of a code of the rule set's own facts in its place."""
    asked = _asked(rules)
    told = [
        result
        for result in (reading.chart.results if asked else ())
        if _facts(result, asked, reading.tables)
    ]
    reading.asked = frozenset(result.number for result in told)
    known = [result for result in told if known_by(result, reading.as_of)]
    for result in without_superseded(known):
        for fact in _facts(result, asked, reading.tables):
            _place(reading, result, fact, rules)


@once_for_rules
def _asked(rules: RuleSet) -> Asked:
    found: dict[tuple[str, str], tuple[Fact, ...]] = {}
    for fact in rules.facts.values():
        for system, codes in fact.codes.items() if fact.own else ():
            for code in codes:
                key = make_code(system, code)[:2]
                found[key] = (*found.get(key, ()), fact)
    return found


def _facts(result: Result, asked: Asked, tables: CodeTables) -> list[Fact]:
    """The facts that one of a result's codes answers, each once."""
    keys = [(tables.system_of(code) or code.system, code.code) for code in result.codes]
    found = {fact.name: fact for key in keys for fact in asked.get(key, ())}
    return list(found.values())


def _place(reading: ChartReading, result: Result, fact: Fact, rules: RuleSet) -> None:
    named = result.text or next(code.display for code in result.codes)
    shown = result if named else replace(result, text=fact.name.replace("_", " "))
    evidence = evidence_of(shown, sent=result.value.sent)
    if result.void:
        reading.put_aside(fact.name, evidence, result.void, warn=result.void.startswith(LOUD))
        return
    if OTHERS in specimen_places(result, reading.tables):
        reading.put_aside(fact.name, evidence, OTHER_PERSON, warn=True)
        return
    when, why = place_result(reading, result)
    try:
        value, read = _read(reading, result, fact, rules)
    except Unreadable as error:
        reading.doubt(Doubt(fact.name, RESULT, when, why or str(error), evidence))
        return
    note_dates(reading, result)
    evidence = evidence.counted(answer_texts(rules)["own_counted"], read)
    if why or when.vague:
        firm = (why or VAGUE) in OF_ITS_DATE
        doubt = Doubt(fact.name, RESULT, when, why or VAGUE, evidence, value, firm=firm)
        if why:
            reading.doubt(doubt)
            return
        reading.keep(doubt)
    reading.own.append(Finding(fact.name, when, evidence, value, specimen=result.specimen))


def _read(reading: ChartReading, result: Result, fact: Fact, rules: RuleSet) -> tuple[object, str]:
    """(a result's value as a record states it, the same in words); raises Unreadable."""
    texts = answer_texts(rules)
    if fact.kind == "percent":
        percent = _percent(reading, result, texts)
        return percent, f"{percent.describe()} %"
    if fact.kind == "number":
        unit = rules.unit_of(fact.name)
        number = _number(result.value, unit, texts)
        return number, number.text if unit == COUNT else f"{number.text} {unit}"
    value = answer_value(result, fact, rules.id)
    if fact.kind == "choice":
        if value is None:
            raise Unreadable(texts["unread"])
        return value, str(value)
    found = _found(result, reading.tables) if value is None else value
    if why := says_opposite(found, result.flags, reading.tables):
        raise Unreadable(why)
    return found, "yes" if found else "no"


def _percent(reading: ChartReading, result: Result, texts: Mapping[str, str]) -> Percent:
    sent = result.value
    if sent.codes or (sent.text or "").strip().upper() in MARROW_GRADES:
        raise Unreadable(texts["own_grade"])
    percent = percent_of(sent, reading.tables)
    if percent.exact is not None and 0 < percent.exact < 1:
        reading.warn(f"{result.source}: {SMALL_SHARE}")
    return replace(percent, looks_like_fraction=False)


def _number(sent: Quantity, unit: str | None, texts: Mapping[str, str]) -> Percent:
    """A plain number in the fact's unit, exactly."""
    number = interval(sent).exact
    if number is None or comparator_of(sent) or sent.cells is not None:
        raise Unreadable(texts["own_number"])
    number *= _factor(sent.unit, unit, texts)
    if number > HIGHEST["number"]:
        highest = format_number(HIGHEST["number"])
        raise Unreadable(texts["own_high"].format(highest=highest))
    return Percent(number, number, text=format_number(number))


def _factor(sent: str | None, unit: str | None, texts: Mapping[str, str]) -> Fraction:
    """What a number as sent is multiplied by for the fact's unit; a count has no unit."""
    if unit is None:
        raise Unreadable(texts["own_units"])
    if unit == COUNT and (not sent or plain_unit(sent) == "1"):
        return Fraction(1)
    if not sent:
        raise Unreadable("has no unit")
    ours, theirs = read_unit(unit), read_unit(sent)
    if ours and theirs and ours.quantity == theirs.quantity:
        return theirs.factor / ours.factor
    if plain_unit(unit) != plain_unit(sent):
        raise Unreadable(texts["own_unit"].format(ours=unit, sent=sent))
    return Fraction(1)


def _found(result: Result, tables: CodeTables) -> bool:
    """Whether a coded answer says present."""
    answer = tables.results.find(result.value.codes)
    if answer is None or answer.topic["says"] is None:
        raise Unreadable(UNSAID)
    return bool(answer.topic["says"] == "present")
