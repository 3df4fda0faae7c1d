"""Edited copies of the rule set, for tests of what changes between versions."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from allstatus import load_rules
from allstatus.record.percent import format_number
from allstatus.rules.editions import find_rules
from allstatus.rules.lock import write_lock

LIMIT = load_rules(engine="builtin").ruleset.thresholds["blast_threshold"].value
NUMBERS = {"limit": format_number(LIMIT), "double": format_number(2 * LIMIT)}


def fill(text: str) -> str:
    """A case's text with the rule set's own limit and its double put in."""
    for name, number in NUMBERS.items():
        text = text.replace(f"<{name}>", number)
    return text


def copy_rules(target: Path, edits: Sequence[Mapping[str, str]] = ()) -> Path:
    """A copy of the rule set in `target`, with each edit made exactly once in its file."""
    shutil.copytree(find_rules(), target)
    for edit in edits:
        path = target / edit["file"]
        text, find = path.read_text("utf-8"), fill(edit["find"])
        assert text.count(find) == 1, f"{edit['file']}: '{find}' stands {text.count(find)} times"
        path.write_text(text.replace(find, fill(edit["put"])), "utf-8")
    return target


def lock(folder: Path) -> Path:
    """The copy with its lock written; its examples need not hold, as `allstatus rules lock`
    asks.
    """
    rules = load_rules(folder, engine="builtin", locked=False)
    write_lock(folder, rules.ruleset.digest, rules.table.csv)
    return folder
