"""The page in a browser: controls, what it says and cites, its refusal."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.errors import InvalidRecord
from allstatus.render.messages import headline, messages
from allstatus.rules.phrases import LEVELS
from allstatus.teach.exercise_words import choices
from allstatus.teach.exercises import OUTCOMES, answer_of
from allstatus.teach.samples import find_tries
from allstatus.teach.strings import TEXTS
from allstatus.teach.teaching_page import MOST_BYTES, make_page
from needs import BROWSER
from teach.tools import browse

NAMES = ("new", "limit", "above", "gap", "open", "clash")  # of records to try
EXAMPLES = [TEXTS.texts()["page"]["example"][name] for name in NAMES]
RULES = ("nci-pdq-adult-all-patient", "nci-pdq-adult-all-health-professional")
OPEN, LIMIT = "marrow missing", "exactly at the limit"


def shown(teaching: Classifier, record: dict[str, Any]) -> str:
    """What the page should say of a record for students."""
    try:
        return headline(
            teaching.classify({name: value for name, value in record.items() if value is not None}),
            "student",
        )
    except InvalidRecord:
        return headline(
            teaching.classify({"cbc": "unknown"}), "student"
        )  # the page does not mind that no fact is stated


@pytest.mark.parametrize("name", RULES)
def test_it_is_one_small_file_that_loads_nothing(name: str) -> None:
    page = make_page(load_rules(name, engine="builtin"))
    assert len(page.encode()) < MOST_BYTES == 150_000
    assert "default-src 'none'" in page
    assert not re.search(r'(src|href|action)="', page)
    assert not re.search(
        r"\b(fetch|XMLHttpRequest|eval|import)\s*\(|(local|session)Storage|indexedDB|document\.cookie|innerHTML",
        page,
    )


@BROWSER
@pytest.mark.parametrize("name", RULES)
def test_it_opens_from_disk_without_a_word_to_anyone(name: str, tmp_path: Path) -> None:
    page_file, teaching = tmp_path / "page.html", load_rules(name, engine="builtin")
    page_file.write_text(make_page(teaching), "utf-8")
    seen = browse("opens", page_file)
    assert seen["errors"] == []
    assert seen["requests"] == [page_file.as_uri()]
    assert seen["stored"] == [0, ""]
    first = {name: value for name, value in seen["first"]["record"].items() if value is not None}
    assert teaching.classify(first).status == "in_remission"
    assert seen["first"]["headline"] == shown(teaching, first)
    rules = teaching.ruleset
    for text in (rules.id, rules.version, rules.digest[:12], rules.source["title"], rules.notice):
        assert text in seen["footer"]
    assert re.search(r"[1-9]\d\d built-in cases checked", seen["footer"])


@BROWSER
def test_every_control_gives_the_answer_python_gives(page_file: Path, teaching: Classifier) -> None:
    seen = browse("controls", page_file, starts=[EXAMPLES[0], OPEN, EXAMPLES[-1]])
    assert len(seen) > 60
    assert [entry for entry in seen if entry["headline"] != shown(teaching, entry["record"])] == []
    assert len({entry["headline"] for entry in seen}) == 6


@BROWSER
@pytest.mark.parametrize("name", RULES)
def test_the_records_to_try_have_each_answer(name: str, tmp_path: Path) -> None:
    page_file, teaching = tmp_path / "page.html", load_rules(name, engine="builtin")
    page_file.write_text(make_page(teaching), "utf-8")
    tries = find_tries(teaching)
    assert tuple(tries) == NAMES
    answers = [teaching.classify(case) for case in tries.values()]
    assert [answer_of(one) for one in answers] == [*teaching.ruleset.in_course, *OUTCOMES]
    seen = browse("tries", page_file, names=EXAMPLES)
    shown = [headline(one, "student") for one in answers]
    assert seen == dict(zip(EXAMPLES, shown, strict=True))


@BROWSER
def test_exact_percentages(page_file: Path, teaching: Classifier) -> None:
    good = [
        "5",
        "5.0",
        "5.0001",
        "5.000000000000000000001",
        "4.9999999999999999999",
        "<5",
        ">=5",
        "5-10",
        "10/200",
        "11/200",
        "M1",
        "0",
    ]
    bad = ["4,5", "five", "140", "-1", "10-5", "11/0"]
    seen = {
        entry["typed"]: entry
        for entry in browse("percentages", page_file, start=LIMIT, texts=[*good, *bad])
    }
    for typed in good:
        assert seen[typed]["headline"] == shown(teaching, seen[typed]["record"])
        assert seen[typed]["invalid"] == "false"
    assert "Exactly on the line" in seen["5.0"]["says"]
    assert "more than 5 %" in seen["5.000000000000000000001"]["says"]
    assert "either side" in seen["5-10"]["says"]
    for typed in bad:
        assert seen[typed]["invalid"] == "true"
        assert seen[typed]["headline"] == seen[typed]["says"] in TEXTS.texts()["problems"].values()


@BROWSER
def test_the_slider_meets_the_limit_and_crosses_it(page_file: Path, teaching: Classifier) -> None:
    seen = browse("slider", page_file, start=LIMIT, steps=52)
    values = [entry["record"]["marrow_blast_percent"] for entry in seen]
    assert (values[0], values[49:52], values[-1]) == ("0", ["4.9", "5", "5.1"], "100")
    assert all(entry["headline"] == shown(teaching, entry["record"]) for entry in seen)


@BROWSER
def test_each_box_of_the_map_leads_to_its_answer(page_file: Path, teaching: Classifier) -> None:
    boxes = browse("map", page_file, start=LIMIT)
    assert len(boxes) == 8
    for box in boxes:
        decision = teaching.classify(
            {name: value for name, value in box["record"].items() if value is not None}
        )
        assert box["label"] == choices(teaching.ruleset)[answer_of(decision)]
        assert box["here"] == 1


@BROWSER
def test_every_line_says_where_it_was_read(page_file: Path, teaching: Classifier) -> None:
    lines = browse("citations", page_file)
    clauses = [
        clause
        for status in teaching.ruleset.statuses.values()
        for top in status.clauses
        for clause in top.walk()
    ]
    assert len(lines) >= len(teaching.ruleset.criteria)
    assert len(lines) <= len(clauses)
    assert all("Stages of Acute Lymphoblastic Leukemia" in line for line in lines)
    assert any(line.startswith("Our reading") for line in lines)


@BROWSER
def test_three_ways_of_saying_it(page_file: Path, teaching: Classifier) -> None:
    said = browse("levels", page_file, start="a gap in the page")
    treated = {
        "prior_treatment": "disease_directed",
        "prior_remission": True,
        "signs_and_symptoms": "absent",
    }
    decision = teaching.classify({**treated, "cbc": "abnormal", "marrow_blast_percent": "2"})
    for level in LEVELS:
        assert all(
            text in said[level] for text in [headline(decision, level), *messages(decision, level)]
        )


def _spoil_pool(data: dict[str, Any]) -> None:
    groups = data["pool"].split("~")
    groups[5] = _another(groups[5][0]) + groups[5][1:]
    data["pool"] = "~".join(groups)


def _spoil_vectors(data: dict[str, Any]) -> None:
    answers = data["vectors"][0]["answers"]
    data["vectors"][0]["answers"] = answers[:3] + _another(answers[3]) + answers[4:]


def _another(answer: str) -> str:
    assert answer in "012345"
    return str((int(answer) + 1) % 6)


@BROWSER
@pytest.mark.parametrize("spoil", [_spoil_pool, _spoil_vectors])
def test_a_page_that_disagrees_with_itself_shows_no_answer(
    spoil: Callable[[dict[str, Any]], None], page_file: Path, tmp_path: Path
) -> None:
    page = page_file.read_text("utf-8")
    start, end = page.index('id="data">') + len('id="data">'), page.index("</script>")
    data = json.loads(page[start:end])
    spoil(data)
    (tmp_path / "broken.html").write_text(
        page[:start] + json.dumps(data).replace("<", "\\u003c") + page[end:], "utf-8"
    )
    seen = browse("broken", tmp_path / "broken.html")
    assert "shows none" in seen["says"]
    assert seen["controls"] == 0
