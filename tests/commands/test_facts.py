"""What a chart says is told as it is read, not when all is."""

from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from allstatus import InvalidRecord
from allstatus.commands import app
from allstatus.commands import facts as command


def test_each_is_told_before_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def values(*_: object, **__: object) -> Iterator[tuple[int, Any]]:
        for number in (1, 2, 3):
            yield number, {"id": f"p{number}", "cbc": "normal"}
        raise InvalidRecord("line 4", "is damaged", "mend it")

    monkeypatch.setattr(command, "read_inputs", values)
    told = CliRunner().invoke(app, ["facts", "in.ndjson", "--format", "json"])
    assert (told.exit_code, told.stdout.count("\n")) == (3, 3)
