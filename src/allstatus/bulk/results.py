"""What is written of each row: looked up by its cell, and coded, since there are few distinct texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from allstatus.bulk.arrow import CellNumbers
from allstatus.bulk.cells import Cells
from allstatus.bulk.texts import ANSWER, TRACE, VERDICT


class Lookup:
    """A column of text by cell: its distinct texts, and which of them each cell has."""

    def __init__(self, texts: Sequence[str | None]) -> None:
        self.texts = texts
        distinct = list(dict.fromkeys(text for text in texts if text is not None))
        places = {text: place for place, text in enumerate(distinct)}
        width = np.min_scalar_type(-max(len(distinct), 1))
        self._dictionary = pa.array(distinct, pa.string())
        self._codes = pa.array([0 if text is None else places[text] for text in texts], pa.from_numpy_dtype(width))
        self._said = pa.array([int(text is not None) for text in texts], pa.uint8()) if None in texts else None

    def column(self, cells: CellNumbers) -> pa.Array:
        """The text of each row."""
        rows = pa.array(cells)
        codes = pc.take(self._codes, rows, boundscheck=False)
        if self._said is not None:
            said = np.packbits(pc.take(self._said, rows, boundscheck=False).to_numpy(), bitorder="little")
            codes = pa.Array.from_buffers(codes.type, len(codes), [pa.py_buffer(said), codes.buffers()[1]])
        return pa.DictionaryArray.from_arrays(codes, self._dictionary, safe=False)


CELL = "cell"


class Results:
    """The columns that follow from the cell alone, by name: all of them, or `only` some."""

    def __init__(self, cells: Cells, *, explain: bool = False, only: Sequence[str] | None = None) -> None:
        self.cells = cells
        self.lookups = dict(self._lookups(explain))
        self.lookups["ruleset"] = Lookup([cells.ruleset.digest] * len(cells))
        self.names = (*self.lookups, CELL) if only is None else tuple(only)

    def columns(self, cells: CellNumbers) -> list[pa.Array]:
        """The columns, as named, for rows in these cells."""
        return [pa.array(cells) if name == CELL else self.lookups[name].column(cells) for name in self.names]

    def describe(self, cell: int) -> dict[str, Any]:
        """A cell for the side file: what is stated of each fact in it, and every column's text."""
        stated = {name: state.words for name, state in self.cells.stated(cell).items()}
        return {CELL: cell, "facts": stated, **{name: lookup.texts[cell] for name, lookup in self.lookups.items()}}

    def _lookups(self, explain: bool) -> Iterator[tuple[str, Lookup]]:
        answers = list(self.cells.answers())
        for name, say in ANSWER.items():
            yield name, Lookup([say(answer) for answer in answers])
        if explain:
            traces = list(self.cells.traces())
            for name, tell in TRACE.items():
                yield name, Lookup([tell(trace) for trace in traces])
            for place, name in enumerate(self.cells.ruleset.criteria):
                yield f"criterion.{name}", Lookup([VERDICT[trace.verdicts[place]] for trace in traces])
