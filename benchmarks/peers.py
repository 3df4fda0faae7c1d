"""The three statuses written for each peer, as its own users would write them.

Every peer gets the same record (a dict with all seven facts known) and answers with a status or
None.
Peers decide only: none checks the record, reads "<5" or "10/200", or handles a fact that is not
known.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from written import decide_plain, decide_traced


@dataclass(frozen=True)
class Peer:
    """`decide` is what is timed; `status` reads the answer out of what it returned."""

    name: str
    decide: Callable[[dict[str, Any]], Any]
    status: Callable[[Any], str | None]


def make_peers(limit: float) -> tuple[list[Peer], list[str]]:
    """The peers whose library is installed, and the names of those whose is not."""
    peers = [
        Peer(
            "hand-written Python", lambda record: decide_plain(record, limit), lambda answer: answer
        ),
        Peer(
            "hand-written Python, with trace",
            lambda record: decide_traced(record, limit),
            lambda answer: answer[0],
        ),
    ]
    absent = []
    for module, package, make in (
        ("durable", "durable-rules", _durable),
        ("zen", "zen-engine", _zen),
        ("datalogic_py", "datalogic-py", _datalogic),
    ):
        if find_spec(module) is None:
            absent.append(package)
        else:
            peers += make(limit, f"{package} {version(package)}")
    return peers, absent


def _durable(limit: float, name: str) -> list[Peer]:
    from durable.engine import Host

    class QuietHost(Host):  # type: ignore[misc]
        """Without the two dispatcher threads, so that only the call itself is timed."""

        def _run(self) -> None:
            pass

    fired: list[str | None] = []

    def rule(priority: int, status: str | None, *parts: dict[str, Any]) -> dict[str, Any]:
        return {
            "pri": priority,
            "all": [{"m": {"$and": list(parts)}}],
            "run": lambda _: fired.append(status),
        }

    above, below = (
        {"$gt": {"marrow_blast_percent": limit}},
        {"$lte": {"marrow_blast_percent": limit}},
    )
    outside, quiet = {"leukemia_outside_marrow": "present"}, {"leukemia_outside_marrow": "absent"}
    treated, untreated = (
        {"prior_treatment": "disease_directed"},
        {"$neq": {"prior_treatment": "disease_directed"}},
    )
    symptoms, none = {"signs_and_symptoms": "present"}, {"signs_and_symptoms": "absent"}
    again = {"$or": [above, outside, {"relapse_since_remission": True}]}
    host = QuietHost()
    host.set_rulesets(
        {
            "statuses": {
                "in_remission": rule(
                    1, "in_remission", treated, {"cbc": "normal"}, below, none, quiet
                ),
                "recurrent": rule(2, "recurrent", {"prior_remission": True}, again),
                "untreated": rule(3, "untreated", untreated, {"cbc": "abnormal"}, above, symptoms),
                "otherwise": rule(4, None, {"$ex": {"prior_treatment": 1}}, {"$ex": {"cbc": 1}}),
            }
        }
    )

    def decide(record: dict[str, Any]) -> str | None:
        fired.clear()
        host.post("statuses", dict(record))
        (status,) = fired
        return status

    return [Peer(f"{name}, used directly", decide, lambda answer: answer)]


def _zen(limit: float, name: str) -> list[Peer]:
    import zen

    decision = zen.ZenEngine().create_decision(json.dumps(_decision_graph(limit)))
    trace = {"trace": True}
    return [
        Peer(
            f"{name}, with trace",
            lambda record: decision.evaluate(record, trace),
            lambda answer: answer["result"].get("status"),
        ),
        Peer(name, decision.evaluate, lambda answer: answer["result"].get("status")),
    ]


def _decision_graph(limit: float) -> dict[str, Any]:
    """A JDM graph of one decision table; the first row that matches decides, an empty cell matches
    anything.
    """
    above, at_most, treated, untreated = (
        f"> {limit}",
        f"<= {limit}",
        '"disease_directed"',
        '"none", "symptom_relief_only"',
    )
    absent, present, rows = '"absent"', '"present"', []
    columns = (
        "prior_treatment",
        "prior_remission",
        "relapse_since_remission",
        "cbc",
        "marrow_blast_percent",
        "signs_and_symptoms",
        "leukemia_outside_marrow",
    )
    for status, *cells in (
        ("in_remission", treated, "", "", '"normal"', at_most, absent, absent),
        ("recurrent", "", "true", "", "", above, "", ""),
        ("recurrent", "", "true", "", "", "", "", present),
        ("recurrent", "", "true", "true", "", "", "", ""),
        ("untreated", untreated, "", "", '"abnormal"', above, present, ""),
    ):
        rows.append(
            {
                "_id": f"row{len(rows)}",
                **dict(zip(columns, cells, strict=True)),
                "status": f'"{status}"',
            }
        )
    table = {
        "hitPolicy": "first",
        "rules": rows,
        "inputs": [{"id": name, "name": name, "field": name} for name in columns],
        "outputs": [{"id": "status", "name": "Status", "field": "status"}],
    }
    return {
        "nodes": [
            {"id": "request", "name": "Request", "type": "inputNode"},
            {"id": "table", "name": "Statuses", "type": "decisionTableNode", "content": table},
            {"id": "response", "name": "Response", "type": "outputNode"},
        ],
        "edges": [
            {"id": "in", "type": "edge", "sourceId": "request", "targetId": "table"},
            {"id": "out", "type": "edge", "sourceId": "table", "targetId": "response"},
        ],
    }


def _datalogic(limit: float, name: str) -> list[Peer]:
    from datalogic_py import Engine

    engine = Engine()
    logic = _json_logic(limit)
    rule, session, text = engine.compile(logic), engine.session(), json.dumps(logic)
    return [
        Peer(name, lambda record: session.evaluate(rule, record), lambda answer: answer),
        Peer(
            f"{name}, with trace",
            lambda record: json.loads(engine.evaluate_with_trace(text, json.dumps(record))),
            lambda answer: answer["result"],
        ),
    ]


def _json_logic(limit: float) -> dict[str, Any]:
    def equal(name: str, value: Any) -> dict[str, Any]:
        return {"===": [{"var": name}, value]}

    blasts, treated = {"var": "marrow_blast_percent"}, equal("prior_treatment", "disease_directed")
    above, outside = {">": [blasts, limit]}, equal("leukemia_outside_marrow", "present")
    in_remission = {
        "and": [
            treated,
            equal("cbc", "normal"),
            {"<=": [blasts, limit]},
            equal("signs_and_symptoms", "absent"),
            equal("leukemia_outside_marrow", "absent"),
        ]
    }
    recurrent = {
        "and": [
            {"var": "prior_remission"},
            {"or": [above, outside, {"var": "relapse_since_remission"}]},
        ]
    }
    untreated = {
        "and": [
            {"!": [treated]},
            equal("cbc", "abnormal"),
            above,
            equal("signs_and_symptoms", "present"),
        ]
    }
    return {
        "if": [in_remission, "in_remission", recurrent, "recurrent", untreated, "untreated", None]
    }
