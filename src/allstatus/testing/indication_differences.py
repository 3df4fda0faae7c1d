"""Which records another overlay answers otherwise; only what can differ is read again, for there
are many mutants.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allstatus.decision.applicability import Applicability, OptionList
from allstatus.decision.stated_use import AgentIndication, IndicationTable, Known
from allstatus.record.model import Record
from allstatus.testing.indication_answers import agent_uses

Readable = Mapping[int, tuple[str, Record]]  # by place: the status and the record
LISTED = ("listed", ())


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
        before, after = self.right.overlay, other.overlay
        same_words = before.criteria == after.criteria and before.facts == after.facts
        changed = {
            status: _Changed(self.right.options_of(status), other.options_of(status))
            for status in self.right.ruleset.statuses
        }
        as_before = {status: same_words and one.asks_no_more for status, one in changed.items()}
        for place, (status, record) in self._readable.items():
            if changed[status].agents or changed[status].options:
                known = self._known[place]
                now = known if as_before[status] else changed[status].after.known(record)
                if changed[status].differs(known, now):
                    yield place


class _Changed:
    """The agents and options of one status whose tables are not the same in both overlays."""

    def __init__(self, before: OptionList, after: OptionList) -> None:
        self.status, self.after = before.status, after
        self.asks_no_more = set(after.criteria) <= set(before.criteria)
        one, two = (
            {f.use.agent: f for group in listed.fittings.values() for f in group}
            for listed in (before, after)
        )
        self.agents = [
            (one.get(name), two.get(name))
            for name in one | two
            if one.get(name) is not two.get(name)
        ]
        pairs = {
            name: (before.conditions.get(name), after.conditions.get(name))
            for name in before.conditions | after.conditions
        }
        self.options = [
            pair for pair in pairs.values() if pair[0] is not pair[1] and not self._alike(*pair)
        ]
        self._asked = [self._criteria(side) for side in (0, 1)]
        self._differing: dict[tuple[Any, ...], bool] = {}

    def differs(self, known: Known, now: Known) -> bool:
        """Whether a record with these verdicts, by the one overlay and by the other, is answered
        otherwise; worked out once for those that are the same to what is asked.
        """
        before, after = self._asked
        asked = *(known[name] for name in before), *(now[name] for name in after)
        if asked not in self._differing:
            self._differing[asked] = any(
                self._agent(one, known) != self._agent(two, now) for one, two in self.agents
            ) or any(_option(one, known) != _option(two, now) for one, two in self.options)
        return self._differing[asked]

    def _criteria(self, side: int) -> list[str]:
        """The criteria that the agents and options ask for, by one of the two overlays."""
        agents = [agent for pair in self.agents if (agent := pair[side])]
        tables = [table for pair in self.options if (table := pair[side])]
        tables += [table for agent in agents for table in agent.conditions()]
        return sorted({name for table in tables for name in table.table.criteria})

    def _alike(self, one: IndicationTable | None, two: IndicationTable | None) -> bool:
        """Whether two tables are made of the same words and hold in the same cases."""
        if one is None or two is None:
            return False
        return (
            not self.agents
            and one.table.ruleset.criteria == two.table.ruleset.criteria
            and one.table.statuses == two.table.statuses
        )

    def _agent(self, fitting: AgentIndication | None, known: Known) -> Any:
        return None if fitting is None else agent_uses(fitting.read(known, self.status))


def _option(condition: IndicationTable | None, known: Known) -> Any:
    said = None if condition is None else condition.read(known)
    return LISTED if said is None else (said.applicability, tuple(said.needs))
