"""What Hypothesis calls when it is imported (entry point `hypothesis`): strategies for our
types.
"""

from __future__ import annotations


def register() -> None:
    """Make `st.from_type(Record)` give records that probe the edges; nothing is loaded before it is
    asked for.
    """
    from hypothesis import strategies as st

    from allstatus.record.model import Record

    def valid_records(_: type) -> st.SearchStrategy[Record]:
        from allstatus.testing.strategies import records

        return records().map(Record.read)

    st.register_type_strategy(Record, valid_records)
