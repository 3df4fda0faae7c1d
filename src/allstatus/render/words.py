"""Names, values and changes in words, for every rendering."""

from __future__ import annotations

from collections.abc import Mapping

from allstatus.decision.entries import OverlayUsed, RulesUsed
from allstatus.record.remembered import remembered
from allstatus.rules.ruleset import RuleSet
from allstatus.table.chart_context import DiagnosisSeen
from allstatus.table.fact_domain import ValueClass

Edition = RuleSet | RulesUsed | OverlayUsed
SPELLED = {"cbc": "complete blood count", "cns": "CNS"}
NOT_EVALUATED = "not_evaluated"
MARK = {"true": "✓", "unknown": "?", "false": "✗", NOT_EVALUATED: "–"}


@remembered(4096)
def words(name: str) -> str:
    """An identifier as words: `marrow_blast_percent` is `marrow blast percent`."""
    if "_" not in name:
        return SPELLED.get(name, name)
    return " ".join([SPELLED.get(word, word) for word in name.split("_")])


def name_words(rules: RuleSet, *path: str) -> str:
    """What a fact, a value of it (`fact`, `value`) or a region is called in the language of the
    rules.
    """
    named = rules.names and rules.names.get(".".join(path))
    return named or words(path[-1])


def short_titles(rules: RuleSet) -> list[str]:
    """What the statuses are called without the disease they are of, as the disease runs."""
    titles = [rules.statuses[name].title for name in rules.in_course]
    short = [" ".join(title.replace(rules.disease, "").split()) for title in titles]
    return [within_sentence(title) for title in short]


def any_of(names: list[str]) -> str:
    """`a, b or c`."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def heading(name: str) -> str:
    """An identifier as a heading."""
    return sentence_case(words(name))


def sentence_case(text: str) -> str:
    """The same with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def within_sentence(text: str) -> str:
    """The same without the capital at its beginning, but for a name that has one.

    >>> within_sentence("The count is normal"), within_sentence("M protein is low")
    ('the count is normal', 'M protein is low')
    """
    first = text.split(" ", 1)[0]
    named = first[1:2].isupper() or (len(first) == 1 and first != "A")
    return text if named else text[:1].lower() + text[1:]


def edition(one: Edition) -> dict[str, str]:
    """Which edition of rules or stated uses, as parts of a sentence: id, version and the first
    twelve digits of its digest.
    """
    return {"id": one.id, "version": one.version, "digest": one.digest[:12]}


def diagnosis_words(seen: DiagnosisSeen) -> str:
    """A diagnosis of a chart, with code and date."""
    return f"{seen.title} ({seen.code}) {seen.date}".strip()


def class_words(
    rules: RuleSet, answer: ValueClass, verdicts: Mapping[str, bool | None] | None = None
) -> str:
    """A class of a fact's values in the words of its criteria, without what holds already
    (`verdicts`).
    """
    known = verdicts or {}
    return "; ".join(
        criterion_words(rules, name, held)
        for name, held in answer.verdicts.items()
        if known.get(name) is not held
    )


def criterion_words(rules: RuleSet, name: str, held: bool | None) -> str:
    """What is so where a criterion holds, or does not, as a part of a sentence."""
    criterion = rules.criteria[name]
    return within_sentence(criterion.title if held else criterion.otherwise)


def limit_words(rules: RuleSet, criterion: str) -> str:
    """A criterion's limit, e.g. `5 %`."""
    return rules.thresholds[str(rules.criteria[criterion].condition.operand)].limit
