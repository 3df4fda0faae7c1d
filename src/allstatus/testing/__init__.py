"""Test your own classifier against the page's definitions: strategies, vectors, mutants. Extra:
`testing`.

The names below are public and follow semver.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from allstatus.errors import MissingExtra

if TYPE_CHECKING:
    from allstatus.testing.answer_strategies import records_with, region_records
    from allstatus.testing.assertions import assert_conforms
    from allstatus.testing.charts import bundles, charted_histories, histories, hl7v2_messages
    from allstatus.testing.doubtful_charts import blurred_bundles, scrapped_bundles
    from allstatus.testing.history_machine import HistoryMachine
    from allstatus.testing.number_strategies import blast_percents, near_threshold
    from allstatus.testing.strategies import (
        complete_records,
        equivalent_spellings,
        invalid_records,
        records,
        refinements,
    )
    from allstatus.testing.vectors import make_vectors, read_vectors

_HOME = {
    "HistoryMachine": "history_machine",
    "invalid_records": "strategies",
    "assert_conforms": "assertions",
    "make_vectors": "vectors",
    "read_vectors": "vectors",
    "blurred_bundles": "doubtful_charts",
    "scrapped_bundles": "doubtful_charts",
    "bundles": "charts",
    "charted_histories": "charts",
    "histories": "charts",
    "hl7v2_messages": "charts",
    "blast_percents": "number_strategies",
    "complete_records": "strategies",
    "equivalent_spellings": "strategies",
    "near_threshold": "number_strategies",
    "records": "strategies",
    "records_with": "answer_strategies",
    "refinements": "strategies",
    "region_records": "answer_strategies",
}

__all__ = [
    "HistoryMachine",
    "assert_conforms",
    "blast_percents",
    "blurred_bundles",
    "bundles",
    "charted_histories",
    "complete_records",
    "equivalent_spellings",
    "histories",
    "hl7v2_messages",
    "invalid_records",
    "make_vectors",
    "near_threshold",
    "read_vectors",
    "records",
    "records_with",
    "refinements",
    "region_records",
    "scrapped_bundles",
]


def __getattr__(name: str) -> Any:
    """Import on first use; MissingExtra where Hypothesis is not installed."""
    if name not in _HOME:
        raise AttributeError(f"module 'allstatus.testing' has no attribute '{name}'")
    try:
        return getattr(import_module(f"allstatus.testing.{_HOME[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise MissingExtra("hypothesis", "testing") from None
