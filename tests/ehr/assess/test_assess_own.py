"""Of the results of own facts what cannot be relied on only widens what is possible."""

from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from allstatus.decision.decision import Decision
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.testing.doubtful_charts import BLURS
from ehr.assess.test_own_results import DISEASE, GIVEN, RULES, Sent
from ehr.bundles import observation, patient, quantity

UNITS = {"plasma_cell_percent": "%", "m_protein": "g/dL"}
RESULTS = st.fixed_dictionaries(
    {
        "plasma_cell_percent": st.sampled_from(["4", "5", "9.9", "10", "60"]),
        "m_protein": st.sampled_from(["0", "2.999", "3"]),
        "damage_bone": st.booleans(),
    }
)
WITHOUT_A_DATE = ("undated", "date left out")  # other facts are then of another assessment


@settings(max_examples=40, deadline=None)
@given(st.lists(RESULTS, min_size=1, max_size=2), st.data())
def test_doubt_only_widens(times: list[Sent], data: st.DataObject) -> None:
    """A part of a result that cannot be relied on never makes fewer answers possible."""
    sent = observed(times)
    blurs = [name for name in BLURS if name not in WITHOUT_A_DATE]
    number = data.draw(st.integers(0, len(sent) - 1))
    ways = {name: made for name in blurs if (made := BLURS[name](deepcopy(sent[number])))}
    name = data.draw(st.sampled_from(sorted(ways)))
    told = decided(sent)
    blurred = decided([*sent[:number], ways[name], *sent[number + 1 :]])
    if told.outcome != "conflicting_data":
        assert {*told.possible} <= {*blurred.possible}, name
    assert blurred.status in (None, told.status), name


def observed(times: list[Sent]) -> list[Sent]:
    """Results of every fact, of days two weeks apart and one."""
    return [
        observation(
            f"{fact}{number}",
            GIVEN["facts"][fact],
            f"2026-02-{1 + 15 * number + place:02}",
            **(
                {"valueBoolean": value}
                if isinstance(value, bool)
                else {"valueQuantity": quantity(value, UNITS[fact])}
            ),
        )
        for number, facts in enumerate(times)
        for place, (fact, value) in enumerate(facts.items())
    ]


def decided(results: list[Sent]) -> Decision:
    (chart,) = read_fhir([patient(), DISEASE, *results])
    return decide_chart(RULES, chart)
