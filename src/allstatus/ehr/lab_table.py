"""A table of dated results, one a line (CSV with commas, semicolons or tabs), to charts.

Columns, of which `date` and `code` are needed: patient, date, system, code, display, comparator,
value, unit, low, high, flag, status, specimen, issued, comment, sex, born. A row is a result, or,
by its code, a treatment given (its value an amount, if any) or a diagnosis, of which a value or
flag is an answer. A status is a result's, a treatment's or a diagnosis' in FHIR; a result's may be
one of HL7's letters, or a word of `codes/result-statuses.yaml`. A code without a system is one of
LOINC, unless it names its system itself, as in LOINC:718-7 or LOINC|718-7. A comment is read only
for whether it takes its row back; a row whose code is that of a comment is one on the results of
its date and specimen.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping

from allstatus.ehr.chart import (
    IN_DOUBT,
    NAMELESS,
    Chart,
    Code,
    Problem,
    Quantity,
    Range,
    Result,
    Statement,
    Treatment,
)
from allstatus.ehr.coding import comments
from allstatus.ehr.coding.codes import code_tables, heard_of, make_code, table
from allstatus.ehr.coding.result_statuses import result_status
from allstatus.ehr.dates import read_when
from allstatus.ehr.fhir.fhir_resources import ENDED, STATES, VERIFICATION
from allstatus.ehr.fhir.fhir_standing import (
    GIVEN,
    RESULT,
    STANDS,
    UNREAD_DONE,
    UNREADABLE_STATUS,
    Standing,
    together,
)
from allstatus.ehr.hl7v2.specimens import SOURCE, TYPE
from allstatus.ehr.sent_values import FLAGS, UNSAID, by_flags, flag_of, written
from allstatus.ehr.table_patients import SUMMARIES, is_summary, named
from allstatus.ehr.table_remarks import Remark, heard, remarks_in
from allstatus.errors import InvalidRecord, nearest
from allstatus.record.row_bounds import MOST_COLUMNS, SHORTER

COLUMNS = (
    "patient",
    "date",
    "system",
    "code",
    "display",
    "comparator",
    "value",
    "unit",
    "low",
    "high",
    "flag",
    "status",
    "specimen",
    "issued",
    "comment",
    "sex",
    "born",
)
CORRECTED = ("amended", "corrected")
SEXES = {"female": "female", "male": "male", "other": "other", "f": "female", "m": "male"}
NEEDED = ("date", "code")
DEFAULT_SYSTEM = "LN"
SPECIMEN_SYSTEM = "SCT"
TREATED = RESULT | GIVEN["MedicationAdministration"] | GIVEN["MedicationStatement"]
TREATED["active"] = GIVEN["MedicationRequest"]["active"]  # which an order is, too
DIAGNOSED = RESULT | VERIFICATION | dict.fromkeys(STATES, STANDS)
AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?) ?(?:(?:[mµuk]c?)?[glu]|i\.?u\.?|units?)?(?:/\S+)?", re.I)
Row = dict[str, str]


def read_table(text: str) -> list[Chart]:
    """The charts in a table, in the order of their patients' ids; raises InvalidRecord for columns
    it does not know.
    """
    return read_tables({"": text})


def read_tables(texts: Mapping[str, str]) -> list[Chart]:
    """The same of several tables by their names, as if they were one."""
    rows = ((f"{name} line {n}".strip(), row) for name in texts for n, row in _rows(texts[name]))
    charts = charts_of(rows)
    if not charts:
        raise InvalidRecord(
            "input", "is a table without a row", "give one result a line below the column names"
        )
    return charts


def charts_of(rows: Iterable[tuple[str, Row]]) -> list[Chart]:
    """The charts in rows, each with where it stands, in the order of their patients' ids; rows that
    name nobody are a doubt for the only patient there is, and those that sum up others set aside.
    """
    of: dict[str, list[tuple[str, Row]]] = {}
    for placed in rows:
        of.setdefault(named(placed[1].get("patient", "")), []).append(placed)
    summed = sum(len(of.pop(name)) for name in [*of] if is_summary(name))
    if summed and not of:
        raise InvalidRecord("patient", SUMMARIES["why"], SUMMARIES["remedy"])
    if [*of] == [""] and any(row.get("patient") for _, row in of[""]):
        raise InvalidRecord("patient", NAMELESS, "say whose result")
    charts = {name: _chart(name, of[name]) for name in sorted(of)}
    for chart in charts.values() if summed else ():
        chart.warnings.append(f"{SUMMARIES['told'].format(summed)}; {SUMMARIES['remedy']}")
    if len(charts) == 2 and "" in charts:
        nobodys = charts.pop("")
        (only,) = charts.values()
        only.take_in_doubt(nobodys, NAMELESS)
        only.warnings.append(IN_DOUBT.format("rows", len(of[""])))
    return [*charts.values()]


def _chart(name: str, rows: list[tuple[str, Row]]) -> Chart:
    chart = Chart(name or None)
    sexes = {SEXES[said] for _, row in rows if (said := row.get("sex", "").lower()) in SEXES}
    births = {born.first for _, row in rows if (born := read_when(row.get("born", "")))}
    chart.sex = sexes.pop() if len(sexes) == 1 else None
    chart.born = births.pop() if len(births) == 1 else None
    remarks = remarks_in(row for _, row in rows if _is_remark(row))
    for source, row in rows:
        chart.add(_statement(row, source, remarks))
    return chart


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    """(line, its cells by column) of each line that holds anything but the columns' names."""
    lines = re.split("\r\n?|\n", text.lstrip("\ufeff\r\n").rstrip("\0\x1a\r\n"))
    mark = max(",;\t", key=lines[0].count)
    reader = csv.reader(_bounded(lines, mark), delimiter=mark, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader)]
        _check(names)
        for values in reader:
            inner = (line for value in values for line in value.split("\n")[1:])
            if any(line.count(mark) >= len(names) - 1 for line in inner):
                raise csv.Error  # a text that holds other rows
            cells = [value.strip() for value in values]
            row = dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))
            if any(cells) and [cell.lower() for cell in cells] != names:
                yield reader.line_num, row
    except csv.Error as error:
        problem, remedy = "cannot be read as a table at line", "check the quotes there"
        problem = f"{problem} {reader.line_num}"
        if str(error).startswith("field larger"):
            problem += f": a text of over {csv.field_size_limit():,} characters"
            remedy = SHORTER
        raise InvalidRecord("input", problem, remedy) from None


def _bounded(lines: Iterable[str], mark: str) -> Iterator[str]:
    """The lines with their ends; raises InvalidRecord at one of too many cells to be a result."""
    for number, line in enumerate(lines, 1):
        if line.count(mark) > MOST_COLUMNS:
            problem = f"has more than {MOST_COLUMNS:,} separators in line {number}"
            raise InvalidRecord("input", problem, "give one result a line")
        yield f"{line}\n"


def _check(names: list[str]) -> None:
    for name in NEEDED:
        if name not in names:
            raise InvalidRecord(
                "input",
                f"has no column '{name}'",
                f"name the columns in the first line: {', '.join(COLUMNS)}",
            )
    for place, name in enumerate(names, 1):
        if name not in COLUMNS:
            problem = f"column {place} is not known{nearest(name, COLUMNS)}"
            raise InvalidRecord("input", problem, f"use {', '.join(COLUMNS)}")
        if names.count(name) > 1:
            raise InvalidRecord("input", f"has the column '{name}' twice", "keep one of the two")


def _is_remark(row: Row) -> bool:
    status = RESULT.get(_status(_as_result(row)), STANDS)
    is_comment = comments.is_comment([make_code(*_coded(row))], row.get("display", ""))
    return is_comment and not status.void


def _statement(row: Row, source: str, remarks: Iterable[Remark] = ()) -> Statement:
    when, issued = read_when(row["date"]), read_when(row.get("issued", ""))
    text, answered = row.get("display", ""), bool(row.get("value") or row.get("flag"))
    codes = (make_code(*_coded(row), text),)
    of_it = source, codes, when, issued
    if table("treatments").find(codes):
        void, doubt = together(_standing(row, TREATED, comments.TREATMENT), _amount(row))
        return Treatment(*of_it, void, text, doubt=doubt)
    is_sign = table("signs").find(codes)
    if code_tables().systems.is_of_icd(codes[0]) or table("diagnoses").find(codes) or is_sign:
        row = _as_result(row) if is_sign and answered else row
        void, doubt = _standing(row, DIAGNOSED, comments.CONDITION)
        if is_sign and answered:
            return _result(row, Statement(*of_it, void, text, doubt=doubt))
        said = _status(row)
        return Problem(
            *of_it,
            void,
            text,
            recorded=when,
            doubt=doubt or (UNSAID if answered else ""),
            clinical=said if said in STATES else "",
            ended=said in ENDED,
            unread_start=bool(row["date"]) and when is None,
        )
    row = _as_result(row)
    void, doubt = _standing(row, RESULT, heard_of(codes), remarks)
    return _result(row, Statement(*of_it, void, text, doubt=doubt))


def _as_result(row: Row) -> Row:
    """A row with the status of a result as FHIR has it, where letters or words of others say it."""
    sent, answered = row.get("status", ""), bool(row.get("value") or row.get("flag"))
    return row | {"status": result_status(sent, answered=answered)} if sent else row


def _status(row: Row) -> str:
    """A row's status as FHIR spells it."""
    return "-".join(row.get("status", "").lower().split()).replace("canceled", "cancelled")


def _standing(
    row: Row, statuses: dict[str, Standing], of: comments.Kinds, remarks: Iterable[Remark] = ()
) -> Standing:
    status = _status(row)
    standing = statuses.get(status, UNREADABLE_STATUS) if status else STANDS
    doubt = heard(row, remarks, corrected=status in CORRECTED, of=of)
    return together(standing, Standing("", doubt)) if doubt else standing


def _amount(row: Row) -> Standing:
    """Whether what stands beside a treatment is an amount that was given."""
    if row.get("flag"):
        return UNREAD_DONE
    amount = AMOUNT.fullmatch(row.get("value", ""))
    given = not row.get("value") or (amount is not None and float(amount[1].replace(",", ".")) > 0)
    return STANDS if given else UNREAD_DONE


def _coded(row: Row) -> tuple[str, str]:
    """System and code of a row."""
    system, code = row.get("system", ""), row.get("code", "")
    named, mark, rest = code.partition("|" if "|" in code else ":")
    if not system and mark:  # no code of LOINC has a colon, or a bar
        return named, rest
    return system or DEFAULT_SYSTEM, code


def _specimen(sent: str) -> tuple[Code, ...]:
    """A specimen by its code in SNOMED CT, or by letters, as HL7's tables have it, or in words."""
    systems = (SPECIMEN_SYSTEM,) if sent.isdecimal() else (SPECIMEN_SYSTEM, TYPE, SOURCE)
    return tuple(make_code(system, sent.upper(), sent) for system in systems) if sent else ()


def _result(row: Row, said: Statement) -> Result:
    value, unit = row.get("value", ""), row.get("unit") or None
    sign = row.get("comparator", "")
    value = f"{sign}{value}" if value and sign != "=" else value
    flags = (flag_of(row["flag"]),) if row.get("flag") else ()
    found = written(value, unit) if value else by_flags(tuple(Code(FLAGS, one) for one in flags))
    low, high = (written(row[end], None) if row.get(end) else None for end in ("low", "high"))
    specimen = _specimen(row.get("specimen", ""))
    return Result(
        said.source,
        said.codes,
        said.when,
        said.issued,
        said.void,
        said.text,
        doubt=said.doubt or ("" if found else "has no value"),
        value=found or Quantity(),
        ranges=(Range(low, high),) if low or high else (),
        flags=flags,
        specimen=specimen,
        corrected=_status(row) in CORRECTED,
    )
