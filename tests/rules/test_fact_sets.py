"""Sets spelled out into yes/no facts; messages on one that is none stand in tests/bad_rules."""

from pathlib import Path

from allstatus.record.yaml_file import YamlFile
from allstatus.rules.fact_sets import member_fact, set_problems, spell_out_sets

SHARED = {"own": True, "answered_by": ["molecular_testing"]}
SET = """\
cbc: {type: choice, values: [normal, abnormal], question: Is it normal?}
genes:
  own: true
  type: set
  answered_by: [molecular_testing]
  question: Was {member} found?
  says: {plain: [{say: "A test for {member} is missing; {limit} stays."}]}
  members:
    npm1: {title: a mutation of NPM1, codes: {site: [NPM1-PCR]}}
    flt3: {title: a mutation of FLT3, words: [FLT3]}
"""


def read(tmp_path: Path) -> YamlFile:
    (tmp_path / "facts.yaml").write_text(SET, "utf-8")
    return YamlFile(tmp_path / "facts.yaml", tmp_path)


def test_a_set_is_a_yes_no_fact_for_each_member(tmp_path: Path) -> None:
    file = read(tmp_path)
    assert list(set_problems(file)) == []
    facts = spell_out_sets(file).data
    assert list(facts) == ["cbc", member_fact("genes", "npm1"), "genes_flt3"]
    assert facts["cbc"] == file.data["cbc"]
    assert facts["genes_npm1"] == {
        **SHARED,
        "type": "yes_no",
        "question": "Was a mutation of NPM1 found?",
        "says": {"plain": [{"say": "A test for a mutation of NPM1 is missing; {limit} stays."}]},
        "codes": {"site": ["NPM1-PCR"]},
    }
    assert facts["genes_flt3"]["words"] == ["FLT3"]


def test_a_problem_of_a_member_is_told_at_its_set(tmp_path: Path) -> None:
    spelled = spell_out_sets(read(tmp_path))
    assert spelled.line(("genes_flt3", "question")) == 6
    assert spelled.line(("cbc", "values")) == 1


def test_facts_without_a_set_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(SET.splitlines()[0], "utf-8")
    file = YamlFile(tmp_path / "facts.yaml", tmp_path)
    assert spell_out_sets(file) is file
