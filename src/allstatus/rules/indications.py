"""The applicability overlay: for whom an agent's stated use is, apart from the page and with
sources of its own.

One file an agent; its conditions are written in the overlay's own facts, thresholds and criteria.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from allstatus.errors import RulesError, nearest
from allstatus.record.frozen import Frozen
from allstatus.record.value_class import value_class
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.builder import Builder
from allstatus.rules.condition import Clause, Reading
from allstatus.rules.editions import rules_home
from allstatus.rules.lock import digest_of
from allstatus.rules.ruleset import Cite, Criterion, Fact, Threshold
from allstatus.rules.shape_problems import shape_problems
from allstatus.rules.shared_lint import named_otherwise, unasked_facts, unused_thresholds
from allstatus.rules.stated_facts import unstated_facts

FOLDER = "applicability"
STATUS_FACT = "disease_status"  # given by the decision, not by the record
FILES = {
    "overlay": "overlay",
    "facts": "overlay_facts",
    "thresholds": "overlay_thresholds",
    "criteria": "overlay_criteria",
}


@value_class
class OtherSource(Frozen):
    """What another source says of an agent; `clauses` is None for a statement without a
    condition.
    """

    says: str
    clauses: tuple[Clause, ...] | None
    statuses: tuple[str, ...]
    cite: Cite


@value_class
class AgentUse(Frozen):
    """For whom an agent's stated use is: all clauses hold, in one of the diseases of `population`
    (codes). `place` is where it stands (`file:line`).
    """

    agent: str
    title: str
    population: tuple[str, ...]
    clauses: tuple[Clause, ...]
    reading: Reading
    cite: Cite
    note: str | None
    other_sources: tuple[OtherSource, ...]
    place: str


@value_class
class Indications(Frozen):
    """Everything in the overlay's folder, checked. `digest` is the SHA-256 of its files."""

    id: str
    version: str
    title: str
    notice: str
    facts: Mapping[str, Fact]
    thresholds: Mapping[str, Threshold]
    criteria: Mapping[str, Criterion]
    agents: Mapping[str, AgentUse]
    digest: str
    directory: Path


def read_overlay(directory: Path | None = None) -> Indications:
    """Read and check the overlay's folder; raises RulesError listing every problem found."""
    directory = directory or rules_home() / FOLDER
    files = {name: YamlFile(directory / f"{name}.yaml", directory) for name in FILES}
    agents = [YamlFile(path, directory) for path in sorted((directory / "agents").glob("*.yaml"))]
    shaped = [
        *((files[name], shape) for name, shape in FILES.items()),
        *((file, "overlay_agent") for file in agents),
    ]
    _refuse(
        [
            problem
            for file, shape in shaped
            for problem in [*file.problems, *shape_problems(file, shape)]
        ]
    )
    overlay, problems = build_overlay(files, agents, directory)
    _refuse(problems)
    _refuse([*_idle_words(overlay, files), *_badly_placed(agents, overlay)])
    return overlay


def build_overlay(
    files: Mapping[str, YamlFile], agents: list[YamlFile], directory: Path
) -> tuple[Indications, list[str]]:
    """The overlay of files whose shape is right, and what is wrong with what they say."""
    builder = Builder(files, {})
    thresholds, criteria, facts = builder.vocabulary()
    uses = {file.data["agent"]: _agent(builder, file) for file in agents}
    head = files["overlay"].data
    overlay = Indications(
        head["id"],
        head["version"],
        head["title"],
        head["notice"],
        facts,
        thresholds,
        criteria,
        uses,
        digest_of(directory),
        directory,
    )
    return overlay, builder.problems


def _refuse(problems: list[str]) -> None:
    if problems:
        raise RulesError(problems)


def _agent(builder: Builder, file: YamlFile) -> AgentUse:
    data = file.data
    others = [
        _other_source(builder, file, number, entry)
        for number, entry in enumerate(data.get("other_sources", ()))
    ]
    return AgentUse(
        data["agent"],
        data["title"],
        tuple(data["population"]),
        _clauses(builder, file, data["all"], ("all",), data["agent"]),
        data["reading"],
        data["cite"],
        data.get("note"),
        tuple(others),
        file.place(("all",)),
    )


def _other_source(
    builder: Builder, file: YamlFile, number: int, entry: Mapping[str, Any]
) -> OtherSource:
    path = f"{file.data['agent']}.other.{number + 1}"
    items = entry.get("all")
    clauses = (
        None
        if items is None
        else _clauses(builder, file, items, ("other_sources", number, "all"), path)
    )
    return OtherSource(entry["says"], clauses, tuple(entry.get("statuses", ())), entry["cite"])


def _clauses(
    builder: Builder, file: YamlFile, items: list[Any], place: tuple[str | int, ...], path: str
) -> tuple[Clause, ...]:
    return tuple(
        builder.clause(item, file, (*place, number), f"{path}.{number + 1}")
        for number, item in enumerate(items)
    )


def _idle_words(overlay: Indications, files: Mapping[str, YamlFile]) -> Iterator[str]:
    """Words that nothing uses, and facts that no record can state."""
    uses = [use.clauses for use in overlay.agents.values()]
    uses += [
        other.clauses
        for use in overlay.agents.values()
        for other in use.other_sources
        if other.clauses is not None
    ]
    asked = {name for clauses in uses for clause in clauses for name in clause.criteria()}
    for name in overlay.criteria:
        if name not in asked:
            yield files["criteria"].at(
                (name,), f"no agent's condition uses criterion '{name}'; use it or remove it"
            )
    criteria = overlay.criteria.values()
    yield from unasked_facts(overlay.facts, criteria, files["facts"])
    yield from unused_thresholds(overlay.thresholds, criteria, files["thresholds"])
    yield from unstated_facts(
        [fact for fact in overlay.facts.values() if fact.name != STATUS_FACT], files["facts"]
    )


def _badly_placed(agents: list[YamlFile], overlay: Indications) -> Iterator[str]:
    statuses = overlay.facts[STATUS_FACT].values if STATUS_FACT in overlay.facts else ()
    for file in agents:
        yield from named_otherwise(file, "agent")
        entries: list[tuple[tuple[str | int, ...], Cite]] = [(("cite",), file.data["cite"])]
        for number, other in enumerate(file.data.get("other_sources", ())):
            entries.append((("other_sources", number, "cite"), other["cite"]))
            for status in other.get("statuses", ()):
                if status not in statuses:
                    problem = (
                        f"unknown status '{status}'{nearest(status, statuses)}; statuses are the "
                        f"values of {STATUS_FACT}"
                    )
                    yield file.at(("other_sources", number, "statuses"), problem)
        for place, cite in entries:
            if cite["sentence"] is None and not cite.get("not_checked"):
                yield file.at(
                    place,
                    "a citation without a sentence; give its fingerprint, or say in `not_checked` "
                    "why there is none",
                )
