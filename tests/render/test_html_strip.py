"""The strip of a percentage: said in words, its ends drawn, nothing drawn of what is not known."""

import pytest

from render.pages import by_class, show, tags, text
from shipped import RULES

LIMIT = RULES.ruleset.thresholds["blast_threshold"].value


AT = {
    "prior_treatment": "disease_directed",
    "prior_remission": False,
    "cbc": "normal",
    "signs_and_symptoms": "absent",
}


@pytest.mark.parametrize(
    ("spelling", "says"),
    [
        (str(LIMIT), "5 % is on the line, which belongs to ALL in remission."),
        ("4.9", "Blasts in the bone marrow are not above the limit: 0.1 below the limit of 5 %."),
        (
            "5.000000000000000001",
            "Blasts in the bone marrow are above the limit: 0.000000000000000001 above the limit "
            "of 5 %.",
        ),
        (">=5", "It reaches over both sides of the limit of 5 %, so it does not decide."),
        ("<5", "Blasts in the bone marrow are not above the limit."),
        ("10/200", "10/200, that is 5 %"),
        (
            "10/200",
            "200 cells counted: the true share may lie from 2.42 to 9 % (95 %), on both sides of "
            "the limit.",
        ),
        ("1/3", "1/3, that is 100/3 % (about 33.33)"),
        ("M2", "M2, that is 5 to 25 %"),
    ],
)
def test_the_strip_is_said_in_words(spelling: str, says: str) -> None:
    (figure,) = show(AT | {"marrow_blast_percent": spelling}).iter("figure")
    assert says in text(figure)
    assert (
        "5 % or fewer Blasts in the bone marrow are not above the limit; asked for by ALL in "
        "remission." in text(figure)
    )
    assert (
        "more than 5 % Blasts in the bone marrow are above the limit; asked for by Recurrent ALL "
        "and Untreated ALL." in text(figure)
    )


@pytest.mark.parametrize(
    ("spelling", "ends"),
    [
        ("<5", ["closed", "open"]),
        ("M1", ["closed", "closed"]),
        (">=5", ["closed", "closed", "closed", "cut"]),
        ("60", ["closed"]),
    ],
)
def test_open_closed_and_cut_ends_are_drawn_differently(spelling: str, ends: list[str]) -> None:
    tree = show(AT | {"marrow_blast_percent": spelling})
    drawn = [
        element.get("class")
        for strip in by_class(tree, "strip")
        for element in strip.iter()
        if element.get("class") in ends
    ]
    assert drawn == (ends if len(by_class(tree, "strip")) == 1 or "cut" in ends else ends * 2)
    assert ("hollow" in text(tree)) is ("open" in ends)


@pytest.mark.parametrize("value", ["unknown", None])
def test_nothing_is_drawn_of_what_is_not_known(value: str | None) -> None:
    assert "figure" not in tags(show(AT | {"marrow_blast_percent": value}))
