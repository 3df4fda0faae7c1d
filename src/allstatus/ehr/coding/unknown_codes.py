"""Which statements the code tables understand, by their codes alone, and what they do not."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from allstatus.ehr.chart import Chart, Code, Problem, Result, Statement, Treatment
from allstatus.ehr.coding.codes import CodeTables
from allstatus.ehr.coding.site_codes import TABLES
from allstatus.record.remembered import remembered

TELLING = ("marrow", "cns")  # of what is measured there, nothing is about something else
UNDERSTOOD, ELSEWHERE, UNKNOWN = "understood", "about something else", "not understood"


class UnknownCode(NamedTuple):
    """A coding no table names, and in which table it would stand. Empty `code`: none was sent."""

    table: str
    system: str
    code: str
    display: str


def understanding(statement: Statement, tables: CodeTables) -> str:
    """Whether a statement's codes are understood, are of a known system and about something else,
    or are not understood.

    A diagnosis or treatment that no table names is not understood, whatever its system, nor is what
    was measured in marrow or CSF; only the chapters of ICD tell that a code is of another disease.
    """
    if isinstance(statement, Result):
        known = _of_result(statement.codes, statement.said, tables)
        return UNKNOWN if known == ELSEWHERE and _is_telling(statement, tables) else known
    if isinstance(statement, Treatment):
        return UNDERSTOOD if _names_treatment(statement, tables) else UNKNOWN
    if isinstance(statement, Problem):
        return _of_problem(statement, tables)
    return _of_result(statement.codes, (), tables)


def _is_telling(result: Result, tables: CodeTables) -> bool:
    """Whether a value was measured in marrow or CSF."""
    if not result.specimen:
        return False
    places = (tables.results.find([code]) for code in result.specimen)
    found = any(match and match.topic["specimen"] in TELLING for match in places)
    return found and bool(result.value.sent or result.value.codes)


@remembered(1 << 13)
def _of_result(codes: tuple[Code, ...], said: tuple[Code, ...], tables: CodeTables) -> str:
    if tables.results.find_each(codes) or tables.signs.find_each(codes + said):
        return UNDERSTOOD
    return ELSEWHERE if any(map(tables.system_of, codes)) else UNKNOWN


def _of_problem(problem: Problem, tables: CodeTables) -> str:
    if tables.diagnoses.find_each(problem.codes) or tables.signs.find_each(problem.codes):
        return UNDERSTOOD
    if any(map(tables.systems.is_malignant, problem.codes)):
        return UNDERSTOOD
    return ELSEWHERE if any(map(tables.systems.is_of_icd, problem.codes)) else UNKNOWN


def _names_treatment(treatment: Treatment, tables: CodeTables) -> bool:
    if tables.treatments.find_each(treatment.codes) or tables.treatments.find(treatment.intent):
        return True
    names = [treatment.text, *(code.display for code in treatment.codes)]
    return treatment.medicine and bool(tables.medicines.read_all(names))


def table_of(statement: Statement) -> str:
    """The table in which a statement's code would stand."""
    if isinstance(statement, Treatment):
        return "treatments"
    return "diagnoses" if isinstance(statement, Problem) else "results"


def unknown_of(statement: Statement, tables: CodeTables) -> Iterator[UnknownCode]:
    """One coding for a statement that is not understood: the first sent, or an empty one."""
    if understanding(statement, tables) == UNKNOWN:
        yield unknown_code(statement)


def unknown_code(statement: Statement) -> UnknownCode:
    """The coding that stands for a statement that is not understood."""
    code = next(iter(statement.codes), Code("", ""))
    return UnknownCode(table_of(statement), *code)


def unknown_parts(statement: Statement, tables: CodeTables) -> Iterator[UnknownCode]:
    """The codings of specimen and answer that no table names, of a result that is understood."""
    if isinstance(statement, Result) and understanding(statement, tables) == UNDERSTOOD:
        for concept in (statement.specimen, statement.value.codes):
            found = tables.results.find_each(concept) or tables.signs.find_each(concept)
            if concept and not found:
                yield UnknownCode("results", *concept[0])


def count_unknown(charts: Iterable[Chart], tables: CodeTables) -> Counter[UnknownCode]:
    """How often each coding no table names stands in charts; an empty one where none was sent."""
    found: Counter[UnknownCode] = Counter()
    for chart in charts:
        for statement in chart.statements:
            found.update(unknown_of(statement, tables))
            found.update(unknown_parts(statement, tables))
    return found


def as_yaml(found: Counter[UnknownCode]) -> str:
    """The codings as tables ready to be filled in, most frequent first; nothing but codings."""
    lines = [
        "# Codings that no table names, most frequent first. Save each part under its\n"
        "# file's name in a folder of yours, put the name of a topic in the place of each\n"
        "# fill_in, write where you read what the code means (cite), and leave out what\n"
        "# is of no interest to the page.",
    ]
    for table in TABLES:
        named = [(c, n) for c, n in _in_order(found) if c.table == table and c.code]
        if named:
            lines.append(f"\n# {table}.yaml")
        for number, (code, times) in enumerate(named, 1):
            shown = f", {_quoted(code.display)}" if code.display else ""
            lines += [
                f"fill_in_{number}:  # count {times}{shown}",
                f"  codes: [{{system: {_quoted(code.system)}, code: {_quoted(code.code)}, "
                f'verified: no, cite: ""}}]',
            ]
    if without := sum(times for code, times in found.items() if not code.code):
        lines.append(f"\n# {without} statements have no code at all; no table can name them.")
    return "\n".join(lines) + "\n"


def _in_order(found: Mapping[Any, int]) -> list[tuple[Any, int]]:
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def as_documents(found: Mapping[UnknownCode, int]) -> list[dict[str, str | int]]:
    """The same as rows for JSON, without the table they would stand in."""
    rows: dict[tuple[str, str, str], int] = defaultdict(int)
    for code, times in found.items():
        rows[code.system, code.code, code.display] += times
    return [
        {"system": system, "code": code, "display": display, "count": times}
        for (system, code, display), times in _in_order(rows)
    ]


def _quoted(text: str) -> str:
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
