"""Lays the site's pages out in a folder for the generator: the documents as they are written, and
those made from the program.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import api_pages
import cli_page
import decision_pages
import rule_pages
import schema_pages
from places import PAGES, ROOT, for_the_site, place_of

NOT_PAGES = {"README.md"}
MADE = (rule_pages, cli_page, api_pages, schema_pages, decision_pages)
TRAINER_HERE = "<!-- on the site: the teaching page -->"
TRAINER = """<p>Try it here: set what is known, and watch the page's definitions.
<a href="trainer.html">On a page of its own</a></p>
<iframe class="trainer" src="trainer.html" title="The teaching page"></iframe>"""
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
ENTRY = re.compile(r"^\s*- \[([^\]]+)\]\(([^)#\s]+\.md)\)", re.MULTILINE)


def assemble(folder: Path) -> None:
    """Write every page, and copy every picture and file that a page leads to."""
    shutil.rmtree(folder, ignore_errors=True)
    wanted: set[str] = set()
    for document in documents():
        text = (ROOT / document).read_text("utf-8")
        _write(folder / place_of(document), for_the_site(text, document, wanted.add))
    for made in MADE:
        for place, text in made.pages():
            _write(folder / place, text)
    for path in wanted:
        if (ROOT / path).is_file() and not path.endswith(".md"):
            _copy(ROOT / path, folder / place_of(path))
    index = folder / "index.md"
    text = index.read_text("utf-8").replace(TRAINER_HERE, TRAINER)
    _write(index, text + "\n" + "\n".join(contents(text)))


def documents() -> list[str]:
    """The repository's documents that are pages of the site."""
    guides = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))]
    return [
        *guides,
        *(
            path
            for path in PAGES
            if path.endswith("README.md") and path not in {*guides, *NOT_PAGES}
        ),
        "CONTRIBUTING.md",
        "CHANGELOG.md",
    ]


def contents(index: str) -> Iterator[str]:
    """The sidebar: a section for each heading of the start page, with the pages made for it and
    those listed below it.
    """
    headings = list(HEADING.finditer(index))
    ends = [heading.start() for heading in headings[1:]] + [len(index)]
    for heading, end in zip(headings, ends, strict=True):
        entries = [
            entry for made in MADE for section, entry in made.SIDEBAR if section == heading[1]
        ]
        entries += [
            f"{title} <{page.removesuffix('.md')}>"
            for title, page in ENTRY.findall(index[heading.end() : end])
        ]
        if entries:
            yield "\n".join(
                ["```{toctree}", ":hidden:", f":caption: {heading[1]}", "", *entries, "```", ""]
            )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    os.utime(target, (0, 0))
