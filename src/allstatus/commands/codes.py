"""`allstatus codes`: a site's own tables checked, a code explained, and what no table names."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allstatus.commands.chart_input import CodesOption, Input, InputOption
from allstatus.commands.help_pages import CommandLine
from allstatus.commands.shared import REFUSED_INPUT, RulesOption, app, run
from allstatus.commands.streams import fitted
from allstatus.errors import InvalidRecord, RulesError

if TYPE_CHECKING:
    from allstatus.ehr.coding.codes import CodeTables, Population
    from allstatus.ehr.coding.unknown_codes import UnknownCode

codes_app = CommandLine(help="Code tables: check your own, explain a code, list what is unknown.")
app.add_typer(codes_app, name="codes")


class CodesFormat(StrEnum):
    """How the codings are written."""

    yaml = "yaml"
    json = "json"


@codes_app.command()
def check(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A folder of your code tables.")],
) -> None:
    """Check code tables of your own as ours are checked."""
    run(lambda: _check(folder))


def _check(folder: str) -> int:
    from allstatus.ehr.coding.site_codes import read_site_codes

    try:
        site = read_site_codes(folder)
    except RulesError as error:
        print(error)
        return 1
    number = sum(
        len(topic.get("codes", ()))
        for name, topics in site.data.items()
        if name != "systems"
        for topic in topics.values()
    )
    print(fitted(f"{folder}: codes checked: {number}, digest {site.digest[:12]}"))
    return 0


@codes_app.command()
def explain(
    code: Annotated[
        str, typer.Argument(metavar="SYSTEM|CODE", help="Such as 'http://loinc.org|11150-0'.")
    ],
    codes: Annotated[str | None, CodesOption] = None,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Say what a code means here, where that stands, and whether it was checked in its source."""
    run(lambda: _explain(code, _tables(codes, rules), _population(rules).title))


def _explain(given: str, tables: CodeTables, disease: str) -> int:
    from allstatus.ehr.coding.site_codes import TABLES

    system, mark, value = given.rpartition("|")
    if not mark or not system or not value:
        raise InvalidRecord(
            "code", "is not written as SYSTEM|CODE", "write it as 'http://loinc.org|11150-0'"
        )
    found = tables.systems.code(system, value)
    known = tables.system_of(found)
    where = f"system {known}" if known else "a system that is not known here"
    print(f"{found.code} of {where}")
    lines = [line for name in TABLES for line in _meaning(tables, name, found, disease)]
    if not lines:
        malignant = tables.systems.is_malignant(found)
        lines = ["another cancer, by its chapter" if malignant else "is in no table"]
    print(fitted("\n".join(f"  {line}" for line in lines)))
    return 0


def _meaning(tables: CodeTables, name: str, code: Any, disease: str) -> list[str]:
    """What a table says of a code; a topic's `all` is whether it is the rule set's own disease."""
    known = tables.table(name).known(code)
    if known is None:
        return []
    topic, verified = known
    site = tables.site.data.get(name, {}) if tables.site is not None else {}
    ours = topic.name not in site or not _stands_in(site[topic.name], code, tables)
    more = {disease if key == "all" else key: value for key, value in topic.more.items()}
    said = ", ".join(f"{key}: {_word(value)}" for key, value in more.items() if value is not None)
    lines = [f"{name}.yaml, {topic.name}: {topic.title}{f' ({said})' if said else ''}"]
    if topic.wider:
        lines.append(f"within {', '.join(sorted(topic.wider))}")
    checked = "checked in its source" if verified else "not checked in its source"
    whose = "our table" if ours or tables.site is None else f"the table in {tables.site.folder}"
    return [*lines, f"{checked}; {whose}"]


def _stands_in(entry: dict[str, Any], code: Any, tables: CodeTables) -> bool:
    return any(
        tables.systems.code(str(one["system"]), str(one["code"])).code == code.code
        for one in entry.get("codes", ())
    )


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tables(folder: str | None, rules: str | None) -> CodeTables:
    """The tables as a rule set's charts are read by them."""
    from allstatus.ehr.coding.codes import population_tables
    from allstatus.ehr.coding.site_codes import read_site_codes

    site = None if folder is None else read_site_codes(folder)
    return population_tables(_population(rules), site)


def _population(rules: str | None) -> Population:
    from allstatus.ehr.coding.codes import Population
    from allstatus.rules.editions import find_rules
    from allstatus.rules.load import read_rules

    return Population.of(read_rules(find_rules(rules)))


@codes_app.command()
def unknown(
    path: Annotated[
        str, typer.Argument(metavar="PATH|-", help="A chart, or the folder of an export.")
    ],
    *,
    format: Annotated[
        CodesFormat, typer.Option("--format", help="yaml: ready to be filled in.")
    ] = CodesFormat.yaml,
    input: Annotated[Input, InputOption] = Input.auto,
    codes: Annotated[str | None, CodesOption] = None,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """List the codings that no table names, most frequent first; codings only, never free text."""
    run(lambda: _unknown(path, format, input, _tables(codes, rules)))


def _unknown(path: str, format: CodesFormat, input: Input, tables: CodeTables) -> int:
    from allstatus.ehr.coding.unknown_codes import as_documents, as_yaml

    refusals = _Refusals()
    found = _count(path, input, tables, refusals.tell)
    rows = json.dumps(as_documents(found), ensure_ascii=False) + "\n"
    sys.stdout.write(rows if format is CodesFormat.json else as_yaml(found))
    if refusals.told:
        print(f"error: {refusals.told} lines or charts could not be read", file=sys.stderr)
    return REFUSED_INPUT if refusals.told else 0


class _Refusals:
    """What could not be read, told and counted."""

    def __init__(self) -> None:
        self.told = 0

    def tell(self, error: InvalidRecord) -> None:
        self.told += 1
        print(f"error: {error}", file=sys.stderr)


def _count(
    path: str, input: Input, tables: CodeTables, refuse: Callable[[InvalidRecord], None]
) -> Counter[UnknownCode]:
    """How often each coding stands there."""
    from allstatus.bulk.fhir_export.unknown_lines import count_unknown_lines
    from allstatus.commands.chart_input import is_chart, numbered, read_inputs
    from allstatus.ehr.coding.unknown_codes import count_unknown

    if path != "-" and Path(path).is_dir() and any(Path(path).glob("*.ndjson*")):
        return count_unknown_lines(Path(path), tables, refuse)
    charts = []
    for number, value in read_inputs(path, input):
        if is_chart(value):
            charts.append(value)
        elif isinstance(value, InvalidRecord):
            refuse(numbered(number, value))
    if not charts:
        raise InvalidRecord(
            "input", "holds no chart", "give a FHIR bundle, HL7 v2 messages, or an export's folder"
        )
    return count_unknown(charts, tables)
