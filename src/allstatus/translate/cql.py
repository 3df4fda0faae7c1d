"""The rule set as a CQL library with one parameter for each fact, giving the same answers as the
decision table.

CQL's `and` and `or` are Kleene's, which know less than "what every completion agrees on"; so each
set of cases is written as boxes (see `boxes`), and the answer is exact. CQL's Decimal has 8 decimal
places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from allstatus.record.percent import format_number
from allstatus.rules.condition import Comparison
from allstatus.rules.ruleset import Fact
from allstatus.table.case_set import NO_CASE, CaseSet
from allstatus.table.decision_table import OUTSIDE, DecisionTable
from allstatus.translate.box_conditions import Condition, conditions_of
from allstatus.translate.plain_json import about_rules

TYPES = {"yes_no": "Boolean", "choice": "String"}
NUMBER = "Interval<Decimal>"
UNKNOWN_FACTS = "facts stated as unknown"
SURELY = {  # (certainly true, certainly false) of an interval from start to end
    ">": ("start > limit", "end <= limit"),
    ">=": ("start >= limit", "end < limit"),
    "<": ("end < limit", "start >= limit"),
    "<=": ("end <= limit", "start > limit"),
    "==": ("start = limit and end = limit", "end < limit or start > limit"),
    "!=": ("end < limit or start > limit", "start = limit and end = limit"),
}


def to_cql(table: DecisionTable) -> str:
    """The library's text; evaluate `Outcome`, `Status`, `Possible`, `Regions` and
    `PossibleRegions`, or `IsInRemission` and the like.
    """
    return "\n".join(_CqlLibrary(table).lines()) + "\n"


def library_name(table: DecisionTable) -> str:
    """The rule set's id as a CQL name: `NciPdqAdultAllPatient`."""
    return "".join(part.capitalize() for part in re.split(r"\W+", table.ruleset.id))


class _CqlLibrary:
    def __init__(self, table: DecisionTable) -> None:
        self.table, self.rules = table, table.ruleset
        self.assumable = [fact for fact in self.rules.facts.values() if fact.assume is not None]
        self.type = "Tuple{" + ", ".join(f"{name} Boolean" for name in table.criteria) + "}"

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield from self._parameters()
        yield from self._criteria()
        yield from self._assumptions()
        yield from self._answers()

    def _head(self) -> Iterator[str]:
        about = about_rules(self.table)
        yield f"library {library_name(self.table)} version '{about['version']}'"
        yield f"\n// {about['title']}"
        yield f"// Rules {about['id']} {about['version']}, digest {about['digest']}"
        yield (
            f"// Source: {about['source']['title']}, {about['source']['url']}, reviewed "
            f"{about['source']['last_reviewed']}"
        )
        yield f"// {about['notice']}"

    def _parameters(self) -> Iterator[str]:
        yield (
            "\n// The facts; null where not reported. A number is an interval, closed at both ends "
            "when it is exact."
        )
        for fact in self.rules.facts.values():
            values = f"  // {', '.join(fact.values)}" if fact.values else ""
            yield f'parameter "{fact.name}" {TYPES.get(fact.kind, NUMBER)}{values}'
        yield "// Names of facts that are stated as unknown, of which nothing is assumed"
        yield f'parameter "{UNKNOWN_FACTS}" List<String>'

    def _criteria(self) -> Iterator[str]:
        yield "\n// The criteria: true, false, or null where what is known does not decide"
        yield 'define "Stated": Tuple {'
        for place, criterion in enumerate(self.rules.criteria.values(), 1):
            comma = "," if place < len(self.rules.criteria) else ""
            yield f"  // {criterion.title}"
            yield f"  {criterion.name}: {_verdict(criterion.condition)}{comma}"
        yield "}"

    def _assumptions(self) -> Iterator[str]:
        """Each assumption in turn, on what is known after the one before."""
        before = "Stated"
        for fact in self.assumable:
            assert fact.assume is not None
            yield f"\n// {fact.assume.because}"
            fails, when = NO_CASE, fact.assume.when
            if when is not None:
                fails = self.table.consistent & ~self.table.where(when)
            yield from self._function(f"{fact.name} may not be assumed", fails)
            yield f'define "{fact.name} may be assumed":'
            stated_unknown = f"\"{UNKNOWN_FACTS}\" Name where Name = '{fact.name}'"
            yield f'  "{fact.name}" is null and not exists ({stated_unknown})'
            yield f'    and not "{fact.name} may not be assumed"("{before}")'
            after = f"After assuming {fact.name}"
            yield from self._taken(fact, before, after)
            before = after
        self.known = before

    def _taken(self, fact: Fact, before: str, after: str) -> Iterator[str]:
        assert fact.assume is not None
        parts = []
        for name in self.table.criteria:
            part, condition = f'"{before}".{name}', self.rules.criteria[name].condition
            verdict = condition.holds(fact.assume.value) if condition.fact == fact.name else None
            if verdict is not None:
                where = self.table.where_true(name) if verdict else ~self.table.where_true(name)
                can_be = f"{name} can be {_word(verdict)}"
                yield from self._function(can_be, self.table.consistent & where)
                taken = (
                    f'if "{fact.name} may be assumed" and "{can_be}"("{before}") '
                    f"then {_word(verdict)} else null"
                )
                part = f"Coalesce({part}, {taken})"
            parts.append(f"{name}: {part}")
        yield f'define "{after}": Tuple {{\n  ' + ",\n  ".join(parts) + "\n}"

    def _answers(self) -> Iterator[str]:
        outcomes: Mapping[str, CaseSet] = {**self.table.statuses, OUTSIDE: self.table.outside}
        yield (
            "\n// What is still possible: each set of cases as boxes, open when what is known "
            "contradicts nothing in one"
        )
        for name, cases in (*outcomes.items(), *self.table.regions.items()):
            yield from self._function(f"{name} is possible", cases)
        for name, cases in self.table.regions.items():
            yield from self._function(f"{name} is open", self.table.outside & ~cases)
        yield from self._listed("Possible", list(outcomes), "true")
        yield '\ndefine "Outcome":\n  case'
        yield "    when Count(\"Possible\") = 0 then 'conflicting_data'"
        yield "    when Count(\"Possible\") > 1 then 'insufficient_data'"
        yield f"    when First(\"Possible\") = '{OUTSIDE}' then '{OUTSIDE}'"
        yield "    else 'determined'\n  end"
        yield '\ndefine "Status": if "Outcome" = \'determined\' then First("Possible") else null'
        for status in self.rules.statuses.values():
            yield f'define "{status.condition_name}": Coalesce("Status" = \'{status.name}\', false)'
        undescribed = f"\"Outcome\" = '{OUTSIDE}'"
        for title, surely in (("Regions", "not "), ("PossibleRegions", "")):
            when = f'{undescribed} and {surely}"{{name}} is open"("{self.known}")'
            yield from self._listed(title, list(self.table.regions), when)

    def _listed(self, title: str, names: list[str], when: str) -> Iterator[str]:
        entries = ",\n".join(
            f"    if {when.format(name=name)} "
            f'and "{name} is possible"("{self.known}") then \'{name}\' else null'
            for name in names
        )
        yield f'\ndefine "{title}":\n  ({{\n{entries}\n  }}) Name where Name is not null'

    def _function(self, name: str, cases: CaseSet) -> Iterator[str]:
        yield f'define function "{name}"(known {self.type}):'
        boxes = [_condition(one) for one in conditions_of(self.table, cases)]
        yield "  " + "\n  or ".join(boxes or ["false"])


def _condition(condition: Condition) -> str:
    said = (f"known.{name} is not {_word(not verdict)}" for name, verdict in condition.items())
    return f"({' and '.join(said) or 'true'})"


def _verdict(condition: Comparison) -> str:
    if condition.limit is not None:
        return _number_verdict(condition, condition.limit)
    if isinstance(condition.operand, bool):
        return f'"{condition.fact}"'
    equal = "=" if condition.operator == "==" else "!="
    return f"\"{condition.fact}\" {equal} '{condition.operand}'"


def _number_verdict(condition: Comparison, limit: Fraction) -> str:
    decimal = format_number(limit)
    words = {"start": f'start of "{condition.fact}"', "end": f'end of "{condition.fact}"'}
    words["limit"] = decimal if "." in decimal else f"{decimal}.0"
    true, false = (
        re.sub(r"start|end|limit", lambda match: words[match[0]], text)
        for text in SURELY[condition.operator]
    )
    return f"case when {true} then true when {false} then false else null end"


def _word(verdict: bool) -> str:
    return "true" if verdict else "false"
