"""Leukemia outside the marrow and signs, around an assessment: what is told of each finding."""

from datetime import date

import pytest

from allstatus.ehr.assess.caller_facts import CallerFacts
from ehr.assess.test_assessor import chart_of
from ehr.assess.test_assessor import decide as decide_fhir
from ehr.charts_as_yaml import decide, tell

OUTSIDE, SIGNS = "leukemia_outside_marrow", "signs_and_symptoms"
REMISSION = [
    {"given": "vincristine", "day": "2025-01-10"},
    {"marrow": 2, "day": "2025-03-10"},
    {"count": "normal", "day": "2025-03-10"},
]


def becauses(lines: list[dict[str, object]], fact: str) -> list[str]:
    evidence = decide([*REMISSION, *lines]).facts[fact].evidence
    return [entry.because for entry in evidence if not isinstance(entry, str) and not entry.used]


def test_a_site_shown_clear_is_that_site_only() -> None:
    assert "this site only; others are not reported" in becauses(
        [{"csf": 0, "day": "2025-03-09"}], OUTSIDE
    )


def test_what_was_found_and_not_shown_to_be_gone_leaves_it_open() -> None:
    lines = [{"csf": 3, "day": "2025-02-20"}]
    assert becauses(lines, OUTSIDE) == ["found earlier and not shown to be gone"]
    gone = [*lines, {"csf": 0, "day": "2025-03-01"}]
    assert decide([*REMISSION, *gone]).status == "in_remission"
    remission = [*lines, {"status": "remission", "day": "2025-02-21"}]
    assert decide([*REMISSION, *remission]).status == "in_remission"


def test_of_a_day_and_an_hour_of_it_what_is_there_holds() -> None:
    lines = [{"csf": 3, "day": "2025-03-09"}, {"csf": 0, "day": "2025-03-09T10:00:00"}]
    assert decide([*REMISSION, *lines]).facts[OUTSIDE].value == "present"


def test_of_one_instant_in_two_zones_the_later_day_as_written_holds() -> None:
    lines = [{"csf": 3, "day": day} for day in ("2025-03-01T23:00-05:00", "2025-03-02T04:00Z")]
    over = [*REMISSION, *lines, {"status": "remission", "day": "2025-03-02"}]
    assert decide(over).status != "in_remission"


def test_what_may_clear_a_finding_long_ago_is_told_beside_it() -> None:
    lines = [{"csf": 3, "day": "2025-02-01"}, {"csf": "see comment", "day": "2025-02-10"}]
    assert becauses(lines, OUTSIDE) == [
        "found earlier and not shown to be gone",
        "is text, which is quoted and not read; say whether leukemia was found there, and when",
    ]


@pytest.mark.parametrize(
    ("until", "outside", "status"),
    [
        ("2025-03-12", "absent", "in_remission"),
        ("2025-03-13", "present", None),
        ("2025-03", None, None),
        ("2025-04", "present", None),
    ],
)
def test_what_is_resolved_later_than_the_day_asked_about_is_there_on_it(
    until: str, outside: str | None, status: str | None
) -> None:
    line = {"cns leukemia": "", "day": "2025-03-08", "until": until}
    asked = date(2025, 3, 12)
    decision = decide([*REMISSION, line], asked)
    assert (decision.facts[OUTSIDE].value, decision.status) == (outside, status)
    ended = decide([*REMISSION, {"cns leukemia": "", "day": "2025-03-08", "ended": True}], asked)
    assert ended.facts[OUTSIDE].value is None
    unsure = decide([*REMISSION, line | {"doubt": "unconfirmed"}], asked)
    assert unsure.facts[OUTSIDE].value == ("absent" if status else None)


def test_the_site_is_named() -> None:
    decision = decide(
        [*REMISSION, {"csf": 3, "day": "2025-03-09"}, {"blood": 2, "day": "2025-03-09"}]
    )
    assert decision.facts[OUTSIDE].value == "present"
    shown = [entry.read for entry in decision.facts[OUTSIDE].evidence if not isinstance(entry, str)]
    assert shown == ["blasts found (blood)", "blasts found (cns)"]


def test_signs_that_are_there_over_or_not_recorded() -> None:
    fever = {"fever": "", "day": "2025-03-01"}
    assert decide([*REMISSION, fever]).facts[SIGNS].value == "present"
    assert decide([*REMISSION, fever | {"until": "2025-03-09"}]).facts[SIGNS].value == "absent"
    ended = decide([*REMISSION, fever | {"ended": True}])
    assert ended.facts[SIGNS].value is None
    before = decide([*REMISSION, fever | {"day": "2025-02-01", "ended": True}])
    assert before.facts[SIGNS].state == "assumed"


def test_a_sign_that_is_over_now_may_have_been_there_at_an_earlier_time() -> None:
    chart = [*REMISSION, {"fever": "", "day": "2025-02-01", "ended": True}]
    assert decide(chart).facts[SIGNS].state == "assumed"
    assert decide(chart, date(2025, 3, 12)).facts[SIGNS].state == "unknown"
    later = [{"marrow": 2, "day": "2025-05-10"}, {"count": "normal", "day": "2025-05-10"}]
    points = tell([*chart, *later]).points
    assert [point.decision.facts[SIGNS].state for point in points] == ["unknown", "assumed"]


@pytest.mark.parametrize(
    ("day", "besides"), [("2025-03-09", []), ("2025-02", ["its day is not known"])]
)
def test_one_finding_s_absence_is_shown_and_is_not_that_of_all(
    day: str, besides: list[str]
) -> None:
    line = {"resourceType": "Observation", "id": "f", "status": "final", "valueBoolean": False}
    line |= {"code": "snomed 386661006", "effectiveDateTime": day}
    signs = decide_fhir(chart_of({"chart": [line]})).facts[SIGNS]
    assert signs.state == "assumed"
    assert [entry.because for entry in signs.evidence if not entry.used] == [
        "says that this finding is absent, not that all are",
        *besides,
    ]
    assert [entry.source for entry in signs.evidence if entry.used] == ["assumption"]


def test_a_sign_that_is_there_is_not_told_to_be_absent_nor_to_be_spread() -> None:
    decision = decide([*REMISSION, {"fever": "", "day": "2025-03-09"}])
    assert [entry.used for entry in decision.facts[SIGNS].evidence] == [True]
    assert decision.facts[OUTSIDE].evidence == ()


def test_a_sign_of_another_cause_is_one() -> None:
    fever = {"condition": "icd10cm R50.82", "onsetDateTime": "2025-03-08"}
    signs = decide_fhir(chart_of({"chart": [fever]})).facts[SIGNS]
    assert (signs.value, signs.state) == ("present_other_cause", "derived")


@pytest.mark.parametrize("day", ["2025-03-09", "2025-03", "2025", None])
def test_a_sign_alone_is_about_the_assessment_whatever_is_known_of_its_day(
    day: str | None,
) -> None:
    seen = {"resourceType": "Observation", "id": "f", "status": "final", "valueBoolean": True}
    for sign in (
        seen | {"code": "snomed 386661006", "effectiveDateTime": day},
        {"condition": "snomed 386661006", "onsetDateTime": day},
    ):
        leukemia = chart_of({"chart": [sign]})
        kept = [r for r in leukemia if r["id"] in ("p1", "all", "f", "condition-0")]
        decision = decide_fhir(kept, CallerFacts(None, None, {"prior_treatment": "none"}))
        assert decision.possible == ("untreated", "outside_definitions")


@pytest.mark.parametrize(
    ("as_of", "signs"), [(date(2025, 3, 14), None), (date(2025, 3, 16), "absent")]
)
def test_a_sign_that_is_over_after_the_day_asked_about_may_be_there_then(
    as_of: date, signs: str | None
) -> None:
    fever = {"fever": "", "until": "2025-03-15"}
    assert decide([fever], as_of).facts[SIGNS].value == signs


SEEN = {"resourceType": "Observation", "id": "f", "code": "snomed 386661006"}


@pytest.mark.parametrize("month", ["2025-03", "2025"])
@pytest.mark.parametrize("day", ["2025-02-20", "2025-03-05"])
@pytest.mark.parametrize(
    ("sign", "value"),
    [
        (SEEN | {"status": "final", "valueBoolean": True}, None),
        (SEEN | {"status": "final", "valueBoolean": False}, "absent"),
        ({"condition": "icd10cm R50.82"}, "absent"),
    ],
)
def test_only_a_sign_that_is_there_may_be_about_counts_of_a_month(
    sign: dict[str, object], value: str | None, day: str, month: str
) -> None:
    when = ("onsetDateTime", "abatementDateTime") if "condition" in sign else ("effectiveDateTime",)
    chart = chart_of({"chart": [sign | dict.fromkeys(when, day)]})
    for resource in chart:
        if resource["resourceType"] == "Observation" and resource["id"] != "f":
            resource["effectiveDateTime"] = month
    counts = [resource for resource in chart if "marrow" not in resource["id"]]
    assert decide_fhir(counts).facts[SIGNS].value == value


@pytest.mark.parametrize(
    ("kept", "value"),
    [
        (("p1", "all", "given", "f"), None),  # of no day, so the sign may be about it
        (("p1", "all", "given", "f", "marrow"), "absent"),
        (("p1", "all", "given", "f", "6690", "718", "777"), "absent"),
    ],
)
def test_a_doubtful_sign_of_long_ago_is_open_where_nothing_says_of_when_the_assessment_is(
    kept: tuple[str, ...], value: str | None
) -> None:
    sign = SEEN | {"status": "preliminary", "valueBoolean": True, "effectiveDateTime": "2025-01-15"}
    chart = [r for r in chart_of({"chart": [sign]}) if r["id"].startswith(kept)]
    assert decide_fhir(chart).facts[SIGNS].value == value
