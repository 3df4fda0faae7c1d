"""Which treatments were given, and whether they were directed at the leukemia or relieved
symptoms.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from allstatus.ehr.chart import Treatment
from allstatus.ehr.chart_reading import LOUD, ChartReading, Finding, cancers, evidence_of, known_by
from allstatus.ehr.codes import Match, Topic, code_tables, table

FACT = "prior_treatment"
WEIGHT = {"directed": 2, "depends": 1}
PURPOSES = ("directed", "depends", "relief")
HISTORY = "says that there was one, without its date"
NO_TREATMENT = "is no treatment by itself"
LONG_BEFORE = timedelta(days=30)  # treatment may begin before the diagnosis is on the chart
UNDATED = "has no date, so it cannot be placed before or after a result"
EARLIER = "given before the leukemia began"
OTHER_REASON = "given for a reason that is not known to be acute lymphoblastic leukemia"


def read_treatments(reading: ChartReading) -> None:
    """Put each medicine and procedure among those directed at the leukemia, those for relief, or
    aside.
    """
    for treatment in reading.chart.treatments:
        if not known_by(treatment, reading.as_of):
            continue
        if treatment.doubt and not treatment.void:
            treatment = replace(treatment, void=treatment.doubt)  # noqa: PLW2901
        match = _weightiest(table("treatments").find_each(treatment.codes))
        topic = match.topic if match else _named(treatment)
        intent = table("treatments").find(treatment.intent)
        if topic is not None or (intent is not None and intent.topic["intent"] == "directed"):
            _place(reading, treatment, match, topic, intent)


def _named(treatment: Treatment) -> Topic | None:
    """The same of the active ingredients in a medicine's own name."""
    names = [treatment.text, *(code.display for code in treatment.codes)]
    found = code_tables().medicines.read_all(names) if treatment.medicine else ()
    return max(found, key=_weight, default=None)


def _weight(topic: Topic) -> int:
    return WEIGHT.get(topic["purpose"], 0)


def _weightiest(matches: tuple[Match, ...]) -> Match | None:
    """Of several drugs given together the one that says most: directed at the leukemia, else one
    whose use depends.
    """
    return max(matches, key=lambda match: _weight(match.topic), default=None)


def _place(
    reading: ChartReading,
    treatment: Treatment,
    match: Match | None,
    topic: Topic | None,
    intent: Match | None,
) -> None:
    evidence = evidence_of(treatment, match, treatment.text)
    if treatment.void or treatment.when is None:
        reading.put_aside(
            FACT,
            evidence,
            treatment.void or UNDATED,
            warn=not treatment.void or treatment.void.startswith(LOUD),
        )
        return
    reading.caution(treatment, match)
    if topic is not None and intent is None and topic["purpose"] not in PURPOSES:
        reading.put_aside(FACT, evidence, HISTORY if topic["history"] else NO_TREATMENT)
        return
    if why := _for_something_else(reading, treatment):
        reading.put_aside(FACT, evidence, why, warn=True)
        return
    purpose, because = _purpose(treatment, topic, intent)
    title = topic.title if topic else treatment.text
    if topic is not None and match is None:
        because += ", read by its name"
        reading.warn(
            f"{treatment.source}: its code is not in the tables; it is read by its name "
            f"({topic.title})"
        )
    if purpose == "depends":
        reading.put_aside(
            FACT,
            evidence,
            f"{title.lower()} of unstated intent: it may be for the leukemia or for relief",
            warn=True,
        )
        return
    read = "disease-directed" if purpose == "directed" else "relief of symptoms"
    item = Finding(
        title,
        treatment.when,
        evidence.counted(because, read),
        site="counts" if topic and topic["supports_counts"] else "",
    )
    if purpose == "directed":
        reading.directed.append(item)
    else:
        reading.relief.append(item)
        reading.put_aside(
            FACT, evidence, f"{because}; it does not count as treatment of the leukemia"
        )


def _purpose(treatment: Treatment, topic: Topic | None, intent: Match | None) -> tuple[str, str]:
    if intent is not None:
        return intent.topic["intent"], f"its stated intent: {intent.topic.title.lower()}"
    assert topic is not None
    route = table("treatments").find(treatment.route)
    if (
        topic["purpose"] == "depends"
        and route is not None
        and route.topic["route"] == "intrathecal"
    ):
        return "directed", "given into the spinal fluid"
    return topic["purpose"], f"{topic.title.lower()}, by the treatment table"


def _is_strange(disease: Match | None, sign: Match | None) -> bool:
    """Whether a reason is neither a sign nor a disease that may be this leukemia, nor the treatment
    itself.
    """
    return sign is None and (disease is None or disease.topic["all"] is False)


def _for_something_else(reading: ChartReading, treatment: Treatment) -> str:
    """Why a treatment is not known to be for this leukemia, or empty."""
    if treatment.reasons:
        found = [table("diagnoses").find([code]) for code in treatment.reasons]
        if any(
            match is not None and (match.topic["all"] or match.topic["asserts"]) for match in found
        ):
            return ""
        signs = [table("signs").find([code]) for code in treatment.reasons]
        if any(_is_strange(disease, sign) for disease, sign in zip(found, signs, strict=True)):
            return OTHER_REASON
        if any(signs):
            return ""
    if (
        reading.onset is not None
        and treatment.when is not None
        and reading.onset - treatment.when.last > LONG_BEFORE
    ):
        return EARLIER
    if reading.other_cancers:
        return (
            f"another cancer is on the chart ({cancers(reading.other_cancers)}) and it does not "
            f"say which this was for"
        )
    return ""
