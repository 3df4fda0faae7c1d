"""The code tables: every code is well formed, said once, cited, and marked as verified or not."""

import re
from pathlib import Path

import yaml

from allstatus.ehr.chart import Code
from allstatus.ehr.coding.codes import codes_home, make_code, read_yaml, table

TABLES = ("diagnoses", "results", "signs", "treatments")
HERE = Path(__file__).parent
ENTRIES = [
    (name, topic, code)
    for name in TABLES
    for topic, entry in read_yaml(name).items()
    for code in entry["codes"]
]


def test_what_has_one_source_or_none_is_not_verified() -> None:
    for name, topic, code in ENTRIES:
        weak = "from memory" in str(code["cite"]) or "one source" in str(code["cite"])
        assert weak is not code["verified"], (name, topic, code["code"])


def test_the_text_of_a_table_says_yes_or_no() -> None:
    for name in TABLES:
        text = (codes_home() / f"{name}.yaml").read_text("utf-8")
        assert len(re.findall(r", verified: (?:yes|no),", text)) == sum(
            entry[0] == name for entry in ENTRIES
        )


def test_systems_are_known_by_all_their_names() -> None:
    cases = yaml.safe_load((HERE / "systems.yaml").read_text("utf-8"))
    for sent, code, system, written in cases["sent"]:
        assert make_code(sent, code)[:2] == (system, written), sent


def test_a_code_without_its_system_means_nothing() -> None:
    assert table("results").find([Code("", "11150-0", "Blasts in bone marrow")]) is None
    assert (
        table("results").find(
            [make_code("http://loinc.org", "11150-0"), make_code("http://loinc.org", "6690-2")]
        )
        is None
    )
