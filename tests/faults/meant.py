"""Records whose meaning is known as they are made, and what may follow: every world of seven yes
or no that fits, read by the page's sentences. Written apart from the package, using none of it.
"""

from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

NAMES = ("treated", "remission", "relapse", "cbc", "blasts", "signs", "outside")
Meaning = dict[str, bool | None]
YES_NO: dict[Any, bool | None] = {True: True, False: False, "unknown": None, None: None}
SAID: dict[str, tuple[str, dict[Any, bool | None]]] = {
    "treated": (
        "prior_treatment",
        {"none": False, "symptom_relief_only": False, "disease_directed": True},
    ),
    "remission": ("prior_remission", YES_NO),
    "relapse": ("relapse_since_remission", YES_NO),
    "cbc": ("cbc", {"normal": True, "abnormal": False, "some_abnormal": False}),
    "signs": (
        "signs_and_symptoms",
        {"absent": False, "present": True, "present_other_cause": False},
    ),
    "outside": ("leukemia_outside_marrow", {"absent": False, "present": True}),
}
GRADES = {"M1": (0, 5, False), "M2": (5, 25, False), "M3": (25, 100, True)}


def status(world: dict[str, bool]) -> str:
    """The page's three statuses, read from one complete case."""
    clear = world["cbc"] and not (world["blasts"] or world["signs"] or world["outside"])
    if world["treated"] and clear:
        return "in_remission"
    if world["remission"] and (world["blasts"] or world["outside"] or world["relapse"]):
        return "recurrent"
    new = not world["treated"] and not world["cbc"] and world["blasts"] and world["signs"]
    return "untreated" if new else "outside_definitions"


def worlds(meaning: Meaning) -> list[dict[str, bool]]:
    """The complete cases that fit what is said and that can be."""
    cases = (dict(zip(NAMES, case, strict=True)) for case in product((True, False), repeat=7))
    return [
        case
        for case in cases
        if (case["treated"] or not case["remission"])
        and (case["remission"] or not case["relapse"])
        and all(said is None or said == case[name] for name, said in meaning.items())
    ]


def possible(meaning: Meaning, said: set[str], relapses: int | None) -> set[str]:
    """The statuses that may be; none where what is said cannot be."""
    meaning = {**dict.fromkeys(NAMES), **meaning}
    if relapses is not None:
        if (relapses and meaning["remission"] is False) or (not relapses and meaning["relapse"]):
            return set()
        if relapses:
            meaning["remission"] = True
    fit = worlds(meaning)
    if (
        "relapse" not in said
        and not relapses
        and {case["relapse"] for case in fit} == {True, False}
    ):
        meaning["relapse"] = False
        fit = worlds(meaning)
    if "outside" not in said and not any(case["signs"] or case["relapse"] for case in fit):
        fit = [case for case in fit if not case["outside"]] or fit
    return {status(case) for case in fit}


def number(rng: Random) -> str:
    """A percentage, most often near five."""
    return rng.choice(
        (
            str(rng.randrange(101)),
            f"{rng.randrange(100)}.{rng.randrange(1000):03d}",
            "5." + "0" * rng.randrange(30) + rng.choice("01"),
            "4." + "9" * rng.randrange(1, 40),
            rng.choice(("5", "5.0", "05", "5e0", "50e-1", "+5", "4.9", "5.1", "100", "1e1")),
        )
    )


def percentage(rng: Random) -> tuple[Any, bool | None]:
    """A spelling, and whether it is above five; None where it may be or not."""
    text = number(rng)
    exact = Fraction(text)
    kind = rng.randrange(7)
    if kind == 0:
        cells = rng.choice((20, 100, 200, 500, 1000))
        blasts = rng.randrange(cells + 1)
        return f"{blasts}/{cells}", 20 * blasts > cells
    if kind == 1:
        grade = rng.choice([*GRADES])
        low, high, _ = GRADES[grade]
        return grade, _above(Fraction(low), Fraction(high), low >= 25)
    if kind == 2:
        low, high = sorted((rng.randrange(30), rng.randrange(101)))
        return f"{low}-{high} %", _above(Fraction(low), Fraction(high), False)
    sign = rng.choice(("", "=", "<", "<=", ">", ">=", "≤", "≥"))
    if (sign, exact) in (("<", 0), (">", 100)):
        sign = ""
    low, high = exact, exact
    if sign in ("<", "<=", "≤"):
        low = Fraction(0)
    elif sign in (">", ">=", "≥"):
        high = Fraction(100)
    above = _above(low, high, sign == ">")
    if kind == 3:
        return {"value": text, "comparator": sign or None, "unit": "%"}, above
    return rng.choice(("{}{}", " {}{}", "{} {} %", "{}{}%")).format(sign, text), above


def _above(low: Fraction, high: Fraction, without_low: bool) -> bool | None:
    if low > 5 or (low == 5 and without_low):
        return True
    return False if high <= 5 else None


def meant_record(rng: Random) -> tuple[dict[str, Any], set[str]]:
    """A record, and the statuses that may be."""
    record: dict[str, Any] = {}
    meaning: Meaning = {}
    said = set()
    for name, (key, values) in SAID.items():
        value = rng.choice([*values, "unknown", None])
        if value is not None:
            said.add(name)
        if value is not None or rng.random() < 0.2:
            record[key], meaning[name] = value, values.get(value)
    if rng.random() < 0.8:
        record["marrow_blast_percent"], meaning["blasts"] = percentage(rng)
    relapses = rng.choice((0, 1, 2)) if rng.random() < 0.3 else None
    if relapses is not None:
        record["relapse_count"] = relapses
    return record, possible(meaning, said, relapses)
