"""The treatments the page lists as proposals in a RequestGroup, none ordered or advised."""

from __future__ import annotations

from allstatus.decision.entries import Option
from allstatus.ehr.coding.codes import read_yaml
from allstatus.ehr.out.concepts import words_of
from allstatus.ehr.out.context import Context
from allstatus.ehr.out.names import Json, Names, dropped, system_address
from allstatus.ehr.out.observation import ROLE as OBSERVATION
from allstatus.record.frozen import plain

ROLE = ("RequestGroup",)
FIT = {
    "applies": "Listed by the page; its stated use fits. ",
    "needs_data": "Listed by the page; its stated use depends on this. ",
}


def make_proposals(context: Context) -> Json:
    """The listed options as actions with proposals; a note names those that do not apply."""
    decision, names = context.decision, context.names
    listed = [option for option in decision.options if option.applicability != "does_not_apply"]
    left_out = [option for option in decision.options if option not in listed]
    notes = [
        {"text": f"Listed by the page, not proposed here: {option.title}. {option.because}"}
        for option in left_out
    ]
    return context.resource(
        "RequestGroup",
        ROLE,
        contained=[
            {"resourceType": "ServiceRequest", "id": option.id, **_proposal(context, option)}
            for option in listed
        ],
        instantiatesCanonical=[names.versioned("PlanDefinition")],
        status="draft",
        intent="proposal",
        code=names.rule(str(decision.status)),
        subject=context.subject,
        authoredOn=context.instant,
        author=context.device,
        reasonReference=[context.link(*OBSERVATION)],
        note=[*notes, context.notice],
        action=[
            {**action_of(names, option, _why(option)), "resource": {"reference": f"#{option.id}"}}
            for option in listed
        ],
    )


def action_of(names: Names, option: Option, why: str | None = None) -> Json:
    """An option as an action: title, why it stands here (where that is said), whom it is listed
    for, category, and the sentence of the page.
    """
    return dropped(
        {
            "title": option.title,
            "description": why,
            "textEquivalent": words_of(option),
            "code": [names.rule(option.id), names.rule(option.category)],
            "documentation": [names.citation(plain(option.cite))],
        }
    )


def _why(option: Option) -> str:
    """Why an option stands here; where a stated use was read, what it rests on or depends on."""
    return FIT.get(option.applicability, "") + option.because


def _proposal(context: Context, option: Option) -> Json:
    names = context.names
    return dropped(
        {
            "instantiatesCanonical": [names.versioned("PlanDefinition")],
            "status": "draft",
            "intent": "proposal",
            "category": [names.rule(option.category)],
            "code": {**names.rule(option.id), "text": words_of(option)},
            "orderDetail": [agent_concept(names, agent) for agent in option.agents],
            "subject": context.patient,
        }
    )


def agent_concept(names: Names, agent: str) -> Json:
    """A drug the page names: the rule set's own code, and checked ones of other systems."""
    known = read_yaml("treatments").get(agent, {"codes": []})["codes"]
    others = [
        {"system": system_address(code["system"]), "code": str(code["code"])}
        for code in known
        if code["verified"]
    ]
    return {"coding": [*names.rule(agent)["coding"], *others]}
