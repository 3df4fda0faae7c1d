"""A decision as text a person likes to read, at 80 columns, plain or in colour."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import Any

WIDTH = 80
MARK = {"true": "✓", "false": "✗", "unknown": "?"}
COLOUR = {"true": "\x1b[32m", "false": "\x1b[31m", "unknown": "\x1b[33m"}
BOLD, DIM, RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"

HEADLINE = {
    "outside_definitions": "The page does not describe this",
    "insufficient_data": "Cannot tell yet",
    "conflicting_data": "These facts contradict each other",
    "not_applicable": "No acute lymphoblastic leukemia is diagnosed in this chart",
}


def render_text(decision: dict[str, Any], titles: dict[str, str], *, colour: bool = False) -> str:
    """The decision document as text; `titles` gives each status its title."""
    return "\n".join(_Text(decision, titles, colour).lines()) + "\n"


class _Text:
    def __init__(self, decision: dict[str, Any], titles: dict[str, str], colour: bool) -> None:
        self.decision, self.colour = decision, colour
        self.titles = {**titles, "outside_definitions": "not described by the page"}
        self.nodes: dict[str, Any] = decision["trace"]["nodes"]

    def lines(self) -> Iterator[str]:
        yield from self._headline()
        yield ""
        for status in self.decision["trace"]["statuses"]:
            yield from self._status(status)
        yield from self._options()
        yield from self._missing()
        seen = [f"{entry['title']} ({entry['code']}) {entry['date']}".strip() for entry in self.decision["diagnoses"]]
        yield from self._list("Diagnoses in the chart", seen)
        yield from self._list("Assumed", [f"{_words(a['fact'])}: {a['because']}" for a in self.decision["assumptions"]])
        yield from self._list("Check", self.decision["warnings"])
        yield from self._source()

    def _headline(self) -> Iterator[str]:
        decision = self.decision
        who = "" if decision["id"] is None else f"{decision['id']}: "
        title = HEADLINE.get(decision["outcome"]) or self.titles[decision["status"]]
        yield self._paint(f"{who}{title}", BOLD)
        if decision["outcome"] == "insufficient_data":
            yield from _wrap("Still possible: " + "; ".join(self.titles[name] for name in decision["possible"]) + ".")
        for entry in decision["regions"]:
            yield from _wrap(entry["sentence"])
        for entry in decision["conflicts"]:
            yield from _wrap(f"{' and '.join(_words(fact) for fact in entry['facts'])}: {entry['because']} [{entry['constraint']}]")

    def _status(self, status: dict[str, Any]) -> Iterator[str]:
        yield self._marked(status["verdict"], self.titles[status["status"]], 0)
        for node in status["clauses"]:
            yield from self._node(node, 1)

    def _node(self, node_id: str, depth: int) -> Iterator[str]:
        node = self.nodes[node_id]
        if node["kind"] in ("all", "any"):
            yield self._marked(node["verdict"], f"{node['kind']} of:", depth)
        elif node["kind"] == "not" and node["children"]:
            yield self._marked(node["verdict"], "none of:", depth)
        else:
            yield self._marked(node["verdict"], self._observed(node), depth)
        if node["at_threshold"]:
            line = f"{_percent(node['actual'])} is on the line; the page's remission says {_percent(node['actual'])} or fewer"
            yield from _wrap(line, "    " * depth + "    ")
        for child in node["children"]:
            yield from self._node(child, depth + 1)

    def _observed(self, node: dict[str, Any]) -> str:
        reading = "  (our reading)" if node["reading"] == "interpretation" else ""
        if node["kind"] == "unless":
            return f"{node['expected']}{reading}"
        actual = self._actual(node["actual"])
        margin = f", {node['margin']} from the limit" if node["margin"] not in (None, "0") else ""
        return f"{node['expected']} [{actual}{margin}]{reading}"

    @staticmethod
    def _actual(value: Any) -> str:
        if value is None:
            return "not known"
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else _words(str(value))

    def _options(self) -> Iterator[str]:
        options = self.decision["options"]
        if not options:
            return
        yield ""
        yield self._paint("Treatments the page lists for this status", BOLD)
        for category, group in groupby(options, key=lambda option: option["category"]):
            yield f"  {_words(category).capitalize()}"
            for option in group:
                note = option["qualifier"]["text"] if option["qualifier"] else ""
                trials = "reported as studied in clinical trials" if option["listed_by"] == "clinical_trials" else ""
                extra = "; ".join(part for part in (note, trials) if part)
                yield from _wrap(f"- {option['title']}" + (f" ({extra})" if extra else ""), "    ", "      ")

    def _missing(self) -> Iterator[str]:
        if not self.decision["missing"]:
            return
        yield ""
        yield self._paint("What would settle it", BOLD)
        for entry in self.decision["missing"]:
            first = "  <- least burden to answer" if entry["fact"] == self.decision["ask_next"] else ""
            yield from _wrap(f"- {entry['question']}{first}", "  ", "    ")
            yield from _wrap("answered by: " + "; ".join(entry["answered_by"]), "    ", "      ")

    def _list(self, heading: str, items: list[str]) -> Iterator[str]:
        if items:
            yield ""
            yield self._paint(heading, BOLD)
            for item in items:
                yield from _wrap(f"- {item}", "  ", "    ")

    def _source(self) -> Iterator[str]:
        rules = self.decision["ruleset"]
        yield ""
        about = f"Rules {rules['id']} {rules['version']} ({rules['digest'][:12]}), engine {self.decision['engine']}"
        source = f"Source: {rules['source']['title']}, reviewed {rules['source']['last_reviewed']}"
        for line in (about, source, self.decision["notice"]):
            for part in _wrap(line):
                yield self._paint(part, DIM)

    def _marked(self, verdict: str, text: str, depth: int) -> str:
        indent = "    " * depth
        mark = self._paint(MARK[verdict], COLOUR[verdict])
        lines = textwrap.wrap(text, WIDTH - len(indent) - 2) or [""]
        head = self._paint(lines[0], BOLD) if depth == 0 else lines[0]
        return "\n".join([f"{indent}{mark} {head}", *(f"{indent}  {line}" for line in lines[1:])])

    def _paint(self, text: str, code: str) -> str:
        return f"{code}{text}{RESET}" if self.colour else text


def _words(name: str) -> str:
    return name.replace("_", " ")


def _percent(text: str) -> str:
    return text if "%" in text or "/" in text else f"{text} %"


def _wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest or first)
