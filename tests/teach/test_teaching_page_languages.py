"""The page in other languages: Spanish, and one made up of long words from right to left."""

import json
import re
import shutil
from pathlib import Path

import pytest

from allstatus import load_rules
from allstatus.commands.texts import books
from allstatus.render import program_texts
from allstatus.render.html import render_html
from allstatus.rules.editions import find_rules
from allstatus.rules.language_texts import text_digest
from allstatus.rules.load import english_texts
from allstatus.teach.strings import TEXTS
from allstatus.teach.teaching_page import make_page
from needs import BROWSER
from teach.tools import browse

MOST_IN_SPANISH = 165_000  # bytes; its texts are longer than the English ones
MADE_UP = "qps"
LONG = "אבגדהוזחטיכלמנסעפצקרשת"  # no place to break it
BUTTONS = {"stop": "stop", "own": "own.open", "read": "own.read"}


def pseudo(english: str) -> str:
    """A text half as long again, in letters from right to left, with its places kept."""
    parts = re.split(r"(\{\w+\})", english)
    said = "".join(
        part
        if number % 2
        else re.sub(r"[A-Za-z]+", lambda word: f"ש{word[0]}ת{len(word[0])}", part)
        for number, part in enumerate(parts)
    )
    return f"{LONG} {said}"


def write(folder: Path, english: dict[str, str]) -> None:
    said = {path: pseudo(text) for path, text in english.items()}
    said |= {"messages.direction": "rtl"} if "messages.direction" in english else {}
    said |= {path: text for path, text in english.items() if path.endswith("placeholder")}
    lines = [
        f"  {json.dumps(path)}: {{of: {json.dumps(text_digest(english[path]))}, "
        f"say: {json.dumps(text, ensure_ascii=False)}}}"
        for path, text in said.items()
    ]
    head = [f"language: {MADE_UP}", "name: made up", f"notice: {LONG}", "texts:"]
    folder.mkdir()
    (folder / f"{MADE_UP}.yaml").write_text("\n".join([*head, *lines]) + "\n", "utf-8")


def test_the_page_in_spanish_is_one_small_file_too() -> None:
    page = make_page(load_rules(engine="builtin", language="es"))
    assert len(page.encode()) < MOST_IN_SPANISH
    assert "[en]" not in page


@BROWSER
def test_the_page_in_spanish_opens_and_agrees_with_itself(tmp_path: Path) -> None:
    page_file = tmp_path / "page.html"
    page_file.write_text(make_page(load_rules(engine="builtin", language="es")), "utf-8")
    seen = browse("opens", page_file)
    assert seen["errors"] == []
    assert re.search(r"[1-9]\d\d casos incorporados comprobados", seen["footer"])
    assert "recuento sanguíneo completo" in seen["notice"]


@BROWSER
def test_long_words_from_right_to_left_break_nothing_and_no_english_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(find_rules(), rules)
    shutil.rmtree(rules / "texts")
    write(rules / "texts", english_texts(rules))
    write(tmp_path / "languages", {p: t for book in books() for p, t in book.english().items()})
    monkeypatch.setattr(program_texts, "FOLDER", tmp_path / "languages")
    page_file, classifier = tmp_path / "page.html", load_rules(rules, language=MADE_UP)
    page_file.write_text(make_page(classifier), "utf-8")
    decision = classifier.classify({"prior_treatment": "none", "marrow_blast_percent": "10/200"})
    for made in (page_file.read_text("utf-8"), render_html([decision])):
        assert f'<html lang="{MADE_UP}" dir="rtl">' in made
    page, said = TEXTS.texts(MADE_UP)["page"], {}
    for name, path in BUTTONS.items():
        said[name] = page[path] if "." not in path else page["own"][path.split(".")[1]]
    seen = browse("narrow", page_file, said=said, marks=LONG + "שת")
    assert seen["wide"] == {"explore": 0, "practise": 0, "own": 0, "print": 0}
    assert seen["small"] == []
    assert seen["english"] == []
