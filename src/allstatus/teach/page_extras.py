"""What the page carries beside the rules: its words, its exercises, and the cases it checks itself
with.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby, islice, pairwise
from typing import Any

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord
from allstatus.record.percent import format_number
from allstatus.render.messages import MESSAGES, definitions_word
from allstatus.rules.histories import read_histories
from allstatus.rules.phrases import LEVELS
from allstatus.rules.ruleset import HIGHEST, Fact, RuleSet
from allstatus.teach.case_map import ROWS
from allstatus.teach.exercise_words import choices
from allstatus.teach.exercises import OUTCOMES, Exercise, answer_of, make_pool, percent_spellings
from allstatus.teach.page_data import embed_rules
from allstatus.teach.page_words import one_or_each
from allstatus.teach.samples import find_tries
from allstatus.teach.strings import page_title, texts

REFUSED = ("4,5", "five", "-1", "140 %", "10-2", "NaN", "201/200", "")
LETTERS, SEPARATOR, GROUPS = "0123456789abcdefghijklmnopqrstuvwxyz", "|", "~"
A_HAIR = Fraction(1, 10**18)


def embed_page(classifier: Classifier) -> dict[str, Any]:
    """Everything the page needs, as JSON."""
    rules, pool = classifier.ruleset, make_pool(classifier)
    named = choices(rules)
    percents = [fact.name for fact in rules.facts.values() if fact.kind == "percent"]
    spellings = {name: _spellings(rules, name) for name in percents}
    said = MESSAGES.texts(rules.language)
    return {
        **embed_rules(classifier),
        "texts": _texts(rules),
        "headlines": {
            name: _headline(rules, said["headlines"][name]) for name in ("determined", *OUTCOMES)
        },
        "may_be": {name: one_or_each(form) for name, form in said["may_be"].items()},
        "levels": LEVELS,
        "choices": named,
        "pool": GROUPS.join(_groups(rules, pool, [*named])),
        "spellings": {name: SEPARATOR.join(listed) for name, listed in spellings.items()},
        "vectors": list(_vectors(classifier, pool, spellings)),
        "tries": {
            name: _letters(rules, case) + _numbers(rules, case)
            for name, case in find_tries(classifier).items()
        },
        "histories": list(_histories(rules)),
        "map_rows": [name for name in ROWS if name in rules.facts],
    }


WITHOUT_SCRIPT = ("noscript", "not_status")  # of the page, put in by other means


def _texts(rules: RuleSet) -> dict[str, Any]:
    """The texts of the page: of its own facts alone, with the disease and its statuses named."""
    said = {name: entry for name, entry in texts(rules).items() if name != "answers"}  # choices
    another = said["problems"]["another_disease"].format(disease=rules.disease)
    return {
        **said,
        "title": page_title(rules),
        "follows": MESSAGES.texts(rules.language)["clauses"]["follows"],
        "facts": {name: entry for name, entry in said["facts"].items() if name in rules.facts},
        "problems": {**said["problems"], "another_disease": another},
        "page": {name: text for name, text in said["page"].items() if name not in WITHOUT_SCRIPT},
    }


def _headline(rules: RuleSet, said: dict[str, str]) -> Any:
    """An outcome's headline by level, with a place for the title of a status alone."""
    return one_or_each(
        {
            level: text.replace("{definitions}", definitions_word(rules))
            for level, text in said.items()
        }
    )


def _histories(rules: RuleSet) -> Iterator[dict[str, Any]]:
    """Made-up patients; the record of a moment holds what differs from the moment before."""
    for history in read_histories(rules.directory, rules.language):
        moments = pairwise([{"record": {}}, *history["points"]])
        points = [
            {**point, "record": _news(before["record"], point["record"])}
            for before, point in moments
        ]
        yield {**history, "points": points}


def _news(before: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """What a record states otherwise than the one before; None what it no longer states."""
    names = {**before, **record}
    return {name: record.get(name) for name in names if before.get(name) != record.get(name)}


def _groups(rules: RuleSet, pool: list[Exercise], answers: list[str]) -> Iterator[str]:
    """Exercises that follow each other with one answer, edge and level: a letter for each of these,
    then the exercises.
    """
    for same, exercises in groupby(pool, lambda one: (one.answer, one.at_edge, one.level)):
        about = LETTERS[answers.index(same[0])] + "".join(LETTERS[int(part)] for part in same[1:])
        yield about + SEPARATOR.join(_exercise(rules, exercise) for exercise in exercises)


def _exercise(rules: RuleSet, exercise: Exercise) -> str:
    """An exercise: a letter for each fact, one for the fact that decides, then its numbers."""
    decided = LETTERS[list(rules.facts).index(exercise.decided_by)]
    return _letters(rules, exercise.record) + decided + _numbers(rules, exercise.record)


def _letters(rules: RuleSet, record: dict[str, Any]) -> str:
    return "".join(_letter(fact, record[name]) for name, fact in rules.facts.items())


def _letter(fact: Fact, value: Any) -> str:
    """A value as a letter: ? not known, - not reported, % a number (written behind), else its
    place among the values.
    """
    if value is None or value == "unknown":
        return "-" if value is None else "?"
    if fact.kind in HIGHEST:
        return "%"
    return LETTERS[int(value) if fact.kind == "yes_no" else fact.values.index(value)]


def _numbers(rules: RuleSet, record: dict[str, Any]) -> str:
    return ";".join(
        str(record[name])
        for name, fact in rules.facts.items()
        if _letter(fact, record[name]) == "%"
    )


def _spellings(rules: RuleSet, fact: str) -> list[str]:
    """A percentage in every spelling at its limits and beside them, and what cannot be read."""
    conditions = [rules.criteria[name].condition for name in rules.criteria_of(fact)]
    limits = sorted({condition.limit for condition in conditions if condition.limit is not None})
    near, far = percent_spellings(limits, fact)
    hairs = [format_number(limit + step) for limit in limits for step in (A_HAIR, -A_HAIR)]
    return [*near, *far, *hairs, *REFUSED]


def _vectors(
    classifier: Classifier, pool: list[Exercise], spellings: dict[str, list[str]]
) -> Iterator[dict[str, str]]:
    """A case of each status with the answer Python gives for every spelling of a percentage it
    turns on, a letter each, ! where it refuses.
    """
    rules = classifier.ruleset
    answers = [*choices(rules)]
    for status in rules.statuses:
        of_status = (one for one in pool if one.answer == status and one.decided_by in spellings)
        for base in islice(of_status, 1):
            record, fact = base.record, base.decided_by
            given = [
                _answer(classifier, record | {fact: text}, answers) for text in spellings[fact]
            ]
            packed = _letters(rules, record) + _numbers(rules, record)
            yield {"record": packed, "fact": fact, "answers": "".join(given)}


def _answer(classifier: Classifier, record: dict[str, Any], answers: list[str]) -> str:
    try:
        return LETTERS[answers.index(answer_of(classifier.classify(record)))]
    except InvalidRecord:
        return "!"
