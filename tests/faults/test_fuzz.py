"""Inputs nobody would write, against what must hold of any: a refusal or an answer that an
independent reading gives too, never anything else.

`FUZZ` says how many of each kind; a few in the suite, many by `make fuzz`.
"""

import json
import os
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allstatus import InvalidRecord, classify
from allstatus.bulk.column_mapping import CARRIED, PARTS, READ
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.mapping_file import read_mapping
from allstatus.ehr.fhir import read_fhir
from allstatus.ehr.hl7v2.message_reader import read_hl7
from allstatus.ehr.lab_table import COLUMNS, read_table
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import split_records
from allstatus.record.model import Record
from allstatus.record.percent import read_percent
from allstatus.record.yaml_file import YamlFile
from allstatus.render.printable import OBEYED, printable
from allstatus.rules.fingerprint import page_sentences
from allstatus.verify.recorded_decision import read_recorded

MANY = int(os.environ.get("FUZZ", "40"))
FIXTURES = Path(__file__).parents[2] / "fixtures"
fuzzed = settings(max_examples=MANY, suppress_health_check=list(HealthCheck))

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["normal", "abnormal", "unknown", "none", "disease_directed", "<5", "M1"]),
)
VALUES = st.recursive(
    LEAVES, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=6), v, max_size=3)
)
RECORDS = st.dictionaries(st.sampled_from([*Record.model_fields]) | st.text(max_size=4), VALUES)


@fuzzed
@given(RECORDS)
def test_a_record_is_decided_on_or_refused(value: dict[str, Any]) -> None:
    with suppress(InvalidRecord):
        decision = classify(value)
        assert parse_json(decision.to_json())["outcome"] == decision.outcome
        for name, said in value.items():
            if said is None:
                without = {key: other for key, other in value.items() if key != name}
                assert classify(without).possible == decision.possible


@fuzzed
@given(st.text(alphabet='0123456789eE+-.{}[]":,\\uDd8 nulltrue\ud800\u2028', max_size=60))
def test_json_is_what_the_library_reads_or_refused(text: str) -> None:
    try:
        found = parse_json(text)
    except InvalidRecord:
        return
    assert found == json.loads(text, parse_float=Decimal)
    json.dumps(found, ensure_ascii=False, default=str).encode()


NUMBERS = st.decimals(0, 100, allow_nan=False, places=None) | st.integers(0, 100)


@fuzzed
@given(NUMBERS, st.sampled_from(["", "<", "<=", ">", ">=", "="]), st.sampled_from(["", " ", " %"]))
def test_a_percentage_is_the_interval_it_says(number: Any, sign: str, unit: str) -> None:
    exact = Fraction(str(number))
    try:
        found = read_percent(f"{sign}{number}{unit}")
    except InvalidRecord:
        digits = Decimal(number).as_tuple()
        assert len(digits.digits) > 1000 or abs(int(digits.exponent)) > 1000 or sign in ("<", ">")
        return
    low, high = {"<": (0, exact), ">": (exact, 100)}.get(sign[:1], (exact, exact))
    assert (found.low, found.high) == (low, high)
    assert (found.low_open, found.high_open) == (sign == ">", sign == "<")


@fuzzed
@given(st.text(alphabet="0123456789.<>=≤≥%/-–eEM+ ,to", max_size=14))
def test_any_text_is_an_interval_within_bounds_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        found = read_percent(text)
        assert 0 <= found.low <= found.high <= 100


def mutants(text: str) -> st.SearchStrategy[str]:
    """A text with a piece cut out, doubled or exchanged."""
    places = st.integers(0, len(text))
    new = st.sampled_from(
        ["", '"', "9" * 30, "\u2028", "null", "|", "^", "9999-12-31", "0001-01-01"]
    )
    return st.tuples(places, st.integers(0, 12), new | st.text(max_size=3)).map(
        lambda m: text[: m[0]] + m[2] + text[m[0] + m[1] :]
    )


CHARTS = {
    "fhir": (FIXTURES / "fhir" / "01-exactly-five.json").read_text("utf-8"),
    "hl7v2": next(iter(sorted((FIXTURES / "hl7v2").glob("*.hl7")))).read_text("utf-8"),
}


@fuzzed
@given(mutants(CHARTS["fhir"]))
def test_a_bundle_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        read_fhir(parse_json(text))


@fuzzed
@given(mutants(CHARTS["hl7v2"]))
def test_a_message_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        read_hl7(text)


@fuzzed
@given(mutants("patient,date,code,value,unit\np1,2025-01-05,http://loinc.org|26464-8,4.5,10*9/L\n"))
def test_a_table_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        read_table(text)


@fuzzed
@given(mutants("cbc: {column: A, values: {0: normal, 1: abnormal}}\nid: &a [*a, !!int '7']\n"))
def test_yaml_has_data_or_problems(text: str) -> None:
    path = Path("folder/file.yaml")
    found = YamlFile(path, path.parent, text)
    assert all(problem.startswith("folder/file.yaml:") for problem in found.problems)


MAPPING = """decimal: ','
cbc: {column: A, values: {0: normal, 1: abnormal}}
id: nr
marrow_blast_percent: {column: [a, b], unit: percent}
"""


@fuzzed
@given(mutants(MAPPING))
def test_a_mapping_is_sources_of_keys_or_refused(mapping_file: Path, text: str) -> None:
    mapping_file.write_text(text, "utf-8", "replace")
    with suppress(InvalidRecord):
        for key, source in read_mapping(mapping_file).items():
            assert key in (*READ, *CARRIED, *PARTS, *COLUMNS)
            assert isinstance(source, ColumnSource)


@pytest.fixture(scope="module")
def mapping_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mapping") / "mapping.yaml"


DECISION = classify({"id": "x", "cbc": "normal"}).to_json().decode()


@fuzzed
@given(mutants(DECISION))
def test_a_recorded_decision_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        read_recorded(parse_json(text))


@fuzzed
@given(st.lists(st.text(alphabet='{}"a:1,\u2028\x0b\x85 \r', max_size=9), max_size=6))
def test_lines_end_at_line_feeds_only(lines: list[str]) -> None:
    with suppress(InvalidRecord):
        numbers = [number for number, _ in split_records("\n".join(lines))]
        assert all(number is None or number <= len(lines) or lines == [] for number in numbers)


@fuzzed
@given(st.text())
def test_nothing_printable_is_obeyed(text: str) -> None:
    shown = printable(text)
    assert not OBEYED.search(shown)
    if not OBEYED.search(text):
        assert shown == text


@fuzzed
@given(st.text(alphabet='[]()!"*#. aB\n-', max_size=200))
def test_a_page_has_sentences_of_text(page: str) -> None:
    assert all(sentence.text.strip() for sentence in page_sentences(page))


def test_what_is_mutated_is_read_as_it_is(mapping_file: Path) -> None:
    mapping_file.write_text(MAPPING, "utf-8")
    assert [*read_mapping(mapping_file)] == ["cbc", "id", "marrow_blast_percent"]
    assert read_fhir(parse_json(CHARTS["fhir"]))
    assert read_hl7(CHARTS["hl7v2"])
    with pytest.raises(InvalidRecord):
        read_hl7("")
