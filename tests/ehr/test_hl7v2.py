"""HL7 v2 messages are read as `hl7v2.yaml` and `hl7v2_feeds.yaml` say."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from allstatus.ehr.assess.caller_facts import make_overlays
from allstatus.ehr.chart import Chart, Result, Statement
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.coding.mentions import with_mentions
from allstatus.ehr.hl7v2 import read_hl7
from allstatus.ehr.sendings import without_superseded
from allstatus.ehr.sent_values import Unreadable, percent_of
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.errors import InvalidRecord
from allstatus.record.json_reader import decode
from shipped import RULES

HERE = Path(__file__).parent
CASES = yaml.safe_load((HERE / "hl7v2.yaml").read_text("utf-8"))
ANSWERS = [
    pytest.param(part, answer, written, id=f"{part['part']} {written}")
    for part in yaml.safe_load((HERE / "hl7v2_answers.yaml").read_text("utf-8"))
    for answer in ("remission", "high", "open", "conflict", "none")
    for written in part.get(answer, ())
]
FEEDS = yaml.safe_load((HERE / "hl7v2_feeds.yaml").read_text("utf-8"))
ORDER = "OBR|1|P1|F1|11150-0^^LN|||20250310"
DIAGNOSIS = "DG1|1||C91.00^ALL^I10C||20250102|W"


def message(kind: str, *segments: str, sent: object = 20250311090000, who: str = "") -> str:
    pid = who or "PID|1||77^^^HOSP^MR||DOE^JANE||19800501|F"
    header = f"MSH|^~\\&|LAB|HOSP|EHR|HOSP|{sent}||{kind}|M1|P|2.5.1"
    return "\r".join([header, pid, *segments]) + "\r"


def statements(chart: Chart) -> dict[str, Statement]:
    chart = with_mentions(chart, code_tables())
    every = (*chart.results, *chart.problems, *chart.treatments, *chart.others)
    return {one.source.removeprefix("message M1 ").removeprefix("message "): one for one in every}


def seen(one: Statement, field: str) -> Any:
    if field in ("when", "sent"):
        when = getattr(one, field)
        return when.text if when else None
    if field == "latest":
        return one.latest.isoformat() if one.latest else None
    if field == "systems":
        return [code.system for code in one.codes]
    if isinstance(one, Result):
        if field == "percent":
            return percent(one)
        if field == "unit":
            return one.value.unit
        if field == "specimen":
            return [code.code for code in one.specimen]
        if field == "notes":
            return list(one.notes)
    return getattr(one, field)


def percent(result: Result) -> str | None:
    try:
        return percent_of(result.value, code_tables()).describe()
    except Unreadable:
        return None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_segment_is_read_as_it_says(case: dict[str, Any]) -> None:
    lines = [ORDER if line == "R" else line for line in case["lines"]]
    (chart,) = read_hl7(message(case.get("kind", "ORU^R01"), *lines))
    found = statements(chart)
    for source, wanted in case["expect"].items():
        assert {field: seen(found[source], field) for field in wanted} == wanted


def written(case: dict[str, Any]) -> list[str]:
    made = []
    for sent, identifiers, name, segments, *kind in case["messages"]:
        lines = [marrow(line) if line.startswith("M ") else line for line in segments]
        who = f"PID|1||{identifiers}||{name}^JANE||19800501|F" if name else f"PID|1||{identifiers}"
        made.append(message((*kind, "ORU^R01")[0], *lines, sent=sent, who=who))
    return made


def marrow(said: str) -> str:
    _, value, *status = said.split()
    return f"OBX|1|NM|11150-0^Blasts^LN||{value}|%|||||{(*status, 'F')[0].strip('-')}"


def summary(chart: Chart) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"stand": [], "doubt": [], "gone": []}
    for result in chart_results(chart):
        place = "gone" if result.void else "doubt" if result.doubt else "stand"
        if result.value.number is not None:
            found[place].append(int(str(result.value.number)))
    return {place: sorted(values) for place, values in found.items() if values}


def chart_results(chart: Chart) -> list[Result]:
    return list(without_superseded(chart.results))


@pytest.mark.parametrize("case", FEEDS, ids=lambda case: case["name"])
@pytest.mark.parametrize("turn", [1, -1], ids=["as sent", "backwards"])
def test_a_feed_is_read_as_it_says(case: dict[str, Any], turn: int) -> None:
    before, after = case.get("around", ("", ""))
    text = "\r".join([before, *written(case)[::turn], after])
    if "refused" in case:
        with pytest.raises(InvalidRecord, match=case["refused"]):
            read_hl7(text)
        assert all(chart.partial for chart in read_hl7(text, partial=True))
        return
    charts = {chart.patient: chart for chart in read_hl7(text)}
    assert [*charts] == [*case["patients"]]
    for name, wanted in case["patients"].items():
        held = {key: sorted(value) for key, value in wanted.items() if key != "warns"}
        assert summary(charts[name]) == held
        assert wanted.get("warns", "") in " ".join(charts[name].warnings)


COUNT = (
    "OBX|1|NM|6690-2^WBC^LN||6.2|10*9/L|4.0-11.0||||F|||20250310",
    "OBX|2|NM|718-7^Hb^LN||13.1|g/dL|12.0-15.5||||F|||20250310",
)
SAID = {
    "prior_treatment": "disease_directed",
    "prior_remission": False,
    "signs_and_symptoms": "absent",
}
MEANT = {
    "remission": "in_remission",
    "high": "outside_definitions",
    "open": "insufficient_data",
    "conflict": "conflicting_data",
    "none": "not_applicable",
}


def text_of(part: dict[str, str], written: list[str]) -> str:
    """The message of a part that is written so."""
    lines = [
        part.get("diagnosis", DIAGNOSIS),
        "OBR|1|P1|F1|58410-2^CBC^LN|||20250310",
        *COUNT,
        part.get("count", "OBX|3|NM|777-3^Plt^LN||230|10*9/L|150-400||||F|||20250310"),
        part.get("order", "OBR|2|P2|F2|11150-0^^LN|||20250310"),
        part.get("line", "OBX|1|NM|11150-0^Blasts^LN||3|%|||||F|||20250310"),
        part.get("after", ""),
    ]
    return message("ORU^R01", *(line.format(*written) for line in lines))


@pytest.mark.parametrize(("part", "answer", "written"), ANSWERS)
def test_the_answer_is_as_it_says(part: dict[str, str], answer: str, written: list[str]) -> None:
    (chart,) = read_hl7(text_of(part, written))
    decision = decide_chart(RULES, chart, overlays=make_overlays(SAID))
    assert (decision.status or decision.outcome) == MEANT[answer]


BESIDE = [
    pytest.param(part, answer, *other, id=f"{part['part']} {other}")
    for part in yaml.safe_load((HERE / "hl7v2_beside.yaml").read_text("utf-8"))
    for answer in ("remission", "high", "open", "none")
    for other in part.get(answer, ())
]


@pytest.mark.parametrize(("part", "answer", "kind", "segments"), BESIDE)
def test_a_message_of_another_kind_changes_what_it_says(
    part: dict[str, Any], answer: str, kind: str, segments: str
) -> None:
    bare = {"diagnosis": ""} if part.get("without") else {}
    beside = message(kind, *segments.split("\r"), sent=20250312090000)
    (chart,) = read_hl7(text_of(bare, []) + beside)
    said = {name: value for name, value in SAID.items() if name != part.get("unsaid")}
    decision = decide_chart(RULES, chart, overlays=make_overlays(said))
    assert (decision.status or decision.outcome) == MEANT[answer]


def test_a_text_that_ends_in_a_result_may_have_been_cut_off() -> None:
    text = message("ORU^R01", ORDER, "OBX|1|NM|11150-0^Blasts^LN||3|%").rstrip("\r")
    cut, whole = (chart_results(read_hl7(end)[0])[0] for end in (text, f"{text}\r"))
    assert (cut.doubt, whole.doubt) == ("its segment is broken off", "")


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("8859/1", "latin-1"),
        ("8859/15", "iso-8859-15"),
        ("UNICODE UTF-8", "utf-8"),
        ("WINDOWS-1252", "cp1252"),
        ("", "latin-1"),
        ("", "utf-8"),
        ("GB 18030-2000", "gb18030"),
        ("KS X 1001", "euc_kr"),
        ("UNICODE UTF-16", "utf-16"),
        ("BIG-5", "big5"),
    ],
)
def test_bytes_are_read_in_the_character_set_they_name(name: str, codec: str) -> None:
    who = "\u4e2d" if codec in ("gb18030", "big5", "euc_kr") else "M\u00dcLLER"
    header = f"MSH|^~\\&|L|H|E|H|20250311||ORU^R01|1|P|2.5||||||{name}"
    text = f"FHS|^~\\&|L\r{header}\rPID|1||77||{who}\r"
    assert decode(text.encode(codec), "file") == text


PARTS = (2, 5, 6, 7, 8, 11, 14)
SPOILT = ("?", "&&", "99991231", "Q", "2 to", "9" * 30)


@given(st.integers(1, 4), st.sampled_from(PARTS), st.sampled_from(SPOILT))
@settings(max_examples=60, deadline=None)
def test_what_becomes_unreadable_never_shrinks_what_is_possible(
    row: int, part: int, sent: str
) -> None:
    rows = [
        "OBX|1|NM|6690-2^WBC^LN||6.2|10*9/L|4.0-11.0||||F|||20250310",
        "OBX|2|NM|718-7^Hb^LN||13.1|g/dL|12.0-15.5||||F|||20250310",
        "OBX|3|NM|777-3^Plt^LN||230|10*9/L|150-400||||F|||20250310",
        "OBX|4|NM|11150-0^Blasts^LN||3|%|||||F|||20250310",
    ]
    whole = possible(rows)
    fields = rows[row - 1].split("|")
    fields += [""] * (15 - len(fields))
    fields[part] = sent
    rows[row - 1] = "|".join(fields)
    assert whole <= possible(rows)


GIVEN = "RXA|0|1|20250110||11202^vincristine^RXNORM|2|mg||||||||||||||CP"
DISEASES = ("C79.32", "C50.911", "R50.9", "C91.02", "C91.01", "C92.00", "C79.51")


@given(
    st.sampled_from(DISEASES),
    st.sampled_from(["20240601", "20250105", "20250301", "20250310", "202503", "2024"]),
    st.sampled_from(["", "UNK", "03/09/2025", "20260101", "99991231"]),
)
@settings(max_examples=60, deadline=None)
def test_a_disease_whose_day_is_not_known_never_shrinks_what_is_possible(
    code: str, day: str, spoilt: str
) -> None:
    def told(sent: str) -> set[str]:
        return possible([*COUNT, marrow("M 3"), f"DG1|2||{code}^x^I10C||{sent}|F", GIVEN])

    assert told(day) <= told(spoilt)


def possible(rows: list[str]) -> set[str]:
    (chart,) = read_hl7(message("ORU^R01", DIAGNOSIS, ORDER, *rows))
    options = make_reader(["symptoms-absent-unless-recorded"])
    decision = decide_chart(RULES, chart, options=options)
    return set(decision.possible) | ({decision.status} if decision.status else set())


@given(st.permutations(range(4)), st.lists(st.sampled_from(["77", "78"]), min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_order_decides_nothing_and_two_people_never_meet(turn: list[int], who: list[str]) -> None:
    made = [
        message(
            "ORU^R01",
            f"OBR|1|P|F{n // 2}|x|||2025030{n // 2 + 1}",
            marrow(f"M {n}"),
            sent=f"2025031{n}0900",
            who=f"PID|1||{number}^^^HOSP^MR",
        )
        for n, number in enumerate(who)
    ]
    charts = read_hl7("".join(made))
    assert read_hl7("".join(made[n] for n in turn)) == charts
    for chart in charts:
        sent = sorted(int(str(result.value.number)) for result in chart.results)
        assert sent == [n for n, number in enumerate(who) if number == chart.patient]
