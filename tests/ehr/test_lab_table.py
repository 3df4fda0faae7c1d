"""Tables of dated results: one result a line, whatever the separator."""

from pathlib import Path

import pytest

from allstatus import InvalidRecord
from allstatus.ehr import Chart, decide_over_time, make_reader, read_charts
from allstatus.ehr.lab_table import read_table
from allstatus.ehr.timelines.timeline import decide_chart, read_chart
from ehr import lab_tables
from shipped import RULES

TABLE = (Path(__file__).parents[2] / "fixtures" / "tables" / "second-remission.csv").read_text(
    "utf-8"
)
OPTIONS = make_reader(["symptoms-absent-unless-recorded"])


def points(text: str) -> list[tuple[str, str | None, int | None]]:
    ((_, chart),) = read_charts(text)
    assert isinstance(chart, Chart)
    return [
        (str(p.day), p.decision.status, p.number)
        for p in decide_over_time(RULES, chart, options=OPTIONS).points
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_is_a_history(mark: str) -> None:
    expected = [
        ("2025-03-10", "in_remission", 1),
        ("2025-09-01", "recurrent", None),
        ("2026-02-01", "in_remission", 2),
    ]
    assert points(TABLE.replace(",", mark)) == expected
    assert points("\ufeff" + TABLE.replace("\n", "\r\n")) == expected


def test_the_order_of_lines_changes_nothing() -> None:
    heading, *lines = TABLE.splitlines()
    assert points("\n".join([heading, *reversed(lines)])) == points(TABLE)


@pytest.mark.parametrize(
    ("system", "code"),
    [("ICD-10-CM", "C50.9"), ("I10", "C50.9"), ("ICD-10-GM", "C50.9"), ("ICD-9-CM", "174.9")],
)
def test_another_cancer_is_one_in_every_edition_of_icd(system: str, code: str) -> None:
    line = f"2025-01-01,{system},{code},Breast cancer"
    ((_, chart),) = read_charts(f"date,system,code,display\n{line}\n")
    assert isinstance(chart, Chart)
    assert read_chart(chart).other_cancers == ["Breast cancer"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("date,code,valeu\n", "did you mean 'value'"),
        ("date,code\n", "without a row"),
        ("date,code,date\n1,2,3\n", "twice"),
        ("datum,code\n", "is no chart"),
        (
            "date,code\n1," + "x" * 200_000,
            "as a table at line 2: a text of over 131,072 characters",
        ),
        ('date,code\n1,"x"y\n', "as a table at line 2; check the quotes there"),
        ("date,code" + ",x" * 10_000, "has more than 10,000 separators in line 1"),
        ("date,code\n1,2" + "," * 10_000, "has more than 10,000 separators in line 2"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidRecord, match=says):
        list(read_charts(text))


def test_rows_of_any_shape_are_read_or_set_aside() -> None:
    ((_, chart),) = read_charts(
        'date,code,value,unit\n,,,\n"2025\n01",x\n2025-99-99,11150-0,"a,b",%,more,still\n2025-01-01\n'
    )
    assert isinstance(chart, Chart)
    assert decide_over_time(RULES, chart).now.outcome == "not_applicable"  # type: ignore[union-attr]


def test_a_row_as_it_is_sent_is_read_as_the_table_of_rows_says() -> None:
    wrong = []
    for name, wanted, rows in lab_tables.cases():
        (chart,) = read_table(lab_tables.table_of(lab_tables.written(rows, "p1")))
        now = decide_chart(RULES, chart, options=OPTIONS)
        over_time = decide_over_time(RULES, chart, options=OPTIONS).now
        found = {lab_tables.answer_of(now), lab_tables.answer_of(over_time or now)}
        if found != {wanted}:
            wrong.append((name, wanted, found))
    assert not wrong


REMISSION = lab_tables.written([*lab_tables.BASE.values()], "p1")
MARROW = {"patient": "p1", "date": "2025-03-20", "code": "11150-0", "value": "60", "unit": "%"}


def answers(text: str) -> dict[str | None, str]:
    return {
        chart.patient: lab_tables.answer_of(decide_chart(RULES, chart, options=OPTIONS))
        for chart in read_table(text)
    }


@pytest.mark.parametrize(
    ("date", "answer"),
    [
        ("2025-03-20", "open"),
        ("2025-03-20 10:00", "open"),
        ("20250320", "open"),
        ("2025-03", "open"),
        ("", "open"),
        ("20.03.2025", "open"),
        ("2025-03-19", "high"),
        ("2025-03-20 11:00", "high"),
    ],
)
def test_a_remark_is_on_the_results_that_may_be_of_its_time(date: str, answer: str) -> None:
    remark = {"patient": "p1", "date": date, "code": "8251-1", "value": "Wrong patient"}
    rows = [*REMISSION, MARROW | {"date": "2025-03-20 10:00"}, remark]
    assert answers(lab_tables.table_of(rows)) == {"p1": answer}


@pytest.mark.parametrize("nobody", ["", "NULL", "n/a", "#N/A", "#REF!", "1.23457E+11", "?"])
def test_a_row_of_nobody_is_a_doubt_for_the_only_patient(nobody: str) -> None:
    row, another = MARROW | {"patient": nobody}, MARROW | {"patient": "p2"}
    assert answers(lab_tables.table_of([*REMISSION, row])) == {"p1": "open"}
    assert answers(lab_tables.table_of([*REMISSION, another, row]))["p1"] == "remission"
    if nobody:
        with pytest.raises(InvalidRecord, match="names no patient"):
            read_table(lab_tables.table_of([row, row]))


TOTALS = [
    "Total",
    "TOTAL (n=12)",
    "Mean",
    "average:",
    "Summary",
    "Grand total",
    "Median [range]",
    "Mittelwert",
    "SD",
    "Total n = 3",
]


@pytest.mark.parametrize("total", TOTALS)
def test_a_row_that_sums_up_others_is_nobodys_and_told(total: str) -> None:
    row, other = MARROW | {"patient": total}, MARROW | {"patient": "id Total"}
    (chart,) = read_table(lab_tables.table_of([*REMISSION, row, row]))
    assert chart.patient == "p1"
    assert "rows called as totals or averages are: 2; set aside" in " ".join(chart.warnings)
    assert answers(lab_tables.table_of([*REMISSION, row, other]))["p1"] == "remission"
    assert answers(lab_tables.table_of([row, other])) == {"id Total": "none"}
    with pytest.raises(InvalidRecord, match="is called as a total or an average is; if it is"):
        read_table(lab_tables.table_of([row, row]))


@pytest.mark.parametrize("patient", ["Total1", "Tot", "Meanwell", "summary-12", "N", "total_2"])
def test_a_patient_is_called_something_else(patient: str) -> None:
    assert answers(lab_tables.table_of([MARROW | {"patient": patient}])) == {patient: "none"}


@pytest.mark.parametrize("patient", ["p1 ", "\u00a0p1", "p1\u200b", "\ufeffp1\u2003"])
def test_signs_that_nobody_sees_are_no_part_of_an_id(patient: str) -> None:
    row = MARROW | {"patient": patient}
    assert answers(lab_tables.table_of([*REMISSION, row])) == {"p1": "high"}


@pytest.mark.parametrize("patient", ["0", "007", "NA1", "1E2X", "n"])
def test_a_short_id_is_one(patient: str) -> None:
    assert answers(lab_tables.table_of([MARROW | {"patient": patient}])) == {patient: "none"}


def test_what_two_rows_say_of_a_patient_is_not_known_where_they_differ() -> None:
    for sexes, wanted in ((["F", "female", ""], "female"), (["F", "M"], None)):
        rows = [{"patient": "p1", "date": "2025-01-01", "code": "1", "sex": sex} for sex in sexes]
        for text in (lab_tables.table_of(rows), lab_tables.table_of(rows[::-1])):
            assert [chart.sex for chart in read_table(text)] == [wanted]


def test_the_column_names_again_are_no_row() -> None:
    text = lab_tables.table_of(REMISSION)
    assert answers(text + text.replace("p1", "p2") + "\0\0") == {
        "p1": "remission",
        "p2": "remission",
    }


@pytest.mark.parametrize("end", ["", ',",",,,,'])
def test_a_quote_that_swallows_rows_is_refused(end: str) -> None:
    row = 'p1,2025-03-20,LN,777-3,"Plt,,,,,,,,,,,,\n'
    text = lab_tables.table_of(REMISSION) + row + lab_tables.table_of(REMISSION) + end
    with pytest.raises(InvalidRecord, match="cannot be read as a table at line"):
        read_table(text)


def test_a_text_of_two_lines_is_one_cell() -> None:
    rows = [*REMISSION, MARROW | {"display": "Blasts\nin marrow"}]
    assert answers(lab_tables.table_of(rows)) == {"p1": "high"}
