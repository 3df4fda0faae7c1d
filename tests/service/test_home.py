"""The home page in headless Chromium: on a phone, by keyboard, without colour, and nothing but its
own files is loaded.
"""

import json
import re
from collections.abc import Iterator

import pytest

from allstatus import load_rules
from needs import CHROMIUM, needs

from .process import served
from .test_rest import RECORD

pytestmark = needs("chromium", "python:playwright")

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 640}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The home page on a phone in forced colours; `page.asked` are the addresses loaded,
    `page.complaints` the console's errors.
    """
    from playwright.sync_api import sync_playwright

    with (
        served(tmp_path_factory.mktemp("home"), "--insecure-dev") as service,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(viewport=PHONE, forced_colors="active", has_touch=True)
        page.asked, page.complaints, page.home = [], [], service.address + "/"
        page.on("request", lambda request: page.asked.append(request.url))
        page.on(
            "console",
            lambda message: (
                page.complaints.append(message.text) if message.type == "error" else None
            ),
        )
        page.goto(page.home)
        yield page
        browser.close()


def decide_by_keyboard(page, text: str, level: str) -> str:
    """Go to the form with the keyboard alone, put a text in, and ask."""
    page.goto(page.home)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.evaluate("document.getElementById('record').focus()")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    page.keyboard.press("Tab")
    page.keyboard.type(level)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Decide"
    with page.expect_response(re.compile("/explain")):
        page.keyboard.press("Enter")
    page.locator("#answer:focus").wait_for()  # a screen reader hears it from the start
    return page.inner_text("#answer")


def test_a_record_is_decided_by_keyboard(page) -> None:
    answer = decide_by_keyboard(page, json.dumps(RECORD), "a clinician")
    assert "ALL in remission" in answer
    assert load_rules().ruleset.digest[:12] in answer


def test_for_another_reader(page) -> None:
    answer = decide_by_keyboard(page, json.dumps(RECORD), "anyone")
    assert "The page calls this: ALL in remission" in " ".join(answer.split())


def test_a_refusal_says_what_to_do(page) -> None:
    answer = decide_by_keyboard(page, '{"cbc": "<b>odd</b>"}', "a clinician")
    assert answer.startswith("Refused")
    assert 'use "normal", "abnormal"' in answer.replace("\n", " ")


def test_a_refusal_on_a_spanish_page_says_what_is_english(page) -> None:
    page.set_extra_http_headers({"Accept-Language": "es"})
    page.goto(page.home)
    page.fill("#record", '{"cbc": "odd"}')
    page.click("button")
    page.locator("#answer:focus").wait_for()
    spanish = "Rechazado Lo que se envió no se puede leer. Detalles, en inglés: cbc"
    assert " ".join(page.inner_text("#answer").split()).startswith(spanish)
    assert page.inner_text("#answer [lang=en]").startswith("cbc")
    page.set_extra_http_headers({})
    page.goto(page.home)


def test_it_fits_a_phone(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, textarea')].filter(e => e.offsetHeight < "
        "44).length"
    )
    assert small == 0
    block = "getComputedStyle(e).display != 'inline'"
    wide = (
        f"[...document.querySelectorAll('main *')].filter(e => {block} && e.scrollWidth > "
        f"e.clientWidth + 1).length"
    )
    assert page.evaluate(wide) == 0, "nothing is cut off or has to be scrolled aside"


def test_lines_of_the_answer_are_broken_once(page) -> None:
    """They are as long as the phone has room for, so that none is broken again."""
    answer = decide_by_keyboard(page, json.dumps(RECORD), "a clinician")
    fits = "e => { e.style.whiteSpace = 'pre'; return e.scrollWidth <= e.clientWidth }"
    assert page.locator("#answer pre").evaluate(fits)
    assert max(map(len, answer.splitlines())) <= 40


def test_it_says_what_is_loaded_and_every_field_has_a_label(page) -> None:
    page.goto(page.home)
    text = page.inner_text("body")
    rules = load_rules().ruleset
    assert all(
        part in text
        for part in (rules.id, rules.version, rules.digest, rules.notice, rules.source["title"])
    )
    unnamed = (
        "[...document.querySelectorAll('textarea, select, input')].filter(e => "
        "!e.labels.length).length"
    )
    assert page.evaluate(unnamed) == 0
    assert page.evaluate("document.documentElement.lang") == "en"


def test_nothing_else_is_loaded_and_nothing_is_complained_of(page) -> None:
    loaded = {
        address.removeprefix(page.home).partition("?")[0]
        for address in page.asked
        if not address.startswith("data:")
    }
    assert loaded <= {"", "home.css", "home.js", "explain"}
    assert [text for text in page.complaints if "422" not in text] == []
