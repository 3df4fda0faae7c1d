"""What a rule set promises of rising and falling numbers."""

from pathlib import Path

import pytest

from allstatus import RulesError, load_rules
from allstatus.verify.promises import read_promises
from allstatus.verify.verification import verify
from verify.seeded import seed


def test_a_rule_set_without_promises_says_which_directions_hold(rules: Path) -> None:
    (rules / "promises.yaml").unlink()
    verification = verify(rules)
    assert verification.holds
    skipped = str(verification.exhaustive["promises"].skipped)
    assert (
        "rising never leaves recurrent or untreated; falling never leaves in_remission" in skipped
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("marrow_blast_percent:", "cbc:", "rules/promises.yaml:4: 'cbc' is not a percent fact"),
        (
            "[in_remission]",
            "[remission]",
            "rules/promises.yaml:6: 'remission' is not a status (did you mean 'in_remission'?)",
        ),
        (
            "blast_threshold: below",
            "blasts: below",
            "rules/promises.yaml:7: 'blasts' is not a threshold",
        ),
        (
            "blast_threshold: below",
            "blast_threshold: beside",
            "rules/promises.yaml:7: 'marrow_blast_percent.limit_belongs",
        ),
        (
            "rising_keeps",
            "rising",
            "rules/promises.yaml:5: unknown key 'rising' (did you mean 'rising_keeps'?)",
        ),
    ],
)
def test_a_broken_promises_file_is_refused_with_its_place(
    rules: Path, old: str, new: str, says: str
) -> None:
    seed(rules, {"edits": [{"file": "promises.yaml", "old": old, "new": new}]})
    ruleset = load_rules(rules, engine="builtin", locked=False).ruleset
    with pytest.raises(RulesError) as refused:
        read_promises(ruleset)
    assert says in str(refused.value)
