"""Where rule sets are kept, and the one that a name, a folder or a date means.

The version in force stands in `<home>/<id>/`, earlier ones in `<home>/history/<id>/<version>/`.
A version is never edited once published, so it ends when the next one begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

from allstatus.errors import RulesError
from allstatus.record.value_class import value_class
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.shape_problems import shape_problems

DEFAULT = "nci-pdq-adult-all-patient"
HISTORY = "history"
OVERLAY_FILE = "overlay.yaml"


@value_class
class Edition:
    """One dated version of a rule set; `effective_to` is the day it was withdrawn without a
    successor.
    """

    id: str
    version: str
    effective_from: date
    effective_to: date | None
    supersedes: str | None
    directory: Path


def rules_home() -> Path:
    """The folder that holds the rule sets: packed into the wheel, or the checkout's `rules/`."""
    packed = Path(__file__).parent.parent / "rulesets"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "rules"


def rule_sets() -> list[Path]:
    """The folders of the rule sets kept there, the default first."""
    return sorted(
        (path.parent for path in rules_home().glob("*/ruleset.yaml")),
        key=lambda folder: (folder.name != DEFAULT, folder.name),
    )


def find_rules(name: str | Path | None = None, as_of: date | None = None) -> Path:
    """The folder of a rule set given by name or path; with `as_of`, of its version in force on that
    day.

    Raises RulesError when there is none.
    """
    directory = rules_home() / DEFAULT if name is None else Path(name)
    if not directory.is_dir() and (rules_home() / str(name) / "ruleset.yaml").is_file():
        directory = rules_home() / str(name)
    if not (directory / "ruleset.yaml").is_file():
        known = sorted(folder.name for folder in rule_sets())
        raise RulesError(
            [
                f"{directory}: holds no ruleset.yaml; give a rule-set folder or one of: "
                f"{', '.join(known)}"
            ]
        )
    return directory if as_of is None else _in_force(editions(directory), as_of).directory


def find_overlay(name: str | Path | None) -> Path | None:
    """The folder of an overlay of stated uses, given by its name or path; None for anything
    else.
    """
    kept = rules_home() / str(name)
    return next(
        (
            folder
            for folder in (Path(str(name)), kept)
            if name is not None and (folder / OVERLAY_FILE).is_file()
        ),
        None,
    )


def find_edition(rules_id: str, version: str) -> Path | None:
    """The folder of a version of a rule set kept here, current or past; None when it is not
    kept.
    """
    for path in sorted(rules_home().glob("*/ruleset.yaml")):
        edition = read_edition(path.parent)
        if edition.id == rules_id:
            return next(
                (known.directory for known in editions(path.parent) if known.version == version),
                None,
            )
    return None


def editions(directory: Path) -> list[Edition]:
    """All versions of the rule set in a folder, oldest first; raises RulesError when they do not
    follow each other.
    """
    given = read_edition(directory)
    past = directory.absolute().parent.parent
    home = past.parent if past.name == HISTORY else directory.absolute().parent
    current = home / given.id if past.name == HISTORY else directory
    kept = [current, *(path.parent for path in (home / HISTORY / given.id).glob("*/ruleset.yaml"))]
    found = [read_edition(path) for path in kept if (path / "ruleset.yaml").is_file()]
    ordered = sorted(found, key=lambda edition: edition.effective_from)
    _refuse_broken_chain(ordered)
    return ordered


def read_edition(directory: Path) -> Edition:
    """The head of a rule set, without reading its rules; raises RulesError with file and line."""
    file = YamlFile(directory / "ruleset.yaml", directory)
    if problems := [*file.problems, *shape_problems(file, "ruleset")]:
        raise RulesError(problems)
    head = file.data
    begins, ends = _day(file, "effective_from"), None
    if head["effective_to"] is not None:
        ends = _day(file, "effective_to")
    return Edition(head["id"], head["version"], begins, ends, head["supersedes"], directory)


def _day(file: YamlFile, key: str) -> date:
    text = file.data[key]
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RulesError(
            [file.at((key,), f"'{text}' is not a date; write it as YYYY-MM-DD")]
        ) from None


def _refuse_broken_chain(ordered: Sequence[Edition]) -> None:
    problems = []
    for before, after in pairwise(ordered):
        where = f"{after.directory.name}/ruleset.yaml:1"
        if before.effective_from == after.effective_from:
            problems.append(
                f"{where}: {before.version} and {after.version} both begin on "
                f"{after.effective_from}; give them different days"
            )
        elif after.supersedes != before.version:
            problems.append(
                f"{where}: supersedes {after.supersedes}, but the version before it is "
                f"{before.version}; name that one"
            )
    if problems:
        raise RulesError(problems)


def _in_force(ordered: Sequence[Edition], day: date) -> Edition:
    begun = [edition for edition in ordered if edition.effective_from <= day]
    if begun and (begun[-1].effective_to is None or day < begun[-1].effective_to):
        return begun[-1]
    known = ", ".join(
        f"{edition.version} from {edition.effective_from}"
        + (f" to {edition.effective_to}" if edition.effective_to else "")
        for edition in ordered
    )
    raise RulesError(
        [
            f"{ordered[0].id}: no version was in force on {day} ({known}); leave the date out to "
            f"use the current rules"
        ]
    )
