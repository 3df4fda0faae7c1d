"""What is written of each row: looked up by its cell, and coded, since there are few distinct
texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from allstatus.bulk.answer_texts import ANSWER, CELL, TRACE, VERDICT
from allstatus.bulk.cells import Cells
from allstatus.bulk.row_index import PIECE, Bytes, CellNumbers

NOTHING = -1  # the code of a cell without a text


class Lookup:
    """A column of text by cell: its distinct texts, and which of them each cell has."""

    def __init__(self, texts: Sequence[str | None]) -> None:
        self.texts = texts
        distinct = list(dict.fromkeys(text for text in texts if text is not None))
        places = {text: place for place, text in enumerate(distinct)}
        width = pa.from_numpy_dtype(np.min_scalar_type(-max(len(distinct), 1)))
        self._dictionary = pa.array(distinct, pa.string())
        self._codes = pa.array([NOTHING if text is None else places[text] for text in texts], width)
        self._always = None not in texts

    def column(self, cells: CellNumbers, threads: Executor | None = None) -> pa.Array:
        """The text of each row."""
        codes = np.empty(len(cells), self._codes.type.to_pandas_dtype())
        said, starts = np.empty(-(-len(cells) // 8), np.uint8), range(0, len(cells), PIECE)
        run = threads.map if threads else map
        for _ in run(lambda start: self._fill(codes, said, cells, start), starts):
            pass
        valid = None if self._always else pa.py_buffer(said)
        coded = pa.Array.from_buffers(self._codes.type, len(cells), [valid, pa.py_buffer(codes)])
        return pa.DictionaryArray.from_arrays(coded, self._dictionary, safe=False)

    def _fill(
        self, codes: NDArray[np.signedinteger], said: Bytes, cells: CellNumbers, start: int
    ) -> None:
        """Write the codes of one piece, and which of them say something."""
        here = pa.array(cells[start : start + PIECE])
        found = pc.take(self._codes, here, boundscheck=False).to_numpy()
        if self._always:
            codes[start : start + PIECE] = found
        else:
            np.maximum(found, 0, out=codes[start : start + PIECE])
            bits = np.packbits(found != NOTHING, bitorder="little")
            said[start // 8 : (start + PIECE) // 8] = bits


class Results:
    """The columns that follow from the cell alone, by name: all of them, or `only` some."""

    def __init__(
        self, cells: Cells, *, explain: bool = False, only: Sequence[str] | None = None
    ) -> None:
        self.cells = cells
        self.lookups = dict(self._lookups(explain))
        self.lookups["ruleset"] = Lookup([cells.ruleset.digest] * len(cells))
        self.names = (*self.lookups, CELL) if only is None else tuple(only)

    def columns(self, cells: CellNumbers, threads: Executor | None = None) -> list[pa.Array]:
        """The columns, as named, for rows in these cells."""
        return [
            pa.array(cells) if name == CELL else self.lookups[name].column(cells, threads)
            for name in self.names
        ]

    def describe(self, cell: int) -> dict[str, Any]:
        """A cell for the side file: what is stated of each fact in it, and every column's text."""
        stated = {name: state.words for name, state in self.cells.stated(cell).items()}
        return {
            CELL: cell,
            "facts": stated,
            **{name: lookup.texts[cell] for name, lookup in self.lookups.items()},
        }

    def _lookups(self, explain: bool) -> Iterator[tuple[str, Lookup]]:
        answers = self.cells.answers
        for name, say in ANSWER.items():
            yield name, Lookup([say(answer) for answer in answers])
        if explain:
            traces = self.cells.traces
            for name, tell in TRACE.items():
                yield name, Lookup([tell(trace) for trace in traces])
            for place, name in enumerate(self.cells.ruleset.criteria):
                verdicts = [VERDICT[trace.verdicts[place]] for trace in traces]
                yield f"criterion.{name}", Lookup(verdicts)
