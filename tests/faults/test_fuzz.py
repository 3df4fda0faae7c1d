"""Inputs nobody would write, against what must hold of any: a refusal or an answer that an
independent reading gives too, never anything else.
"""

import json
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from allstatus import InvalidRecord, classify
from allstatus.bulk.column_mapping import CARRIED, PARTS, READ
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.mapping_file import read_mapping
from allstatus.ehr.fhir.fhir_reader import read_fhir
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

from .inputs import CORPUS, any_mapping, any_text, changed, fuzzed, letters
from .meant import meant_record, number

FIXTURES = Path(__file__).parents[2] / "fixtures"


@fuzzed(meant_record)
def test_a_status_is_what_every_world_gives(meant: tuple[dict[str, Any], set[str]]) -> None:
    record, possible = meant
    try:
        decision = classify(record)
    except InvalidRecord:
        assert not possible or not {*record} - {"relapse_count"} or None in record.values()
        return
    assert set(decision.possible) == possible
    assert decision.status == (min(possible) if possible in STATUSES else None)


STATUSES = ({"untreated"}, {"in_remission"}, {"recurrent"})


@fuzzed(any_mapping(*Record.model_fields))
def test_a_record_is_decided_on_or_refused(value: dict[str, Any]) -> None:
    with suppress(InvalidRecord):
        decision = classify(value)
        assert parse_json(decision.to_json())["outcome"] == decision.outcome
        for name, said in value.items():
            if said is None:
                without = {key: other for key, other in value.items() if key != name}
                assert classify(without).possible == decision.possible


JSON = changed(*CORPUS["json"])
SIGNS = letters('0123456789eE+-.{}[]":,\\uDd8 nulltrue\ud800\u2028', 60)


@fuzzed(lambda rng: rng.choice((JSON, SIGNS))(rng), *CORPUS["json"])
def test_json_is_what_the_library_reads_or_refused(text: str) -> None:
    try:
        found = parse_json(text)
    except InvalidRecord:
        return
    assert found == json.loads(text, parse_float=Decimal)
    json.dumps(found, ensure_ascii=False, default=str).encode()


def spelled(rng: Any) -> tuple[str, str, str]:
    return rng.choice(("", "<", "<=", ">", ">=", "=")), number(rng), rng.choice(("", " ", " %"))


@fuzzed(spelled)
def test_a_percentage_is_the_interval_it_says(spelling: tuple[str, str, str]) -> None:
    sign, text, unit = spelling
    exact = Fraction(text)
    try:
        found = read_percent(f"{sign}{text}{unit}")
    except InvalidRecord:
        assert (sign, exact) in (("<", 0), (">", 100))
        return
    low, high = {"<": (0, exact), ">": (exact, 100)}.get(sign[:1], (exact, exact))
    assert (found.low, found.high) == (low, high)
    assert (found.low_open, found.high_open) == (sign == ">", sign == "<")


PERCENT = changed(*CORPUS["percent"])
PERCENT_SIGNS = letters("0123456789.<>=≤≥%/-–eEM+ ,to", 14)


@fuzzed(lambda rng: rng.choice((PERCENT, PERCENT_SIGNS))(rng), *CORPUS["percent"])
def test_any_text_is_an_interval_within_bounds_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        found = read_percent(text)
        assert 0 <= found.low <= found.high <= 100


BUNDLES = [
    (FIXTURES / "fhir" / f"{name}.json").read_text("utf-8")
    for name in ("01-exactly-five", "12-second-remission")
]
MESSAGES = [path.read_text("utf-8") for path in sorted((FIXTURES / "hl7v2").glob("c*.hl7"))[:2]]


@fuzzed(changed(*BUNDLES), *BUNDLES)
def test_a_bundle_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        read_fhir(parse_json(text))


@fuzzed(changed(*MESSAGES), *MESSAGES)
def test_a_message_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        read_hl7(text)


@fuzzed(changed(*CORPUS["table"]), *CORPUS["table"])
def test_a_table_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        read_table(text)


@fuzzed(changed(*CORPUS["yaml"]), *CORPUS["yaml"])
def test_yaml_has_data_or_problems(text: str) -> None:
    path = Path("folder/file.yaml")
    found = YamlFile(path, path.parent, text)
    assert all(problem.startswith("folder/file.yaml:") for problem in found.problems)


@pytest.fixture(scope="module")
def mapping_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mapping") / "mapping.yaml"


@fuzzed(changed(*CORPUS["mapping"]), *CORPUS["mapping"])
def test_a_mapping_is_sources_of_keys_or_refused(mapping_file: Path, text: str) -> None:
    mapping_file.write_text(text, "utf-8", "replace")
    with suppress(InvalidRecord):
        for key, source in read_mapping(mapping_file).items():
            assert key in (*READ, *CARRIED, *PARTS, *COLUMNS)
            assert isinstance(source, ColumnSource)


DECISIONS = [
    classify(record).to_json().decode()
    for record in ({"id": "x", "cbc": "normal"}, {"prior_remission": True, "relapse_count": 1})
]
ODD_DECISIONS = [  # with facts of another shape than are written down
    json.dumps(json.loads(DECISIONS[0]) | json.loads(part)) for part in CORPUS["decision"]
]


@fuzzed(changed(*DECISIONS), *DECISIONS, *ODD_DECISIONS)
def test_a_recorded_decision_is_read_or_refused(text: str) -> None:
    with suppress(InvalidRecord):
        read_recorded(parse_json(text))


LINES = changed(*CORPUS["lines"])
LINE_SIGNS = letters('{}"a:1,\u2028\x0b\x85 \r\n', 50)


@fuzzed(lambda rng: rng.choice((LINES, LINE_SIGNS))(rng), *CORPUS["lines"])
def test_lines_end_at_line_feeds_only(text: str) -> None:
    with suppress(InvalidRecord):
        numbers = [number for number, _ in split_records(text)]
        filled = [number for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        assert numbers in (filled, [None], [*range(1, len(numbers) + 1)])


@fuzzed(any_text)
def test_nothing_printable_is_obeyed(text: str) -> None:
    shown = printable(text)
    assert not OBEYED.search(shown)
    if not OBEYED.search(text):
        assert shown == text


PAGES = changed(*CORPUS["page"])
PAGE_SIGNS = letters('[]()!"*#. aB\n-', 200)


@fuzzed(lambda rng: rng.choice((PAGES, PAGE_SIGNS))(rng), *CORPUS["page"])
def test_a_page_has_sentences_of_text(page: str) -> None:
    assert all(sentence.text.strip() for sentence in page_sentences(page))


def test_what_is_changed_is_read_as_it_is(mapping_file: Path) -> None:
    mapping_file.write_text(CORPUS["mapping"][0], "utf-8")
    assert [*read_mapping(mapping_file)] == ["cbc", "id", "marrow_blast_percent"]
    assert [read_fhir(parse_json(text)) for text in BUNDLES]
    assert [read_hl7(text) for text in MESSAGES]
    assert [read_table(text) for text in CORPUS["table"]]
    with pytest.raises(InvalidRecord):
        read_hl7("")
