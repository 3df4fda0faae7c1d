"""What a chart says of a fact, and whether it counts."""

from allstatus.table.chart_context import Evidence


def test_evidence_counts_or_is_set_aside() -> None:
    seen = Evidence("Observation/1", sent="4", read="4 %")
    assert seen.counted("the latest") == Evidence(
        "Observation/1", sent="4", read="4 %", used=True, because="the latest"
    )
    assert seen.counted("the latest", "none").read == "none"
    assert not seen.counted("the latest").set_aside("superseded").used
