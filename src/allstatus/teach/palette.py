"""One shade, ink and hatching for each answer, on the page and in the pictures: told apart without
colour too.
"""

from __future__ import annotations

from dataclasses import dataclass

from allstatus.rules.ruleset import RuleSet
from allstatus.teach.exercise_words import choices


@dataclass(frozen=True, slots=True)
class Shade:
    """A ground, the ink of its hatching, and the hatching as matplotlib writes it."""

    ground: str
    ink: str
    hatch: str


SHADES = {
    "untreated": Shade("#f3d9a4", "#a9803a", ".."),
    "in_remission": Shade("#cfe3f2", "#cfe3f2", ""),
    "recurrent": Shade("#e8b7a8", "#b06a55", "//"),
    "outside_definitions": Shade("#e3e3e3", "#a9a9a9", "\\\\"),
    "insufficient_data": Shade("#ffffff", "#b9c3cf", "xx"),
    "conflicting_data": Shade("#f4f0fa", "#a692c4", "--"),
}
OTHER = (Shade("#dcefe4", "#8fbfa3", "||"), Shade("#fbe9f1", "#cf9db4", "++"))


def shades(rules: RuleSet) -> dict[str, Shade]:
    """A shade for every answer, in the order of the choices."""
    spare = iter(OTHER * len(rules.statuses))
    return {name: SHADES.get(name) or next(spare) for name in choices(rules)}
