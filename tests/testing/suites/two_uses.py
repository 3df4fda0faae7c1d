"""A weak suite about stated uses: two patients, both far from every limit. Usage: two_uses.py
OVERLAY
"""

import sys
from pathlib import Path

from allstatus import load_rules

RELAPSED = {
    "prior_remission": True,
    "cbc": "abnormal",
    "marrow_blast_percent": 60,
    "age_years": 40,
    "lineage": "B",
}


def main(folder: str) -> None:
    rules = load_rules(engine="builtin", applicability=Path(folder))
    for cd19, word in (("positive", "applies"), ("negative", "does_not_apply")):
        options = rules.classify({**RELAPSED, "biomarkers": {"cd19": cd19}}).options
        agents = {
            agent.agent: agent.applicability for option in options for agent in option.by_agent
        }
        assert agents["blinatumomab"] == word


if __name__ == "__main__":
    main(sys.argv[1])
