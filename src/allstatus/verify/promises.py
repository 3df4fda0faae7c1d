"""`promises.yaml`: what a rule set promises of rising and falling numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from allstatus.errors import RulesError, nearest
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.rule_shapes import PromisesFile, PromiseShape, Side
from allstatus.rules.ruleset import RuleSet
from allstatus.rules.shape_problems import shape_problems

PROMISES_FILE = "promises.yaml"


@dataclass(frozen=True, slots=True)
class Promise:
    """While `fact` changes and all else stays: which statuses stay, and whose answer each limit
    gets.
    """

    fact: str
    rising_keeps: tuple[str, ...]
    falling_keeps: tuple[str, ...]
    limit_belongs: Mapping[str, Side]

    def __str__(self) -> str:
        parts = [
            f"{word} never leaves {' or '.join(kept)}" for word, kept in self.directions() if kept
        ]
        parts += [
            f"{limit} itself counts as {side} it" for limit, side in self.limit_belongs.items()
        ]
        return f"{self.fact}: {'; '.join(parts)}"

    def directions(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(rising or falling, the statuses kept)."""
        return ("rising", self.rising_keeps), ("falling", self.falling_keeps)


def read_promises(ruleset: RuleSet) -> tuple[Promise, ...] | None:
    """The promises of a rule set, None where it makes none; raises RulesError with place and
    remedy.
    """
    path = ruleset.directory / PROMISES_FILE
    if not path.is_file():
        return None
    file = YamlFile(path, ruleset.directory)
    if unfit := [*file.problems, *shape_problems(file, "promises")]:
        raise RulesError(unfit)
    shapes = PromisesFile.model_validate(file.data).root
    problems = {
        problem
        for fact, shape in shapes.items()
        for problem in _unknown_names(ruleset, file, fact, shape)
    }
    if problems:
        raise RulesError(sorted(problems))
    return tuple(
        Promise(fact, tuple(shape.rising_keeps), tuple(shape.falling_keeps), shape.limit_belongs)
        for fact, shape in shapes.items()
    )


def _unknown_names(
    ruleset: RuleSet, file: YamlFile, fact: str, shape: PromiseShape
) -> Iterator[str]:
    percentages = [name for name, known in ruleset.facts.items() if known.kind == "percent"]
    compared = [str(ruleset.criteria[name].condition.operand) for name in ruleset.criteria_of(fact)]
    named: tuple[tuple[str, Iterable[str], str, list[str]], ...] = (
        ("rising_keeps", shape.rising_keeps, "status", list(ruleset.statuses)),
        ("falling_keeps", shape.falling_keeps, "status", list(ruleset.statuses)),
        (
            "limit_belongs",
            shape.limit_belongs,
            f"threshold that '{fact}' is compared with",
            compared,
        ),
    )
    if fact not in percentages:
        yield file.at(
            (fact,),
            f"'{fact}' is not a percent fact{nearest(fact, percentages)}; promise of one of "
            f"{percentages}",
        )
        return
    for key, names, kind, known in named:
        for name in names:
            if name not in known:
                yield file.at(
                    (fact, key),
                    f"'{name}' is not a {kind}{nearest(name, known)}; use one of {known}",
                )
