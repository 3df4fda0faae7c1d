"""The page's script and style, shortened: what is quoted stays, the engine stays readable, nothing
else changes but blanks.
"""

import re

import pytest

from allstatus.teach.page_source import (
    ENGINE,
    EXERCISES,
    PAGE,
    WEB,
    read_web,
    short_script,
    short_style,
    without_indent,
)

KEPT = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?<=[(])/[^/\n]+/|(?<== )/[^/\n]+/|(?<==)/[^/\n]+/')


def test_every_script_of_the_page_is_in_it() -> None:
    assert sorted([*ENGINE, *EXERCISES, *PAGE]) == sorted(path.name for path in WEB.glob("*.js"))


@pytest.mark.parametrize("name", [*EXERCISES, *PAGE])
def test_a_shorter_script_differs_in_blanks_and_joined_declarations_only(name: str) -> None:
    long = without_indent(read_web(name))
    short = short_script(read_web(name))
    assert KEPT.findall(short) == KEPT.findall(long)
    goes_on = False
    for one, other in zip(
        *(text.replace(" ", "").split("\n") for text in (short, long)), strict=True
    ):
        said = other.removeprefix("const") if goes_on else other
        goes_on = one != said
        assert not goes_on or (other.startswith("const") and one == said.removesuffix(";") + ",")
    assert len(short) < len(long)


def test_a_shorter_style_keeps_its_texts() -> None:
    style = short_style(read_web("style.css"))
    assert 'content:": "' in style
    assert 'content:"– "' in style
    assert "calc(100% + 16px)" in style
    assert ".pills label:has(:checked){" in style


@pytest.mark.parametrize("name", [*EXERCISES, *PAGE])
def test_no_template_stands_in_a_template(name: str) -> None:
    """Where one began inside another, the shortening would take its text for script."""
    templates = [
        text for text in KEPT.findall(without_indent(read_web(name))) if text.startswith("`")
    ]
    assert [text for text in templates if text.count("{") != text.count("}")] == []


@pytest.mark.parametrize("name", [*ENGINE, *EXERCISES, *PAGE])
def test_no_words_for_readers_stand_in_a_script(name: str) -> None:
    """They stand in texts.json and in the rules, so that a translation is one file beside those."""
    quoted = KEPT.findall(without_indent(read_web(name)))
    assert [text for text in quoted if re.search(r"[A-Z][a-z]+ [a-z]+", text)] == []
