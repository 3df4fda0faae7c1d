"""A verification as a report a person reads, at 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allstatus.render.printable import wrapped
from allstatus.verify.report_layout import WIDTH
from allstatus.verify.statements import ALL_VALUES

MARK = {True: "✓", False: "✗", None: "–"}
KEPT = "\N{NO-BREAK SPACE}"
WAYS = ("exhaustive", "prove")


def render_report(document: Mapping[str, Any]) -> str:
    """The document of a verification as text."""
    return "\n".join(_Report(document).lines()) + "\n"


class _Report:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.checks: list[Mapping[str, Any]] = document["checks"]
        self.ways = WAYS if any(check["prove"] for check in self.checks) else WAYS[:1]

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield ""
        for check in self.checks:
            yield from self._check(check)
        yield ""
        yield from self._boxes()
        yield from self._clauses()
        yield from self._verdict()

    def _head(self) -> Iterator[str]:
        rules, counts = self.document["ruleset"], self.document["counts"]
        source = rules["source"]
        yield from _wrap(rules["title"])
        yield f"{rules['id']} {rules['version']}"
        yield f"digest {rules['digest']}"
        yield from _wrap(
            f"source: {source['title']}, reviewed {source['last_reviewed']}", later="  "
        )
        yield from _wrap(source["url"])
        yield ""
        yield from _wrap(
            f"{counts['criteria']} criteria make {counts['cases']:,} complete cases, of which "
            f"{counts['consistent']:,} can be, "
            f"and {counts['cells']:,} partial cells."
        )
        marks = "✓ holds, ✗ does not, – not checked"
        if len(self.ways) > 1:
            marks += f"; first mark: every case, second mark: Z3, over {ALL_VALUES}"
        yield from _wrap(f"{marks}.")

    def _check(self, check: Mapping[str, Any]) -> Iterator[str]:
        found = [check[way] for way in self.ways]
        marks = " ".join(MARK[None if finding is None else finding["holds"]] for finding in found)
        indent = " " * (len(marks) + 2)
        yield from _wrap(check["statement"], f"{marks}  ", indent)
        for detail in _details(found):
            yield from _wrap(detail, f"{indent}· ", f"{indent}  ")
        if check["agree"] is False:
            yield from _wrap("the two ways of checking disagree here", f"{indent}✗ ", indent)
        shown: set[str] = set()
        for way, finding in zip(self.ways, found, strict=True):
            failures = finding["failures"] if finding else []
            fresh = [failure for failure in failures if failure["about"] not in shown]
            for failure in fresh:
                yield from self._failure(failure, indent, "by Z3: " if way == "prove" else "")
            shown |= {failure["about"] for failure in fresh}

    def _failure(self, failure: Mapping[str, Any], indent: str, by: str) -> Iterator[str]:
        yield from _wrap(f"{by}{failure['problem']}", f"{indent}✗ ", f"{indent}  ")
        if failure["witness"]:
            yield from _wrap(_facts(failure["witness"]), f"{indent}  in: ", f"{indent}      ")

    def _boxes(self) -> Iterator[str]:
        boxes = self.document["boxes"]
        cases = self.document["counts"]["undescribed"]
        counted = f"{cases} cases, {len(boxes)} boxes at the fewest; boxes may overlap"
        yield from _wrap(f"What no status describes ({counted}):")
        for number, box in enumerate(boxes, 1):
            for place, words in enumerate(box["words"] or ["every case"]):
                yield from _wrap(words, f"{number:3}. " if not place else "     ", "       ")
            regions = " and ".join(box["regions"]) or "no region"
            yield from _wrap(f"in {regions}", "     → ", "       ")
        yield ""

    def _clauses(self) -> Iterator[str]:
        yield "Each clause and the smallest case that needs it:"
        for clause in self.document["clauses"]:
            needed = clause["needed_by"]
            yield from _wrap(clause["words"], "  ", "      ")
            said = "no case needs it" if needed is None else _facts(needed)
            yield from _wrap(said, "    ", "    ")
        yield ""

    def _verdict(self) -> Iterator[str]:
        failing, skipped = list[str](), list[str]()
        for check in self.checks:
            found = [check[way] for way in WAYS if check[way]]
            failing += [check["id"]] if any(f["holds"] is False for f in found) else []
            skipped += [check["id"]] if any(f["skipped"] for f in found) else []
        odd = [check for check in self.document["disagreements"] if check not in failing]
        said = [f"does not hold: {', '.join(failing)}"] if failing else []
        said += [f"not the same by both ways: {', '.join(odd)}"] if odd else []
        said += [f"not checked: {', '.join(skipped)}"] if skipped else []
        yield from _wrap("; ".join(said) or f"All {len(self.checks)} statements hold.")
        yield ""
        yield from _wrap(self.document["notice"])


def _details(found: list[Any]) -> list[str]:
    """What was examined or why it was not, each once; what the head says already is left out."""
    said = (f"not checked: {f['skipped']}" if f["skipped"] else f["examined"] for f in found if f)
    return [detail for detail in dict.fromkeys(said) if detail != ALL_VALUES]


def _facts(facts: Mapping[str, Any]) -> str:
    """`fact = value, …`; a pair is kept on one line."""
    written = {
        fact: str(value).lower() if isinstance(value, bool) else value
        for fact, value in facts.items()
    }
    return ", ".join(f"{fact}{KEPT}={KEPT}{value}" for fact, value in written.items())


def _wrap(text: str, first: str = "", later: str = "") -> list[str]:
    lines = wrapped(text, WIDTH, first, later, breaks=False)
    return [line.replace(KEPT, " ") for line in lines]
