"""Parts of rules from their files: the values that count, and what names something unknown."""

from fractions import Fraction
from pathlib import Path

from allstatus.record.yaml_file import YamlFile
from allstatus.rules.builder import Builder

FACTS = """
blasts: {type: percent, question: How many?, answered_by: [marrow], about: finding, burden: 1}
age: {type: number, question: How old?, answered_by: [], about: finding, burden: 1}
"""
THRESHOLDS = """
limit:
  title: The limit
  unit: "%"
  values:
  - {value: "7", from: 2020-01-01}
  - {value: "5", from: 2024-01-01}
  - {value: "6", from: 2022-01-01}
  cite: {}
month: {title: A month, unit: months, values: [{value: "1", from: 2020-01-01}], cite: {}}
"""
CRITERIA = """
many: {title: Many, otherwise: Few, condition: blasts > limit}
more: {title: More, otherwise: Less, condition: blasts > limits}
"""


def builder(folder: Path) -> Builder:
    for name, text in (("facts", FACTS), ("thresholds", THRESHOLDS), ("criteria", CRITERIA)):
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    paths = folder.glob("*.yaml")
    return Builder({path.stem: YamlFile(path, folder) for path in paths}, {})


def test_the_latest_value_of_a_threshold_counts_in_the_unit_of_its_fact(tmp_path: Path) -> None:
    thresholds, criteria, facts = builder(tmp_path).vocabulary()
    assert thresholds["limit"].value == 5
    assert thresholds["month"].value == Fraction(1, 12)
    assert criteria["many"].condition.limit == 5
    assert list(facts) == ["blasts", "age"]


def test_what_names_something_unknown_is_told_with_its_line(tmp_path: Path) -> None:
    rules = builder(tmp_path)
    _, criteria, _ = rules.vocabulary()
    assert list(criteria) == ["many"]
    facts = rules.files["facts"]
    rules.clause("mani", facts, ("age",), "here.1")
    rules.clause({"all": ["many"], "any": ["many"]}, facts, ("age",), "here.2")
    place = f"{tmp_path.name}/criteria.yaml:3: 'blasts > limits'"
    there = f"{tmp_path.name}/facts.yaml:3"
    assert rules.problems == [
        f"{place}: compares a number with 'limits' (did you mean 'limit'?); use a name from "
        f"thresholds.yaml",
        f"{there}: unknown criterion 'mani' (did you mean 'many'?); criteria are listed in "
        f"criteria.yaml",
        f"{there}: a clause with all and any; give it exactly one of criterion, all, any, not",
    ]
