"""Hypothesis strategies for numbers at and beside the limits of any rule set."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.record.percent import HUNDRED, MARROW, ZERO, format_number, grades_of
from allstatus.table.decision_table import DecisionTable
from allstatus.testing.representatives import HAIR, numeric_facts
from allstatus.testing.vector_forms import number_spellings
from allstatus.testing.vector_groups import intervals

Rules = Classifier | str | Path | None
Strategy = st.SearchStrategy
STEPS = HAIR, Fraction(1, 100), Fraction(1, 10), Fraction(1)
BESIDE = (Fraction(0), *(sign * step for step in STEPS for sign in (1, -1)))


@lru_cache(maxsize=8)
def _loaded(rules: str | Path | None) -> Classifier:
    return load_rules(rules, engine="builtin")


def classifier_of(rules: Rules) -> Classifier:
    """The classifier meant, loaded once."""
    return rules if isinstance(rules, Classifier) else _loaded(rules)


def near_threshold(rules: Rules = None, fact: str | None = None) -> Strategy[str]:
    """Decimal strings on a limit of the rules and a step beside it, down to 1e-18; of one fact or
    of all.
    """
    return st.sampled_from(
        [format_number(number) for number in near(classifier_of(rules).table, fact)]
    )


def blast_percents(rules: Rules = None, fact: str | None = None) -> Strategy[Any]:
    """Numbers in every spelling a record takes: near the limits, anywhere, as counts of cells,
    bounds, grades, objects.
    """
    table = classifier_of(rules).table
    beside, grades = near(table, fact), grades_of(fact or MARROW)
    bounds = [bound for limit in limits(table, fact) for bound in intervals(limit)]
    counts = st.integers(1, 1000).flatmap(
        lambda cells: st.integers(0, cells).map(lambda blasts: f"{blasts}/{cells}")
    )
    return st.one_of(
        near_threshold(rules, fact),
        st.decimals(0, 100, allow_nan=False, places=3).map(str),
        st.sampled_from([spelling for number in beside for spelling in number_spellings(number)]),
        st.sampled_from(bounds),
        counts,
        *([st.sampled_from(list(grades))] if grades else []),
    )


def near(table: DecisionTable, fact: str | None) -> list[Fraction]:
    """Each limit, then what is beside it, nearest first."""
    distinct = dict.fromkeys(limits(table, fact))
    beside = [limit + step for step in BESIDE for limit in distinct]
    return [number for number in beside if ZERO <= number <= HUNDRED]


def limits(table: DecisionTable, fact: str | None) -> list[Fraction]:
    """The limits of one fact, or of all."""
    domains = numeric_facts(table)
    return [n for name, domain in domains.items() if fact in (None, name) for n in domain.limits]
