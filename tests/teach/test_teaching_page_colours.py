"""The colours of the page, light and dark: what is read has a contrast of 4.5 to 1, an edge 3 to 1
(WCAG 2.2, level AA), measured from the style that the page carries.
"""

import re
from collections.abc import Iterator

import pytest

from allstatus.decision.classifier import Classifier
from allstatus.teach.teaching_page import darker, make_page

TEXT, EDGE = 4.5, 3.0
ON_GROUNDS = ("ink", "quiet", "link", "true", "false", "unknown")
GROUNDS = ("paper", "sheet")
PAIRS = [
    *((text, ground, TEXT) for text in ON_GROUNDS for ground in GROUNDS),
    *(("sheet", ground, TEXT) for ground in ("link", "true", "ink")),  # on buttons, marks, the pin
    *((text, "chosen", TEXT) for text in ("ink", "quiet")),
    *((text, f"{kind}-ground", TEXT) for text in ("ink", "quiet") for kind in ("true", "unknown")),
    ("true", "true-ground", TEXT),
    ("unknown", "unknown-ground", TEXT),
    ("edge", "sheet", EDGE),
    ("link", "chosen", EDGE),
    ("bar", "sheet", EDGE),
    ("bar", "below", EDGE),
    ("ink", "below", EDGE),
]
Colour = tuple[float, ...]


def colours(page: str, *, dark: bool) -> dict[str, Colour]:
    """The page's variables: name to red, green, blue (and opacity), each from 0 to 1."""
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    dark_blocks = re.findall(
        r"@media screen and \(prefers-color-scheme:dark\)\{(.*?\})\s*\}", style[1], re.DOTALL
    )
    assert len(dark_blocks) == 2
    light = style[1]
    for block in dark_blocks:
        light = light.replace(block, "")
    said = light + ("".join(dark_blocks) if dark else "")
    return {
        name: read(value) for name, value in re.findall(r"--([\w-]+):(#\w+|rgb\([^)]*\))", said)
    }


def read(value: str) -> Colour:
    if value.startswith("rgb"):
        *parts, opacity = map(float, re.findall(r"[\d.]+", value))
        return (*(part / 255 for part in parts), opacity)
    digits = value[1:] if len(value) == 7 else "".join(2 * sign for sign in value[1:])
    return tuple(int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))


def luminance(colour: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def over(label: Colour, ground: Colour) -> Colour:
    """A half-transparent colour over another."""
    *parts, opacity = label
    return tuple(
        opacity * part + (1 - opacity) * below for part, below in zip(parts, ground, strict=True)
    )


def shaded(known: dict[str, Colour]) -> Iterator[Colour]:
    """Every ground that the words of an answer may stand on."""
    for name, colour in known.items():
        if re.fullmatch(r"(ground|ink)-\d", name):
            yield over(known["label"], colour)


@pytest.fixture(scope="module")
def page(teaching: Classifier) -> str:
    return make_page(teaching)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast(read("#000"), read("#fff")) == pytest.approx(21)
    assert contrast(read("#767676"), read("#ffffff")) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_is_read_stands_out(page: str, *, dark: bool) -> None:
    known = colours(page, dark=dark)
    ratios = {(one, ground): contrast(known[one], known[ground]) for one, ground, _ in PAIRS}
    asked = {(one, ground): least for one, ground, least in PAIRS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < asked[pair]} == {}
    for ground in shaded(known):
        assert contrast(known["ink"], ground) >= TEXT


def test_a_dark_page_names_every_colour_again(page: str) -> None:
    light, dark = colours(page, dark=False), colours(page, dark=True)
    assert light.keys() == dark.keys()
    assert [name for name in light if light[name] == dark[name]] == []
    assert luminance(light["paper"]) > 0.8
    assert luminance(dark["paper"]) < 0.02


@pytest.mark.parametrize(
    ("colour", "dark"), [("#ffffff", "#212121"), ("#000000", "#adadad"), ("#cfe3f2", "#1b3549")]
)
def test_a_darker_colour_keeps_its_hue(colour: str, dark: str) -> None:
    assert darker(colour) == dark
