"""The facts of a rule set's own, around an assessment: what their latest results say."""

from __future__ import annotations

from datetime import date
from typing import Any

from allstatus.ehr.assess.assess_answers import ONE_VALUE
from allstatus.ehr.assess.assessment import Scene
from allstatus.ehr.assess.day_index import EMPTY
from allstatus.ehr.dates import last_ones
from allstatus.ehr.evidence.chart_reading import Finding
from allstatus.record.percent import Percent
from allstatus.render.messages import answer_texts
from allstatus.table.fact_domain import domains_of


def assess_own(scene: Scene, start: date) -> None:
    """The latest results since `start` of each fact of the rule set's own state it; what cannot be
    relied on leaves it open where it could change it.
    """
    since = date.min if scene.found.day is None else start
    for fact in scene.ruleset.facts.values():
        if fact.own:
            _assess(scene, fact.name, since)


def _assess(scene: Scene, fact: str, since: date) -> None:
    found, until = scene.found, scene.moment.until
    results = scene.index.own.get(fact, EMPTY)
    texts = answer_texts(scene.ruleset)
    latest = _latest(results.between(None, until), since)
    now = {id(item) for item in latest}
    for item in results.items:
        if id(item) not in now:
            why = "own_earlier" if latest and scene.by_then(item.when) else "another_time"
            found.note(fact, [item.evidence.set_aside(texts[why])])
    if latest:
        _state(scene, fact, latest)

    def alike(one: object, other: object) -> bool:
        return _alike(scene, fact, one, other)

    day = found.day or date.min
    before = all(i.when.first < since for i in latest) and any(i.when.last < day for i in latest)
    open_ = [
        doubt
        for doubt in scene.doubts(fact, since)
        if before or all(doubt.differs(item.when, item.value, alike) for item in latest)
    ]
    if open_ and not (latest and found.facts.get(fact) == "unknown"):
        found.leave_open(fact, open_)


def _latest(heard: list[Finding], start: date) -> list[Finding]:
    """The results of which each may be the latest; none where none of them is since `start`."""
    if not any(item.when.last >= start for item in heard):
        return []
    return last_ones(heard)


def _state(scene: Scene, fact: str, latest: list[Finding]) -> None:
    found, texts = scene.found, answer_texts(scene.ruleset)
    narrowest = min(latest, key=lambda item: _narrowness(scene, item))
    if not any(_apart(scene, fact, narrowest.value, item.value) for item in latest):
        rest = [
            item.evidence.set_aside(texts["own_agrees"]) for item in latest if item is not narrowest
        ]
        found.derive(fact, narrowest.value, [narrowest.evidence, *rest])
        return
    aside = [item.evidence.set_aside(texts["own_differs"]) for item in latest]
    specimens = {item.specimen for item in latest if item.specimen}
    if len(specimens) < 2 and not any(item.when.vague for item in latest):
        found.conflicts.append((ONE_VALUE, (fact,), texts["own_two"].format(fact=fact)))
    found.derive(fact, "unknown", aside, "unknown")


def _narrowness(scene: Scene, item: Finding) -> tuple[Any, ...]:
    value, pattern = item.value, domains_of(scene.ruleset)[item.name].pattern(item.value)
    ends = (value.high - value.low, value.low) if isinstance(value, Percent) else (str(value),)
    return pattern.count(None), *ends, item.evidence.source


def _apart(scene: Scene, fact: str, one: object, other: object) -> bool:
    """Whether a criterion tells two values apart for certain."""
    domain = domains_of(scene.ruleset)[fact]
    both = zip(domain.pattern(one), domain.pattern(other), strict=True)
    return any(None not in pair and pair[0] != pair[1] for pair in both)


def _alike(scene: Scene, fact: str, one: object, other: object) -> bool:
    """Whether two values surely have the same answers."""
    domain = domains_of(scene.ruleset)[fact]
    pattern = domain.pattern(one)
    return None not in pattern and pattern == domain.pattern(other)
