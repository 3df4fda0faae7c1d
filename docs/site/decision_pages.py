"""The start pages of the decisions and of the rules, which in the repository are folders."""

from __future__ import annotations

from collections.abc import Iterator

from places import ROOT

SIDEBAR = (("The project", "Decisions <decisions/index>"),)


def pages() -> Iterator[tuple[str, str]]:
    """The list of decisions, by its place."""
    documents = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    lines = [
        "# Decisions",
        "",
        "Why it is built the way it is: context, decision and consequences, each on one page.",
        "",
    ]
    titles = [
        (document.read_text("utf-8").partition("\n")[0].removeprefix("# "), document.name)
        for document in documents
    ]
    lines += [f"- [{title}]({name})" for title, name in titles]
    lines += [
        "",
        "```{toctree}",
        ":hidden:",
        "",
        *(name.removesuffix(".md") for _, name in titles),
        "```",
        "",
    ]
    yield "decisions/index.md", "\n".join(lines)
