"""Where in a chart the answer to a fact can stand, as DataRequirements and as the value sets these
name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import allstatus
from allstatus.ehr.codes import read_yaml
from allstatus.ehr.out.names import Json, Names, system_address


@dataclass(frozen=True, slots=True)
class ChartLocation:
    """A kind of resource and its element that can answer a fact, and the codes that do: {system:
    {code: title}}.
    """

    name: str
    title: str
    resource: str
    path: str
    codes: Mapping[str, Mapping[str, str]]


def places_of(fact: str) -> Iterator[ChartLocation]:
    """The places that the code tables know for a fact; none for a fact they do not know."""
    for entry in read_yaml("outputs")["requirements"].get(fact, ()):
        codes: dict[str, dict[str, str]] = {}
        for name, topic in read_yaml(entry["table"]).items():
            if _fits(name, topic, entry):
                _collect(codes, topic, entry.get("systems"))
        yield ChartLocation(entry["name"], entry["title"], entry["resource"], entry["path"], codes)


def _fits(name: str, topic: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    wanted = entry.get("where", {}).items()
    return name in entry.get("topics", [name]) and all(
        topic.get(key) in values for key, values in wanted
    )


def _collect(
    codes: dict[str, dict[str, str]], topic: Mapping[str, Any], systems: list[str] | None
) -> None:
    for code in topic["codes"]:
        if code["verified"] and (systems is None or code["system"] in systems):
            codes.setdefault(code["system"], {})[str(code["code"])] = topic["title"]


def requirements_of(names: Names, fact: str) -> Iterator[Json]:
    """What a chart should hold to answer a fact: its value sets, and for results the codes that the
    rules name.
    """
    named = names.ruleset.facts[fact].codes.items()
    listed = [
        {"system": system_address(system), "code": code}
        for system, codes in named
        for code in codes
    ]
    for place in places_of(fact):
        value_set = f"{names.own_canonical('ValueSet', place.name)}|{allstatus.__version__}"
        code = {"code": listed} if listed and place.resource == "Observation" else {}
        yield {
            "type": place.resource,
            "codeFilter": [{"path": place.path, "valueSet": value_set, **code}],
        }
