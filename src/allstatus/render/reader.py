"""Who reads a decision: by rules in one language, at a level. Names, values and what the program
itself says are put into words here.
"""

from __future__ import annotations

from typing import Any

from allstatus.decision.entries import FactValue
from allstatus.record.value_class import value_class
from allstatus.render.kept_texts import told, told_or_same
from allstatus.render.messages import MESSAGES
from allstatus.render.words import name_words, sentence_case
from allstatus.rules.language_texts import ENGLISH
from allstatus.rules.ruleset import RuleSet
from allstatus.table.chart_context import Evidence
from allstatus.table.decision_table import OUTSIDE


@value_class
class Reader:
    """A clinician, a student or a reader of plain words (`level`), in the language of the rules.

    Every renderer is given one, and finds there each text of its own.
    """

    rules: RuleSet
    level: str = "clinician"

    def says(self, *path: str, **parts: object) -> str:
        """The text at `path` of the messages, at the reader's level where levels differ, with its
        parts filled in; KeyError where there is none.
        """
        found = MESSAGES.texts(self.rules.language)
        for name in path:
            found = found[name]
        text = found if isinstance(found, str) else str(found[self.level])
        return text.format(**parts) if parts else text

    def words(self, *path: str) -> str:
        """What a fact, a value of it, a region or a record's key is called: `marrow_blast_percent`
        is `marrow blast percent`.
        """
        key = MESSAGES.texts(self.rules.language)["keys"].get(path[-1])
        return key or name_words(self.rules, *path)

    def told(self, text: str) -> str:
        """What was told of a chart, a stated use or another definition, in the reader's language;
        marked as English where there is no such text.
        """
        return told(text, self.rules)

    @property
    def disease(self) -> str:
        """What the rules are about: its whole name, which a rule set has in English only, or its
        short one.
        """
        english = self.rules.language == ENGLISH
        return str(self.rules.population["diagnosis"]) if english else self.rules.disease

    def place(self, name: str) -> str:
        """What a place in the body is called."""
        known = MESSAGES.texts(self.rules.language)["places"]
        return str(known.get(name, name))

    def heading(self, name: str) -> str:
        """An identifier as a heading."""
        return sentence_case(self.words(name))

    def title(self, form: str, kind: str) -> str:
        """The title of a part of an explanation in one form: text, page, card or timeline; empty
        where it has none.
        """
        texts = MESSAGES.texts(self.rules.language)
        return str(texts.get(f"{form}_titles", {}).get(kind) or texts["titles"].get(kind, ""))

    def outcomes(self) -> dict[str, str]:
        """The title of every outcome that can be possible."""
        titles = {name: status.title for name, status in self.rules.statuses.items()}
        return titles | {OUTSIDE: self.says("outside")}

    def value(self, fact: str, value: Any) -> str:
        """A fact's value as a reader sees it."""
        if value is None:
            return self.says("values", "unknown")
        if isinstance(value, bool):
            return self.says("values", str(value).lower())
        text = self.words(fact, str(value))
        if self.rules.facts[fact].kind != "percent":
            return text
        is_number = "%" not in text and text.replace(".", "", 1).isdigit()
        return f"{text} %" if is_number else text

    def known(self, fact: str, entry: FactValue) -> str:
        """A fact's value, with how it is known when it was not given."""
        return self.known_as(self.value(fact, entry.value), entry.state)

    def known_as(self, value: str, state: str) -> str:
        """The same of a value in words."""
        return value if state in ("given", "unknown") else f"{value}, {self.says('known', state)}"

    def margin(self, margin: str | None) -> str:
        """How far from the limit, e.g. `, 55 above the limit`."""
        if margin in (None, "0"):
            return ""
        sign, number = str(margin)[0], str(margin).lstrip("+-")
        return self.says("values", "above" if sign == "+" else "below", number=number)

    def evidence(self, entry: Evidence | str, state: str) -> str:
        """One piece of evidence for a fact in this state: a record's line (of a given fact its own
        word, such as `fever`), or a chart's entry with its date, what was read, and why it counts
        or not.
        """
        if isinstance(entry, str):
            return told_or_same(entry, self.rules) if state == "given" else self.told(entry)
        what = " ".join(part for part in (entry.date, entry.title or entry.code) if part)
        said, read = "used" if entry.used else "not_used", self.words(entry.read)
        read = told_or_same(read, self.rules) if read == entry.read else read
        return self.says("evidence", said, what=what, read=read, because=self.told(entry.because))
