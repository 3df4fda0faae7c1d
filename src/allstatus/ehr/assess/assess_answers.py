"""What a clinician answered to the rule set's questions, around an assessment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from allstatus.ehr.assess.assessment import Scene
from allstatus.ehr.assess.day_index import DayIndex
from allstatus.ehr.dates import last_ones
from allstatus.ehr.evidence.doubt import Doubt
from allstatus.render.messages import answer_texts
from allstatus.table.chart_context import Evidence
from allstatus.table.fact_domain import domains_of

ONE_VALUE = "one_value"


def assess_answers(scene: Scene, start: date) -> None:
    """The last answer to each question since `start`: it states its fact unless the chart says
    otherwise. One that cannot be relied on leaves its fact open where it would change it.
    """
    texts = answer_texts(scene.ruleset)
    since = date.min if scene.found.day is None else start
    for fact, answers in scene.index.answers.items():
        heard = answers.between(since, scene.moment.until)
        scene.found.note(fact, _of_another_time(answers, heard, texts["another_time"]))
        _assess(scene, fact, heard)


def _of_another_time(
    answers: DayIndex[Doubt], heard: list[Doubt], because: str
) -> Iterator[Evidence]:
    now = {id(answer) for answer in heard}
    for answer in answers.items:
        if id(answer) not in now:
            yield answer.evidence.set_aside(because)


def _assess(scene: Scene, fact: str, heard: list[Doubt]) -> None:
    found, texts = scene.found, answer_texts(scene.ruleset)
    stands = sorted((a for a in heard if not a.why), key=lambda a: (a.when.last, a.when.text))
    latest = last_ones(stands)
    last = latest[-1] if latest else None
    if last is not None:
        found.note(fact, [a.evidence.set_aside(texts["earlier"]) for a in stands if a is not last])
        if any(a.value != last.value for a in latest):
            found.conflicts.append((ONE_VALUE, (fact,), texts["two"]))
        _state(scene, last)
    for doubt in (a for a in heard if a.why):
        over = last is not None and doubt.when.end < last.when.begin
        if over or _alike(scene, fact, doubt.value, found.facts.get(fact)):
            found.note(fact, [doubt.closed])
        else:
            found.leave_open(fact, [doubt])
            found.note(fact, [doubt.left_open])


def _state(scene: Scene, answer: Doubt) -> None:
    found, fact, texts = scene.found, answer.fact, answer_texts(scene.ruleset)
    known = found.facts.get(fact)
    if known in (None, "unknown") or found.states.get(fact) == "assumed":
        found.state(fact, answer.value, answer.evidence, texts["instead"])
        return
    found.note(fact, [answer.evidence])
    if not _alike(scene, fact, answer.value, known):
        because = texts["against"].format(answer=answer.evidence.sent, rest=known)
        found.conflicts.append((ONE_VALUE, (fact,), because))


def _alike(scene: Scene, fact: str, answer: Any, known: Any) -> bool:
    """Whether no criterion tells an answer from what is known."""
    domain = domains_of(scene.ruleset)[fact]
    if answer is None or known in (None, "unknown"):
        return False
    return domain.pattern(answer) == domain.pattern(known)
