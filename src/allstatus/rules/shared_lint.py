"""What is wrong in a rule set and in the overlay of stated uses alike: names that no criterion
uses, and files called otherwise than what stands in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allstatus.record.yaml_file import YamlFile
from allstatus.rules.ruleset import Criterion


def unused_thresholds(
    names: Iterable[str], criteria: Iterable[Criterion], file: YamlFile
) -> Iterator[str]:
    """A line for each threshold that no criterion uses."""
    used = {criterion.condition.operand for criterion in criteria}
    for name in names:
        if name not in used:
            yield file.at((name,), f"no criterion uses threshold '{name}'; use it or remove it")


def unasked_facts(
    names: Iterable[str], criteria: Iterable[Criterion], file: YamlFile
) -> Iterator[str]:
    """A line for each fact that no criterion asks about."""
    asked = {criterion.condition.fact for criterion in criteria}
    for name in names:
        if name not in asked:
            yield file.at(
                (name,), f"no criterion asks about fact '{name}'; add one or remove the fact"
            )


def named_otherwise(file: YamlFile, key: str) -> Iterator[str]:
    """A line where a file is not called by what it says at this key."""
    name = file.data[key]
    if not file.name.endswith(f"/{name}.yaml"):
        yield file.at(
            (key,),
            f"{key} '{name}' stands in a file of another name; rename the file to {name}.yaml",
        )
