"""Treatment, remissions and relapses behind an assessment: what they rest on."""

from ehr.charts_as_yaml import decide, tell

COUNT = {"count": "normal", "day": "2025-03-10"}
CLEAN = [{"marrow": 2, "day": "2025-03-10"}, COUNT]


def given(day: int) -> dict[str, str]:
    return {"given": "vincristine", "day": f"2025-01-{day}"}


def test_the_first_five_treatments_are_shown_and_the_rest_counted() -> None:
    decision = decide([*(given(day) for day in range(10, 18)), *CLEAN])
    evidence = decision.facts["prior_treatment"].evidence
    assert [entry.date for entry in evidence if not isinstance(entry, str)] == [
        "2025-01-10",
        "2025-01-11",
        "2025-01-12",
        "2025-01-13",
        "2025-01-14",
        "",
    ]
    assert [entry.source for entry in evidence if not isinstance(entry, str)][-1] == "3 more"


def test_treatment_after_an_earlier_assessment_does_not_count_for_it() -> None:
    lines = [{"marrow": 60, "day": "2025-01-05"}, given(11), given(10), *CLEAN]
    first = tell(lines).points[0].decision.facts["prior_treatment"]
    assert first.value is None
    shown = [entry for entry in first.evidence if not isinstance(entry, str)]
    assert [(entry.date, entry.because) for entry in shown] == [
        ("2025-01-10", "given on or after the day of this assessment")
    ]


def test_a_remission_decided_by_an_assumption_is_said_to_rest_on_it() -> None:
    lines = [
        given(10),
        {"marrow": 2, "day": "2025-02-01"},
        {"count": "normal", "day": "2025-02-01"},
    ]
    decision = decide([*lines, *CLEAN])
    assert decision.facts["prior_remission"].value is True
    rests = [e for e in decision.assumptions if e.fact == "prior_remission"]
    assert [(entry.value, entry.because) for entry in rests] == [
        (
            True,
            "It was decided at an earlier assessment, by the assumption "
            "symptoms-absent-unless-recorded.",
        )
    ]
    relapsed = decide([*lines, *CLEAN, {"relapse": ""}])
    assert "prior_remission" not in {entry.fact for entry in relapsed.assumptions}


def test_a_remission_that_was_coded_rests_on_no_assumption() -> None:
    decision = decide([given(10), {"remission": "", "recorded": "2025-02-20"}, *CLEAN])
    assert decision.facts["prior_remission"].value is True
    assert [entry.fact for entry in decision.assumptions].count("prior_remission") == 0


def test_a_relapse_is_over_where_every_place_of_it_is_clear() -> None:
    relapse = [
        given(10),
        {"status": "remission", "day": "2025-01-20"},
        {"marrow": 60, "day": "2025-02-01"},
        {"count": "normal", "day": "2025-02-01"},
    ]
    decision = decide([*relapse, *CLEAN])
    assert decision.status == "in_remission"
    assert "relapse was found (marrow) has since been found clear" in next(
        entry.because for entry in decision.assumptions if entry.fact == "leukemia_outside_marrow"
    )
    assert decision.record.relapse_count == 1
    outside = decision.facts["leukemia_outside_marrow"].evidence
    assert [(entry.source, entry.used) for entry in outside] == [("assumption", True)]


def test_a_relapse_rests_on_the_last_that_is_known_and_on_those_without_a_date() -> None:
    remission = {"remission": "", "recorded": "2025-02-20"}
    dated = [{"relapse": "", "recorded": f"2025-03-0{day}"} for day in (1, 2)]
    decision = decide([given(10), remission, *dated, {"relapse": ""}])
    facts = decision.facts
    relapse = [e.date for e in facts["relapse_since_remission"].evidence if e.used]
    assert relapse == ["2025-03-02", ""]


def test_a_remission_without_a_date_is_told_and_does_not_count() -> None:
    undated = [{"remission": ""}, {"relapse": ""}]
    evidence = decide([given(10), *undated]).facts["prior_remission"].evidence
    why = "its date is not known, so it cannot be placed before this assessment"
    assert [(entry.title, entry.because == why) for entry in evidence] == [
        ("Acute lymphoblastic leukemia in relapse", False),
        ("Acute lymphoblastic leukemia in remission", True),
    ]
