"""Which notes take back what they stand beside."""

import pytest

from allstatus.ehr.coding.notes import CONDITIONS, RESULTS, TREATMENTS, by_note, taken_back

KINDS = (RESULTS, TREATMENTS, CONDITIONS)


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        (RESULTS, "Specimen CLOTTED."),
        (RESULTS, "Aspirate haemodilute"),
        (RESULTS, "RESULT RETRACTED - WRONG PATIENT"),
        (RESULTS, "Muestra mal etiquetada"),
        (RESULTS, "nicht beurteilbar"),
        (RESULTS, "Non-diagnostic."),
        (TREATMENTS, "dose not given"),
        (CONDITIONS, "relapse ruled out"),
    ],
)
def test_words_that_take_back(kind: str, note: str) -> None:
    assert taken_back(kind, ["reviewed", note]).endswith(f"'{note}'")
    assert by_note(taken_back(kind, [note]))
    assert {bool(taken_back(other, [note])) for other in KINDS if other != kind} <= {
        "PATIENT" in note
    }


@pytest.mark.parametrize(
    "note",
    [
        "",
        "500 cells counted, reviewed by two",
        "not clotted",
        "no evidence of hemolysis",
        "Sin coagulada",
        "Amended. Please disregard previous results.",
        "microclotted",
    ],
)
def test_words_that_change_nothing(note: str) -> None:
    assert [taken_back(kind, [note]) for kind in KINDS] == ["", "", ""]
    assert not by_note(note)


def test_a_long_note_is_cut() -> None:
    assert len(taken_back(RESULTS, ["clotted " * 50])) < 130
