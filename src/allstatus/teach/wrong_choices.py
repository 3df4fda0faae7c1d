"""Why a wrong choice of an exercise is wrong: which fact of this case speaks against it; the page
words it the same way (`web/exercises.js`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from allstatus.decision.decision import Decision
from allstatus.render.definitions import follows_words
from allstatus.render.reader import Reader
from allstatus.render.words import criterion_words
from allstatus.rules.ruleset import RuleSet
from allstatus.table.decision_table import OUTSIDE
from allstatus.table.facts import UNKNOWN
from allstatus.teach.strings import fact_label, texts, value_text


@dataclass(frozen=True, slots=True)
class WrongChoices:
    """A case with its decision; `titles` has every choice in words."""

    rules: RuleSet
    record: Mapping[str, Any]
    decision: Decision
    titles: Mapping[str, str]

    def why(self, chosen: str) -> str:
        """What speaks against a choice that is not the answer, in a sentence or two."""
        outcome, possible = self.decision.outcome, self.decision.possible
        if outcome == "conflicting_data":
            return self._say("clash", facts=self.clashing)
        if chosen == "conflicting_data":
            return self._say("no_clash")
        if chosen == "insufficient_data":
            return self._nothing_missing()
        if chosen in possible:
            others = self.either(name for name in possible if name != chosen)
            missing = ", ".join(self._label(entry.fact) for entry in self.decision.missing)
            return self._say("open", others=others, facts=missing)
        if chosen == OUTSIDE:
            fits = "fits" if outcome == "determined" else "one_fits"
            return self._say(fits, title=self.either(possible))
        return self._against(chosen)

    def stated(self, fact: str) -> str:
        """A fact with its value in this case."""
        value = value_text(self.rules, fact, self.record.get(fact))
        return f"{self._label(fact)} ({value})"

    @property
    def clashing(self) -> str:
        """The facts that contradict each other, with their values."""
        facts = (fact for entry in self.decision.conflicts for fact in entry.facts)
        return ", ".join(map(self.stated, dict.fromkeys(facts)))

    def either(self, possible: Iterable[str]) -> str:
        """One of these answers, as a part of a sentence."""
        said, wanted = texts(self.rules), set(possible)
        return str(said["or"]).join(
            said["in_a_sentence"].get(name, title)
            for name, title in self.titles.items()
            if name in wanted
        )

    def _nothing_missing(self) -> str:
        said = self._say("enough")
        if not self.decision.irrelevant:
            return said
        idle = ", ".join(map(self._label, self.decision.irrelevant))
        return f"{said} {self._say('idle', facts=idle)}"

    def _against(self, status: str) -> str:
        entry = next(entry for entry in self.decision.why_not if entry.status == status)
        if entry.together:
            return self._say("never", title=self.titles[status])
        because = "; ".join(map(self._opposite, entry.failing))
        return self._say("against", title=self.titles[status], because=because)

    def _opposite(self, path: str) -> str:
        """What is so in this case where a clause asks for something else."""
        node = self.decision.trace.nodes[path]
        if node.criterion is None:
            return self._say("already", title=self.titles[path.rpartition(".")[2]])
        text = criterion_words(self.rules, node.criterion, node.kind == "not")
        condition = self.rules.criteria[node.criterion].condition
        fact, value = condition.fact, self.record.get(condition.fact)
        seen = value_text(self.rules, fact, value)
        if value is None and fact in {entry.fact for entry in self.decision.assumptions}:
            seen = str(texts(self.rules)["page"]["assumed_value"]).format(value=seen)
        elif value in (None, UNKNOWN) or condition.limit is None:
            return follows_words(self.decision, node.criterion, text, Reader(self.rules))
        return f"{text} ({seen})"

    def _label(self, fact: str) -> str:
        return fact_label(self.rules, fact)

    def _say(self, name: str, **parts: str) -> str:
        return str(texts(self.rules)["exercise"]["wrong"][name]).format(**parts)
