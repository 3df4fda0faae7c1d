"""Answers that are kept: few of them, of little text together, and each as it would be anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.ehr.coding.codes import make_code
from allstatus.ehr.dates import read_when
from allstatus.ehr.fhir.fhir_values import quantity
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.record import remembered as module
from allstatus.record.remembered import KEPT, MOST, remembered
from allstatus.record.units import plain_unit, read_unit

asked: list[object] = []


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    asked.clear()
    for function in KEPT.functions:
        function.cache_clear()


@remembered(2, typed=True)
def doubled(value: object) -> tuple[object, object]:
    asked.append(value)
    return value, value


def test_an_answer_is_worked_out_once_and_the_oldest_forgotten() -> None:
    for value in ("a", "b", "a", 1, True, 1.0, "a"):
        doubled(value)
    assert asked == ["a", "b", 1, True, 1.0, "a"]


def test_of_too_much_text_all_answers_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 100)
    monkeypatch.setattr(KEPT, "size", 0)
    for value in ("a", ("b" * 50, ("c" * 49,)), "a", "d", "a"):
        doubled(value)
    assert asked == ["a", ("b" * 50, ("c" * 49,)), "d", "a"]


LONG = MOST // 4
SENT = {
    "a display": lambda text: make_code("http://s.example", "c", text),
    "a date": read_when,
    "an address": lambda text: split_address(f"http://h.example/Patient/{text}"),
    "a unit": read_unit,
    "a unit of a value": lambda text: quantity({"value": 1, "unit": text}),
}


@pytest.mark.parametrize("read", SENT.values(), ids=SENT)
def test_long_texts_of_senders_are_not_kept(read: object) -> None:
    assert callable(read)
    for number in range(9):
        read(f"{number} {'x' * LONG}")
        assert KEPT.size <= MOST


@given(st.text(max_size=8))
def test_what_was_kept_is_what_is_worked_out(text: str) -> None:
    for function in (read_when, read_unit, plain_unit):
        assert function(text) == function.__wrapped__(text)  # type: ignore[attr-defined]
