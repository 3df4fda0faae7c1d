"""One shade for each answer, on the page and in the pictures: told apart without colour too. Those
of the statuses are the rule set's.
"""

from __future__ import annotations

from allstatus.rules.ruleset import RuleSet, Shade

OUTCOMES = {
    "outside_definitions": Shade("#e3e3e3", "#a9a9a9", "\\\\"),
    "insufficient_data": Shade("#ffffff", "#b9c3cf", "xx"),
    "conflicting_data": Shade("#f4f0fa", "#a692c4", "--"),
}
SPARE = (  # for statuses without a shade of their own
    Shade("#dcefe4", "#8fbfa3", "||"),
    Shade("#fbe9f1", "#cf9db4", "++"),
    Shade("#e6e0f5", "#9a8cc0", "oo"),
    Shade("#f5f0cf", "#b0a55a", "**"),
)


def shades(rules: RuleSet) -> dict[str, Shade]:
    """A shade for every answer: the statuses as the disease runs, then the outcomes."""
    spare = iter(SPARE * len(rules.statuses))
    named = {name: rules.statuses[name].shade or next(spare) for name in rules.in_course}
    return named | OUTCOMES
