"""Where in a chart a fact's answer can stand, as DataRequirements and their value sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import allstatus
from allstatus.ehr.coding.codes import Population, Topic, code_tables, population_tables, read_yaml
from allstatus.ehr.coding.codes import table as table_of
from allstatus.ehr.out.names import Json, Names
from allstatus.rules.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class ChartLocation:
    """A kind of resource and its element that can answer a fact, and the codes that do: {system:
    {code: title}}. `ours`: they are those of the rule set's population, not of the tables as they
    stand.
    """

    name: str
    title: str
    resource: str
    path: str
    codes: Mapping[str, Mapping[str, str]]
    ours: bool

    def canonical(self, names: Names) -> str:
        """The address of the value set of its codes."""
        name = names.canonical if self.ours else names.own_canonical
        return name("ValueSet", self.name)


def places_of(rules: RuleSet, fact: str) -> Iterator[ChartLocation]:
    """Where the code tables, as the rule set's population has them, know answers to a fact."""
    tables = population_tables(Population.of(rules))
    for entry in read_yaml("outputs")["requirements"].get(fact, ()):
        ours, usual = (
            _codes_of(entry, table.topics)
            for table in (tables.table(entry["table"]), table_of(entry["table"]))
        )
        if ours:
            title = entry["title"].format(disease=rules.disease)
            told = (entry["name"], title, entry["resource"], entry["path"])
            yield ChartLocation(*told, ours, ours != usual)


def _codes_of(entry: Mapping[str, Any], topics: Mapping[str, Topic]) -> dict[str, dict[str, str]]:
    codes: dict[str, dict[str, str]] = {}
    for name, written in read_yaml(entry["table"]).items():
        topic, systems = topics[name], entry.get("systems")
        if not _fits(topic, entry):
            continue
        for code in written["codes"]:
            if code["verified"] and (systems is None or code["system"] in systems):
                codes.setdefault(code["system"], {})[str(code["code"])] = written["title"]
    return codes


def _fits(topic: Topic, entry: Mapping[str, Any]) -> bool:
    wanted = entry.get("where", {}).items()
    return topic.name in entry.get("topics", [topic.name]) and all(
        topic[key] in values for key, values in wanted
    )


def requirements_of(names: Names, fact: str) -> Iterator[Json]:
    """What a chart should hold to answer a fact: its value sets, and for results the codes that the
    rules name.
    """
    asked, systems = names.ruleset.facts[fact], code_tables().systems
    listed = [
        {"system": system if ":" in system else systems.address(system), "code": code}
        for system, codes in asked.codes.items()
        if ":" in system or systems.is_known(system)
        for code in codes
    ]
    if asked.own and listed:
        yield {"type": "Observation", "codeFilter": [{"path": "code", "code": listed}]}
    for place in places_of(names.ruleset, fact):
        version = names.ruleset.version if place.ours else allstatus.__version__
        value_set = f"{place.canonical(names)}|{version}"
        code = {"code": listed} if listed and place.resource == "Observation" else {}
        yield {
            "type": place.resource,
            "codeFilter": [{"path": place.path, "valueSet": value_set, **code}],
        }
