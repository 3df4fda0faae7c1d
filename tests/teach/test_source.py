"""The page's script and style, shortened: what is quoted stays, the engine stays readable, nothing else changes but blanks."""

import re

import pytest

from allstatus.teach.source import ENGINE, EXERCISES, PAGE, WEB, read_web, short_script, short_style, without_indent

KEPT = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`|(?<=[(])/[^/\n]+/|(?<== )/[^/\n]+/|(?<==)/[^/\n]+/')


def test_every_script_of_the_page_is_in_it() -> None:
    assert sorted([*ENGINE, *EXERCISES, *PAGE]) == sorted(path.name for path in WEB.glob("*.js"))


@pytest.mark.parametrize("name", [*EXERCISES, *PAGE])
def test_a_shorter_script_differs_in_blanks_only(name: str) -> None:
    long = without_indent(read_web(name))
    short = short_script(read_web(name))
    assert KEPT.findall(short) == KEPT.findall(long)
    assert short.replace(" ", "") == long.replace(" ", "")
    assert len(short.splitlines()) == len(long.splitlines())
    assert len(short) < len(long)


def test_a_shorter_style_keeps_its_texts() -> None:
    style = short_style(read_web("style.css"))
    assert 'content:": "' in style
    assert 'content:"– "' in style
    assert "calc(100% + 16px)" in style
    assert ".pills label:has(:checked){" in style

