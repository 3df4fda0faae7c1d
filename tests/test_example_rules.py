"""The third rule set, of another page: locked, cited from its page, without Python, and with a fact
that no other rule set's record has.
"""

import json
import re
from itertools import product
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
from allstatus.testing.mutation import mutate_vectors
from allstatus.testing.rule_mutation import RuleMutation
from allstatus.testing.vectors import make_vectors
from allstatus.verify.citations import missing_citations, read_citations
from allstatus.verify.coverage import cover
from allstatus.verify.page_map import read_page_map
from allstatus.verify.rule_examples import failing_examples
from allstatus.verify.scaffold.new_rule_set import blanks
from page_rules import PLASMA_RULES

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


CHART = ROOT / "fixtures" / "fhir" / "38-acute-myeloid-leukemia.json"
PLASMA_NEW = {"any_treatment": False, "disease_kind": "secretory", "plasma_cell_percent": 12}
PLASMA_NEW |= {"m_protein": 3, "damage_bone": False, "damage_kidney": False}
SETS = {  # a rule set, its disease in its texts, a code of it, and a record
    AML: (
        r"\bAML\b|(?i:acute myeloid leukemia|adult-aml)",
        "C92.00",
        {**NEW, "marrow_blast_percent": "20"},
    ),
    PLASMA_RULES: (r"\bPCD\b|(?i:plasma.cell)", "C90.00", PLASMA_NEW),
}
STRANGE = re.compile(r"\bALL\b|(?i:lymphoblastic)")


COMMANDS = (
    "about",
    "classify {record}",
    "classify {record} --format html",
    "classify {record} --format fhir",
    "classify {chart}",
    "codes explain http://hl7.org/fhir/sid/icd-10-cm|{code}",
    "facts {chart}",
    "fhir definitions -o {out}",
    "plot cohort {record} -o {out}.svg",
    "plot timeline {chart} -o {out}.svg",
    "rules check",
    "rules export --format cql",
    "rules export --format json",
    "rules show",
    "schema record",
    "timeline {chart}",
)
DEAR = pytest.mark.slow
DEAR_COMMANDS = [  # each with one of the two
    (AML, "page -o {out}.html"),
    (AML, "rules export --format dmn"),
    (PLASMA_RULES, "quiz --format html -o {out}.html"),
    (PLASMA_RULES, "sql --dialect duckdb"),
    (PLASMA_RULES, "verify --prove"),
]


@pytest.mark.parametrize(
    ("rules", "command"),
    [pytest.param(*both, marks=DEAR) for both in DEAR_COMMANDS] + [*product(SETS, COMMANDS)],
    ids=lambda given: getattr(given, "name", given),
)
def test_commands_take_it_and_speak_of_its_disease_alone(
    rules: Path, command: str, tmp_path: Path
) -> None:
    disease, code, record = SETS[rules]
    given, chart, out = (tmp_path / name for name in ("given.ndjson", "chart.json", "out"))
    given.write_text(json.dumps(record) + "\n", "utf-8")
    chart.write_text(CHART.read_text("utf-8").replace("C92.00", code), "utf-8")
    words = [word.format(record=given, chart=chart, code=code, out=out) for word in command.split()]
    done = CliRunner().invoke(app, [*words, "--rules", str(rules)])
    assert done.exit_code == 0, done.output
    made = [path for path in tmp_path.rglob("*") if path.is_file() and path not in (given, chart)]
    told = done.output + "".join(path.read_text("utf-8") for path in made)
    assert re.search(disease, told) or words[0] in ("codes", "facts")
    assert not STRANGE.search(told)


def test_many_records_are_decided_by_facts_of_a_rule_set_s_own(tmp_path: Path) -> None:
    given, out = tmp_path / "given.ndjson", tmp_path / "out.csv"
    given.write_text(json.dumps(PLASMA_NEW) + "\n", "utf-8")
    words = ["batch", str(given), str(out), "--rules", str(PLASMA_RULES)]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert "1,determined,smoldering," in out.read_text("utf-8")


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


@DEAR
def test_no_slip_in_rules_with_facts_of_their_own_survives() -> None:
    """Limits by `>=` and `<`, of a percentage and a number, without constraints."""
    rules = load_rules(PLASMA_RULES, engine="builtin")
    fates = mutate_vectors(RuleMutation(rules, make_vectors(rules)))
    assert [fate.name for fate in fates if fate.word == "survived"] == []


def test_columns_of_facts_of_its_own_are_suggested(tmp_path: Path) -> None:
    table = tmp_path / "patients.csv"
    table.write_text('patient;M-protein;damage bone\n1;"3,0";n\n', "utf-8")
    done = CliRunner().invoke(app, ["columns", "suggest", str(table), "--rules", str(PLASMA_RULES)])
    assert "m_protein: {column: M-protein, decimal: ','}" in done.output
    assert "damage_bone: {column: damage bone, values: {n: 'false'}}" in done.output
