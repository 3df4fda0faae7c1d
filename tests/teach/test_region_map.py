"""Pictures: the same bytes each time, words and hatching for every answer, and what is counted."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from allstatus.decision.classifier import Classifier
from allstatus.errors import InvalidRecord, RulesError
from allstatus.record.json_reader import read_records
from allstatus.render.palette import shades
from allstatus.teach.cohort import draw_cohort, tally
from allstatus.teach.region_map import draw_regions

RECORDS = sorted(
    path
    for path in (Path(__file__).parents[2] / "fixtures/records").glob("*.json")
    if ".expected" not in path.name
)


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "cohort.ndjson"
    path.write_text(
        "\n".join(" ".join(record.read_text("utf-8").split()) for record in RECORDS), "utf-8"
    )
    return path


def words(picture: Path) -> str:
    root = ElementTree.parse(picture).getroot()
    return " ".join(
        " ".join(element.itertext()).strip()
        for element in root.iter("{http://www.w3.org/2000/svg}text")
    )


def test_regions_are_labelled_and_name_their_rules(teaching: Classifier, tmp_path: Path) -> None:
    draw_regions(teaching, tmp_path / "a.svg")
    said = words(tmp_path / "a.svg")
    for text in (
        "Untreated ALL",
        "ALL in remission",
        "Recurrent ALL",
        "not described",
        "Never treated",
        "5 % itself lies to the left",
    ):
        assert text in said, text
    assert teaching.ruleset.digest[:12] in said
    assert "not medical advice" in said
    draw_regions(teaching, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_the_picture_of_the_documents_is_of_today(teaching: Classifier, tmp_path: Path) -> None:
    draw_regions(teaching, tmp_path / "a.svg")
    assert words(tmp_path / "a.svg") == words(
        Path(__file__).parents[2] / "docs" / "pictures" / "regions.svg"
    )


def test_a_cohort_is_counted_as_it_is_drawn(
    teaching: Classifier, cohort: Path, tmp_path: Path
) -> None:
    counted = draw_cohort(
        teaching, (value for _, value in read_records(str(cohort))), tmp_path / "c.svg"
    )
    assert counted.answers.total() == len(RECORDS)
    expected = [
        json.loads(path.with_suffix("").with_suffix(".expected.json").read_text("utf-8"))
        for path in RECORDS
    ]
    assert counted.answers["in_remission"] == sum(
        entry.get("status") == "in_remission" for entry in expected
    )
    assert counted.answers["insufficient_data"] == counted.parts["insufficient_data"].total()
    said = words(tmp_path / "c.svg")
    assert f"definitions: {len(RECORDS)}" in said
    assert "first ask for: Blasts in the bone marrow" in said


def test_a_png_is_written_for_a_png(teaching: Classifier, cohort: Path, tmp_path: Path) -> None:
    draw_cohort(teaching, (value for _, value in read_records(str(cohort))), tmp_path / "c.png")
    assert (tmp_path / "c.png").read_bytes()[:4] == b"\x89PNG"


def test_every_answer_has_a_shade_and_a_hatching_of_its_own(teaching: Classifier) -> None:
    own = shades(teaching.ruleset)
    assert (
        len({shade.hatch for shade in own.values()})
        == len({shade.ground for shade in own.values()})
        == len(own)
    )


def test_what_cannot_be_drawn_is_refused(teaching: Classifier, tmp_path: Path) -> None:
    with pytest.raises(InvalidRecord, match=r"neither an \.svg nor a \.png"):
        draw_regions(teaching, tmp_path / "a.pdf")
    with pytest.raises(InvalidRecord, match="cannot be written"):
        draw_regions(teaching, tmp_path / "no" / "a.svg")
    with pytest.raises(InvalidRecord, match="holds no record"):
        draw_cohort(teaching, [], tmp_path / "a.svg")
    assert tally(teaching, []).answers.total() == 0


def test_rules_without_the_facts_of_the_picture_are_refused(
    teaching: Classifier, tmp_path: Path
) -> None:
    facts = {name: fact for name, fact in teaching.ruleset.facts.items() if name != "cbc"}
    poorer = Classifier(replace(teaching.ruleset, facts=facts), teaching.table)
    with pytest.raises(RulesError, match="do not ask: cbc"):
        draw_regions(poorer, tmp_path / "a.svg")
