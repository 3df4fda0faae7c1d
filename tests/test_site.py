"""The documentation site: built strictly, every link inside it leads somewhere, nothing is loaded
from outside.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import typer

from allstatus.commands import app
from allstatus.rules.editions import rule_sets
from allstatus.rules.load import read_rules
from needs import needs

ROOT = Path(__file__).parent.parent
pytestmark = needs("python:sphinx", "python:myst_parser", "python:furo")
SOURCES = {  # whose pages the documents may lead to; nothing of them is loaded
    "127.0.0.1",
    "ashpublications.net",
    "clinicaltrials.gov",
    "github.com",
    "keepachangelog.com",
    "ncithesaurus.nci.nih.gov",
    "pmc.ncbi.nlm.nih.gov",
    "pradyunsg.me",
    "www.besponsahcp.com",
    "www.cancer.gov",
    "www.hcp.novartis.com",
    "www.manula.com",
    "www.ndf.gov.sg",
    "www.sphinx-doc.org",
}
LOADED = {
    "img": "src",
    "script": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "object": "data",
}


@dataclass
class Page(HTMLParser):
    """What a page links to, loads and can be linked to."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif LOADED.get(tag) in given:
            self.loads.append(given[LOADED[tag]])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as `make site` builds it."""
    folder = tmp_path_factory.mktemp("site")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, str(ROOT / "docs/site/make.py"), str(folder)]
    built = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    assert (built.returncode, built.stderr) == (0, "")
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    found = {}
    for path in sorted(site.rglob("*.html")):
        found[path] = Page()
        found[path].feed(path.read_text("utf-8"))
    return found


def test_every_document_is_a_page(site: Path) -> None:
    names = {
        path.relative_to(ROOT / "docs").with_suffix(".html")
        for path in (ROOT / "docs").rglob("*.md")
        if path.name != "README.md"
    }
    assert [name for name in names if not (site / name).exists()] == []
    assert all(
        (site / f"{name}.html").exists()
        for name in ("index", "changelog", "contributing", "codes", "vectors", "rules/how-to-read")
    )


def test_every_link_inside_leads_to_a_page_and_a_place_on_it(pages: dict[Path, Page]) -> None:
    assert list(dead_links(pages)) == []


def dead_links(pages: dict[Path, Page]) -> Iterator[str]:
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            anchored = (
                not parts.fragment
                or target not in pages
                or unquote(parts.fragment) in pages[target].anchors
            )
            if not target.exists() or not anchored:
                yield f"{path.name}: {link}"


def test_nothing_is_loaded_from_outside(site: Path, pages: dict[Path, Page]) -> None:
    assert [load for page in pages.values() for load in page.loads if urlsplit(load).netloc] == []
    for sheet in site.rglob("*.css"):
        assert (
            re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)]*", sheet.read_text("utf-8"))
            == []
        ), sheet.name


def test_links_outside_lead_to_known_sources_only(pages: dict[Path, Page]) -> None:
    hosts = {
        urlsplit(link).hostname
        for page in pages.values()
        for link in page.links
        if urlsplit(link).netloc
    }
    assert hosts - SOURCES == set()


def test_every_command_and_option_is_in_the_reference(site: Path) -> None:
    text = re.sub(r"<[^>]+>", "", (site / "reference/cli.html").read_text("utf-8"))
    for words, options in commands(typer.main.get_command(app), "allstatus"):
        section = text[text.index(f"{words}¶") :]
        end = section.find("¶", len(words) + 1)
        assert [option for option in options if option not in section[:end]] == [], words


def commands(command: typer.core.TyperGroup, words: str) -> Iterator[tuple[str, list[str]]]:
    for name, inner in command.commands.items():
        if hasattr(inner, "commands"):
            yield from commands(inner, f"{words} {name}")
        else:
            yield (
                f"{words} {name}",
                [
                    option
                    for parameter in inner.params
                    for option in parameter.opts
                    if option.startswith("-")
                ],
            )


def test_every_criterion_is_there_with_condition_and_fingerprint(site: Path) -> None:
    for folder in rule_sets():
        rules = read_rules(folder)
        text = (site / f"rules/{rules.id}/criteria.html").read_text("utf-8")
        for name, criterion in rules.criteria.items():
            assert f'<span class="pre">{name}</span>' in text
            assert criterion.cite["sentence"][:12] in text, name
        for status in rules.statuses.values():
            defined = (site / f"rules/{rules.id}/statuses.html").read_text("utf-8")
            assert all(example["name"] in defined for example in status.examples)


def test_public_names_are_in_the_reference(site: Path) -> None:
    import allstatus
    import allstatus.testing

    text = (site / "reference/api.html").read_text("utf-8")
    for module in (allstatus, allstatus.testing):
        assert [
            name
            for name in module.__all__
            if f'id="{module.__name__}.{name}"' not in text and not name.startswith("__")
        ] == []


def test_a_link_that_leads_nowhere_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "site"))
    from places import for_the_site

    used: list[str] = []
    moved = for_the_site(
        "[a](scale.md#cost) [b](../LICENSE)\n```sh\n[c](gone.md)\n```\n",
        "docs/speed.md",
        used.append,
    )
    assert moved == "[a](scale.md#cost) [b](files/LICENSE)\n```sh\n[c](gone.md)\n```\n"
    assert used == ["docs/scale.md", "LICENSE"]
    with pytest.raises(SystemExit, match=r"docs/speed\.md: the link to gone\.md leads nowhere"):
        for_the_site("[c](gone.md)", "docs/speed.md", used.append)
