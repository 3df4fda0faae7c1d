"""Which records another overlay answers otherwise; only what can differ is read again, for there
are many mutants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from allstatus.decision.applicability import Applicability, OptionList
from allstatus.decision.stated_use import AgentIndication, IndicationTable, Known
from allstatus.record.model import Record
from allstatus.testing.answers import agent_uses

Readable = Mapping[int, tuple[str, Record]]  # by place: the status and the record


class Differences:
    """The records of which an overlay is asked, with the verdicts of its criteria on each, worked
    out once.
    """

    def __init__(self, right: Applicability, readable: Readable) -> None:
        self.right, self._readable = right, readable
        self._known = {
            place: right.options_of(status).known(record)
            for place, (status, record) in readable.items()
        }

    def with_(self, other: Applicability) -> Iterator[int]:
        """The places of the records to which the other overlay gives another answer."""
        changed = {
            status: _Changed(self.right.options_of(status), other.options_of(status))
            for status in self.right.ruleset.statuses
        }
        before, after = self.right.overlay, other.overlay
        same_words = before.criteria == after.criteria and before.facts == after.facts
        for place, (status, record) in self._readable.items():
            one, known = changed[status], self._known[place]
            if one.pairs:
                as_before = same_words and known.keys() >= one.after_criteria
                if one.differs(known, known if as_before else one.after.known(record)):
                    yield place


@dataclass(frozen=True, slots=True)
class _Asked:
    """An agent, or an option: its tables, and what it answers. With the same `words` it answers
    the same.
    """

    words: Any
    tables: Sequence[IndicationTable]
    answer: Callable[[Known], Any]


class _Changed:
    """The agents and options of one status that are not the same in both overlays."""

    def __init__(self, before: OptionList, after: OptionList) -> None:
        one, two = _asked(before), _asked(after)
        every = [(one.get(name), two.get(name)) for name in one | two]
        self.pairs = [(a, b) for a, b in every if not (a and b and a.words == b.words)]
        self.after, self.after_criteria = after, set(after.criteria)
        self._criteria = [_criteria([pair[side] for pair in self.pairs]) for side in (0, 1)]
        self._differing: dict[tuple[bool | None, ...], bool] = {}

    def differs(self, known: Known, now: Known) -> bool:
        """Whether a record with these verdicts, by the one overlay and by the other, is answered
        otherwise; worked out once for those that are the same to what is asked.
        """
        before, after = self._criteria
        asked = *(known[name] for name in before), *(now[name] for name in after)
        if asked not in self._differing:
            self._differing[asked] = any(
                (one and one.answer(known)) != (two and two.answer(now)) for one, two in self.pairs
            )
        return self._differing[asked]


def _asked(listed: OptionList) -> dict[tuple[str, str], _Asked]:
    """What an overlay is asked of a status: each agent and each option by name."""
    asked = {
        ("agent", name): _Asked(
            fitting, list(fitting.conditions()), partial(_uses, fitting, listed.status)
        )
        for name, fitting in listed.agents.items()
    }
    for name, table in listed.conditions.items():
        rules = table.table.ruleset
        words = rules.criteria, rules.facts, table.table.statuses
        asked["option", name] = _Asked(words, [table], partial(_word, table))
    return asked


def _criteria(asked: Sequence[_Asked | None]) -> list[str]:
    tables = [table for one in asked if one is not None for table in one.tables]
    return sorted({name for table in tables for name in table.table.criteria})


def _uses(fitting: AgentIndication, status: str, known: Known) -> Any:
    return agent_uses(fitting.read(known, status))


def _word(table: IndicationTable, known: Known) -> Any:
    said = table.read(known)
    return said.applicability, said.needs
