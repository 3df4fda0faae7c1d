"""The blocks of an explanation, made of a decision for a reader: the one place where it is put into
words.
"""

from __future__ import annotations

from collections.abc import Iterable

from allstatus.decision.answer import UNDECIDED
from allstatus.decision.decision import Decision, measured
from allstatus.render.blocks import (
    Block,
    Changes,
    DecidedBy,
    Definitions,
    FactRow,
    Facts,
    Headline,
    Item,
    ItemList,
    Kind,
    OpenQuestion,
    OpenQuestions,
    Options,
    Sentences,
    Thresholds,
)
from allstatus.render.changes import Needed, answers_away, answers_to_ask, change_ways
from allstatus.render.definitions import definitions, why_not_words
from allstatus.render.listed_options import options_block
from allstatus.render.messages import headline, may_be, messages
from allstatus.render.reader import Reader
from allstatus.render.threshold import thresholds
from allstatus.render.words import diagnosis_words, limit_words
from allstatus.why.cites import PageCite
from allstatus.why.observed import Observation


def make_blocks(
    decision: Decision, level: str, form: str, kinds: Iterable[Kind]
) -> tuple[Block, ...]:
    """The blocks of these kinds, in this order, without those of which there is nothing to say.

    `form` is text, page, card or timeline, whose titles differ.
    """
    maker = _Maker(decision, Reader(decision.rules, level), form)
    made = (getattr(maker, kind)() for kind in kinds)
    return tuple(block for block in made if block is not None)


class _Maker:
    """A method for each kind of block; None where a decision has nothing of it."""

    def __init__(self, decision: Decision, reader: Reader, form: str) -> None:
        self.decision, self.reader, self.form = decision, reader, form
        self.rules = decision.rules

    def headline(self) -> Headline:
        one = self.decision
        return Headline(headline(one, self.reader.level), one.outcome, one.id)

    def messages(self) -> Sentences | None:
        if self.decision.outcome == "insufficient_data":
            return None  # each stands beside its question
        return _sentences("messages", messages(self.decision, self.reader.level))

    def remission(self) -> Sentences | None:
        number = self.decision.remission_number
        said = [self.reader.says("remission", number=number)] if number else []
        return _sentences("remission", said)

    def no_options(self) -> Sentences | None:
        none = self.decision.status is None and not self.decision.options
        return _sentences("no_options", [self.reader.says("no_options")] if none else [])

    def away(self) -> ItemList | None:
        return self._list("away", map(Item, answers_away(self.decision)))

    def possible(self) -> ItemList | None:
        names = self.decision.possible
        titles = self.reader.outcomes() if len(names) > 1 else {}
        return self._list("possible", [Item(titles[name]) for name in names if titles])

    def may_be(self) -> ItemList | None:
        introduction, said = may_be(self.decision, self.reader.level) or ("", [])
        return _item_list("may_be", introduction, map(Item, said))

    def regions(self) -> ItemList | None:
        said = [Item(region.sentence) for region in self.decision.regions]
        return _item_list("regions", "", said)

    def perhaps(self) -> ItemList | None:
        said = [
            Item(one.sentence, self._names(one.depends_on))
            for one in self.decision.possible_regions
        ]
        return _item_list("perhaps", "", said)

    def conflicts(self) -> ItemList | None:
        return self._list(
            "conflicts",
            [
                Item(self.reader.told(one.because), self._names(one.facts))
                for one in self.decision.conflicts
            ],
        )

    def warnings(self) -> ItemList | None:
        return self._list("warnings", map(Item, map(self.reader.told, self.decision.warnings)))

    def diagnoses(self) -> ItemList | None:
        return self._list("diagnoses", map(Item, map(diagnosis_words, self.decision.diagnoses)))

    def assumptions(self) -> ItemList | None:
        said = [
            Item(self.reader.told(one.because), self.reader.words(one.fact))
            for one in self.decision.assumptions
        ]
        return self._list("assumptions", said)

    def reasons(self) -> ItemList | None:
        """Each set of facts that settles the outcome, with how a fact is known where it was not
        given.
        """
        found = self.decision.reasons if self._settled else ()
        said = [Item(", ".join(map(self._known_as, names))) for names in found]
        return _item_list(
            "reasons", self._title("reasons_each" if len(said) > 1 else "reasons"), said
        )

    def why_not(self) -> ItemList | None:
        said, titles = why_not_words(self.decision, self.reader), self.reader.outcomes()
        return self._list("why_not", [Item(why, titles[to]) for to, why in said.items()])

    def near(self) -> ItemList | None:
        """A measured percentage at or near its limit, or whose counting error spans it."""
        said = [
            self._near(criterion, seen)
            for criterion, seen in measured(self.decision).items()
            if seen.margin is not None and (seen.near or _spans(seen))
        ]
        return self._list("near", map(Item, said))

    def elsewhere(self) -> ItemList | None:
        return self._list(
            "elsewhere", [Item(self.reader.told(one.says)) for one in self.decision.elsewhere]
        )

    def irrelevant(self) -> ItemList | None:
        return self._list("irrelevant", map(Item, map(self.reader.words, self.decision.irrelevant)))

    def finding(self) -> Changes | None:
        return self._changes("finding")

    def event(self) -> Changes | None:
        return self._changes("event")

    def correction(self) -> Changes | None:
        return self._changes("correction")

    def questions(self) -> OpenQuestions | None:
        if not self.decision.missing:
            return None
        ask = self.decision.ask_next
        said = zip(self.decision.missing, messages(self.decision, self.reader.level), strict=True)
        return OpenQuestions(
            self._title("questions"),
            tuple(
                OpenQuestion(
                    self.reader.words(entry.fact),
                    entry.question,
                    why,
                    entry.answered_by,
                    first := ask is not None and entry.fact == ask.fact,
                    answers_to_ask(self.decision) if first else (),
                )
                for entry, why in said
            ),
        )

    def options(self) -> Options | None:
        return options_block(self.decision.options, self.reader, self.form)

    def definitions(self) -> Definitions:
        return Definitions(tuple(definitions(self.decision, self.reader)))

    def thresholds(self) -> Thresholds:
        return Thresholds(tuple(thresholds(self.decision, self.reader)))

    def facts(self) -> Facts:
        return self._facts("facts", "facts", self.decision.facts)

    def decisive(self) -> Facts | None:
        """The facts that already force the outcome, or those known where nothing does."""
        facts, reasons = self.decision.facts, self.decision.reasons
        names = [
            name for name in (reasons[0] if reasons else facts) if facts[name].value is not None
        ]
        title = "decided" if self.decision.outcome == "determined" else "decisive"
        return self._facts("decisive", title, names, settle=bool(reasons)) if names else None

    def source(self) -> DecidedBy:
        decision = self.decision
        status = self.rules.statuses.get(decision.status or "")
        told = any(option.by_agent for option in decision.options)
        return DecidedBy(
            decision.ruleset,
            decision.engine,
            decision.applicability if told else None,
            PageCite(**status.cite) if status else None,
            decision.notice,
        )

    @property
    def _settled(self) -> bool:
        return self.decision.outcome not in ("insufficient_data", *UNDECIDED)

    def _title(self, kind: str) -> str:
        return self.reader.title(self.form, kind)

    def _list(self, kind: Kind, items: Iterable[Item]) -> ItemList | None:
        found = tuple(items)
        return ItemList(kind, self._title(kind), found) if found else None

    def _names(self, facts: Iterable[str]) -> str:
        return self.reader.says("and").join(map(self.reader.words, facts))

    def _known_as(self, name: str) -> str:
        state, text = self.decision.facts[name].state, self.reader.words(name)
        return text if state == "given" else f"{text} ({self.reader.says('known', state)})"

    def _changes(self, needed: Needed) -> Changes | None:
        ways = change_ways(self.decision, needed) if self._settled else ()
        return Changes(needed, self._title(needed), ways) if ways else None

    def _facts(self, kind: Kind, title: str, names: Iterable[str], settle: bool = False) -> Facts:
        return Facts(kind, self._title(title), tuple(map(self._row, names)), settle)

    def _row(self, name: str) -> FactRow:
        entry, reader = self.decision.facts[name], self.reader
        value = reader.value(name, entry.value)
        known = reader.known_as(value, entry.state)
        return FactRow(reader.words(name), value, known, entry.state, entry.evidence)

    def _near(self, criterion: str, seen: Observation) -> str:
        says = self.reader.says
        where = says("near", "at_limit")
        if not seen.at_threshold:
            distance = self.reader.margin(seen.margin)
            where = says("near", "measured", value=seen.actual, distance=distance)
        said = says("near", "limit", limit=limit_words(self.rules, criterion), where=where)
        error = seen.counting_error
        if error is not None and error.spans_threshold:
            said += says("near", "spans", cells=error.cells_counted)
        return said


def _sentences(kind: Kind, said: Iterable[str]) -> Sentences | None:
    sentences = tuple(said)
    return Sentences(kind, sentences) if sentences else None


def _item_list(kind: Kind, title: str, items: Iterable[Item]) -> ItemList | None:
    found = tuple(items)
    return ItemList(kind, title, found) if found else None


def _spans(seen: Observation) -> bool:
    return seen.counting_error is not None and seen.counting_error.spans_threshold
