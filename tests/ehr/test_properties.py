"""Laws of charts: what must not change a decision."""

import json
import random
import re
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from allstatus.decision.decision import Decision
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart, decide_over_time
from ehr.assess.test_assessor import CASES, resource_of
from ehr.bundles import (
    ALL,
    REMISSION,
    bundle,
    cbc,
    condition,
    marrow,
    observation,
    patient,
    quantity,
)
from ehr.bundles import given as medicine
from shipped import RULES

OPTIONS = make_reader(["symptoms-absent-unless-recorded"])
TIMELINES = Path(__file__).parents[2] / "fixtures" / "timelines"
TEN_YEARS = json.loads((TIMELINES / "ten-years.json").read_text("utf-8"), parse_float=Decimal)
RESOURCES = [entry["resource"] for entry in TEN_YEARS["entry"]]


def decide(resources: Any, as_of: date | None = None) -> Decision:
    (chart,) = read_fhir(resources)
    return decide_chart(RULES, chart, as_of=as_of, options=OPTIONS)


def essence(decision: Decision) -> Any:
    """What the answer is and rests on, whatever order the chart was in."""
    document = decision.to_dict()
    for fact in document["facts"].values():
        fact["evidence"] = sorted(
            (e for e in fact["evidence"] if isinstance(e, str) or e["used"]), key=str
        )
    document["warnings"].sort()
    document["diagnoses"].sort(key=str)
    return document


UNREAD = re.compile(r" \d+ statements? of the chart could not be understood\.$")


def apart_from_its_account(decision: Decision) -> Any:
    """The same without how many statements came in, and how many of them assumptions say could not
    be understood: what is unrelated or later came in, too.
    """
    found = essence(decision)
    return found | {
        "accounted": None,
        "assumptions": [
            entry | {"because": UNREAD.sub("", entry["because"])} for entry in found["assumptions"]
        ],
    }


@given(st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_entries_changes_nothing(chance: random.Random) -> None:
    shuffled = list(RESOURCES)
    chance.shuffle(shuffled)
    assert essence(decide(shuffled)) == essence(decide(RESOURCES))


@given(st.integers(0, len(RESOURCES)), st.booleans())
@settings(max_examples=40)
def test_splitting_a_bundle_changes_nothing(cut: int, repeated: bool) -> None:
    parts = [bundle(RESOURCES[:cut]), bundle(RESOURCES[cut:])]
    if repeated:
        parts.append(bundle(RESOURCES[: cut // 2]))
    assert essence(decide(parts)) == essence(decide(RESOURCES))


UNITS = {
    "10*9/L": [("10*3/uL", 1), ("K/uL", 1), ("/uL", 1000), ("/mm3", 1000), ("giga/l", 1)],
    "g/dL": [("g/L", 10), ("gm/dL", 1), ("g/mL", Decimal("0.01"))],
    "%": [("1", Decimal("0.01")), ("%{WBCs}", 1)],
}


def in_other_units(resource: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    changed = deepcopy(resource)
    value = changed.get("valueQuantity")
    if value is not None and value["unit"] in UNITS and not changed["id"].startswith("csf"):
        unit, factor = chance.choice(UNITS[value["unit"]])
        ends = [item[end] for item in changed.get("referenceRange", []) for end in ("low", "high")]
        for item in [value, *ends]:
            item.update(value=Decimal(str(item["value"])) * factor, unit=unit, code=unit)
    return changed


@given(st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_changing_units_exactly_changes_nothing(chance: random.Random) -> None:
    changed = [in_other_units(resource, chance) for resource in RESOURCES]
    mine, theirs = decide(changed), decide(RESOURCES)
    assert (mine.outcome, mine.status, mine.possible) == (
        theirs.outcome,
        theirs.status,
        theirs.possible,
    )
    same = [
        (p.day, p.decision.status, p.number)
        for p in decide_over_time(RULES, read_fhir(RESOURCES)[0], options=OPTIONS).points
    ]
    assert [
        (p.day, p.decision.status, p.number)
        for p in decide_over_time(RULES, read_fhir(changed)[0], options=OPTIONS).points
    ] == same


UNRELATED = [
    observation("height", "8302-2", "2023-01-01", valueQuantity=quantity(170, "cm")),
    observation("sodium", "2951-2", "2024-01-22", valueQuantity=quantity(140, "mmol/L")),
    condition("atrial-septal-defect", "301130004", day="2020-01-01"),
    {
        "resourceType": "Immunization",
        "id": "i",
        "patient": {"reference": "Patient/p1"},
        "status": "completed",
    },
    {"resourceType": "Claim", "id": "c", "status": "active"},
    {
        "resourceType": "SomethingNew",
        "id": "n",
        "deep": [{"deeper": {"resourceType": "Observation"}}],
    },
    {
        "resourceType": "Observation",
        "id": "of-a-group",
        "status": "final",
        "subject": {"reference": "Group/g"},
        "code": {"text": "x"},
    },
]


@given(
    st.lists(st.sampled_from(UNRELATED), unique_by=lambda r: r["id"]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=40)
def test_unrelated_resources_change_nothing(more: list[Any], chance: random.Random) -> None:
    mixed = [*RESOURCES, *more]
    chance.shuffle(mixed)
    mine, theirs = apart_from_its_account(decide(mixed)), apart_from_its_account(decide(RESOURCES))
    assert mine | {"diagnoses": []} == theirs | {"diagnoses": []}


# what `assessor.yaml` sends beside a remission, where it is about nobody else
SHAPES = [
    more
    for case in CASES.values()
    if set(case) == {"chart", "expect"}
    if (more := [resource_of(line, n) for n, line in enumerate(case["chart"])])
    if not any(one["resourceType"] == "Patient" for one in more)
    if not {one.get("id") for one in more} & {one["id"] for one in REMISSION}
]


@given(st.sampled_from(range(len(SHAPES))), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_a_resource_more_makes_another_confident_answer_only_as_its_evidence(
    number: int, chance: random.Random
) -> None:
    more = SHAPES[number]
    mixed = [*REMISSION, *more]
    chance.shuffle(mixed)
    found = decide_of_p1(mixed)
    told = {str(entry) for fact in found.facts.values() for entry in fact.evidence}
    each = [*more, *chain.from_iterable(one.get("contained", ()) for one in more)]
    ours = [f"{one['resourceType']}/{one.get('id', '')}" for one in each]
    if found.outcome == "determined" and found.status != decide(REMISSION).status:
        assert any(name in entry for entry in told for name in ours)


def decide_of_p1(resources: Any) -> Decision:
    (chart,) = [chart for chart in read_fhir(resources) if chart.patient == "p1"]
    return decide_chart(RULES, chart, options=OPTIONS)


later_values = st.one_of(
    st.integers(0, 100).map(lambda n: marrow("2024-06-01", n)),
    st.just(cbc("2024-06-02", platelets=20)[2]),
)


@given(later_values, st.dates(date(2013, 1, 1), date(2024, 5, 31)))
@settings(max_examples=80)
def test_a_later_result_never_changes_an_earlier_day(later: Any, as_of: date) -> None:
    assert apart_from_its_account(decide([*RESOURCES, later], as_of)) == apart_from_its_account(
        decide(RESOURCES, as_of)
    )


@given(st.integers(0, 100), st.dates(date(2014, 1, 1), date(2024, 2, 1)), st.integers(1, 30))
@settings(max_examples=80)
def test_a_result_known_only_later_never_changes_an_earlier_day(
    blasts: int, taken: date, delay: int
) -> None:
    late = marrow(
        taken.isoformat(), blasts, id="late", issued=f"{taken + timedelta(days=delay)}T08:00:00Z"
    )
    assert apart_from_its_account(decide([*RESOURCES, late], taken)) == apart_from_its_account(
        decide(RESOURCES, taken)
    )


@given(
    st.sampled_from([("68442", "filgrastim"), ("519", "allopurinol")]).map(
        lambda m: medicine("2025-01-02", code=m[0], display=m[1])
    )
)
def test_relief_of_symptoms_changes_no_answer(relief: Any) -> None:
    for base in (REMISSION, [patient(), ALL, marrow("2025-01-03", 80)]):
        assert decide([*base, relief]).possible == decide(base).possible


@st.composite
def courses(draw: st.DrawFn) -> list[Any]:
    """A patient over years: marrows with their counts, findings, treatments and signs, on days of
    their own.
    """
    told, day = [patient(), ALL], date(2025, 1, 3)
    for n in range(draw(st.integers(1, 4))):
        on = day.isoformat()
        blasts, platelets = draw(st.sampled_from([1, 5, 6, 88])), draw(st.sampled_from([230, 60]))
        told += [marrow(on, blasts), *cbc(on, platelets=platelets)]
        if (found := draw(st.sampled_from([None, None, 0, 25]))) is not None:
            told.append(observation(f"csf-{n}", "26447-3", on, valueInteger=found))
        if draw(st.booleans()):
            told.append(medicine((day + timedelta(days=2)).isoformat()))
        if draw(st.booleans()):
            told.append(condition(f"fever-{n}", "386661006", day=on, abatementDateTime=on))
        day += timedelta(days=draw(st.integers(3, 200)))
    return told


DATES = ("effectiveDateTime", "onsetDateTime")


@given(courses(), st.data(), st.sampled_from([7, 4, 0]))
@settings(max_examples=150, deadline=None)
def test_a_day_that_is_less_known_never_shrinks_what_is_possible(
    course: list[Any], data: st.DataObject, known: int
) -> None:
    one = data.draw(st.sampled_from(course[2:]))
    blurred = {key: value[:known] if key in DATES else value for key, value in one.items()}
    blurred = {key: value for key, value in blurred.items() if value}
    spoilt = [blurred if other is one else other for other in course]
    as_of = data.draw(st.sampled_from([None, date(2025, 6, 1)]))
    mine, theirs = decide(course, as_of), decide(spoilt, as_of)
    if mine.outcome != "conflicting_data" != theirs.outcome:
        assert answers(mine) <= answers(theirs)


def answers(decision: Decision) -> set[str]:
    return {str(one) for one in decision.possible or (decision.status or decision.outcome,)}
