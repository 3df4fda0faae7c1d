"""Facts that no record can state; every message stands in tests/bad_rules."""

from pathlib import Path

import pytest

from allstatus.record.yaml_file import YamlFile
from allstatus.rules.builder import Builder
from allstatus.rules.stated_facts import unstated_facts

FITTING = [
    "prior_treatment: {type: choice, values: [none, disease_directed, symptom_relief_only]}",
    "gene: {type: choice, values: [positive, negative], record_key: biomarkers.cd19}",
    "blood: {type: choice, values: [normal, abnormal], record_key: cbc}",
    "cbc: {type: choice, values: [normal, some_abnormal, all_abnormal], read_by: cbc_by_parts}",
    "relapse_count: {type: number}",
]
UNFIT = [
    ("gene: {type: yes_no, record_key: biomarkers.cd19}", "of type yes_no"),
    ("relapse_count: {type: percent}", "of type percent"),
    ("gene: {type: choice, values: [mutated], record_key: biomarkers.cd19}", "states 'mutated'"),
    ("cbc: {type: choice, values: [normal, some_abnormal, all_abnormal]}", "'some_abnormal'"),
    ("cbc: {type: choice, values: [normal]}", "may also state 'abnormal'"),
    ("diagnosis: {type: choice, values: [C91.00]}", "no record has a key 'diagnosis'"),
]


def told(line: str, folder: Path) -> list[str]:
    rest = "question: What?, answered_by: [], about: finding, burden: 1}"
    (folder / "facts.yaml").write_text(f"{line[:-1]}, {rest}\n", "utf-8")
    (folder / "nothing.yaml").write_text("{}\n", "utf-8")
    facts, nothing = (YamlFile(folder / f"{name}.yaml", folder) for name in ("facts", "nothing"))
    builder = Builder({"facts": facts, "thresholds": nothing, "criteria": nothing}, {})
    return list(unstated_facts(builder.vocabulary()[2].values(), facts))


@pytest.mark.parametrize("line", FITTING)
def test_what_a_record_states_fits(line: str, tmp_path: Path) -> None:
    assert told(line, tmp_path) == []


@pytest.mark.parametrize(("line", "why"), UNFIT)
def test_what_no_record_states_is_told_with_its_line(line: str, why: str, tmp_path: Path) -> None:
    first, *_ = told(line, tmp_path)
    assert first.startswith(f"{tmp_path.name}/facts.yaml:1: ")
    assert why in first
