"""Takes the documentation's screenshots again where the page they show has changed; each says in
itself which page that was.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from allstatus import load_rules
from allstatus.record.json_reader import read_records
from allstatus.render.html import render_html
from allstatus.teach.teaching_page import make_page

DOCS = Path(__file__).parent
RECORD = DOCS.parent / "fixtures" / "records" / "remission-blasts-count-10-of-200.json"
SIGNATURE, KEYWORD = b"\x89PNG\r\n\x1a\n", b"Source"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def trainer() -> str:
    """The teaching page."""
    return make_page(load_rules(engine="builtin"))


def explanation() -> str:
    """The explanation of a record exactly at the limit."""
    classifier = load_rules(engine="builtin")
    return render_html([classifier.classify(record) for _, record in read_records(str(RECORD))])


@dataclass(frozen=True, slots=True)
class Shot:
    """A page, the window it is shown in (pixels), and the button pressed first."""

    name: str
    page: Callable[[], str]
    width: int
    height: int
    press: str | None = None

    @property
    def picture(self) -> Path:
        """Where the picture is."""
        return DOCS / "pictures" / f"{self.name}.png"


SHOTS = (
    Shot("trainer", trainer, 1080, 1260, press="exactly at the limit"),
    Shot("explanation", explanation, 820, 1330),
)


def take_stale() -> None:
    """Take the pictures that are not of today's pages; say which cannot be, and why."""
    for shot in SHOTS:
        page = shot.page()
        if source_of(shot.picture) != digest(page):
            browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
            if browser is None:
                print(
                    f"{shot.picture.name} is of an older page and was left: it takes Chromium to "
                    f"take it again"
                )
            else:
                _take(shot, page, browser)


def digest(page: str) -> str:
    """What a picture says of the page it shows."""
    return hashlib.sha256(page.encode()).hexdigest()


def source_of(picture: Path) -> str | None:
    """The digest of the page that a picture shows; None where it says nothing."""
    data = picture.read_bytes() if picture.exists() else b""
    return next(
        (
            text.split(b"\0")[1].decode()
            for kind, text in _chunks(data)
            if kind == b"tEXt" and text.startswith(KEYWORD)
        ),
        None,
    )


def _take(shot: Shot, page: str, browser: str) -> None:
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        path = Path(folder) / "page.html"
        path.write_text(page, "utf-8")
        chromium = driver.chromium.launch(executable_path=browser, args=QUIET)
        shown = chromium.new_page(viewport={"width": shot.width, "height": shot.height})
        shown.goto(path.as_uri())
        if shot.press is not None:
            shown.get_by_role("button", name=shot.press, exact=True).click()
            shown.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        shot.picture.write_bytes(_with_source(shown.screenshot(), digest(page)))
        chromium.close()


def _with_source(picture: bytes, source: str) -> bytes:
    first, *rest = _chunks(picture)
    return SIGNATURE + b"".join(
        _chunk(*entry) for entry in (first, (b"tEXt", KEYWORD + b"\0" + source.encode()), *rest)
    )


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a PNG file: kind and content."""
    at = len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )
