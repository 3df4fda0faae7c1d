"""The JSON Schemas that editors use for rule files: generated, committed, and true of the files."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pydantic
import pytest

from allstatus.decision.schema import schema_files
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.editions import find_rules
from command_line import run
from rules.test_lint import CASES, broken_copy

HOME = Path(__file__).parents[2] / "rules"
FILES = sorted(
    path for path in HOME.glob("**/*.yaml") if path.relative_to(HOME).parts[0] != "history"
)
BROKEN = (
    "unknown_key",
    "missing_key",
    "word_outside_choice",
    "number_for_text",
    "empty_clause",
    "not_a_date",
    "unknown_key_in_clause",
    "clause_of_two_kinds",
    "boolean_for_number",
    "text_for_threshold",
    "number_for_clause",
    "list_for_file",
)


def schema_named_in(path: Path) -> Path:
    """The schema file that a rule file's first line names."""
    first = path.read_text("utf-8").splitlines()[0]
    return path.parent / first.removeprefix("# yaml-language-server: $schema=")


def validator(path: Path) -> Any:
    return jsonschema.Draft202012Validator(json.loads(schema_named_in(path).read_text("utf-8")))


@pytest.mark.skipif(
    f"pydantic=={pydantic.VERSION}\n" not in (HOME.parent / "constraints.txt").read_text("utf-8"),
    reason="each version of pydantic spells schemas its own way",
)
def test_the_committed_schemas_are_the_generated_ones(tmp_path: Path) -> None:
    assert run("schema", "rules", "--to", tmp_path).returncode == 0
    written = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    committed = {path.name: path.read_text("utf-8") for path in (HOME / "schema").iterdir()}
    assert written == committed, "run: python -m allstatus schema rules -o rules/schema"


def test_a_record_s_schema_is_written_too(tmp_path: Path) -> None:
    assert run("schema", "record", "--to", tmp_path / "new").returncode == 0
    assert (
        json.loads((tmp_path / "new" / "record.schema.json").read_text("utf-8"))
        == schema_files("record")["record.schema.json"]
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HOME).as_posix())
def test_every_rule_file_names_the_schema_of_its_kind_and_fits_it(path: Path) -> None:
    kind = {
        "statuses": "status",
        "options": "options",
        "agents": "overlay_agent",
        "texts": "texts",
    }.get(path.parent.name, path.stem)
    if path.parent.name == "applicability" and kind in ("thresholds", "criteria", "facts"):
        kind = f"overlay_{kind}"
    assert schema_named_in(path).resolve() == HOME / "schema" / f"{kind}.schema.json"
    validator(path).validate(YamlFile(path, HOME).data)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_file_does_not_fit(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    copy = broken_copy(case, tmp_path)
    for file in {change["file"] for change in case["change"]}:
        assert not validator(find_rules() / file).is_valid(YamlFile(copy / file, copy).data), file


def test_the_schemas_are_not_taken_for_a_rule_set() -> None:
    assert not (HOME / "schema" / "ruleset.yaml").exists()
