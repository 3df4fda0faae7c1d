"""What the commands that read charts share: how a path becomes charts or records, and the options
for reading them.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from allstatus.commands.shared import REFUSED_INPUT
from allstatus.errors import InvalidRecord
from allstatus.record.value_class import value_class

if TYPE_CHECKING:
    from allstatus.decision.classifier import Classifier
    from allstatus.decision.decision import Decision
    from allstatus.ehr.assess.caller_facts import CallerFacts
    from allstatus.ehr.chart_options import ChartOptions
    from allstatus.ehr.timelines.timeline_points import Timeline
    from allstatus.record.model import Record


WINDOW = 14  # days


class Input(StrEnum):
    """What a file holds."""

    auto = "auto"
    record = "record"
    fhir = "fhir"
    hl7v2 = "hl7v2"
    table = "table"


class Ranges(StrEnum):
    """Which reference ranges decide on a blood count."""

    adult = "adult"
    laboratory = "laboratory"


InputOption = typer.Option(
    "--input", help="What PATH holds, when it should not be recognised by itself."
)
WithOption = typer.Option(
    "--with", metavar="FACTS.json", help="A record to lay over a chart's facts."
)
AssumeOption = typer.Option(
    "--assume",
    metavar="NAME",
    help="symptoms-absent-unless-recorded: signs that no chart records are taken as absent.",
)
AS_OF = "A chart as it stood on a day, using nothing later; a record by the rules then in force."
AsOfOption = typer.Option("--as-of", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help=AS_OF)
WindowOption = typer.Option(
    "--window",
    metavar="DAYS",
    min=0,
    max=365,
    help="How many days a blood count may lie before or after its marrow.",
)
PartialOption = typer.Option(
    "--partial",
    help="Read a chart that is known to be a part (pages missing); what is not here is unknown.",
)
RangesOption = typer.Option(
    "--ranges",
    help="adult: use the adult table where a laboratory sends no range; laboratory: never.",
)
CodesOption = typer.Option(
    "--codes", metavar="DIR", help="A folder of code tables of your own, laid over ours."
)


SAID_OF_EACH = (
    "note: there are several patients, and --with holds facts that name no patient: they are said "
    'of each; give a record the "id" of its patient to say it of one'
)


@value_class
class ChartInput:
    """The options for reading charts, as given."""

    input: Input = Input.auto
    facts: str | None = None
    assume: tuple[str, ...] = ()
    as_of: date | None = None
    window: int = WINDOW
    ranges: Ranges = Ranges.adult
    partial: bool = False
    codes: str | None = None

    @property
    def options(self) -> ChartOptions:
        """For the chart reader; raises InvalidRecord for an unknown assumption."""
        from allstatus.ehr.chart_options import make_reader

        return make_reader(
            self.assume,
            window_days=self.window,
            adult_ranges=self.ranges is Ranges.adult,
            codes=self.codes,
            partial=self.partial,
        )

    def overlays(self, model: type[Record]) -> tuple[CallerFacts, ...]:
        """The records to lay over, checked."""
        from allstatus.ehr.assess.caller_facts import make_overlays
        from allstatus.record.json_reader import read_records

        if self.facts is None:
            return ()
        values = list(read_records(self.facts))
        for number, value in values:
            if isinstance(value, InvalidRecord):
                raise numbered(number, value)
        return make_overlays([value for _, value in values], model)


def chart_input(
    *,
    input: Annotated[Input, InputOption] = Input.auto,
    facts: Annotated[str | None, WithOption] = None,
    assume: Annotated[list[str] | None, AssumeOption] = None,
    as_of: Annotated[datetime | None, AsOfOption] = None,
    window: Annotated[int, WindowOption] = WINDOW,
    ranges: Annotated[Ranges, RangesOption] = Ranges.adult,
    partial: Annotated[bool, PartialOption] = False,
    codes: Annotated[str | None, CodesOption] = None,
) -> ChartInput:
    """From the command line's values."""
    day = as_of.date() if as_of else None
    return ChartInput(input, facts, tuple(assume or ()), day, window, ranges, partial, codes)


def reads_charts(
    command: Callable[..., None], without: Collection[str] = ()
) -> Callable[..., None]:
    """A command that takes the options for reading charts, but those `without`, gathered in its
    parameter `reading`.
    """
    own, all_shared = (inspect.signature(one, eval_str=True) for one in (command, chart_input))
    shared = {name: one for name, one in all_shared.parameters.items() if name not in without}
    kept = [one for one in own.parameters.values() if one.name != "reading"]
    parameters = [*kept, *shared.values()]

    @wraps(command)
    def filled(**given: Any) -> None:
        options = {name: given.pop(name) for name in shared}
        command(**given, reading=chart_input(**options))

    filled.__annotations__ = {one.name: one.annotation for one in parameters}
    setattr(filled, "__signature__", own.replace(parameters=parameters))  # noqa: B010
    return filled


def read_inputs(
    path: str, input: Input, *, partial: bool = False
) -> Iterator[tuple[int | None, Any]]:
    """(number, Chart or record or InvalidRecord) for everything in a file or folder; `partial`
    reads a FHIR chart that is known to be a part.
    """
    from allstatus.record.json_reader import (
        chart_kind,
        holds_bundle_lines,
        read_text,
        split_records,
    )
    from allstatus.record.regular_file import is_folder

    if input is not Input.record and path != "-" and is_folder(path):
        from allstatus.ehr.chart_files import read_folder

        return read_folder(Path(path), partial=partial)
    if input in (Input.auto, Input.fhir) and holds_bundle_lines(path):
        from allstatus.ehr.chart_files import read_bundle_lines

        return read_bundle_lines(path, partial=partial)
    text = read_text(path, "JSON")
    kind = (
        chart_kind(text) if input is Input.auto else None if input is Input.record else input.value
    )
    if kind is None:
        return split_records(text)
    from allstatus.ehr.chart_files import read_charts

    return read_charts(text, kind, partial=partial)


def numbered(number: int | None, error: InvalidRecord) -> InvalidRecord:
    """A refusal with the number of what it is about."""
    if number is None:
        return error
    return InvalidRecord(f"record {number}: {error.field}", error.problem, error.remedy)


def is_chart(value: Any) -> bool:
    """Whether what was read is a chart; nothing of ehr is loaded to tell."""
    ehr = sys.modules.get("allstatus.ehr.chart")
    return ehr is not None and isinstance(value, ehr.Chart)


T = TypeVar("T")


class Decider:
    """Decides on whatever was read: a record by itself, a chart by the options given."""

    def __init__(self, classifier: Classifier, reading: ChartInput) -> None:
        self.classifier, self.reading = classifier, reading
        self.refused = 0
        self._made: tuple[ChartOptions, tuple[CallerFacts, ...]] | None = None

    def decide_all(self, values: Iterable[tuple[int | None, Any]]) -> Iterator[Decision]:
        """A decision on each value; what is refused goes to standard error, with its number, and is
        counted.
        """
        for number, value in values:
            try:
                yield self.decide(value)
            except InvalidRecord as error:
                self.refused += 1
                print(f"error: {numbered(number, error)}", file=sys.stderr)

    @property
    def status(self) -> int:
        """The exit status that says whether anything was refused."""
        return REFUSED_INPUT if self.refused else 0

    def decide(self, value: Any) -> Decision:
        """A decision; raises InvalidRecord when the value was refused or is no record."""
        if isinstance(value, InvalidRecord):
            raise value
        if not is_chart(value):
            self._refuse_chart_options()
            adult_ranges = self.reading.ranges is Ranges.adult
            return self.classifier.classify(value, adult_ranges=adult_ranges)
        from allstatus.ehr.timelines.timeline import decide_chart

        return self._told(decide_chart, value)

    def tell(self, chart: Any) -> Timeline:
        """A chart decided over time."""
        from allstatus.ehr.timelines.timeline import decide_over_time

        return self._told(decide_over_time, chart)

    def tell_both(self, chart: Any) -> Timeline:
        """The same, with how it would read under the assumption on signs and symptoms."""
        from allstatus.ehr.timelines.side_by_side import decide_side_by_side

        return self._told(decide_side_by_side, chart)

    def _told(self, tell: Callable[..., T], chart: Any) -> T:
        options, overlays = self._options()
        return tell(
            self.classifier, chart, as_of=self.reading.as_of, options=options, overlays=overlays
        )

    def check(self, values: Iterable[tuple[int | None, Any]]) -> None:
        """Tell that facts which name no patient are said of each, when there are several."""
        charts = sum(is_chart(value) for _, value in values)
        if charts > 1 and any(overlay.patient is None for overlay in self._options()[1]):
            print(SAID_OF_EACH, file=sys.stderr)

    def _refuse_chart_options(self) -> None:
        """A record says itself what it states."""
        for option, given in (("--with", self.reading.facts), ("--assume", self.reading.assume)):
            if given:
                raise InvalidRecord(
                    option, "is for charts, and this is a record", "write the fact into the record"
                )

    def _options(self) -> tuple[ChartOptions, tuple[CallerFacts, ...]]:
        if self._made is None:
            self._made = self.reading.options, self.reading.overlays(self.classifier.record_model)
        return self._made
