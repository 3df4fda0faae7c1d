"""pytest plugin (entry point `pytest11`): `pytest --allstatus-cmd "node mine.mjs"` makes each
vector a test item.

Nothing of allstatus is imported unless the option is given.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from allstatus.testing.conformance import Report, VectorFailure
    from allstatus.testing.vectors import Vector

LEVELS = ("core", "partial-data", "exact-decimal", "explanation", "applicability", "blood-count")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of `allstatus conformance`."""
    group = parser.getgroup("allstatus", "conformance with the rules of allstatus")
    group.addoption(
        "--allstatus-cmd",
        metavar="COMMAND",
        help="Reads one record a line, prints one answer a line; each vector is a test.",
    )
    group.addoption(
        "--allstatus-level",
        choices=LEVELS,
        default="exact-decimal",
        help="What it claims (default: exact-decimal).",
    )
    group.addoption(
        "--allstatus-vectors", metavar="DIR", help="Vectors written earlier (default: made now)."
    )
    group.addoption(
        "--allstatus-rules",
        metavar="DIR",
        help="A rule set's folder or name (default: the shipped one).",
    )


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add an item for each vector, and one for the command itself."""
    command = config.getoption("--allstatus-cmd")
    if command is None:
        return
    kit = _Kit(config, command)
    items.append(CommandItem.from_parent(session, name="allstatus/the command", kit=kit))
    items.extend(
        VectorItem.from_parent(session, name=f"allstatus/{vector.id}", kit=kit, vector=vector)
        for vector in kit.vectors
    )


class _Kit:
    """The vectors asked, and the command's report, made when the first item needs it."""

    def __init__(self, config: pytest.Config, command: str) -> None:
        from allstatus.decision.classifier import load_rules
        from allstatus.testing.answers import AnswerLevel
        from allstatus.testing.vectors import make_vectors, read_vectors, within

        self.command, self.level = command, AnswerLevel(config.getoption("--allstatus-level"))
        if folder := config.getoption("--allstatus-vectors"):
            vectors = read_vectors(Path(folder))
        else:
            rules = config.getoption("--allstatus-rules")
            vectors = make_vectors(load_rules(rules, engine="builtin"))
        self.vectors = within(vectors, self.level)
        self._report: Report | None = None

    @property
    def report(self) -> Report:
        """The command is run once."""
        from allstatus.testing.conformance import check_command

        if self._report is None:
            self._report = check_command(self.command, self.vectors, self.level)
            self.failures: dict[str, VectorFailure] = {
                failure.vector.id: failure for failure in self._report.failures
            }
        return self._report


class _Differs(Exception):
    """What a failing item says."""


class _Item(pytest.Item):
    def __init__(self, *, kit: _Kit, **more: Any) -> None:
        super().__init__(**more)
        self.kit = kit

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The difference alone, without a trace through the kit."""
        if isinstance(excinfo.value, _Differs):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The command stands where a test's file would."""
        return Path(self.kit.command), None, self.name


class CommandItem(_Item):
    """Passes when the command ended well and answered every line."""

    def runtest(self) -> None:
        """Raise what went wrong with the command as a whole."""
        if self.kit.report.problems:
            raise _Differs("\n".join(self.kit.report.problems))


class VectorItem(_Item):
    """Passes when one vector got its answer."""

    def __init__(self, *, vector: Vector, **more: Any) -> None:
        super().__init__(**more)
        self.vector = vector

    def runtest(self) -> None:
        """Raise the fields that differ."""
        if not self.kit.report.answered:
            pytest.skip("the command answered nothing")
        if failure := self.kit.failures.get(self.vector.id):
            raise _Differs("\n".join(failure.lines))
