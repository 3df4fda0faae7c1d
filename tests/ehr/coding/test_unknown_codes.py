"""What the code tables understand of a statement, by its codes alone, and what is listed else."""

from typing import Any

import pytest
import yaml

from allstatus.ehr.chart import Chart
from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.coding.unknown_codes import (
    ELSEWHERE,
    UNDERSTOOD,
    UNKNOWN,
    as_documents,
    as_yaml,
    count_unknown,
    table_of,
    understanding,
)
from ehr.evidence.readings import chart_of

TABLES = code_tables()
LOCAL, OTHER = "http://h.example/lab KMB", "http://h.example/lab XYZ"
MARROW, CSF, BLOOD = (["snomed 119359002"], ["snomed 258450006"], ["snomed 119297000"])
WHERE: list[tuple[str, dict[str, Any], str]] = [
    ("result", {"codes": ["loinc 11150-0"]}, UNDERSTOOD),
    ("result", {"codes": ["loinc 2951-2"]}, ELSEWHERE),
    ("result", {"codes": ["loinc 2951-2"], "specimen": ["snomed 119359002"]}, ELSEWHERE),
    ("result", {"codes": ["loinc 2951-2"], "specimen": MARROW, "value": "60 %"}, UNKNOWN),
    ("result", {"codes": ["loinc 2951-2"], "specimen": CSF, "value": "seen"}, UNKNOWN),
    ("result", {"codes": ["loinc 2951-2"], "specimen": BLOOD, "value": "140"}, ELSEWHERE),
    ("result", {"codes": ["loinc 2951-2"], "specimen": ["snomed 1"], "value": "140"}, ELSEWHERE),
    ("result", {"codes": [LOCAL]}, UNKNOWN),
    ("result", {"codes": []}, UNKNOWN),
    ("result", {"codes": [LOCAL], "value": "snomed 16294009"}, UNDERSTOOD),
    ("problem", {"codes": ["icd10cm C91.0"]}, UNDERSTOOD),
    ("problem", {"codes": ["icd10cm C50.911"]}, UNDERSTOOD),
    ("problem", {"codes": ["snomed 386661006"]}, UNDERSTOOD),
    ("problem", {"codes": ["icd10cm I10"]}, ELSEWHERE),
    ("problem", {"codes": ["snomed 38341003"]}, UNKNOWN),
    ("problem", {"codes": []}, UNKNOWN),
    ("treatment", {"codes": ["rxnorm 11202"]}, UNDERSTOOD),
    ("treatment", {"codes": ["rxnorm 1191"]}, UNKNOWN),
    ("treatment", {"codes": ["ndc 1"], "text": "vincristine 2 mg"}, UNDERSTOOD),
    ("treatment", {"codes": ["ndc 1"], "text": "vincristine", "medicine": False}, UNKNOWN),
    ("treatment", {"codes": ["ndc 1"], "intent": ["snomed 373808002"]}, UNDERSTOOD),
]


def chart(*lines: tuple[str, dict[str, Any]]) -> Chart:
    return chart_of([{kind: {"source": "x", **fields}} for kind, fields in lines])


@pytest.mark.parametrize(("kind", "fields", "found"), WHERE)
def test_where_a_statement_belongs(kind: str, fields: dict[str, Any], found: str) -> None:
    one = chart((kind, fields))
    (statement,) = (*one.results, *one.problems, *one.treatments)
    assert understanding(statement, TABLES) == found
    named = {"result": "results", "problem": "diagnoses", "treatment": "treatments"}
    assert table_of(statement) == named[kind]


UNREAD = [
    chart(("result", {"codes": [LOCAL]}), ("result", {"codes": ["loinc 2951-2"]})),
    chart(("result", {"codes": [LOCAL]}), ("problem", {"codes": []})),
    chart(("treatment", {"codes": ["rxnorm 1191"]})),
    chart(("result", {"codes": ["loinc 11150-0"], "specimen": [OTHER], "value": "5 %"})),
]


def test_each_coding_that_no_table_names_is_counted() -> None:
    found = count_unknown(UNREAD, TABLES)
    assert {(one.table, one.code): times for one, times in found.items()} == {
        ("results", "KMB"): 2,
        ("results", "XYZ"): 1,
        ("diagnoses", ""): 1,
        ("treatments", "1191"): 1,
    }


def test_they_are_written_as_tables_to_be_filled_in() -> None:
    text = as_yaml(count_unknown(UNREAD, TABLES))
    assert "# 1 statements have no code at all; no table can name them." in text
    name, table = text.split("\n# results.yaml\n")[1].split("\n\n")[0], yaml.safe_load(text)
    assert name.startswith("fill_in_1:  # count 2\n")
    assert table["fill_in_1"] == {
        "codes": [{"system": "rxnorm", "code": "1191", "verified": False, "cite": ""}]
    }


@pytest.mark.parametrize("display", ['"quoted"', "back\\slash", "two\nlines", "bell\a"])
def test_whatever_was_sent_stays_one_text_in_yaml(display: str) -> None:
    found = count_unknown([chart(("result", {"codes": ["urn:x a"]}))], TABLES)
    (one,) = found
    text = as_yaml(type(found)({one._replace(code=display, display=display): 1}))
    plain = "".join(sign if sign.isprintable() else " " for sign in display)
    assert yaml.safe_load(text)["fill_in_1"]["codes"][0]["code"] == plain


def test_as_rows_the_most_frequent_come_first() -> None:
    rows = as_documents(count_unknown(UNREAD, TABLES))
    assert [(row["code"], row["count"]) for row in rows] == [
        ("KMB", 2),
        ("", 1),
        ("XYZ", 1),
        ("1191", 1),
    ]
