"""What workers of a test's cluster run so that a job lasts: they import it from `tests`."""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import uuid4

import pyarrow as pa


def slowly(folder: str, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches, each after a while, and a file in the folder for each."""
    for batch in batches:
        (Path(folder) / f"{os.getpid()}-{uuid4()}").touch()
        time.sleep(0.4)
        yield batch
