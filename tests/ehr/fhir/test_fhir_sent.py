"""A result is read when it is asked for, and is a value like any other."""

import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.fhir.fhir_sent import READ_LATER, SentResult
from allstatus.ehr.timelines.timeline import decide_chart
from ehr.bundles import count, observation, patient, quantity
from shipped import RULES

LABORATORY = [
    observation("na", "2951-2", "2026-01-05", valueQuantity=quantity(140, "mmol/L")),
    count("6690-2", "2026-01-05", 5),
]


def test_a_result_that_no_table_names_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    all_of = SentResult._read

    def seen(result: SentResult) -> None:
        read.append(result.source)
        all_of(result)

    for name in [name for name, read_it in READ_LATER.items() if read_it is all_of]:
        monkeypatch.setitem(READ_LATER, name, seen)
    (chart,) = read_fhir([patient(), *LABORATORY])
    decide_chart(RULES, chart)
    assert read == ["Observation/6690-2-2026-01-05"]


def test_a_result_is_a_value() -> None:
    (chart,), (again,) = (read_fhir([patient(), *LABORATORY]) for _ in range(2))
    for one, other in zip(chart.results, again.results, strict=True):
        assert one == other == replace(one) == pickle.loads(pickle.dumps(one))
        assert hash(one) == hash(other)
        with pytest.raises(FrozenInstanceError):
            one.void = "another"  # type: ignore[misc]
        with pytest.raises(AttributeError):
            _ = one.no_such_field
