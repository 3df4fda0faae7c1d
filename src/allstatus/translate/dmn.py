"""The rule set as one DMN 1.3 decision table over its facts, with the same answers as the decision
table.

A column reads one fact into a word (which side of its limits, unknown, not reported), so that an
engine's own treatment of null never decides; the rows never overlap (hit policy UNIQUE) and leave
no combination out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from allstatus.record.percent import format_number
from allstatus.rules.condition import Comparison
from allstatus.rules.ruleset import HIGHEST, Fact
from allstatus.table.assumptions import CellResolver
from allstatus.table.boxes import Branch, Fixed, Grid, disjoint_boxes
from allstatus.table.case_set import set_of
from allstatus.table.decision_table import DecisionTable
from allstatus.table.fact_domain import FactDomain, ValueClass
from allstatus.translate.cql import library_name
from allstatus.translate.plain_json import about_rules

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
NOT_REPORTED, UNKNOWN = "not reported", "unknown"
TYPES = {"yes_no": "boolean", "choice": "string"}
FEEL = {"==": "=", "!=": "!=", ">": ">", "<=": "<=", "<": "<", ">=": ">="}
OPPOSITE = {"==": "!=", "!=": "=", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
OUTPUTS = ("outcome", "status", "possible", "regions", "possible_regions")
Answer = tuple[str, str | None, tuple[str, ...], tuple[str, ...], tuple[str, ...]]  # as OUTPUTS
Row = tuple[Mapping[str, tuple[str, ...]], Answer]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a column, the FEEL test of the fact that gives it, and what it says of the
    criteria.
    """

    text: str
    test: str
    verdicts: Mapping[str, bool]
    unreported: bool = False


def to_dmn(table: DecisionTable) -> str:
    """The model's XML, with one decision whose id is the rule set's."""
    root = _Model(table).element()
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def columns_of(table: DecisionTable) -> dict[str, list[Word]]:
    """The words of each fact: the classes of its values, then unknown, and not reported where
    something may be assumed.
    """
    columns = {}
    for name, domain in table.domains.items():
        words = [Word(_text(one), _test(domain, one), one.verdicts) for one in domain.classes]
        if domain.fact.assume is not None:
            words.append(Word(NOT_REPORTED, f"{name} = null", {}, unreported=True))
        columns[name] = [*words, Word(UNKNOWN, "", {})]
    return columns


class _Model:
    def __init__(self, table: DecisionTable) -> None:
        self.table, self.rules = table, table.ruleset
        self.columns = columns_of(table)

    def element(self) -> ET.Element:
        about = about_rules(self.table)
        named = {"name": about["title"], "namespace": f"urn:allstatus:{about['id']}"}
        more = {"xmlns": MODEL, "id": "definitions", **named, "exporter": "allstatus"}
        root = ET.Element("definitions", more)
        _text_in(root, "description", "\n".join(self._description(about)))
        for fact in self.rules.facts.values():
            name, kind = fact.name, _type(fact)
            data = ET.SubElement(root, "inputData", id=f"input_{name}", name=name)
            ET.SubElement(data, "variable", id=f"variable_{name}", name=name, typeRef=kind)
        title = library_name(self.table)
        decision = ET.SubElement(root, "decision", id=about["id"], name=title)
        ET.SubElement(decision, "variable", id="variable_decision", name=title)
        for name in self.rules.facts:
            needed = ET.SubElement(decision, "informationRequirement", id=f"requires_{name}")
            ET.SubElement(needed, "requiredInput", href=f"#input_{name}")
        unique = {"id": "decision_table", "hitPolicy": "UNIQUE"}
        self._table(ET.SubElement(decision, "decisionTable", unique))
        return root

    def _description(self, about: Mapping[str, str]) -> Iterator[str]:
        source: Mapping[str, str] = self.rules.source
        yield (
            f"Rules {about['id']} {about['version']}, digest {about['digest']}, table digest "
            f"{about['table_digest']}"
        )
        yield f"Source: {source['title']}, {source['url']}, reviewed {source['last_reviewed']}"
        yield about["notice"]
        yield (
            'A fact that is not known is null (not reported) or, but for numbers, "unknown"; '
            "only of the former anything is assumed."
        )

    def _table(self, parent: ET.Element) -> None:
        for name, words in self.columns.items():
            question = self.rules.facts[name].question
            column = ET.SubElement(parent, "input", id=f"column_{name}", label=question)
            reads = {"id": f"reads_{name}", "typeRef": "string"}
            _text_in(ET.SubElement(column, "inputExpression", reads), "text", _expression(words))
            values = ET.SubElement(column, "inputValues", id=f"words_{name}")
            _text_in(values, "text", _words([word.text for word in words]))
        for name in OUTPUTS:
            types = {"typeRef": "string"} if name in ("outcome", "status") else {}
            ET.SubElement(parent, "output", {"id": f"output_{name}", "name": name, **types})
        for number, row in enumerate(self._rows(), 1):
            self._rule(ET.SubElement(parent, "rule", id=f"rule_{number}"), number, row)

    def _rule(self, rule: ET.Element, number: int, row: Row) -> None:
        fixed, answer = row
        for name in self.columns:
            entry = ET.SubElement(rule, "inputEntry", id=f"rule_{number}_{name}")
            _text_in(entry, "text", _words(fixed[name]) if name in fixed else "-")
        for name, said in zip(OUTPUTS, answer, strict=True):
            entry = ET.SubElement(rule, "outputEntry", id=f"rule_{number}_{name}")
            _text_in(entry, "text", _literal(said))

    def _rows(self) -> list[Row]:
        """Rows that never overlap and leave no gap: the words of each column that matters, and the
        answer.
        """
        columns = list(self.columns.items())
        grid, resolver = Grid([len(words) for _, words in columns]), CellResolver(self.table)
        cases: dict[Answer, list[int]] = {}
        for case in range(grid.size):
            chosen = zip(columns, grid.classes_of(case), strict=True)
            words = {name: words[number] for (name, words), number in chosen}
            cases.setdefault(_answer(resolver, words), []).append(case)
        sets = {answer: set_of(some) for answer, some in cases.items()}
        boxes = disjoint_boxes(grid, sets, _left_to_say)
        return [(_texts(columns, fixed), answer) for fixed, answer in boxes]


def _answer(resolver: CellResolver, words: Mapping[str, Word]) -> Answer:
    known = {name: verdict for word in words.values() for name, verdict in word.verdicts.items()}
    unreported = frozenset(name for name, word in words.items() if word.unreported)
    cell = resolver.resolve(tuple(map(known.get, resolver.table.criteria)), unreported).cell
    return cell.outcome, cell.status, cell.possible, cell.regions, cell.possible_regions


def _texts(columns: list[tuple[str, list[Word]]], fixed: Fixed) -> dict[str, tuple[str, ...]]:
    """The words that a box allows in each column it does not hold whole."""
    texts = {}
    for axis, inside in fixed.items():
        name, words = columns[axis]
        texts[name] = tuple(words[number].text for number in inside)
    return texts


def _left_to_say(branches: list[Branch[Answer]]) -> tuple[int, int]:
    """How many different answers the branches still hold, together; then how many there are."""
    return sum(len(left) for _, left in branches), len(branches)


def _type(fact: Fact) -> str:
    """Of a yes/no fact any, where "unknown" differs from null."""
    assumed = fact.kind == "yes_no" and fact.assume is not None
    return "Any" if assumed else TYPES.get(fact.kind, "number")


def _text(value: ValueClass) -> str:
    if isinstance(value.value, bool):
        return "yes" if value.value else "no"
    return str(value.value)


def _test(domain: FactDomain, value: ValueClass) -> str:
    """When a fact is of a class of values."""
    name, kind = domain.fact.name, domain.fact.kind
    if kind in HIGHEST:
        # of any other number nothing is said
        tests = [">= 0", f"<= {format_number(HIGHEST[kind])}"]
        tests += [_side(domain.conditions[n], held) for n, held in value.verdicts.items()]
        return " and ".join(f"{name} {test}" for test in tests)
    alike = [one for one in domain.values() if domain.verdicts(one) == value.verdicts]
    return " or ".join(f"{name} = {_literal(one)}" for one in alike)


def _side(condition: Comparison, held: bool) -> str:
    assert condition.limit is not None
    return f"{(FEEL if held else OPPOSITE)[condition.operator]} {format_number(condition.limit)}"


def _expression(words: list[Word]) -> str:
    """FEEL that gives a fact's word; whatever no test holds of is unknown."""
    tests = "".join(f'if {word.test} then "{word.text}" else ' for word in words if word.test)
    return f'{tests}"{UNKNOWN}"'


def _literal(value: str | bool | tuple[str, ...] | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else f"[{', '.join(map(_literal, value))}]"


def _words(words: list[str] | tuple[str, ...]) -> str:
    return ", ".join(map(_literal, words))


def _text_in(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text
