"""Every format of the exercises, read back by a reader of its own."""

import csv
import html
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from allstatus.decision.classifier import Classifier
from allstatus.teach.exercise_files import FORMATS
from allstatus.teach.exercise_set import Sheet, make_sheet
from needs import needs
from teach.tools import run_node


@pytest.fixture(scope="module")
def sheet(teaching: Classifier) -> Sheet:
    return make_sheet(teaching, 7, 60)


class Text(HTMLParser):
    """The text of a piece of HTML."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(markup)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_records_of_the_json_lines_get_the_answer_they_carry(
    teaching: Classifier, sheet: Sheet
) -> None:
    lines = [json.loads(line) for line in FORMATS["jsonl"](sheet).decode().splitlines()]
    assert len(lines) == 60
    for line in lines:
        decision = teaching.classify(line["record"])
        assert (decision.status or decision.outcome) == line["answer"]
        assert line["choices"][line["answer"]]
        assert line["why_not"].keys() | {line["answer"]} == line["choices"].keys()
        assert line["ruleset"]["digest"] == teaching.ruleset.digest
        assert "not medical advice" in line["notice"]


def test_csv_holds_the_same(sheet: Sheet) -> None:
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](sheet).decode())))
    assert [row["id"] for row in rows] == [exercise.id for exercise in sheet.exercises]
    for row, exercise in zip(rows, sheet.exercises, strict=True):
        assert [row[label] for label, _ in exercise.case] == [value for _, value in exercise.case]
        assert (row["answer"], row["explanation"]) == (
            exercise.answer,
            " ".join(exercise.explanation),
        )
        assert row["notice"] == sheet.rules.notice


@needs("node", "npm:gift-pegjs")
def test_gift_is_understood_by_another_parser(sheet: Sheet) -> None:
    category, *questions = json.loads(run_node("gift.cjs", stdin=FORMATS["gift"](sheet).decode()))
    assert category["title"] == f"allstatus/{sheet.rules.id}/seed 7"
    assert len(questions) == 60
    for question, exercise in zip(questions, sheet.exercises, strict=True):
        assert question["type"] == "MC"
        assert exercise.id in question["title"]
        shown = Text(question["stem"]["text"]).text
        assert all(f"{label}: {value}" in shown for label, value in exercise.case)
        chosen = {
            Text(choice["text"]["text"]).text: choice["isCorrect"] for choice in question["choices"]
        }
        assert chosen == {
            title: name == exercise.answer for name, title in exercise.choices.items()
        }
        wrong = [choice for choice in question["choices"] if not choice["isCorrect"]]
        said = {Text(one["text"]["text"]).text: Text(one["feedback"]["text"]).text for one in wrong}
        assert said == {exercise.choices[name]: why for name, why in exercise.why_not.items()}
        feedback = Text(question["globalFeedback"]["text"]).text
        assert all(line in feedback for line in [*exercise.explanation, exercise.read_from])


def test_text2qti_reads_its_markdown(sheet: Sheet) -> None:
    from text2qti.config import Config
    from text2qti.qti import QTI
    from text2qti.quiz import Quiz

    quiz = Quiz(FORMATS["qti"](sheet).decode(), config=Config())
    assert len(quiz.questions_and_delims) == 60
    for question, exercise in zip(quiz.questions_and_delims, sheet.exercises, strict=True):
        assert exercise.id in question.title_raw
        assert {choice.choice_raw: choice.correct for choice in question.choices} == {
            title: name == exercise.answer for name, title in exercise.choices.items()
        }
        assert {
            choice.choice_raw: html.unescape(choice.feedback_raw)
            for choice in question.choices
            if not choice.correct
        } == {exercise.choices[name]: why for name, why in exercise.why_not.items()}
        shown = Text(Text(question.question_html_xml).text).text
        assert all(f"{label}: {value}" in shown for label, value in exercise.case)
    assert QTI(quiz).zip_bytes()[:2] == b"PK"


def test_anki_imports_a_deck_once_and_then_updates_it(
    sheet: Sheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

    collection = Collection(str(tmp_path / "collection.anki2"))
    try:
        first = replace(sheet.exercises[0], explanation=["Corrected since."])
        for number, edition in enumerate(
            [sheet, sheet, replace(sheet, exercises=(first, *sheet.exercises[1:]))]
        ):
            monkeypatch.setattr(
                "genanki.package.time.time", lambda hour=1.8e9 + 3600 * number: hour
            )  # an edition an hour
            deck = tmp_path / f"{number}.apkg"
            deck.write_bytes(FORMATS["apkg"](edition))
            request = ImportAnkiPackageRequest(
                package_path=str(deck), options=ImportAnkiPackageOptions()
            )
            collection.import_anki_package(request)
            assert collection.note_count() == 60
        notes = {
            note.guid: note
            for note in (collection.get_note(number) for number in collection.find_notes(""))
        }
        assert set(notes) == {exercise.id for exercise in sheet.exercises}
        assert "Corrected since." in notes[first.id]["Explanation"]
        for exercise in sheet.exercises[1:]:
            note = notes[exercise.id]
            assert Text(note["Answer"]).text == exercise.answer_title
            assert {f"allstatus::{exercise.level}", f"allstatus::{exercise.answer}"} <= {*note.tags}
            assert all(tag.startswith("allstatus::") for tag in note.tags)
            card = note.cards()[0]
            assert all(value in Text(card.question()).text for _, value in exercise.case)
            assert all(title in card.question() for title in exercise.choices.values())
            assert "<img" not in card.question()
            (picture,) = re.findall(r'<img src="([^"]+)"', note["Picture"])
            drawn = ElementTree.parse(Path(collection.media.dir()) / picture)
            assert "you are here" in "".join(drawn.getroot().itertext())
    finally:
        collection.close()


def test_the_worksheet_keeps_its_answers_to_the_key(sheet: Sheet) -> None:
    printed = FORMATS["html"](sheet).decode()
    assert " %" not in printed  # a number and its sign stay on one line
    page = printed.replace("\u00a0", " ")
    worksheet, key = page.split('<article class="key">')
    assert "seed 7" in Text(worksheet).text
    assert "seed 7" in Text(key).text
    for number, exercise in enumerate(sheet.exercises, 1):
        assert f"Case {number}: {exercise.answer_title}" in Text(key).text
        assert " ".join(exercise.explanation[1:]) in Text(key).text
        assert exercise.explanation[1] not in Text(worksheet).text
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert sheet.rules.notice in Text(worksheet).text


def test_a_seed_gives_the_same_bytes(teaching: Classifier, sheet: Sheet) -> None:
    again = make_sheet(teaching, 7, 60)
    for name in ("csv", "jsonl", "gift", "qti", "html"):
        assert FORMATS[name](again) == FORMATS[name](sheet)
