"""Charts from a file, a folder or text, recognised by what they hold."""

from __future__ import annotations

import functools
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from allstatus.ehr.chart import REFUSED, SAID_SO, Chart
from allstatus.ehr.fhir.export_manifest import BEGINNING, LINES, Beside, is_unfinished
from allstatus.ehr.fhir.fhir_bundles import is_resource, no_resource
from allstatus.ehr.fhir.fhir_reader import PART, read_fhir
from allstatus.ehr.fhir.fhir_standing import may_modify
from allstatus.errors import InvalidRecord
from allstatus.record.json_reader import (
    FHIR,
    HL7V2,
    TABLE,
    chart_kind,
    decode,
    read_lines,
    split_records,
)

_NAMED = re.compile(  # whom a line refers to, or whose it is
    r'"reference"\s*:\s*"(?:[^"\\]*[/:])?([^"/:\\]+)"|"resourceType"\s*:\s*"Patient".*?"id"\s*:\s*"([^"\\]+)"'
)
NAMESAKE = "other kinds of files have this id"
GENERAL = {"", ".txt", ".dat", ".log"}  # endings that say nothing of what is in a file
Reader = Callable[[object], list[Chart]]
Numbered = Iterator[tuple[int | None, Chart | InvalidRecord]]


def read_charts(text: str, kind: str | None = None, *, partial: bool = False) -> Numbered:
    """(number, chart or refusal) for each patient; the number is the line of an NDJSON of bundles,
    else None for one patient.

    `kind` is `fhir`, `hl7v2` or `table`, or None to recognise it; `partial` reads a
    chart that is a part by its own account. Raises InvalidRecord when the text holds no chart.
    """
    kind = kind or chart_kind(text)
    if kind == HL7V2:
        from allstatus.ehr.hl7v2 import read_hl7

        yield from _number(read_hl7(text, partial=partial))
    elif kind == TABLE:
        yield from _number(_tables({"": text}, partial=partial))
    elif kind == FHIR:
        read = functools.partial(read_fhir, partial=partial, unmodified=not may_modify(text))
        yield from _fhir(text, read, together=text.lstrip().startswith("["))
    else:
        raise InvalidRecord(
            "input",
            "is no chart",
            "give a FHIR R4 bundle, ORU^R01 messages or a table of results, or say it is a record",
        )


def _tables(texts: Mapping[str, str], *, partial: bool) -> list[Chart]:
    from allstatus.ehr.lab_table import read_tables

    charts = read_tables(texts)
    for chart in charts if partial else ():
        chart.partial = True
        chart.warnings.append(PART.format(SAID_SO))
    return charts


def _fhir(text: str, read: Reader, *, together: bool) -> Numbered:
    """Bundles line by line, each its own; a list, of bundles or resources, is read together."""
    loose: list[Any] = []
    left: list[str] = []
    answered = False
    for number, value, unread in _resources(split_records(text, together=True), text):
        left += filter(None, [unread])
        if (
            number is not None
            and not together
            and isinstance(value, dict)
            and value.get("resourceType") == "Bundle"
        ):
            yield from _one_line(number, value, read)
            answered = True
        elif isinstance(value, InvalidRecord):
            yield number, value
            answered = True
        else:
            loose.append(value)
    if loose or not answered:
        yield from _number(_without(left, read(loose)))


def _without(left: list[str], charts: list[Chart]) -> list[Chart]:
    """The charts; those whose patients are named in lines that were refused are parts of them."""
    named = [{name for found in _NAMED.findall(line) for name in found} for line in left]
    for chart in charts:
        name = _bare_id(chart)
        if name and (refused := sum(name in names for names in named)):
            chart.partial = True
            chart.warnings.append(PART.format(REFUSED.format(refused)))
    return charts


def read_bundle_lines(path: str, *, partial: bool = False) -> Numbered:
    """The same for an NDJSON file of bundles, line by line, in memory for one line only."""
    for number, value, _ in _resources(read_lines(path)):
        if isinstance(value, InvalidRecord):
            yield number, value
        else:
            yield from _one_line(number, value, functools.partial(read_fhir, partial=partial))


def _resources(
    values: Iterable[tuple[int | None, Any]], text: str = ""
) -> Iterator[tuple[int | None, Any, str]]:
    """The same values, with a refusal in the place of a line or an item that is no resource, and
    what stands there in the `text` they are from.
    """
    lines: list[str] = []
    for number, value in values:
        if isinstance(value, InvalidRecord):
            lines = lines or text.split("\n")
            yield number, value, lines[number - 1] if number and text else ""
        elif number is not None and not is_resource(value):
            yield number, no_resource("input"), json.dumps(value, default=str)
        else:
            yield number, value, ""


def _one_line(number: int | None, bundle: Any, read: Reader) -> Numbered:
    try:
        for chart in read(bundle):
            yield number, chart
    except InvalidRecord as error:
        yield number, error


def _number(charts: list[Chart]) -> Numbered:
    single = len(charts) == 1
    yield from ((None if single else number, chart) for number, chart in enumerate(charts, 1))


def read_folder(path: Path, *, partial: bool = False) -> Numbered:
    """The charts of a folder's files together: its FHIR resources as one list, its HL7 v2 messages
    as one feed; first a refusal, by file and line, for each line that cannot be read.
    """
    texts: dict[str | None, list[tuple[Path, str]]] = {FHIR: [], HL7V2: [], TABLE: [], None: []}
    for file in sorted(path.iterdir()):
        if file.is_file() and not file.name.startswith("."):
            text = decode(file.read_bytes(), str(file))
            texts[chart_kind(text)].append((file, text))
    others = texts.pop(None)
    resources: list[Any] = []
    left: list[str] = []
    lines = [(file, text) for file, text in others if _holds_lines(file)]
    held = {file.name: _count_lines(text) for file, text in chain(*texts.values(), lines)}
    names = sorted(one.name for one in path.iterdir() if one.name not in held)
    beside = Beside.of(str(path), names, inside=_charts_below)
    beside.names.extend(filter(is_unfinished, held))
    beside.unread.extend(_strange(others, texts))
    beside.refuse_part(held, partial=partial)
    if not any(texts.values()):
        remedy = "give a folder of FHIR files, HL7 v2 messages or tables of results, or a file"
        raise InvalidRecord(str(path), "is a folder without charts", remedy)
    from allstatus.ehr.hl7v2 import read_hl7

    messages = [text for _, text in texts[HL7V2]]
    charts = {HL7V2: read_hl7(*messages, partial=partial) if messages else []}
    tables = {file.name: text for file, text in texts[TABLE]}
    charts[TABLE] = _tables(tables, partial=partial) if tables else []
    for file, text in texts[FHIR] + [(file, text) for file, text in lines if text.strip()]:
        for value, unread in _placed(file, text):
            left += filter(None, [unread])
            if isinstance(value, InvalidRecord):
                yield None, value
            else:
                resources.append(value)
    charts[FHIR] = []
    if texts[FHIR]:
        charts[FHIR] = _without(left, read_fhir(resources, partial=partial))
    _tell_namesakes(charts.values())
    yield from _number(sorted(chain(*charts.values()), key=lambda chart: chart.patient or ""))


def _tell_namesakes(kinds: Collection[list[Chart]]) -> None:
    """Charts of one id from files of several kinds may be one patient's, so that each may be a
    part; so are those of nobody and of the only patient there is.
    """
    names = {_bare_id(chart) for chart in chain(*kinds)}
    only = max(names) if len(names - {""}) == 1 else ""
    number = Counter(name for charts in kinds for name in {_bare_id(one) or only for one in charts})
    for chart in chain(*kinds):
        if (name := _bare_id(chart) or only) and number[name] > 1:
            chart.partial = True
            chart.warnings.append(PART.format(NAMESAKE))


def _bare_id(chart: Chart) -> str:
    """A patient's id without whose it is."""
    return (chart.patient or "").partition(" (")[0]


def _charts_below(folder: str) -> Iterator[str]:
    """The names of the files in a folder, at any depth, that begin as charts do."""
    for file in Path(folder).rglob("[!.]*"):
        if file.is_file():
            with file.open("rb") as opened:
                text = opened.read(BEGINNING).decode("utf-8", "replace").lstrip("\ufeff \r\n\t[")
            kind = chart_kind(text)
            if LINES.search(file.name) or (text[:1] == "{" if kind == FHIR else kind):
                yield file.name


def _strange(
    others: Iterable[tuple[Path, str]], texts: Mapping[str | None, list[tuple[Path, str]]]
) -> Iterator[str]:
    """The names of files that end as a feed or a table that is read does, and are none."""
    read = {file.suffix.lower() for kind in (HL7V2, TABLE) for file, _ in texts[kind]} - GENERAL
    yield from (file.name for file, text in others if file.suffix.lower() in read and text.strip())


def _count_lines(text: str) -> int:
    return text.rstrip().count("\n") + bool(text.strip())


def _holds_lines(file: Path) -> bool:
    return file.suffix.lower() in (".ndjson", ".jsonl")


def _placed(file: Path, text: str) -> Iterator[tuple[Any, str]]:
    """The resources of a file, with a refusal by file and line for what is none, and that."""
    kind = "item" if text.lstrip().startswith("[") and not _holds_lines(file) else "line"
    try:
        values = ((number or 1, value) for number, value in split_records(text, together=True))
        for number, value, unread in _resources(values, text):
            wrong = isinstance(value, InvalidRecord)
            place = f"{file} {kind} {number}"
            yield InvalidRecord(place, value.problem, value.remedy) if wrong else value, unread
    except InvalidRecord as error:
        yield InvalidRecord(str(file), error.problem, error.remedy), text
