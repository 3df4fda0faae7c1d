"""The DMN export: rows that never overlap and leave nothing out, a model that names its rules, and
another rule set's too.
"""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from backends import RULES
from dmn_backend import answers

from allstatus import load_rules
from allstatus.testing.answers import AnswerLevel
from allstatus.testing.conformance import judge_one
from allstatus.testing.vectors import make_vectors
from allstatus.translate.dmn import MODEL, OUTPUTS, columns_of, to_dmn
from needs import DMN

NAMES = {"m": MODEL}


def test_the_model_names_its_rules_and_needs_every_fact() -> None:
    text = to_dmn(RULES.table)
    assert to_dmn(RULES.table) == text
    root = ET.fromstring(text)
    said = root.findtext("m:description", namespaces=NAMES) or ""
    rules = RULES.ruleset
    for part in (
        rules.id,
        rules.version,
        rules.digest,
        RULES.table.digest,
        rules.source["url"],
        rules.notice,
    ):
        assert part in said
    (decision,) = root.findall("m:decision", NAMES)
    assert decision.get("id") == RULES.ruleset.id
    needed = [
        str(element.get("href")).removeprefix("#input_")
        for element in decision.findall(".//m:requiredInput", NAMES)
    ]
    assert needed == list(RULES.ruleset.facts)
    assert [element.get("name") for element in decision.findall(".//m:output", NAMES)] == list(
        OUTPUTS
    )
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(set(ids)) == len(ids)


def test_columns_speak_of_facts_with_their_limit_and_of_what_is_not_reported() -> None:
    columns = {
        name: [word.text for word in words] for name, words in columns_of(RULES.table).items()
    }
    assert columns["marrow_blast_percent"] == ["<= 5", "> 5", "unknown"]
    assert columns["relapse_since_remission"] == ["no", "yes", "not reported", "unknown"]
    assert columns["prior_remission"] == ["no", "yes", "unknown"]


@DMN
@pytest.mark.parametrize(
    ("value", "outcome"),
    [(140, "insufficient_data"), (-1, "insufficient_data"), (60, "determined")],
)
def test_a_variable_of_no_record_is_not_known(
    value: object, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site may send what it likes: nothing is guessed from it."""
    context = {
        "prior_treatment": "none",
        "cbc": "abnormal",
        "signs_and_symptoms": "present",
        "marrow_blast_percent": value,
    }
    monkeypatch.setattr(
        "dmn_backend.context", lambda ruleset, record: {**dict.fromkeys(ruleset.facts), **record}
    )
    (answer,) = answers(RULES.table, [context], tmp_path)
    assert answer["outcome"] == outcome


@DMN
def test_another_rule_set_is_answered_alike(tmp_path: Path) -> None:
    rules = load_rules("nci-pdq-adult-all-health-professional", engine="builtin")
    vectors = [
        vector
        for vector in make_vectors(rules)
        if vector.family in ("edge", "single", "region", "assumption")
    ][::5]
    vectors = [vector for vector in vectors if vector.level is not AnswerLevel.exact_decimal]
    assert len(vectors) >= 50
    found = answers(rules.table, [vector.record for vector in vectors], tmp_path)
    failures = [
        failure
        for vector, answer in zip(vectors, found, strict=True)
        if (failure := judge_one(vector, answer, AnswerLevel.core))
    ]
    assert not failures, failures[0].lines
