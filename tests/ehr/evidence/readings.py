"""Charts of one or a few statements written field by field, and where each was put, in words."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from allstatus.ehr.chart import Chart, Problem, Quantity, Result, Treatment
from allstatus.ehr.coding.codes import make_code
from allstatus.ehr.dates import When, read_when
from allstatus.ehr.evidence.chart_reading import ChartReading, Finding
from allstatus.ehr.timelines.timeline import read_chart

KINDS = {"result": Result, "problem": Problem, "treatment": Treatment}
CODES = ("codes", "intent", "route", "reasons", "cause", "specimen")
TIMES = ("when", "issued", "sent", "until", "recorded", "onset")
LISTS = ("marrow", "counts", "outside", "signs", "directed", "relief", "asserted", "current")


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a file of this folder."""
    path = Path(__file__).with_name(f"{name}.yaml")
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return found


def chart_of(lines: list[dict[str, Any]], sex: str = "female") -> Chart:
    """A chart of `{result|problem|treatment: {field: value}}`, of a patient born on 1980-05-01."""
    chart = Chart("p1", sex, date(1980, 5, 1))
    for line in lines:
        ((kind, fields),) = line.items()
        chart.add(KINDS[kind](**{"when": None, **{k: _field(k, v) for k, v in fields.items()}}))
    return chart


def _field(name: str, value: Any) -> Any:
    if name in CODES:
        return tuple(make_code(*code.split(" ", 1)) for code in value)
    if name in TIMES:
        return read_when(str(value))
    if name == "value":
        return _quantity(value)
    return tuple(value) if isinstance(value, list) else value


def _quantity(value: Any) -> Quantity:
    """`5 %`, a code as `snomed 52101004`, or other words."""
    first, _, rest = str(value).partition(" ")
    if first.replace(".", "").isdecimal():
        return Quantity(str(value), first, None, rest or None)
    if rest.replace("-", "").isdecimal():
        return Quantity(str(value), codes=(make_code(first, rest),))
    return Quantity(str(value), text=str(value))


def read(lines: list[dict[str, Any]], as_of: date | None = None, **more: Any) -> ChartReading:
    """What is read from these lines."""
    for line in lines:
        for number, fields in enumerate(line.values(), 1):
            fields.setdefault("source", f"{next(iter(line)).title()}/{number}")
    return read_chart(chart_of(lines), as_of, **more)


def told(reading: ChartReading) -> dict[str, Any]:
    """Where everything stands, without what is empty: exact, so that nothing else may stand."""
    found: dict[str, Any] = {name: [*map(_finding, getattr(reading, name))] for name in LISTS}
    found["doubts"] = [
        f"{doubt.fact}, {doubt.name} {_days(doubt.when)}: {doubt.why}"
        for doubts in reading.doubts.values()
        for doubt in doubts
    ]
    found["aside"] = [
        f"{fact}: {entry.because}" for fact, entries in reading.aside.items() for entry in entries
    ]
    found["diagnoses"] = [seen.title for seen in reading.diagnoses]
    found["others"] = [f"{one.title} {one.first}/{one.last}" for one in reading.others]
    said = tuple(f": {doubt.why}" for doubts in reading.doubts.values() for doubt in doubts)
    found["warnings"] = [warning for warning in reading.warnings if not warning.endswith(said)]
    found["lineages"] = sorted(reading.lineages)
    return {name: value for name, value in found.items() if value}


def _finding(finding: Finding) -> str:
    parts = [finding.name, finding.site, _value(finding.value), _days(finding.when)]
    marks = [name for name in ("conflict", "by_default") if getattr(finding, name)]
    return " ".join([*filter(None, parts), *marks])


def _value(value: Any) -> str:
    if value is None:
        return ""
    return f"{value.describe()} %" if hasattr(value, "describe") else str(value).lower()


def _days(when: When) -> str:
    return str(when.last) if when.first == when.last else f"{when.first}/{when.last}"
