"""Practice on the page in a browser: the quiz by keyboard, histories, and the printed worksheet."""

import json
from pathlib import Path

from allstatus.decision.classifier import Classifier
from allstatus.ehr.timelines.record_history import decide_dated
from allstatus.rules.histories import read_histories
from allstatus.teach.exercise_set import make_sheet
from allstatus.teach.exercise_words import choices, word
from allstatus.teach.exercises import Exercise, answer_of
from allstatus.teach.sampling import draw
from allstatus.teach.strings import TEXTS
from needs import BROWSER
from teach.tools import browse


def answer_keys(teaching: Classifier, answers: list[str]) -> list[int]:
    names = list(choices(teaching.ruleset))
    return [names.index(answer) + 1 for answer in answers]


@BROWSER
def test_a_quiz_all_right_by_keyboard_alone(
    page_file: Path, teaching: Classifier, pool: list[Exercise]
) -> None:
    drawn = draw(pool, 7, 12)
    seen = browse(
        "quiz",
        page_file,
        seed=7,
        answers=answer_keys(teaching, [exercise.answer for exercise in drawn]),
    )
    assert seen["score"] == "12 of 12 right"
    assert seen["edges"] == "At an edge: 6 of 6. Away from it: 6 of 6."
    assert seen["mistakes"] == []
    for entry, exercise in zip(seen["cases"], drawn, strict=True):
        worded = word(teaching, exercise)
        assert entry["verdict"] == "Yes."
        assert all(line in entry["feedback"] for line in [*worded.explanation, worded.read_from])


@BROWSER
def test_a_quiz_all_wrong_counts_the_kinds_of_mistake(
    page_file: Path, teaching: Classifier, pool: list[Exercise]
) -> None:
    drawn = draw(pool, 8, 12)
    wrong = [
        "untreated" if exercise.answer != "untreated" else "in_remission" for exercise in drawn
    ]
    seen = browse("quiz", page_file, seed=8, answers=answer_keys(teaching, wrong))
    assert seen["score"] == "0 of 12 right"
    kinds = {line.split("×")[1].strip(): int(line.split("×")[0]) for line in seen["mistakes"]}
    named = TEXTS.texts()["page"]["mistake"]
    assert kinds == {
        named["too_early"]: 2,
        named["filled_gap"]: 2,
        named["missed_clash"]: 2,
        named["wrong_status"]: 6,
    }
    for number, (exercise, given) in enumerate(zip(drawn, wrong, strict=True)):
        worded, reopened = word(teaching, exercise), seen["reopened"][number]
        said = [worded.why_not[given], *worded.explanation, *(value for _, value in worded.case)]
        assert all(text in reopened for text in said)
        assert worded.why_not[given] in seen["cases"][number]["feedback"]
    titles = choices(teaching.ruleset)
    assert [entry["right"] for entry in seen["cases"]] == [
        titles[exercise.answer] for exercise in drawn
    ]


@BROWSER
def test_histories_are_walked_point_by_point(page_file: Path, teaching: Classifier) -> None:
    histories = read_histories(teaching.ruleset.directory)
    answers = [
        [answer_of(teaching.classify(point["record"])) for point in history["points"]]
        for history in histories
    ]
    seen = browse("walk", page_file, answers=[answer_keys(teaching, names) for names in answers])
    titles = choices(teaching.ruleset)
    for walked, names in zip(seen, answers, strict=True):
        assert walked["score"] == f"{len(names)} of {len(names)} right"
        assert [line.split("\n")[-1] for line in walked["history"]] == [
            titles[name] for name in names
        ]


@BROWSER
def test_a_history_of_ones_own_by_keyboard_alone(page_file: Path, teaching: Classifier) -> None:
    points = [
        {
            "as_of": "2026-05-04",
            "cbc": "normal",
            "marrow_blast_percent": "2",
            "signs_and_symptoms": "absent",
        },
        {
            "as_of": "2026-03-02",
            "prior_treatment": "none",
            "cbc": "abnormal",
            "marrow_blast_percent": "88",
        }
        | {"signs_and_symptoms": "present"},
        {
            "as_of": "2026-03-30",
            "prior_treatment": "disease_directed",
            "cbc": "abnormal",
            "marrow_blast_percent": "<5",
        },
    ]
    (timeline,) = decide_dated(teaching, points)
    answers = [point.decision.status or point.decision.outcome for point in timeline.points]
    assert len(set(answers)) == 3
    seen = browse(
        "own",
        page_file,
        points=points,
        facts=list(teaching.ruleset.facts),
        answers=answer_keys(teaching, answers),
    )
    titles = choices(teaching.ruleset)
    assert seen["score"] == "3 of 3 right"
    walked = zip(timeline.points, answers, strict=True)
    assert seen["history"] == [
        f"{point.day}\n{titles[name]}{', number 1' if point.number else ''}"
        for point, name in walked
    ]
    assert [line.count("from an earlier point") for line in seen["cases"]] == [0, 0, 1]
    (again,) = decide_dated(teaching, [json.loads(line) for line in seen["text"].splitlines()])
    assert [(point.day, point.decision.record, point.number) for point in again.points] == [
        (point.day, point.decision.record, point.number) for point in timeline.points
    ]


@BROWSER
def test_a_history_pasted_in_and_what_is_refused(page_file: Path) -> None:
    folder = Path(__file__).parents[2] / "fixtures" / "timelines"
    good = (folder / "ten-years-of-records.json").read_text("utf-8")
    dated = '{"as_of": "2026-01-01", '
    bad = [
        "",
        "{",
        '[{"cbc": "normal"}]',
        dated + '"cbc": "odd"}',
        dated + '"marrow_blast_percent": "4,5"}',
    ]
    seen = browse("pasted", page_file, texts=[good, *bad], typed="4,5")
    assert seen["read"][0] == {
        "problem": "",
        "points": 9,
        "title": "Points so far: 9, 2014-02-03 to 2024-01-22",
    }
    problems = TEXTS.texts()["problems"]
    expected = [problems["empty"], problems["not_json"], "Record 1, Date: " + problems["no_date"]]
    expected += [
        "Record 1, Complete blood count: " + problems["not_a_value"],
        "Record 1, Blasts in the bone marrow: " + problems["comma"],
    ]
    assert [entry["problem"] for entry in seen["read"][1:]] == expected
    assert {entry["points"] for entry in seen["read"]} == {9}, (
        "a text that is refused leaves the history as it was"
    )
    assert seen["typed"] == "Blasts in the bone marrow: " + problems["comma"]


@BROWSER
def test_it_prints_a_worksheet_and_its_key(page_file: Path, teaching: Classifier) -> None:
    seen = browse("print", page_file, seed=7, count=10)
    exercises = make_sheet(teaching, 7, 10).exercises
    assert seen["key"] == [
        f"Case {number}: {exercise.answer_title}" for number, exercise in enumerate(exercises, 1)
    ]
    assert "seed 7" in seen["worksheet"]
    assert seen["shown"] == {"header": False, "form": False, "footer": False, "sheet": True}
    assert 2 <= seen["sheets"] <= 6
