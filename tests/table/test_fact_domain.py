"""A fact's values, divided exactly where its criteria divide them."""

from fractions import Fraction

import pytest

from allstatus import load_rules
from allstatus.record.percent import Percent, read_percent
from allstatus.table.fact_domain import FactDomain, joined

EDITIONS = ("nci-pdq-adult-all-patient", "nci-pdq-adult-all-health-professional")
DOMAINS = [
    pytest.param(domain, id=f"{edition}-{name}")
    for edition in EDITIONS
    for name, domain in load_rules(edition, engine="builtin").table.domains.items()
]
BLASTS = load_rules(engine="builtin").table.domains["marrow_blast_percent"]
CBC = load_rules(engine="builtin").table.domains["cbc"]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_value_is_in_one_class(domain: FactDomain) -> None:
    verdicts = [tuple(answer.verdicts.values()) for answer in domain.classes]
    assert len(set(verdicts)) == len(verdicts)
    for value in domain.values():
        assert verdicts.count(domain.pattern(value)) == 1


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_sample_and_each_point_have_the_verdicts_told(domain: FactDomain) -> None:
    for answer in domain.classes:
        assert domain.verdicts(answer.sample) == answer.verdicts
    for point in (*domain.points(), *domain.ordinary):
        assert domain.pattern(point.value) == point.pattern
    assert len(domain.ordinary) == len(domain.classes)


def test_a_percentage_is_cut_at_its_limit() -> None:
    assert BLASTS.limits == (Fraction(5),)
    assert [answer.region for answer in BLASTS.classes] == [
        "marrow_blast_percent <= 5",
        "marrow_blast_percent > 5",
    ]
    assert [point.stated for point in BLASTS.points()] == ["0", "5", "100", "2.5", "52.5"]
    assert [point.stated for point in BLASTS.ordinary] == ["2.5", "52.5"]


@pytest.mark.parametrize(
    ("value", "verdict"), [("5", False), ("5.000000000000000001", True), ("4-6", None)]
)
def test_a_value_at_or_across_the_limit(value: str, verdict: bool | None) -> None:
    assert BLASTS.pattern(read_percent(value)) == (verdict,)


def test_further_limits_cut_further() -> None:
    cut = [point.stated for point in BLASTS.points([Fraction(25)])]
    assert cut == ["0", "5", "25", "100", "2.5", "15", "62.5"]


def test_words_are_told_as_they_are() -> None:
    assert [answer.region for answer in CBC.classes] == ["cbc == normal", "cbc == abnormal"]
    assert CBC.pattern(None) == (None,) * len(CBC.conditions)


def test_intervals_have_every_kind_of_end() -> None:
    found = {(i.low, i.high, i.low_open, i.high_open) for i in BLASTS.intervals()}
    assert len(found) == len(list(BLASTS.intervals())) == 3 * 4


def test_neighbours_joined_keep_their_outer_ends() -> None:
    low = Percent(Fraction(0), Fraction(5), low_open=True, high_open=True)
    assert joined([low, read_percent("5")]) == Percent(
        Fraction(0), Fraction(5), low_open=True, high_open=False
    )
