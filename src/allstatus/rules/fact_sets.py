"""A set among a rule set's facts (certain gene changes, of which each is there or not): a family of
yes/no facts, one for each member, which is what everything after the files knows.

`gene_changes` with the member `npm1` is the fact and the record's key `gene_changes_npm1`, and the
condition `gene_changes includes npm1` asks for it. Any of them, all of them or none is said with
`any`, `all` and `not`, as of other criteria.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allstatus.record.yaml_file import YamlFile

SET = "set"
MEMBER = "{member}"  # in a set's texts: the member's title


def member_fact(name: str, member: str) -> str:
    """The name of the fact that a member of a set is there.

    >>> member_fact("gene_changes", "npm1")
    'gene_changes_npm1'
    """
    return f"{name}_{member}"


def set_problems(file: YamlFile) -> Iterator[str]:
    """A line for each set that is none, and for each fact whose name is a member's too."""
    facts: Mapping[str, Any] = file.data or {}
    for name, entry in facts.items():
        is_set, members = entry.get("type") == SET, entry.get("members") or {}
        if is_set is not bool(members):
            yield file.at(
                (name, "type"),
                "`type` and `members` do not fit; a set has members, and no other type has any",
            )
        if is_set and entry.get("values"):
            yield file.at((name, "values"), "a set has no `values`; name its members instead")
        for key in ("codes", "words") if is_set else ():
            if entry.get(key):
                yield file.at((name, key), f"a set has no `{key}`; give them to its members")
        for member in members:
            if (other := member_fact(name, member)) in facts:
                yield file.at(
                    (other,),
                    f"'{other}' is the member '{member}' of '{name}' too; give one of the two "
                    f"another name",
                )


def spell_out_sets(file: YamlFile) -> YamlFile:
    """facts.yaml with a yes/no fact for each member in the place of each set; problems in one are
    told at the set's line.
    """
    facts: dict[str, Any] = {}
    stands_for: dict[str, str] = {}
    for name, entry in file.data.items():
        if entry["type"] != SET:
            facts[name] = entry
        for member, about in (entry.get("members") or {}).items():
            facts[member_fact(name, member)] = _member(entry, about)
            stands_for[member_fact(name, member)] = name
    return file.with_data(facts, stands_for) if stands_for else file


def _member(entry: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    shared = {key: value for key, value in entry.items() if key != "members"}
    said = _named(shared, about["title"])
    return {**said, "type": "yes_no", **{k: v for k, v in about.items() if k != "title"}}


def _named(value: Any, title: str) -> Any:
    """The same with the member's title in each text that has a place for it."""
    if isinstance(value, dict):
        return {key: _named(one, title) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, title) for one in value]
    return value.replace(MEMBER, title) if isinstance(value, str) else value
