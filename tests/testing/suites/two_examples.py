"""A weak suite: two examples, both far from the limit. Usage: two_examples.py RULES"""

import sys

from allstatus import load_rules

CLEAN = {
    "prior_treatment": "disease_directed",
    "prior_remission": True,
    "cbc": "normal",
    "signs_and_symptoms": "absent",
}


def main(folder: str) -> None:
    rules = load_rules(folder, engine="builtin")
    assert rules.classify({**CLEAN, "marrow_blast_percent": 2}).status == "in_remission"
    assert rules.classify({**CLEAN, "marrow_blast_percent": 60}).status == "recurrent"


if __name__ == "__main__":
    main(sys.argv[1])
