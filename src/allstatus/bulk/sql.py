"""The decision table as SQL: a table of cells, a table of answers, and a view that finds each row's
cell.

The view is written once, in plain SQL that every engine shares, and put into each dialect by
sqlglot. A value that no
record can hold makes the row `refused`, with the column and why. NaN is refused before it is
compared with any limit:
engines differ on whether NaN is above every number or no number at all, but in none is it between 0
and 100.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlglot
import sqlglot.errors

from allstatus.bulk.answer_texts import WARNINGS
from allstatus.bulk.breakpoints import percent_scale
from allstatus.bulk.cells import (
    RELAPSE_COUNTS,
    UNKNOWN,
    CellAnswer,
    Cells,
    FactStates,
    nothing_stated,
)
from allstatus.bulk.column_mapping import ColumnSource, refuse_unsayable
from allstatus.errors import InvalidRecord
from allstatus.record.percent import format_number
from allstatus.record.refusals import REMEDIES
from allstatus.table.facts import BELOW_ONE

TESTED = ("duckdb", "postgres", "sqlite", "spark")
GENERATED = ("bigquery", "snowflake", "tsql", "oracle")  # parsed again by sqlglot, but not executed
REPLACING = ("duckdb", "bigquery", "snowflake")  # CREATE OR REPLACE of tables and views
PLAIN = "duckdb"  # the dialect the view is written in; it uses nothing that is DuckDB's own
ROWS_AT_ONCE = {"oracle": 1, "tsql": 500}
ANSWER = (
    "outcome",
    "status",
    "possible",
    "regions",
    "possible_regions",
    "missing",
    "options",
)
COUNT = "relapse_count"


class SqlView:
    """The view over one table of patients, with columns named as the record's keys or assigned to
    them.

    Yes/no columns are booleans, or words (true, false, unknown) where `text` names them; a
    percentage is a number.
    """

    def __init__(
        self,
        cells: Cells,
        columns: Mapping[str, ColumnSource],
        *,
        text: frozenset[str] = frozenset(),
    ) -> None:
        self.cells, self._text = cells, text
        self._columns = {
            name: source for name, source in columns.items() if name in cells.facts or name == COUNT
        }
        refuse_unsayable(cells, self._columns)
        self._facts = {
            name: states for name, states in cells.facts.items() if name in self._columns
        }
        if any(source.parts for source in self._columns.values()):
            raise InvalidRecord(
                "cbc",
                "comes in components, which no view judges",
                'state it as "normal" or "abnormal", or use `allstatus batch`',
            )
        if COUNT in self._columns and self._columns[COUNT].values is not None:
            raise InvalidRecord(
                COUNT,
                "is a number here, without a table of values",
                "count in the table, or use `allstatus batch`",
            )

    def locate(self, table: str, carried: Mapping[str, str]) -> str:
        """A query, in plain SQL, up to a relation `located`: the carried columns (new name: old),
        `refused` and `cell`.
        """
        stated, checked, located = (", ".join(columns) for columns in self.steps(carried))
        return (
            f"WITH stated AS (SELECT {stated} FROM {table} AS p), checked AS (SELECT {checked} "
            f"FROM stated), "
            f"located AS (SELECT {located} FROM checked) "
        )

    def steps(self, carried: Mapping[str, str]) -> tuple[list[str], list[str], list[str]]:
        """The columns of the three queries of `locate`, each over the one before, the first over
        patients called `p`.
        """
        names = [*carried, *self._facts, *([COUNT] if COUNT in self._columns else [])]
        return (
            [
                *(f"p.{_name(column)} AS {name}" for name, column in carried.items()),
                *self._stated(),
            ],
            [*names, WARNINGS, f"{self._refused()} AS refused"],
            [*carried, "refused", WARNINGS, f"{self._cell()} AS cell"],
        )

    def select(self, table: str, *, id: str, cells: str, answers: str) -> str:
        """The query, in plain SQL: id, what is decided, cell, rule set digest, and why a row is
        refused.
        """
        return (
            f"{self.locate(table, {'id': id})}SELECT l.id, "
            f"{', '.join(f'a.{name}' for name in ANSWER)}, l.cell, "
            f"{_text(self.cells.ruleset.digest)} AS ruleset, l.refused, "
            f"CASE WHEN l.refused IS NULL THEN l.{WARNINGS} END AS {WARNINGS} "
            f"FROM located AS l LEFT JOIN {cells} AS c ON c.cell = l.cell LEFT JOIN {answers} AS a "
            f"ON a.answer = c.answer"
        )

    def _stated(self) -> Iterator[str]:
        """Each fact's digit (null: no record can say it), the count of relapses, and whether
        anything is stated.
        """
        for name, states in self._facts.items():
            digits = "; ".join(
                f"{digit} {_plain(state.words)}"
                for digit, state in enumerate(states.states[: states.radix])
            )
            cited = " ".join(
                f"{c}: {self.cells.ruleset.criteria[c].cite['sentence'][:12]}"
                for c in self.cells.ruleset.criteria_of(name)
            )
            yield f"{self._digit(name, states)} /* {digits} ({cited}) */ AS {name}"
        reported = [self._is_reported(name) for name in self._facts]
        if COUNT in self._columns:
            column = self._column(COUNT)
            tests = (
                f"WHEN {column} IS NULL THEN 0 WHEN {column} < 0 THEN NULL WHEN {column} = 0 THEN "
                f"1 ELSE 2"
            )
            yield f"CASE {tests} END /* 0 not given; 1 none; 2 some; null below 0 */ AS {COUNT}"
            reported += [
                f"{column} {test}"
                for count, test in ((0, "= 0"), (1, "<> 0"))
                if self._says_something(count)
            ]
        yield f"CASE WHEN {' OR '.join(reported)} THEN 1 ELSE 0 END AS anything"
        yield f"{self._below_one()} AS {WARNINGS}"

    def _below_one(self) -> str:
        """What is said of a percentage that may be a fraction, where no unit is said."""
        tests = []
        for name, source in self._columns.items():
            if self._is_percent(name) and not source.unit:
                column, known = self._column(name), ", ".join(map(format_number, source.numbers))
                tests.append(
                    f"({column} > 0 AND {column} < 1"
                    f"{f' AND NOT {column} IN ({known})' if known else ''})"
                )
        said = f"CASE WHEN {' OR '.join(tests)} THEN {_text(BELOW_ONE)} END"
        return said if tests else "CAST(NULL AS VARCHAR)"

    def _digit(self, name: str, states: FactStates) -> str:
        column, absent = self._column(name), states.cell_digit[states.not_reported]
        if states.fact.kind == "percent":
            tests = f"{self._meanings(name, states)}{self._percent_tests(name, states)}"
        elif (
            states.fact.kind == "yes_no"
            and name not in self._text
            and self._columns[name].values is None
        ):
            tests = (
                f"WHEN {column} = TRUE THEN {states.state_of(True)} WHEN {column} = FALSE THEN "
                f"{states.state_of(False)}"
            )
        else:
            words = sorted(self._words(name, states).items())
            tests = " ".join(
                f"WHEN {column} IN ({', '.join(map(_text, said))}) THEN {digit}"
                for digit, said in words
            )
        return f"CASE WHEN {column} IS NULL THEN {absent} {tests} END"

    def _percent_tests(self, name: str, states: FactStates) -> str:
        """From the highest cut down; the first and the last bound what is a percentage at all."""
        column = self._column(name)
        scale = percent_scale(states, self._columns[name].whole)
        first, last = scale.cuts[0], scale.cuts[-1]
        lower = f"{column} {'>' if first.beyond else '>='} {format_number(first.limit)}"
        upper = f"{column} {'<=' if last.beyond else '<'} {format_number(last.limit)}"
        tests = [f"WHEN NOT ({lower} AND {upper}) THEN NULL"]
        for cut, state in reversed(list(zip(scale.cuts[1:-1], scale.states[2:-1], strict=True))):
            sign, limit = ">" if cut.beyond else ">=", format_number(cut.limit)
            tests.append(f"WHEN {column} {sign} {limit} THEN {state}")
        return " ".join([*tests, f"ELSE {scale.states[1]}"])

    def _meanings(self, name: str, states: FactStates) -> str:
        """Tests for the numbers that stand for something else, such as -1 for unknown."""
        column, numbers = self._column(name), self._columns[name].numbers
        if len(numbers) < len(self._columns[name].values or {}):
            raise InvalidRecord(
                name,
                "has spellings that a column of numbers does not hold",
                "leave them out, or use `allstatus batch`",
            )
        meant = (
            (number, states.cell_digit[self.cells.states(name, value)])
            for number, value in numbers.items()
        )
        return "".join(
            f"WHEN {column} = {format_number(number)} THEN {digit} " for number, digit in meant
        )

    def _words(self, name: str, states: FactStates) -> dict[int, list[str]]:
        """The texts of a column that stand for each digit."""
        values = (
            {"true": True, "false": False}
            if states.fact.kind == "yes_no"
            else {value: value for value in states.fact.values}
        )
        meant: dict[str, Any] = {**values, UNKNOWN: UNKNOWN, **(self._columns[name].values or {})}
        words: dict[int, list[str]] = {}
        for said, value in meant.items():
            words.setdefault(states.cell_digit[self.cells.states(name, value)], []).append(said)
        return words

    def _refused(self) -> str:
        nothing = nothing_stated(tuple(self.cells.facts))
        reasons = [
            f"WHEN anything = 0 THEN "
            f"{_text(f'{nothing.field}: {nothing.problem}; {nothing.remedy}')}"
        ]
        for name, states in self._facts.items():
            reasons.append(f"WHEN {name} IS NULL THEN {_text(self._reason(name, states))}")
        if COUNT in self._columns:
            reasons.append(
                f"WHEN {COUNT} IS NULL THEN {_text(f'{COUNT}: is below 0; {REMEDIES[COUNT]}')}"
            )
        return f"CASE {' '.join(reasons)} END"

    def _reason(self, name: str, states: FactStates) -> str:
        percent = states.fact.kind == "percent"
        try:
            self.cells.states(name, -1 if percent else "?")
        except InvalidRecord as error:
            source = self._columns[name]
            range_ = f"is not a number from 0 to {source.whole}"
            return f"{source.column}: {range_ if percent else error.problem}; {error.remedy}"
        raise AssertionError(name)

    def _cell(self) -> str:
        """The number of a row's cell, from the digits of its facts; null where it is refused."""
        digits, contradictions = {name: name for name in self._facts}, []
        for name, test, after in self._changes():
            if after is None:
                contradictions.append(f"({test})")
            else:
                digits[name] = f"CASE WHEN {test} THEN {after} ELSE {digits[name]} END"
        tests = ["WHEN refused IS NOT NULL THEN NULL"]
        if contradictions:
            tests.append(
                f"WHEN {' OR '.join(contradictions)} THEN {self.cells.conflict} /* the history "
                f"contradicts itself */"
            )
        strides = self.cells.strides
        terms = [f"{strides[name]} * {digit}" for name, digit in digits.items()]
        if unstated := sum(
            states.cell_digit[states.not_reported] * strides[name]
            for name, states in self.cells.facts.items()
            if name not in self._facts
        ):
            terms.append(str(unstated))
        return f"CASE {' '.join(tests)} ELSE {' + '.join(terms)} END"

    def _changes(self) -> Iterator[tuple[str, str, int | None]]:
        """What a count of relapses changes: (fact, the test of count and digit, the digit then, or
        None where they contradict each other).
        """
        if COUNT not in self._columns:
            return
        for place, count in enumerate(RELAPSE_COUNTS):
            for name, states in self._facts.items():
                for digit, after in _by_digit(states, self.cells.history[count][name]).items():
                    if after != digit:
                        yield name, f"{COUNT} = {place} AND {name} = {digit}", after

    def _says_something(self, count: int) -> bool:
        """Whether a count of relapses alone states a fact."""
        return any(
            self.cells.history[count][name][-1] != states.not_reported
            for name, states in self.cells.facts.items()
        )

    def _is_reported(self, name: str) -> str:
        """Whether a column says anything: it is not null, nor what stands for null."""
        column, source = self._column(name), self._columns[name]
        numbers = {format_number(number): meant for number, meant in source.numbers.items()}
        said = (
            numbers
            if self._is_percent(name)
            else {_text(text): meant for text, meant in (source.values or {}).items()}
        )
        nothing = [text for text, meant in said.items() if meant is None]
        return f"{column} NOT IN ({', '.join(nothing)})" if nothing else f"{column} IS NOT NULL"

    def _is_percent(self, name: str) -> bool:
        return name in self._facts and self._facts[name].fact.kind == "percent"

    def _column(self, name: str) -> str:
        """The column as it is compared: words where its values have a table, but a percentage as
        the number it is.
        """
        source = self._columns[name]
        column = f"p.{_name(source.column)}"
        return (
            column
            if source.values is None or self._is_percent(name)
            else f"CAST({column} AS VARCHAR)"
        )


def script(
    view: SqlView,
    dialect: str,
    *,
    table: str = "patients",
    id: str = "id",
    prefix: str = "allstatus",
    schema: str = "",
) -> str:
    """All statements for a dialect: the two tables with their rows, and the view, made anew where
    they are there already. `table` and `schema` are quoted as the dialect does. Raises
    InvalidRecord for what is no name.
    """
    made = f"{schema}.{prefix}" if schema else prefix
    cells_table, answers_table, decisions = (
        _table(f"{made}_{what}", dialect, "--schema or --prefix")
        for what in ("cells", "answers", "decisions")
    )
    answers = view.cells.answers
    distinct = {answer: number for number, answer in enumerate(dict.fromkeys(answers))}
    query = view.select(
        _table(table, dialect, "--table"), id=id, cells=cells_table, answers=answers_table
    )
    rows = [
        (number, *(_said(answer, column) for column in ANSWER))
        for answer, number in distinct.items()
    ]
    places = [(cell, distinct[answer]) for cell, answer in enumerate(answers)]
    anew = "CREATE OR REPLACE" if dialect in REPLACING else "CREATE"
    statements = [
        *([] if dialect in REPLACING else _dropped(cells_table, answers_table, decisions, dialect)),
        _in(dialect, f"{anew} TABLE {answers_table} (answer INTEGER, {_widths(distinct)})"),
        *_inserts(_in_name(answers_table, dialect), rows, dialect),
        _in(dialect, f"{anew} TABLE {cells_table} (cell INTEGER, answer INTEGER)"),
        *_inserts(_in_name(cells_table, dialect), places, dialect),
        _in(dialect, f"{anew} VIEW {decisions} AS {query}"),
    ]
    if dialect == "tsql":  # a view must stand alone in its batch
        statements[-1] = f"GO\n{statements[-1]}"
    return _about(view.cells, dialect) + "".join(f"{statement};\n" for statement in statements)


def _in(dialect: str, statement: str) -> str:
    """A statement of plain SQL in a dialect."""
    return sqlglot.transpile(statement, read=PLAIN, write=dialect, pretty=True)[0]


def _in_name(name: str, dialect: str) -> str:
    return sqlglot.exp.to_table(name, dialect=PLAIN).sql(dialect=dialect)


def _dropped(cells: str, answers: str, decisions: str, dialect: str) -> list[str]:
    """What takes away the view and the tables of an earlier run, the view first."""
    made = ("VIEW", decisions), ("TABLE", cells), ("TABLE", answers)
    return [_in(dialect, f"DROP {kind} IF EXISTS {name}") for kind, name in made]


def _table(name: str, dialect: str, option: str) -> str:
    """A table's name, as a dialect quotes it, in plain SQL."""
    try:
        parsed = sqlglot.exp.to_table(name, dialect=dialect)
        for part in parsed.parts:
            part.set("quoted", part.args.get("quoted") or not part.name.isidentifier())
        if all(part.name.strip() for part in parsed.parts) and not parsed.alias:
            return parsed.sql(dialect=PLAIN)
    except (sqlglot.errors.SqlglotError, ValueError, AttributeError):
        pass
    raise InvalidRecord(
        f"{option} '{name}'", f"is not a table's name in {dialect}", f"quote it as {dialect} does"
    )


def _widths(answers: Iterable[CellAnswer]) -> str:
    """The columns of the table of answers, each as wide as its longest text."""
    told = list(answers)
    widths = {c: max(len(_said(answer, c) or "") for answer in told) for c in ANSWER}
    return ", ".join(f"{column} VARCHAR({max(width, 1)})" for column, width in widths.items())


def _about(cells: Cells, dialect: str) -> str:
    """Comments that say what this is, whose rules, and which sentence each criterion stands on."""
    rules = cells.ruleset
    lines = [
        f"allstatus: {rules.title}",
        f"rules {rules.id} {rules.version}, digest {rules.digest}",
        f"source: {rules.source['title']}, {rules.source['url']}, last reviewed "
        f"{rules.source['last_reviewed']}",
        rules.notice,
        f"dialect {dialect}: "
        f"{'executed in the tests' if dialect in TESTED else 'generated, not executed'}",
        "criteria, each with the section and the fingerprint (SHA-256) of the sentence it stands "
        "on:",
    ]
    for criterion in rules.criteria.values():
        lines.append(f"  {criterion.name}: {criterion.condition} ({criterion.reading})")
        lines.append(f"    {criterion.cite['section']}, {criterion.cite['sentence']}")
    return "".join(f"-- {line}\n" for line in lines)


def _by_digit(states: FactStates, becomes: list[int | None]) -> dict[int, int | None]:
    """What becomes of each digit of a cell's number, where `becomes` says it of each state."""
    return {
        digit: None if after is None else states.cell_digit[after]
        for digit, after in zip(states.cell_digit, becomes, strict=True)
    }


def _inserts(table: str, rows: list[tuple[Any, ...]], dialect: str) -> Iterator[str]:
    size = ROWS_AT_ONCE.get(dialect, 1000)
    for start in range(0, len(rows), size):
        values = ",\n".join(
            f"  ({', '.join(map(_literal, row))})" for row in rows[start : start + size]
        )
        yield f"INSERT INTO {table} VALUES\n{values}"


def _literal(value: str | int | None) -> str:
    return "NULL" if value is None else _text(value) if isinstance(value, str) else str(value)


def _said(answer: CellAnswer, column: str) -> str | None:
    said = getattr(answer, column)
    return " ".join(said) if isinstance(said, tuple) else said


def _plain(words: str) -> str:
    return words.removeprefix("== ").replace("*/", "")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(column: str) -> str:
    return (
        column
        if column.isidentifier() and column.islower()
        else '"' + column.replace('"', '""') + '"'
    )
