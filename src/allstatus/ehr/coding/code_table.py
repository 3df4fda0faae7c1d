"""One table of meanings: codes are looked up by their system, topics have a broader one, and
several codings of one concept are translations of one meaning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from allstatus.ehr.chart import Code
from allstatus.record.frozen import Frozen, freeze
from allstatus.record.remembered import remembered
from allstatus.record.value_class import value_class

_OWN = ("title", "words", "names", "codes", "broader")  # what a topic does not share with others


@value_class
class Topic(Frozen):
    """A meaning: its name, title, the words a fitting display holds, what its table says of it, and
    every topic that is wider than it.
    """

    name: str
    title: str
    words: tuple[str, ...]
    more: Mapping[str, Any]
    wider: frozenset[str] = field(default=frozenset())

    def __getitem__(self, key: str) -> Any:
        return self.more.get(key)


class Match(NamedTuple):
    """A topic found, by which code, and what a reader should check about it."""

    topic: Topic
    code: Code
    caution: str = ""


Known = tuple[Topic, bool]  # what a code means, and whether that was verified


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One file of topics, looked up by system and code; `below` are codes that stand for all finer
    ones too. `rename` gives a code its system's short name where only a site knows it.
    """

    topics: Mapping[str, Topic]
    by_code: Mapping[tuple[str, str], Known]
    below: Mapping[str, Mapping[str, Known]]
    rename: Callable[[Code], Code | None] | None = None

    @classmethod
    def of(
        cls, entries: dict[str, Any], rename: Callable[[Code], Code | None] | None = None
    ) -> Table:
        """The table of a file's entries. Raises KeyError for a `broader` that is no topic of it."""
        topics = {name: _topic(name, entries) for name in entries}
        by_code, below = dict[tuple[str, str], Known](), dict[str, dict[str, Known]]()
        for name, topic in topics.items():
            for code in entries[name]["codes"]:
                system, known = code["system"], (topic, bool(code["verified"]))
                by_code[system, str(code["code"])] = known
                if code.get("below"):
                    below.setdefault(system, {})[str(code["code"])] = known
        return cls(freeze(topics), freeze(by_code), freeze(below), rename)

    def find(self, codes: Iterable[Code]) -> Match | None:
        """What the codings of one concept mean together: the narrowest topic, or what topics that
        differ share; None when no coding is known or they share nothing.
        """
        found = self.find_each(codes)
        return found[0] if len(found) == 1 else self._share(found) if found else None

    def find_each(self, codes: Iterable[Code]) -> tuple[Match, ...]:
        """Every topic the codes name, without those that are wider than another of them."""
        return self._find_each(tuple(codes))

    @remembered(1 << 15)
    def _find_each(self, codes: tuple[Code, ...]) -> tuple[Match, ...]:
        found: dict[str, Match] = {}
        for code in codes:
            known = self.known(code)
            if known is not None and known[0].name not in found:
                found[known[0].name] = Match(known[0], code, _caution(code, *known))
        if len(found) > 1:
            found = self._combined(found)
            wider = frozenset[str]().union(*(match.topic.wider for match in found.values()))
            return tuple(match for name, match in found.items() if name not in wider)
        return tuple(match for match in found.values() if not match.topic["modifier"])

    def torn(self, codes: Iterable[Code]) -> bool:
        """Whether a concept's known codings have nothing in common."""
        found = self.find_each(codes)
        return len(found) > 1 and self._share(found) is None

    def of_population(self, codes: Sequence[Code], title: str) -> Table:
        """The same table of diagnoses for another population: its own diagnoses are the topics of
        these codes and those within them, what takes them in may be one of them, and what was
        another population's is another disease. A code not known here means what the others do.
        """
        named = [known[0] for code in codes if (known := self.known(code)) is not None]
        base = min(named, key=lambda topic: len(topic.wider), default=Topic(title, title, (), {}))
        topics = {**self.topics, base.name: base}
        ours = {base.name, *(topic.name for topic in named)}
        within = {name for name, topic in topics.items() if ours & {name, *topic.wider}}
        vague = {wide for name in within for wide in topics[name].wider} - within
        marked = {
            name: replace(topic, more={**topic.more, "all": _place(topic, within, vague)})
            for name, topic in topics.items()
        }
        by_code = {key: (marked[topic.name], sure) for key, (topic, sure) in self.by_code.items()}
        new = [code for code in codes if self.known(code) is None]
        by_code |= {(code.system, code.code): (marked[base.name], True) for code in new}
        below = {
            system: {code: (marked[topic.name], sure) for code, (topic, sure) in known.items()}
            for system, known in self.below.items()
        }
        return Table(freeze(marked), freeze(by_code), freeze(below), self.rename)

    def known(self, code: Code) -> Known | None:
        """(the topic of one code, whether it is verified), or None."""
        found = self.by_code.get((code.system, code.code))
        if found is None and code.system in self.below:
            finer = self.below[code.system]
            ends = range(len(code.code) - 1, 0, -1)
            found = next((finer[code.code[:n]] for n in ends if code.code[:n] in finer), None)
        if found is None and self.rename is not None and (own := self.rename(code)) is not None:
            return self.known(own)
        return found

    def _combined(self, found: dict[str, Match]) -> dict[str, Match]:
        """Topics that mean another one together, such as a morphology with its place; what only
        modifies others is left out.
        """
        kept: dict[str, Match] = {}
        for match in found.values():
            together: Mapping[str, str] = match.topic["with"] or {}
            other = next((result for beside, result in together.items() if beside in found), None)
            topic = match.topic if other is None else self.topics[other]
            if not topic["modifier"]:
                kept.setdefault(topic.name, match._replace(topic=topic))
        return kept

    def _share(self, found: tuple[Match, ...]) -> Match | None:
        """The narrowest topic that takes in all of them, with whatever else they say; where two
        say otherwise, with what all of them say.
        """
        common = frozenset.intersection(*(m.topic.wider | {m.topic.name} for m in found))
        if not common:
            return None
        base = max((self.topics[name] for name in common), key=lambda topic: len(topic.wider))
        said = [match.topic.more for match in found]
        keys = {key for more in said for key in more}
        agreed = {key: _agreed(more[key] for more in said if key in more) for key in keys}
        differ = any(value is None for value in agreed.values())
        if differ:
            agreed = {key: agreed[key] for key in keys if all(key in more for more in said)}
        more = {key: value for key, value in agreed.items() if value is not None}
        titles = "; ".join(sorted({match.topic.title for match in found}))
        topic = Topic(base.name, base.title if differ else titles, (), more, base.wider)
        caution = next((match.caution for match in found if match.caution), "")
        if differ:
            caution = f"its codes name different things ({titles}); what they share is used"
        return Match(topic, found[0].code, caution)


def _place(topic: Topic, within: set[str], vague: set[str]) -> bool | None:
    """Whether a topic is of the population (True), may be (None), or is another disease (False);
    what is no diagnosis by itself stays so.
    """
    if topic.name in within:
        return True
    if topic.name in vague or topic["all"] is None:
        return None
    return False


def _topic(name: str, topics: dict[str, Any]) -> Topic:
    entry = topics[name]
    wider: set[str] = set()
    waiting = broader_of(entry)
    while waiting:
        if (other := waiting.pop()) not in wider:
            wider.add(other)
            waiting += broader_of(topics[other])
    more = {key: value for key, value in entry.items() if key not in _OWN}
    return Topic(name, entry["title"], tuple(entry.get("words", ())), more, frozenset(wider))


def broader_of(entry: Mapping[str, Any]) -> list[str]:
    """The topics that an entry names as the next wider than its own."""
    given = entry.get("broader", ())
    return [given] if isinstance(given, str) else list(given)


def _agreed(values: Iterable[Any]) -> Any:
    """What all say, or None when two differ."""
    first, *rest = values
    return first if all(value == first for value in rest) else None


def _caution(code: Code, topic: Topic, verified: bool) -> str:
    said = f" {code.display.lower()} "
    if code.display and topic.words and not any(word in said for word in topic.words):
        return (
            f"the code {code.code} is sent with a display that does not fit it ({topic.title}); it "
            f"is read by its code"
        )
    if verified:
        return ""
    return (
        f"the code {code.code} ({topic.title}) is not checked against its source; please verify it"
    )
