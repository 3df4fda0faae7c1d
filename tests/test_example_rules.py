"""The third rule set, of another page: locked, cited from its page, without Python, and with a fact
that no other rule set's record has.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from allstatus import classify
from allstatus.commands import app
from allstatus.decision.classifier import load_rules
from allstatus.errors import InvalidRecord
from allstatus.render.text import render_text
from allstatus.rules.fingerprint import normalise, page_sentences
from allstatus.verify.citations import missing_citations, read_citations
from allstatus.verify.coverage import cover
from allstatus.verify.page_map import read_page_map
from allstatus.verify.rule_examples import failing_examples
from allstatus.verify.scaffold.new_rule_set import blanks

ROOT = Path(__file__).parent.parent
AML = ROOT / "examples" / "rules" / "nci-pdq-adult-aml-patient"
PAGE = ROOT.parent / "shared" / "seed" / "nci-pdq-adult-aml-patient.md"
HAS_PAGE = pytest.mark.skipif(
    not PAGE.is_file(), reason="the page is not beside this checkout (../shared/seed)"
)
RULES = load_rules(AML, engine="builtin")
NEW = {"prior_treatment": "none", "cbc": "abnormal", "signs_and_symptoms": "present"}
LONG = 40  # letters from which a sentence of the page would be recognised


@pytest.mark.parametrize(
    ("facts", "answer"),
    [
        ({**NEW, "marrow_blast_percent": "20"}, "untreated"),
        ({**NEW, "marrow_blast_percent": "19.9"}, "insufficient_data"),
        ({**NEW, "marrow_blast_percent": "3", "gene_changes": True}, "untreated"),
        ({**NEW, "marrow_blast_percent": "3", "gene_changes": False}, "outside_definitions"),
        ({"prior_treatment": "disease_directed", "refractory": True}, "insufficient_data"),
        (
            {"prior_treatment": "disease_directed", "refractory": True, "cbc": "abnormal"},
            "refractory_or_recurrent",
        ),
    ],
)
def test_it_decides_by_its_own_page(facts: dict[str, Any], answer: str) -> None:
    decision = RULES.classify(facts)
    assert (decision.status or decision.outcome) == answer


def test_stated_uses_are_told_of_only_where_one_is_of_what_is_listed() -> None:
    """No agent on this page has a stated use in AML, so the source of stated uses is not named."""
    record = {"prior_treatment": "disease_directed", "refractory": True, "cbc": "abnormal"}
    aml = render_text(RULES.classify(record), level="clinician")
    assert "One of five targeted drugs" in aml
    assert "Stated uses" not in aml
    newly = {**NEW, "marrow_blast_percent": "20"}
    assert "Stated uses" in render_text(classify(newly), level="clinician")


@pytest.mark.parametrize(
    "command",
    [
        ["about"],
        ["codes", "explain", "http://hl7.org/fhir/sid/icd-10-cm|C92.00"],
        ["rules", "export", "--format", "cql"],
        ["rules", "export", "--format", "dmn"],
        ["rules", "export", "--format", "json"],
        ["rules", "show"],
    ],
    ids=" ".join,
)
def test_commands_take_it_and_speak_of_its_disease_alone(command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--rules", str(AML)])
    assert done.exit_code == 0, done.output
    assert re.search(r"\bAML\b|acute myeloid leukemia", done.output, re.IGNORECASE)
    assert not re.search(r"\bALL\b|(?i:lymphoblastic)", done.output)


def test_its_answers_differ_from_those_of_all_where_the_pages_do() -> None:
    done = CliRunner().invoke(app, ["rules", "diff", "nci-pdq-adult-all-patient", str(AML)])
    assert done.exit_code == 0
    assert "in_remission -> refractory_or_recurrent" in done.output
    assert "marrow_blast_percent exactly 5" in " ".join(done.output.split())


def test_its_own_fact_is_no_fact_of_another_rule_set() -> None:
    with pytest.raises(InvalidRecord, match="is not a key of a record"):
        classify({**NEW, "gene_changes": True})


def test_its_examples_hold_and_nothing_is_left_to_fill_in() -> None:
    assert failing_examples(RULES) == []
    assert list(blanks(AML)) == []


@HAS_PAGE
def test_every_sentence_of_its_page_went_somewhere_and_none_was_copied() -> None:
    page, cited = list(page_sentences(PAGE.read_text("utf-8"))), read_citations(AML)
    assert list(missing_citations(cited, page)) == []
    assert cover(RULES.ruleset, cited, read_page_map(AML), page).holds
    text = normalise(" ".join(p.read_text("utf-8") for p in sorted(AML.rglob("*.yaml"))))
    sections = {part for s in page for part in normalise(s.section).split(" > ")}
    copied = [s.text for s in page if len(s.text) > LONG and normalise(s.text) in text]
    assert [text for text in copied if normalise(text) not in sections] == []
