"""A folder of rules read as a whole: every problem at once, and no file by another name."""

import shutil
from pathlib import Path

import pytest

from allstatus import RulesError
from allstatus.rules.editions import find_rules, rule_sets
from allstatus.rules.load import FOLDERS, SINGLE_FILES, read_rules


@pytest.mark.parametrize("folder", rule_sets(), ids=lambda folder: folder.name)
def test_each_shipped_rule_set_is_read_from_its_folder(folder: Path) -> None:
    rules = read_rules(folder)
    assert rules.id == folder.name
    assert rules.directory == folder
    assert set(rules.statuses) == {path.stem for path in (folder / "statuses").glob("*.yaml")}


def test_a_single_problem_of_each_file_is_told_at_once(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(find_rules(), tmp_path / "mine"))
    paths = [copy / f"{name}.yaml" for name in SINGLE_FILES]
    paths += [next((copy / kind).glob("*.yaml")) for kind in FOLDERS]
    for path in paths:
        path.write_text("- what is this\n", "utf-8")
    with pytest.raises(RulesError) as refused:
        read_rules(copy)
    told = {problem.partition(":")[0] for problem in refused.value.problems}
    assert told == {f"mine/{path.relative_to(copy).as_posix()}" for path in paths}


@pytest.mark.parametrize("name", ["fact.yaml", "statuses/new.yml", "options/more/untreated.yaml"])
def test_a_file_that_no_rule_set_has_is_told_and_not_passed_over(name: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(find_rules(), tmp_path / "mine"))
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_text("{}\n", "utf-8")
    with pytest.raises(RulesError) as refused:
        read_rules(copy)
    (problem,) = refused.value.problems
    assert problem.startswith(f"mine/{name}:1: no rule file has this name")
