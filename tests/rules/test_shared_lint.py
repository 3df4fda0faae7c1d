"""What is said of names that nothing uses and of files called otherwise, with place and remedy."""

from pathlib import Path

import pytest

from allstatus.record.yaml_file import YamlFile
from allstatus.rules.editions import find_rules
from allstatus.rules.load import read_rules
from allstatus.rules.shared_lint import named_otherwise, unasked_facts, unused_thresholds

RULES = read_rules(find_rules())
CRITERIA = RULES.criteria.values()


def written(folder: Path, name: str, text: str) -> YamlFile:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return YamlFile(folder / name, folder)


def test_what_a_criterion_uses_is_passed_over(tmp_path: Path) -> None:
    file = written(tmp_path, "thresholds.yaml", "spare: {value: 7}\n")
    assert list(unused_thresholds(RULES.thresholds, CRITERIA, file)) == []
    assert list(unasked_facts(RULES.facts, CRITERIA, file)) == []


def test_what_none_uses_is_said_where_it_stands(tmp_path: Path) -> None:
    file = written(tmp_path, "words.yaml", "# a comment\nspare: {value: 7}\n")
    place = f"{tmp_path.name}/words.yaml:2"
    (threshold,) = unused_thresholds([*RULES.thresholds, "spare"], CRITERIA, file)
    (fact,) = unasked_facts([*RULES.facts, "spare"], CRITERIA, file)
    assert threshold == f"{place}: no criterion uses threshold 'spare'; use it or remove it"
    assert fact == f"{place}: no criterion asks about fact 'spare'; add one or remove the fact"


@pytest.mark.parametrize(("name", "said"), [("untreated", 0), ("untreate", 1), ("is_untreated", 1)])
def test_a_file_is_called_by_what_it_says(name: str, said: int, tmp_path: Path) -> None:
    file = written(tmp_path, f"statuses/{name}.yaml", "status: untreated\n")
    found = list(named_otherwise(file, "status"))
    assert len(found) == said
    assert all(line.endswith("rename the file to untreated.yaml") for line in found)
