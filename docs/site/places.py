"""Where each document of the repository stands on the site, and its links and code blocks written
for there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
PAGES = {
    "README.md": "index.md",
    "docs/README.md": "index.md",
    "rules/README.md": "rules/how-to-read.md",
    "codes/README.md": "codes.md",
    "examples/vectors/README.md": "vectors.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "docs/decisions": "decisions/index.md",
    "rules/applicability": "rules/applicability.md",
    "rules": "rules/index.md",
}
FENCED = re.compile(r"^```(\w*)[ ]*(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(\]\()([^)#\s]*)(#[^)\s]*)?(\))")


def place_of(path: str) -> str:
    """The place on the site of a file or folder of the repository, both relative; files that are no
    pages stand under `files/`.
    """
    path = path.rstrip("/")
    if path in PAGES:
        return PAGES[path]
    inside = path.removeprefix("docs/")
    if inside != path and (path.endswith(".md") or inside.startswith("pictures/")):
        return inside
    return f"files/{path}"


def for_the_site(text: str, document: str, used: Callable[[str], None]) -> str:
    """A document as a page: links lead to the places of what they name, which is told to `used`;
    blocks have captions.
    """
    home = PurePosixPath(document).parent

    def link(found: re.Match[str]) -> str:
        target, anchor = found[2], found[3] or ""
        if not target or target.startswith(("http:", "https:", "mailto:")):
            return found[0]
        path = os.path.normpath(home / target)
        if not (ROOT / path).exists():
            raise SystemExit(f"{document}: the link to {target} leads nowhere; correct it")
        used(path)
        return (
            found[1]
            + os.path.relpath(place_of(path), PurePosixPath(place_of(document)).parent)
            + anchor
            + found[4]
        )

    pieces, end = [], 0
    for block in FENCED.finditer(text):
        pieces += [LINK.sub(link, text[end : block.start()]), _block(*block.groups())]
        end = block.end()
    return "".join([*pieces, LINK.sub(link, text[end:])])


def _block(language: str, path: str, body: str) -> str:
    """A code block; one that names a file says so above it."""
    if not path:
        language = (
            "pycon" if language == "python" and body.startswith(">>>") else language or "text"
        )
        return f"```{language}\n{body}```"
    title = f"in {path}" if language == "diff" else path
    return f"```{{code-block}} {language}\n:caption: {title}\n\n{body}```"
