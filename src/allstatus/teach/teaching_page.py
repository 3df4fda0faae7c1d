"""The teaching page: one file that opens from disk, with no network, no storage and nothing from
elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from colorsys import hls_to_rgb, rgb_to_hls
from string import Template

from allstatus.decision.classifier import Classifier
from allstatus.render.palette import shades
from allstatus.render.reader import Reader
from allstatus.rules.ruleset import RuleSet
from allstatus.teach.page_extras import embed_page
from allstatus.teach.page_source import (
    ENGINE,
    EXERCISES,
    PAGE,
    read_web,
    short_script,
    short_style,
    without_indent,
)
from allstatus.teach.strings import page_title, texts

MOST_BYTES = 150_000


def make_page(classifier: Classifier) -> str:
    """The page as HTML, under 150 kB for the patient page's rules; the same text each time for the
    same rules.
    """
    data = json.dumps(embed_page(classifier), ensure_ascii=False, separators=(",", ":"))
    style = _shade_variables(classifier.ruleset) + short_style(read_web("style.css"))
    engine = without_indent(read_web(*ENGINE))
    rest = short_script(read_web(*EXERCISES, *PAGE))
    script = f'(() => {{\n"use strict";\n{engine}\n{rest}\n}})();'
    words = texts(classifier.ruleset)
    return Template(read_web("page.html")).substitute(
        language=classifier.ruleset.language,
        direction=Reader(classifier.ruleset).says("direction"),
        title=html.escape(page_title(classifier.ruleset)),
        noscript=html.escape(words["page"]["noscript"]),
        notice=html.escape(classifier.ruleset.notice),
        script_hash=_digest(script),
        style_hash=_digest(style),
        style=style,
        script=script,
        data=data.replace("<", "\\u003c"),
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _shade_variables(rules: RuleSet) -> str:
    """The colours of the answers as CSS variables, numbered in the order of the choices; darker
    ones where the reader's screen is dark.
    """
    listed = list(enumerate(shades(rules).values()))
    light = "".join(f"--ground-{n}:{one.ground};--ink-{n}:{one.ink};" for n, one in listed)
    dark = "".join(
        f"--ground-{n}:{darker(one.ground)};--ink-{n}:{darker(one.ink)};" for n, one in listed
    )
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def darker(colour: str) -> str:
    """The colour (#rrggbb) for a dark page: the same hue, white near black and black mid grey."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, light, saturation = rgb_to_hls(*parts)
    turned = hls_to_rgb(hue, 0.13 + 0.55 * (1 - light), 0.8 * saturation)
    return "#" + "".join(f"{round(255 * part):02x}" for part in turned)
