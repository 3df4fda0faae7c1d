"""Records as a type for Hypothesis, at no cost to whoever does not ask for them."""

import subprocess
import sys
from typing import Any

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from allstatus import Record
from allstatus.testing.hypothesis_entry import register
from allstatus.testing.representatives import UNKNOWN
from shipped import RULES

LIMIT = RULES.ruleset.thresholds["blast_threshold"].value
SAME = settings(
    derandomize=True,
    database=None,
    max_examples=300,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
FIND = settings(derandomize=True, database=None, max_examples=2000)


def seen(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """300 examples, the same every time."""
    found: list[Any] = []

    @SAME
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found


def test_from_type_gives_records_once_registered() -> None:
    register()
    found = seen(st.from_type(Record))
    assert all(isinstance(record, Record) for record in found)
    percents = [
        record.marrow_blast_percent
        for record in found
        if record.marrow_blast_percent not in (None, UNKNOWN)
    ]
    assert sum(percent.exact == LIMIT for percent in percents) > 0


def test_a_failing_record_shrinks_and_reads_well_too() -> None:
    register()
    simplest = find(
        st.from_type(Record),
        lambda record: RULES.classify(record).status == "recurrent",
        settings=FIND,
    )
    assert len(simplest.model_dump(exclude_none=True)) <= 3
    assert repr(
        Record.read({"marrow_blast_percent": "<5", "cbc": "normal", "prior_remission": True})
    ) == ("Record(prior_remission=True, cbc='normal', marrow_blast_percent='<5')")
    edge = find(
        st.from_type(Record), lambda record: record.marrow_blast_percent is not None, settings=FIND
    )
    assert repr(edge) in (
        "Record(marrow_blast_percent='unknown')",
        "Record(marrow_blast_percent='5')",
    )


def test_hypothesis_alone_loads_nothing_of_ours() -> None:
    look = "import hypothesis, sys; print('pydantic' in sys.modules)"
    ask = (
        "import allstatus, hypothesis.strategies as st; "
        "print(type(st.from_type(allstatus.Record).example()).__name__)"
    )
    for script, printed in ((look, "False"), (ask, "Record")):
        words = [sys.executable, "-W", "ignore", "-c", script]
        told = subprocess.run(words, capture_output=True, encoding="utf-8", check=True)
        assert told.stdout.strip() == printed
