"""Calls a service by a client that openapi-python-client made; run by the generator's own Python,
which gives the folder of the client, the service's address and a file with the call.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])

from made import Client
from made.api.about import describe, health, list_rules, metrics, readiness
from made.api.cds_hooks import call_service, give_feedback, list_services
from made.api.rest import classify, explain, timeline
from made.models import CdsCall, Decision, FeedbackCall, Record

client = Client(sys.argv[2])
call = json.loads(Path(sys.argv[3]).read_text("utf-8"))
record = Record(
    prior_treatment="disease_directed",
    cbc="normal",
    marrow_blast_percent="5",
    signs_and_symptoms="absent",
)
decision = classify.sync(client=client, body=record)
assert isinstance(decision, Decision), decision
(service, *_) = [each.id for each in list_services.sync(client=client).services]
(card,) = call_service.sync(service, client=client, body=CdsCall.from_dict(call)).cards
given = {
    "card": str(card.uuid),
    "outcome": "overridden",
    "outcomeTimestamp": "2026-01-05T12:00:00Z",
}
feedback = FeedbackCall.from_dict({"feedback": [given]})
dated = Record.from_dict(record.to_dict() | {"as_of": "2026-01-05"})
print(
    json.dumps(
        {
            "status": decision.status,
            "summary": card.summary,
            "action": card.suggestions[0].actions[0].type_,
            "link": card.links[0].type_,
            "feedback": give_feedback.sync_detailed(
                service, client=client, body=feedback
            ).status_code,
            "points": len(timeline.sync(client=client, body=dated).points),
            "explained": explain.sync_detailed(client=client, body=record).status_code,
            "rules": [each.id for each in list_rules.sync(client=client)],
            "about": describe.sync(client=client).name,
            "health": health.sync(client=client).status,
            "ready": readiness.sync(client=client).status,
            "metrics": "allstatus_ready 1.0" in metrics.sync(client=client),
        }
    )
)
