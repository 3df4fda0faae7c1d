"""What follows from a rule set is worked out once for it, and for no other."""

from dataclasses import replace

from allstatus.rules.once import KEPT, once_for_rules
from allstatus.rules.ruleset import RuleSet
from shipped import RULES


def test_it_is_worked_out_once_for_each_rule_set_in_use() -> None:
    asked = []

    @once_for_rules
    def version(ruleset: RuleSet) -> str:
        asked.append(ruleset)
        return ruleset.version

    one = RULES.ruleset
    draft = replace(one, version="draft")  # of the same digest
    other = [replace(one, digest=str(number)) for number in range(KEPT)]
    assert [version(one), version(one), version(draft), version(one)] == [
        one.version,
        one.version,
        "draft",
        one.version,
    ]
    assert len(asked) == 3
    assert {version(each) for each in other} == {one.version}
    assert version(one) == one.version
    assert len(asked) == 3 + KEPT + 1
