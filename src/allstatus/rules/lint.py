"""Checks over a whole rule set; each reports all its offenders with place and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from allstatus.errors import nearest
from allstatus.rules.model import RuleSet
from allstatus.rules.yaml_file import YamlFile

Files = Mapping[str, YamlFile]
Folders = Mapping[str, list[YamlFile]]
Check = Callable[[RuleSet, Files, Folders], Iterable[str]]


def lint(ruleset: RuleSet, files: Files, folders: Folders) -> list[str]:
    """Every problem every check finds."""
    return [problem for check in CHECKS for problem in check(ruleset, files, folders)]


def unused_criterion(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    used = {name for status in ruleset.statuses.values() for clause in status.clauses for name in clause.criteria()}
    for name in ruleset.criteria:
        if name not in used:
            yield files["criteria"].at((name,), f"no status uses criterion '{name}'; use it in a status or remove it")


def unused_threshold(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    used = {criterion.condition.operand for criterion in ruleset.criteria.values()}
    for name in ruleset.thresholds:
        if name not in used:
            yield files["thresholds"].at((name,), f"no criterion uses threshold '{name}'; use it or remove it")


def unasked_fact(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    for name in ruleset.facts:
        if not ruleset.criteria_of(name):
            yield files["facts"].at((name,), f"no criterion asks about fact '{name}'; add one or remove the fact")


def unknown_test(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    tests = [test["id"] for test in ruleset.guidance["tests"]]
    for name, fact in ruleset.facts.items():
        for test in fact.answered_by:
            if test not in tests:
                problem = f"unknown test '{test}'{nearest(test, tests)} Tests are listed in guidance.yaml"
                yield files["facts"].at((name, "answered_by"), problem)


def unknown_status(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    names = list(ruleset.statuses)
    for file in folders["options"]:
        if file.data["status"] not in names:
            yield file.at(("status",), f"unknown status '{file.data['status']}'{nearest(file.data['status'], names)}")
    for file in folders["statuses"]:
        for other in file.data.get("unless", []):
            if other not in names or other == file.data["status"]:
                yield file.at(("unless",), f"'{other}' is not another status{nearest(other, names)}; name a status of statuses/")


def file_named_otherwise(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    for file in [*folders["statuses"], *folders["options"]]:
        if not file.name.endswith(f"/{file.data['status']}.yaml"):
            yield file.at(("status",), f"status '{file.data['status']}' stands in a file of another name; rename the file")


def status_without_options(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    for name in ruleset.statuses:
        if name not in ruleset.options:
            yield files["ruleset"].at((), f"status '{name}' has no options/{name}.yaml; add the treatments the page lists")


def repeated_id(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    seen: set[str] = set()
    for file in folders["options"]:
        for number, option in enumerate(file.data["options"]):
            if option["id"] in seen:
                yield file.at(("options", number, "id"), f"option id '{option['id']}' stands twice; choose another")
            seen.add(option["id"])


def unknown_agent(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    agents = [agent["id"] for agent in ruleset.guidance["agents"]]
    for file in folders["options"]:
        for number, option in enumerate(file.data["options"]):
            for agent in option["agents"]:
                if agent not in agents:
                    problem = f"unknown agent '{agent}'{nearest(agent, agents)} Agents are listed in guidance.yaml"
                    yield file.at(("options", number, "agents"), problem)


def assumption_of_another_type(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    for name, fact in ruleset.facts.items():
        valid = (True, False) if fact.kind == "yes_no" else fact.values
        if fact.assume is not None and fact.assume.value not in valid:
            problem = f"'{fact.assume.value}' is not a value of '{name}'; use one of {list(valid)}"
            yield files["facts"].at((name, "assume", "value"), problem)


def clause_without_criteria(ruleset: RuleSet, files: Files, folders: Folders) -> Iterator[str]:
    for file in folders["statuses"]:
        status = ruleset.statuses[file.data["status"]]
        for number, clause in enumerate(status.clauses):
            if any(node.kind != "criterion" and not node.children for node in clause.walk()):
                yield file.at(("all", number), "an empty all / any list; name at least one criterion in it")


CHECKS: tuple[Check, ...] = (
    unused_criterion, unused_threshold, unasked_fact, unknown_test, unknown_status, file_named_otherwise,
    status_without_options, repeated_id, unknown_agent, assumption_of_another_type, clause_without_criteria,
)  # fmt: skip
