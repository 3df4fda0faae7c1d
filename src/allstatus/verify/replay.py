"""Decide recorded decisions again, by the rules they were made with, and report any that differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.decision.decision import Decision
from allstatus.errors import InvalidRecord
from allstatus.record.frozen import plain
from allstatus.rules.editions import find_edition
from allstatus.verify.recorded_decision import RecordedDecision, read_recorded, rebuild_chart
from allstatus.verify.report_layout import plural, rules_line, wrap

_NAMED_BY = {
    "regions": "id",
    "possible_regions": "id",
    "conflicts": "constraint",
    "options": "id",
    "missing": "fact",
}
FIELDS = ("outcome", "status", "possible", *_NAMED_BY)
# what is missing also turns on whether an unknown fact was reported, which is not recorded
FIELDS_OF_REBUILT = FIELDS[:-1]


@dataclass(frozen=True, slots=True)
class Difference:
    """A recorded decision that comes out otherwise: for each field that differs, what it was and
    is.
    """

    number: int | None
    id: str | int | None
    fields: dict[str, tuple[Any, Any]]


@dataclass(slots=True)
class Replay:
    """What a replay found; `same`, the differences and the refusals add up to all lines."""

    same: int = 0
    rebuilt: int = 0
    differs: list[Difference] = field(default_factory=list)
    refused: list[tuple[int | None, InvalidRecord]] = field(default_factory=list)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def decisions(self) -> int:
        """All lines of the file."""
        return self.same + len(self.differs) + len(self.refused)


def replay(
    lines: Iterable[tuple[int | None, Any]], rules: str | None = None, engine: str = "auto"
) -> Replay:
    """Decide every line again; `rules` decides all of them by one rule set instead of the one
    recorded.
    """
    found, library = Replay(), _EditionLibrary(rules, engine)
    for number, value in lines:
        try:
            if isinstance(value, InvalidRecord):
                raise value
            recorded = read_recorded(value)
            classifier = library.rules_of(recorded.decision)
            chart = None
            if recorded.rebuilt:
                chart = rebuild_chart(recorded.decision, classifier.ruleset.constraints)
            now = classifier.classify(recorded.record, chart=chart)
        except InvalidRecord as error:
            found.refused.append((number, error))
            continue
        found.rebuilt += recorded.rebuilt
        found.rules[rules_line(recorded.decision.ruleset), rules_line(classifier.ruleset)] += 1
        asked = FIELDS_OF_REBUILT if recorded.rebuilt else FIELDS
        if fields := _differing(recorded.decision, now, asked):
            found.differs.append(Difference(number, recorded.decision.id, fields))
        else:
            found.same += 1
    return found


class _EditionLibrary:
    """The rule sets a replay needs, each loaded once."""

    def __init__(self, rules: str | None, engine: str) -> None:
        self._engine = engine
        self._all = None if rules is None else load_rules(rules, engine=engine)
        self._loaded: dict[tuple[str, str], Classifier] = {}

    def rules_of(self, decision: RecordedDecision) -> Classifier:
        if self._all is not None:
            return self._all
        key = (decision.ruleset.id, decision.ruleset.version)
        if key not in self._loaded:
            directory = find_edition(*key)
            if directory is None:
                raise InvalidRecord(
                    "ruleset",
                    f"{' '.join(key)} is not kept here",
                    "name the rules to decide by",
                )
            self._loaded[key] = load_rules(directory, engine=self._engine)
        return self._loaded[key]


def _differing(
    recorded: RecordedDecision, now: Decision, fields: Iterable[str]
) -> dict[str, tuple[Any, Any]]:
    was = recorded.model_dump()
    made = {name: plain(getattr(now, name)) for name in fields}
    if was.get("possible_regions") is None:
        was["regions"] = sorted(was["regions"], key=itemgetter("id"))
        made = _before_2_0(made)
    pairs = {name: (_plain(name, was[name]), _plain(name, made[name])) for name in made}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _before_2_0(made: dict[str, Any]) -> dict[str, Any]:
    """The fields as schema 1.0 had them: regions that may be stood with those that are."""
    possible = made.pop("possible_regions", [])
    if "regions" in made:
        made["regions"] = sorted([*made["regions"], *possible], key=itemgetter("id"))
    return made


def _plain(name: str, value: Any) -> Any:
    """A field's value to compare: a list by its names."""
    if name in _NAMED_BY:
        return [entry[_NAMED_BY[name]] for entry in value]
    return list(value) if name == "possible" else value


def to_document(found: Replay) -> dict[str, Any]:
    """The replay as JSON."""
    return {
        "decisions": found.decisions,
        "same": found.same,
        "differ": len(found.differs),
        "refused": len(found.refused),
        "rebuilt": found.rebuilt,
        "rules": [
            {"recorded": was, "decided_by": now, "decisions": count}
            for (was, now), count in found.rules.items()
        ],
        "differences": [
            {
                "record": d.number,
                "id": d.id,
                "fields": {name: {"was": was, "now": now} for name, (was, now) in d.fields.items()},
            }
            for d in found.differs
        ],
        "refusals": [{"record": number, "because": str(error)} for number, error in found.refused],
    }


def render_text(found: Replay) -> str:
    """The replay at 80 columns."""
    counts = (
        f"{found.same:,} the same, {plural(len(found.differs), 'difference')}, "
        f"{len(found.refused):,} refused"
    )
    lines = wrap(f"{plural(found.decisions, 'recorded decision')}: {counts}.")
    if found.rebuilt:
        how = "had no record beside them; it was rebuilt from the facts they state."
        lines += wrap(f"{found.rebuilt:,} {how}")
    for (was, now), count in found.rules.items():
        lines += ["", *wrap(f"{count:,} made by {was}", rest="    ")]
        by = "the same rules" if was == now else f"{now}: OTHER RULES"
        lines += wrap(f"decided again by {by}", "    ")
    for difference in found.differs:
        line = "" if difference.number is None else f" (record {difference.number})"
        lines += ["", f"{'no id' if difference.id is None else difference.id}{line}"]
        for name, (before, after) in difference.fields.items():
            lines += wrap(f"{name}: {_change(before, after)}", "  ", "    ")
    return "\n".join(lines) + "\n"


def _change(before: Any, after: Any) -> str:
    if not isinstance(before, list):
        return f"{before} -> {after}"
    gone = [f"-{item}" for item in before if item not in after]
    new = [f"+{item}" for item in after if item not in before]
    return ", ".join(gone + new) or "another order"
