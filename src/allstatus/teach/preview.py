"""A draft in the browser of the one who writes it: problems, the decision map, the examples and the
teaching page, made anew when a file is saved. It listens on loopback only.
"""

from __future__ import annotations

import html
import tempfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from allstatus.decision.classifier import Classifier
from allstatus.errors import AllstatusError, RulesError
from allstatus.rules.lock import digest_of
from allstatus.teach.case_map import draw_around
from allstatus.teach.page_source import read_web
from allstatus.teach.region_map import draw_regions
from allstatus.teach.teaching_page import make_page
from allstatus.verify.draft_watch import Look, look

LOOPBACK = ("127.0.0.1", "localhost")
PAGE, MAP, DIGEST = "/page", "/map.svg", "/digest"
HTML, SVG, TEXT = "text/html; charset=utf-8", "image/svg+xml", "text/plain; charset=utf-8"


def preview_server(directory: Path, port: int) -> ThreadingHTTPServer:
    """A server of the preview of a rule set's folder, on loopback; port 0 picks a free one."""
    views = _Views(directory)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here = urlsplit(f"//{self.headers.get('Host', '')}").hostname in LOOPBACK
            found = views.get(self.path) if here else None
            kind, body = found or (TEXT, "no such page")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: what is wrong stands in the page."""

    return ThreadingHTTPServer((LOOPBACK[0], port), Handler)


class _Views:
    """What is shown, made once for each state of the files."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._digest = directory, ""
        self._made: dict[str, tuple[str, str]] = {}

    def get(self, path: str) -> tuple[str, str] | None:
        """Content type and text at an address; None where there is none."""
        digest = digest_of(self._directory)
        if digest != self._digest:
            self._made, self._digest = dict(_views(self._directory, digest)), digest
        return self._made.get(path)


def _views(directory: Path, digest: str) -> Iterator[tuple[str, tuple[str, str]]]:
    seen = look(directory)
    parts = {"problems": "", "map": "", "examples": "", "page": "", "notice": ""}
    if seen.problems:
        parts["problems"] = f"<pre>{html.escape(chr(10).join(seen.problems))}</pre>"
    if seen.classifier is not None:
        parts |= {"notice": html.escape(seen.classifier.ruleset.notice)}
        parts["examples"] = "".join(_examples(seen))
        for name, made in (("map", _map), ("page", _page)):
            shown, view = made(seen.classifier)
            parts[name] = shown
            yield from view
    yield DIGEST, (TEXT, digest)
    body = Template(read_web("preview.html")).substitute(
        name=html.escape(directory.name), digest=digest, **parts
    )
    yield "/", (HTML, body)


View = list[tuple[str, tuple[str, str]]]


def _map(classifier: Classifier) -> tuple[str, View]:
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "map.svg"
        try:
            draw_regions(classifier, file)
        except RulesError:  # it is drawn of the facts of leukemia pages
            return _case_maps(classifier)
        except AllstatusError as error:
            return f"<h2>Map</h2><p>{html.escape(str(error))}</p>", []
        drawn = file.read_text("utf-8")
    return f'<h2>Map</h2><img src="{MAP}" alt="Decision map">', [(MAP, (SVG, drawn))]


def _case_maps(classifier: Classifier) -> tuple[str, View]:
    """The map around the first example of each status."""
    shown, views = ["<h2>Maps</h2>"], []
    for status in classifier.ruleset.statuses.values():
        for example in status.examples[:1]:
            address, name = f"/map-{status.name}.svg", html.escape(example["name"])
            shown.append(f'<h3>{status.name}: {name}</h3><img src="{address}" alt="Map">')
            views.append((address, (SVG, draw_around(classifier, example["facts"]))))
    return "".join(shown), views


def _page(classifier: Classifier) -> tuple[str, View]:
    frame = f'<h2>Teaching page</h2><iframe src="{PAGE}" title="Teaching page"></iframe>'
    return frame, [(PAGE, (HTML, make_page(classifier)))]


def _examples(seen: Look) -> Iterator[str]:
    assert seen.classifier is not None
    yield "<h2>Examples</h2><table><tr><th>Example</th><th>Expected</th><th>Answer</th></tr>"
    for status in seen.classifier.ruleset.statuses.values():
        for example in status.examples:
            name = f"{status.name}: {example['name']}"
            expected, answer = example.get("status") or example["outcome"], seen.examples[name]
            marked = "" if expected == answer else ' class="no"'
            cells = "".join(f"<td>{html.escape(text)}</td>" for text in (name, expected, answer))
            yield f"<tr{marked}>{cells}</tr>"
    yield "</table>"
