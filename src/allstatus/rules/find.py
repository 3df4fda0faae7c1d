"""Where rule sets are kept, and the one that a name or a folder means."""

from __future__ import annotations

from pathlib import Path

from allstatus.errors import RulesError

DEFAULT = "nci-pdq-adult-all-patient"


def rules_home() -> Path:
    """The folder that holds the rule sets: packed into the wheel, or the checkout's `rules/`."""
    packed = Path(__file__).parent.parent / "rulesets"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "rules"


def rule_sets() -> list[Path]:
    """The folders of the rule sets kept there, the default first."""
    return sorted((path.parent for path in rules_home().glob("*/ruleset.yaml")), key=lambda folder: (folder.name != DEFAULT, folder.name))


def find_rules(name: str | Path | None = None) -> Path:
    """The folder of a rule set given by name or path; raises RulesError when there is none."""
    directory = rules_home() / DEFAULT if name is None else Path(name)
    if not directory.is_dir() and (rules_home() / str(name) / "ruleset.yaml").is_file():
        directory = rules_home() / str(name)
    if not (directory / "ruleset.yaml").is_file():
        known = sorted(folder.name for folder in rule_sets())
        raise RulesError([f"{directory}: holds no ruleset.yaml; give a rule-set folder or one of: {', '.join(known)}"])
    return directory
