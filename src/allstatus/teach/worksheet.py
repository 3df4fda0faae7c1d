"""Exercises as a worksheet with its answer key: one HTML file to print, without any script."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterator
from string import Template

from allstatus.render.printable import unbroken
from allstatus.render.reader import Reader
from allstatus.teach.exercise_set import Sheet
from allstatus.teach.exercise_words import Worded, assumptions
from allstatus.teach.page_source import read_web, short_style
from allstatus.teach.strings import page_title, texts


def write_html(sheet: Sheet) -> bytes:
    """The worksheet, then the key on a page of its own; it looks like the page's."""
    style = short_style(read_web("style.css"))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    articles = "\n".join([*_worksheet(sheet), *_key(sheet)])
    page = Template(read_web("worksheet.html")).substitute(
        language=sheet.rules.language,
        direction=Reader(sheet.rules).says("direction"),
        title=_html(sheet.title),
        style=style,
        style_hash=f"sha256-{digest}",
        articles=articles,
    )
    return page.encode()


def _worksheet(sheet: Sheet) -> Iterator[str]:
    forms = texts(sheet.rules)["exercise"]
    yield '<article class="worksheet">'
    yield _title(sheet, forms["worksheet"])
    yield f'<p class="quiet">{_html(sheet.rules.title)}</p>'
    name, date = _html(forms["name"]), _html(forms["date"])
    yield f'<p class="lines"><span>{name}</span><span>{date}</span></p>'
    yield f"<p>{_html(forms['instructions'])}</p><p>{_html(forms['assumptions'])}</p>"
    yield "<ul>" + "".join(f"<li>{_html(line)}</li>" for line in assumptions(sheet.rules)) + "</ul>"
    yield '<ol class="cases">'
    for number, exercise in enumerate(sheet.exercises, 1):
        yield from _case(sheet, number, exercise)
    yield f'</ol><p class="quiet">{_html(sheet.source)}</p></article>'


def _case(sheet: Sheet, number: int, exercise: Worded) -> Iterator[str]:
    forms = texts(sheet.rules)["exercise"]
    title = _html(forms["case"].format(number=number))
    level = _html(forms[exercise.level])
    yield f'<li class="exercise"><h3>{title} <span class="quiet">{level}</span></h3>'
    rows = "".join(
        f"<div><dt>{_html(label)}</dt><dd>{_html(value)}</dd></div>"
        for label, value in exercise.case
    )
    boxes = "".join(f"<li>☐ {_html(title)}</li>" for title in exercise.choices.values())
    yield f'<dl class="case">{rows}</dl><ul class="boxes">{boxes}</ul></li>'


def _key(sheet: Sheet) -> Iterator[str]:
    forms = texts(sheet.rules)["exercise"]
    yield '<article class="key">'
    yield _title(sheet, forms["key"])
    yield '<ol class="cases">'
    for number, exercise in enumerate(sheet.exercises, 1):
        title = f"{forms['case'].format(number=number)}: {exercise.answer_title}"
        yield f'<li class="exercise"><h3>{_html(title)}</h3>'
        why = _html(" ".join(exercise.explanation[1:]))
        yield f'<p>{why}</p><p class="quiet">{_html(exercise.read_from)}</p></li>'
    yield f'</ol><p class="quiet">{_html(sheet.source)}</p></article>'


def _title(sheet: Sheet, name: str) -> str:
    seed = texts(sheet.rules)["exercise"]["seed"].format(seed=sheet.seed)
    title = f"{page_title(sheet.rules)} {name}"
    return f'<h2>{_html(title)}<span class="quiet"> {_html(seed)}</span></h2>'


def _html(text: str) -> str:
    """A text of the sheet; no line ends between a number and its percent sign."""
    return unbroken(html.escape(text, quote=False))
