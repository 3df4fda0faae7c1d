"""Faults that are seeded in a copy of the shipped rules."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def seed(rules: Path, fault: Mapping[str, Any]) -> None:
    for edit in fault["edits"]:
        path = rules / edit["file"]
        text = path.read_text("utf-8")
        assert text.count(edit["old"]) == 1, edit
        path.write_text(text.replace(edit["old"], edit["new"]), "utf-8")
