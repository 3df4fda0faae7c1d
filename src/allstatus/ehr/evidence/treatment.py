"""Which treatments were given: directed at the leukemia, or to relieve symptoms."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from allstatus.ehr.chart import TEXT, Code, Treatment
from allstatus.ehr.coding.codes import CodeTables, Match, Topic
from allstatus.ehr.dates import When, shifted
from allstatus.ehr.evidence.chart_reading import (
    LOUD,
    UNDATED,
    ChartReading,
    Finding,
    OtherCancer,
    cancers,
    evidence_of,
    known_by,
    place_in_time,
)
from allstatus.ehr.evidence.disease_status import doubt_by_reason
from allstatus.ehr.evidence.doubt import Doubt

FACT = "prior_treatment"
WEIGHT = {"directed": 2, "depends": 1}
PURPOSES = ("directed", "depends", "relief")
HISTORY = "says that there was one, without its date"
NO_TREATMENT = "is no treatment by itself"
LONG_BEFORE = timedelta(days=30)  # treatment may begin before the diagnosis is on the chart
UNSTATED = "{} of unstated intent: it may be for the leukemia or for relief"
STRANGE_INTENT = "an unread intent"
UNDATED_TREATMENT = "has no date, so it cannot be placed before or after a result"
EARLIER = "given before the leukemia began"
BEFORE_RECORDED = "given long before the leukemia was recorded, and does not say what for"
ANOTHER_CANCER = "another cancer is on the chart ({}) and it does not say which this was for"
OTHER_REASON = "given for a reason that is not known to be {}"


def read_treatments(reading: ChartReading) -> None:
    """Put each medicine and procedure in its place: directed, relief, or aside."""
    for treatment in reading.chart.treatments:
        if not known_by(treatment, reading.as_of):
            continue
        doubt_by_reason(reading, treatment)
        # of several drugs given together the one that says most
        each = reading.tables.treatments.find_each(treatment.codes)
        match = max(each, key=lambda one: _weight(one.topic), default=None)
        topic = match.topic if match else _named(treatment, reading.tables)
        intent = _stated(treatment, reading.tables)
        if topic is not None or (intent is not None and intent.topic["intent"] == "directed"):
            _place(reading, treatment, match, topic, intent)


def _stated(treatment: Treatment, tables: CodeTables) -> Match | None:
    """A stated intent that tells treatment of the disease from relief."""
    found = tables.treatments.find(treatment.intent)
    return found if found is not None and found.topic["intent"] else None


def _named(treatment: Treatment, tables: CodeTables) -> Topic | None:
    """The same of the active ingredients in a medicine's own name."""
    names = [treatment.text, *(code.display for code in treatment.codes)]
    found = tables.medicines.read_all(names) if treatment.medicine else ()
    return max(found, key=_weight, default=None)


def _weight(topic: Topic) -> int:
    return WEIGHT.get(topic["purpose"], 0)


def _place(
    reading: ChartReading,
    treatment: Treatment,
    match: Match | None,
    topic: Topic | None,
    intent: Match | None,
) -> None:
    evidence = evidence_of(treatment, match, treatment.text)
    if treatment.void:
        reading.put_aside(FACT, evidence, treatment.void, warn=treatment.void.startswith(LOUD))
        return
    when, why = place_in_time(reading, treatment)
    reading.caution(treatment, match)
    if told := _uncounted(reading, treatment, topic, intent, when):
        reading.put_aside(FACT, evidence, told, warn=told == EARLIER)
        return
    purpose, because = _purpose(topic, intent, reading.tables.treatments.find(treatment.route))
    title = topic.title if topic else treatment.text
    if topic is not None and match is None:
        because += ", read by its name"
        named = f"its code is not in the tables; it is read by its name ({topic.title})"
        reading.warn(f"{treatment.source}: {named}")
    if purpose == "relief":
        if not why:
            site = "counts" if topic and topic["supports_counts"] else ""
            counted = evidence.counted(because, "relief of symptoms")
            reading.relief.append(Finding(title, when, counted, site=site))
        told = f"{because}; it does not count as treatment of the leukemia"
        reading.put_aside(FACT, evidence, told)
        return
    unstated = UNSTATED.format(title.lower()) if purpose == "depends" else ""
    why = _not_known(reading, treatment, why, unstated)
    if why := _for_something_else(reading, treatment, when) or why:
        reading.doubt(Doubt(FACT, title, when, why, evidence, True, firm=True))
        return
    reading.directed.append(Finding(title, when, evidence.counted(because, "disease-directed")))


def _not_known(reading: ChartReading, treatment: Treatment, why: str, unstated: str) -> str:
    """Why it is not known to be directed, or empty; `unstated`: no intent was stated."""
    if treatment.intent and reading.tables.treatments.find(treatment.intent) is None:
        return why or STRANGE_INTENT
    if not unstated and why == UNDATED:
        return UNDATED_TREATMENT
    return why or unstated


def _uncounted(
    reading: ChartReading,
    treatment: Treatment,
    topic: Topic | None,
    intent: Match | None,
    when: When,
) -> str:
    """Why a treatment does not count by what it is or when it was given, or empty."""
    if topic is not None and intent is None and topic["purpose"] not in PURPOSES:
        return HISTORY if topic["history"] else NO_TREATMENT
    return EARLIER if _before(reading.onset, when) and not treatment.reasons else ""


def _purpose(topic: Topic | None, intent: Match | None, route: Match | None) -> tuple[str, str]:
    if intent is not None:
        return intent.topic["intent"], f"its stated intent: {intent.topic.title.lower()}"
    assert topic is not None
    intrathecal = route is not None and route.topic["route"] == "intrathecal"
    if topic["purpose"] == "depends" and intrathecal:
        return "directed", "given into the spinal fluid"
    return topic["purpose"], f"{topic.title.lower()}, by the treatment table"


def _is_strange(
    reading: ChartReading, code: Code, disease: Match | None, sign: Match | None
) -> bool:
    """Whether a reason is neither a sign nor a disease that may be this leukemia, nor the treatment
    itself. A code that is not understood may be the leukemia that the caller says is there.
    """
    if disease is not None or sign is not None:
        return sign is None and disease is not None and disease.topic["all"] is False
    return not reading.given or reading.tables.systems.is_of_icd(code)


def _for_something_else(reading: ChartReading, treatment: Treatment, when: When) -> str:
    """Why a treatment is not known to be for this leukemia, or empty."""
    if any(code.system == TEXT and code.code in reading.named for code in treatment.reasons):
        return ""
    found = [reading.tables.diagnoses.find([code]) for code in treatment.reasons]
    if any(m is not None and (m.topic["all"] or m.topic["asserts"]) for m in found):
        return ""
    signs = [reading.tables.signs.find([code]) for code in treatment.reasons]
    if any(map(partial(_is_strange, reading), treatment.reasons, found, signs)):
        return OTHER_REASON.format(reading.disease)
    if any(signs):
        return ""
    if reading.onset is None and _before(reading.recorded, when):
        return BEFORE_RECORDED
    others = [c.title for c in reading.others if _may_be_for(c, when)]
    return ANOTHER_CANCER.format(cancers(others)) if others else ""


def _may_be_for(cancer: OtherCancer, when: When) -> bool:
    """Whether treatment on these days may have been for another cancer."""
    begins = shifted(cancer.first, -LONG_BEFORE)
    return begins <= when.last and when.first <= cancer.last


def _before(began: date | None, when: When) -> bool:
    return began is not None and when.last < began and began - when.last > LONG_BEFORE
