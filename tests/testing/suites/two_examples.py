"""A weak suite: two examples, both far from the limit. Usage: two_examples.py RULES"""

import sys

from allstatus import load_rules

rules = load_rules(sys.argv[1], engine="builtin")
clean = {"prior_treatment": "disease_directed", "prior_remission": True, "cbc": "normal", "signs_and_symptoms": "absent"}
assert rules.classify({**clean, "marrow_blast_percent": 2}).status == "in_remission"
assert rules.classify({**clean, "marrow_blast_percent": 60}).status == "recurrent"
