"""Strategies for our types, given to Hypothesis where both are used.

Hypothesis calls `register` when it is imported (entry point `hypothesis`); where no record was
asked for by then, `allstatus.Record` calls it on its first use.
"""

from __future__ import annotations

import sys


def register() -> None:
    """Make `st.from_type(Record)` give records that probe the edges; nothing of ours is loaded for
    it.
    """
    model = sys.modules.get("allstatus.record.model")
    if model is None:
        return
    from hypothesis import strategies as st

    record = model.Record

    def valid_records(_: type) -> st.SearchStrategy[object]:
        from allstatus.testing.strategies import records

        return records().map(record.read)

    st.register_type_strategy(record, valid_records)
