"""Every number that a door reads may be any: of 5,000 digits, of another alphabet, no number."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from allstatus import InvalidRecord, classify
from allstatus.bulk.mapping_file import read_mapping
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.hl7v2.message_reader import read_hl7
from allstatus.ehr.lab_table import read_table
from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.record.exact_json import parse_json
from allstatus.record.yaml_file import YamlFile
from allstatus.verify.recorded_decision import read_recorded

from .inputs import CORPUS
from .test_fuzz import BUNDLES, DECISIONS, MESSAGES
from .test_fuzz_service import PREFETCH, RULES, prefetched

NUMBER = re.compile(r"(?<![\w.])[+-]?\d+(?:\.\d+)?(?![\w.])")
DIGITS = "9" * 5000
ANY = [DIGITS, f"-{DIGITS}", f'"{DIGITS}"', "1e99999999999999999999", "²", "NaN", "-0", "9999"]
RECORD = """{"id": 7, "as_of": "2025-01-05", "age_years": 43, "relapse_count": 1, "cbc": {"wbc":
{"value": 6, "unit": "10*9/L", "low": 4, "high": 11}}, "marrow_blast_percent": {"value": 3,
"cells_counted": 200}}"""
TRAILED = ["BHS|^~\\&\r" + MESSAGES[0] + "\rBTS|1\rFTS|1"]
COUNTED = [BUNDLES[0].replace('"type": "collection"', '"type": "searchset", "total": 3')]
assert "total" in COUNTED[0]


def charts(read: Callable[[str], Any]) -> Callable[[str], None]:
    def decide(text: str) -> None:
        for chart in read(text):
            decide_over_time(RULES, chart)

    return decide


def yaml_file(text: str) -> None:
    YamlFile(Path("folder/file.yaml"), Path("folder"), text)


DOORS: dict[str, tuple[Callable[[str], Any], list[str]]] = {
    "record": (lambda text: classify(parse_json(text)), [RECORD]),
    "fhir": (charts(lambda text: read_fhir(parse_json(text))), COUNTED),
    "hl7v2": (charts(read_hl7), TRAILED),
    "table": (charts(read_table), CORPUS["table"]),
    "yaml": (yaml_file, CORPUS["yaml"]),
    "replay": (lambda text: read_recorded(parse_json(text)), DECISIONS),
    "prefetch": (prefetched, [PREFETCH]),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("number", ANY, ids=lambda number: number[:8])
def test_any_number_is_read_or_refused(door: str, number: str) -> None:
    read, texts = DOORS[door]
    for text in texts:
        for found in NUMBER.finditer(text):
            with suppress(InvalidRecord):
                read(text[: found.start()] + number + text[found.end() :])


@pytest.mark.parametrize("number", ANY, ids=lambda number: number[:8])
def test_any_number_of_a_mapping(tmp_path: Path, number: str) -> None:
    for text in CORPUS["mapping"]:
        for found in NUMBER.finditer(text):
            path = tmp_path / "mapping.yaml"
            path.write_text(text[: found.start()] + number + text[found.end() :], "utf-8")
            with suppress(InvalidRecord):
                read_mapping(path)
