"""What is written down of a shipped file is what its YAML says, line by line."""

from pathlib import Path

import pytest

from allstatus.record import shipped_yaml
from allstatus.record.code_files import CodesFile
from allstatus.record.shipped_yaml import NOT_SHIPPED, SHIPPED, places, shipped_file
from allstatus.record.yaml_file import YamlFile
from allstatus.record.yaml_parser import Parser

ROOT = Path(__file__).parents[2]
RULES, CODES, TEXTS = ROOT / "rules", ROOT / "codes", ROOT / "src" / "allstatus"
FILES = sorted([*RULES.rglob("*.yaml"), *CODES.rglob("*.yaml"), *TEXTS.glob("*/*.yaml")])


def read(path: Path) -> YamlFile:
    """A file as those who use it read it."""
    return CodesFile(path, CODES) if CODES in path.parents else YamlFile(path, path.parent)


def parsed(file: YamlFile) -> YamlFile:
    """The same file, parsed."""
    again = file.with_data(None, {})
    again.lines = {}
    again.data = Parser(again).parse(str(file.text))
    return again


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_data_and_lines_are_those_of_the_yaml(path: Path) -> None:
    file = read(path)
    again = parsed(file)
    assert repr(file.data) == repr(again.data)  # so that 5 is not 5.0, nor True 1
    assert file.problems == again.problems == []
    assert [file.place(place) for place in places(again.data)] == [
        again.place(place) for place in places(again.data)
    ]
    assert file.lines == again.lines


def test_most_are_not_parsed() -> None:
    held = [shipped_file(path.read_text("utf-8")) for path in FILES]
    assert len(SHIPPED.read_text("utf-8").splitlines()) == sum(
        one is not NOT_SHIPPED for one in held
    )
    assert sum(one.data is not None for one in held) > len(FILES) / 2


@pytest.mark.parametrize("text", ["", "phase: none\n", "\ud800"])
def test_another_text_is_not_known(text: str) -> None:
    assert shipped_file(text) is NOT_SHIPPED


def test_each_reader_has_data_of_its_own() -> None:
    path = RULES / "comparisons.yaml"
    YamlFile(path, RULES).data.clear()
    assert YamlFile(path, RULES).data


def test_other_data_stand_on_the_lines_of_the_file() -> None:
    file = YamlFile(RULES / "applicability" / "facts.yaml", RULES)
    name = next(iter(file.data))
    other = file.with_data({"another": {}}, {"another": name})
    assert other.place(("another", "type")) == parsed(file).place((name, "type"))
    assert other.shape is None


def test_without_the_list_a_file_is_parsed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = YamlFile(RULES / "comparisons.yaml", RULES)
    monkeypatch.setattr(shipped_yaml, "SHIPPED", tmp_path / "none.txt")
    (tmp_path / "none.txt").touch()
    shipped_yaml._by_digest.cache_clear()
    again = YamlFile(RULES / "comparisons.yaml", RULES)
    assert (again.data, again.lines, again.shape) == (file.data, file.lines, None)
    shipped_yaml._by_digest.cache_clear()
