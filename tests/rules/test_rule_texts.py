"""The rule set in Spanish: complete, the same rules, and the same facts told in every cell."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from allstatus import load_rules
from allstatus.decision.classifier import Classifier
from allstatus.errors import RulesError
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.editions import find_rules
from allstatus.rules.load import read_rules, translation_faults
from allstatus.rules.phrases import LEVELS, Phrase
from allstatus.rules.rule_texts import is_rule_text, texts_of
from allstatus.verify.phrase_faults import facts_named, phrase_faults

EN, ES = load_rules(engine="builtin"), load_rules(engine="builtin", language="es")
PARTS = ("statuses", "regions", "facts", "constraints")


def said(classifier: Classifier) -> Iterator[tuple[str, str, Phrase]]:
    """Whose phrase it is, and which."""
    for part in PARTS:
        owners: Mapping[str, Any] = getattr(classifier.ruleset, part)
        for name, owner in owners.items():
            for level in LEVELS:
                for number, phrase in enumerate(owner.says[level]):
                    yield name, f"{part}.{name}.{level}.{number}", phrase


PAIRS = [
    pytest.param(one, other, id=place)
    for (_, place, one), (_, _, other) in zip(said(EN), said(ES), strict=True)
]
OWNERS = {id(phrase): name for name, _, phrase in said(EN)}


def named(classifier: Classifier, phrase: Phrase) -> set[str]:
    return set(facts_named(classifier.ruleset.facts.values(), phrase.text))


def test_nothing_is_missing_or_stale() -> None:
    assert translation_faults(find_rules(), "es") == []


def test_the_rules_are_the_same() -> None:
    assert ES.ruleset.digest == EN.ruleset.digest
    assert ES.table.csv == EN.table.csv
    assert (EN.ruleset.language, ES.ruleset.language) == ("en", "es")


@pytest.mark.parametrize(("english", "spanish"), PAIRS)
def test_a_phrase_is_said_of_the_same_cells_and_names_the_same_facts(
    english: Phrase, spanish: Phrase
) -> None:
    where = [(p.near, p.when and c.table.where(p.when)) for c, p in ((EN, english), (ES, spanish))]
    assert where[0] == where[1]
    own = {OWNERS[id(english)]}  # what is asked about need not be named again
    assert named(EN, english) - own == named(ES, spanish) - own
    assert english.text.count("{blast_threshold}") == spanish.text.count("{blast_threshold}")


def test_no_phrase_tells_more_than_holds_where_it_is_said() -> None:
    assert phrase_faults(ES.table) == []


def test_citations_and_readings_are_those_of_the_english() -> None:
    for part in ("criteria", "constraints", "statuses"):
        for name, one in getattr(EN.ruleset, part).items():
            other = getattr(ES.ruleset, part)[name]
            assert (one.cite, one.reading) == (other.cite, other.reading)


def test_the_notice_says_that_it_is_a_draft_and_which_terms_are_not_confirmed() -> None:
    assert ES.ruleset.notice.startswith("Traducción en borrador")
    assert "recuento sanguíneo completo" in ES.ruleset.notice


def test_a_decision_in_spanish_has_the_same_ids() -> None:
    record = {"prior_treatment": "none", "cbc": "abnormal", "signs_and_symptoms": "present"}
    one, other = EN.classify(record), ES.classify(record)
    assert (one.outcome, one.possible, one.reasons) == (
        other.outcome,
        other.possible,
        other.reasons,
    )
    assert (
        other.missing[0].question == "¿Qué porcentaje de las células de la médula ósea son blastos?"
    )


def test_a_rule_set_without_the_language_says_which_it_has() -> None:
    with pytest.raises(RulesError, match="there are no texts in 'es'; choose one of: en"):
        read_rules(find_rules("nci-pdq-adult-all-health-professional"), "es")


@pytest.mark.parametrize(
    ("path", "is_text"),
    [
        ("criteria.treated.title", True),
        ("statuses.recurrent.says.student.1.say", True),
        ("statuses.recurrent.says.student.1.when.0", False),
        ("statuses.recurrent.cite.sentence", False),
        ("regions.untreated_cbc_normal.sentence", True),
        ("facts.cbc.words", True),
        ("facts.cbc.values.0", False),
        ("guidance.tests.mri.title", True),
        ("guidance.agents.imatinib.title", False),
        ("guidance.treatment_types.radiation_for_cns.title", True),
        ("guidance.treatment_types.radiation_for_cns.cite.section", False),
    ],
)
def test_what_a_reader_meets_is_a_text(path: str, is_text: bool) -> None:
    keys = tuple(path.split("."))
    file = YamlFile(find_rules() / "guidance.yaml", find_rules())
    is_one = texts_of(keys[:1], file) if keys[0] == "guidance" else is_rule_text
    assert is_one(keys) is is_text
