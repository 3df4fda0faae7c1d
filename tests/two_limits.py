"""The rule set of docs/adding-a-rule.md in short: a relapse in the marrow is counted only above a
limit of its own.
"""

from pathlib import Path

from allstatus import load_rules
from allstatus.decision.classifier import Classifier
from copies import copy_rules

FINGERPRINT = "1e9e71b423737b78e4011f697a24fa04a827c3bea28b68226e646b7cf1c0a0f7"
CITE = f"cite: {{section: Trial protocol, sentence: {FINGERPRINT}}}"
ADDED = {
    "thresholds.yaml": f"""relapse_threshold:
  title: Above this the trial counts a marrow relapse
  unit: "%"
  values: [{{from: 2025-12-30, value: 25}}]
  reading: interpretation
  {CITE}
""",
    "criteria.yaml": f"""marrow_relapse:
  title: Blasts in the bone marrow are above the trial's limit for relapse
  otherwise: Blasts in the bone marrow are not above the trial's limit for relapse
  condition: marrow_blast_percent > relapse_threshold
  reading: interpretation
  {CITE}
""",
    "regions.yaml": """blasts_between_remission_and_relapse:
  sentence: In remission before, marrow blasts between the limits of remission and relapse.
  where: [remission_before, marrow_blasts_above_threshold, {not: marrow_relapse}]
  says: {clinician: A text., student: Another text., plain: A third text.}
""",
}
CLAUSE = "      - criterion: marrow_blasts_above_threshold\n"


def two_limits(target: Path) -> Classifier:
    """The rule set, written to `target` and loaded; what it says of a relapse is left as it was."""
    put = CLAUSE.replace("marrow_blasts_above_threshold", "marrow_relapse")
    folder = copy_rules(target, [{"file": "statuses/recurrent.yaml", "find": CLAUSE, "put": put}])
    for name, text in ADDED.items():
        path = folder / name
        path.write_text(path.read_text("utf-8") + text, "utf-8")
    return load_rules(folder, engine="builtin", locked=False)
