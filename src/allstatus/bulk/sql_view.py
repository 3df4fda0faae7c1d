"""The view that finds each row's cell, in plain SQL that every engine shares.

A value that no record can hold makes the row `refused`, with the column and why. NaN is refused
before it is compared with any limit: engines differ on whether NaN is above every number or no
number at all, but in none is it between 0 and 100.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from allstatus.bulk.answer_texts import ANSWER, WARNINGS
from allstatus.bulk.cells import COUNT, RELAPSE_COUNTS, Cells, FactStates
from allstatus.bulk.column_mapping import refuse_unsayable
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.remark_columns import refuse_remarks
from allstatus.bulk.sql_column import SqlColumn, quoted_name, quoted_text
from allstatus.errors import InvalidRecord
from allstatus.record.refusals import REMEDIES
from allstatus.table.facts import BELOW_ONE, nothing_stated

NO_FACT = "is not a fact, and only facts are read here"
NO_COUNT = f"{COUNT}: is not one of the values it can take; {REMEDIES[COUNT]}"
LARGEST = 10**18  # count of relapses, which every whole number of 64 bits can be compared with
PLAIN = "duckdb"  # the dialect the view is written in; it uses nothing that is DuckDB's own


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
        is_text: str = "",
    ) -> None:
        self.cells, self._columns_said, self._text = cells, columns, text
        read = {name: source for name, source in columns.items() if name in (*cells.facts, COUNT)}
        refuse_unsayable(cells, read)
        refuse_remarks(columns)
        if any(source.parts for source in read.values()):
            raise InvalidRecord(
                "cbc",
                "comes in components, which no view judges",
                'state it as "normal" or "abnormal", or use `allstatus batch`',
            )
        self._count = read.get(COUNT)
        if self._count is not None and not (self._count.as_it_stands and self._count.column):
            raise InvalidRecord(
                COUNT,
                "is a column of numbers here, which a view reads as they stand",
                "count in the table, or use `allstatus batch`",
            )
        self._columns = {
            name: SqlColumn(cells, name, read[name], text=name in text, is_text=is_text)
            for name in cells.facts
            if name in read
        }

        if not (self._columns or self._count):
            nothing = nothing_stated(tuple(cells.facts))
            raise InvalidRecord("columns", nothing.problem, nothing.remedy)

    def telling_texts(self, is_text: str) -> SqlView:
        """The same, which refuses percentages in a column of text row by row; `is_text` is how a
        dialect tests whether a column `{}` is one.
        """
        return SqlView(self.cells, self._columns_said, text=self._text, is_text=is_text)

    @property
    def compared(self) -> Iterator[tuple[str, str]]:
        """Each column that is compared with numbers, and why a row is refused there."""
        yield from ((c.compared, c.reason) for c in self._columns.values() if c.is_number)
        if self._count is not None:
            yield f"p.{quoted_name(self._count.column)}", NO_COUNT

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
        names = [*carried, *self._columns, *([COUNT] if self._count else [])]
        return (
            [
                *(f"p.{quoted_name(column)} AS {name}" for name, column in carried.items()),
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
            f"{quoted_text(self.cells.ruleset.digest)} AS ruleset, l.refused, "
            f"CASE WHEN l.refused IS NULL THEN l.{WARNINGS} END AS {WARNINGS} "
            f"FROM located AS l LEFT JOIN {cells} AS c ON c.cell = l.cell LEFT JOIN {answers} AS a "
            f"ON a.answer = c.answer"
        )

    def _stated(self) -> Iterator[str]:
        """Each fact's digit (null: no record can say it), the count of relapses, and whether
        anything is stated.
        """
        yield from (column.stated for column in self._columns.values())
        reported = [column.is_reported for column in self._columns.values()]
        if self._count is not None:
            count = f"p.{quoted_name(self._count.column)}"
            tests = (
                f"WHEN {count} IS NULL THEN 0 "
                f"WHEN NOT ({count} >= 0 AND {count} <= {LARGEST}) THEN NULL "
                f"WHEN CAST({count} AS BIGINT) <> {count} THEN NULL WHEN {count} = 0 THEN 1 "
                f"WHEN {count} > 0 THEN 2"  # not ELSE, as for percentages
            )
            yield f"CASE {tests} END /* 0 not given; 1 none; 2 some; null no count */ AS {COUNT}"
            reported += [
                f"{count} {test}"
                for number, test in ((0, "= 0"), (1, "<> 0"))
                if self._says_something(number)
            ]
        yield f"CASE WHEN {' OR '.join(reported)} THEN 1 ELSE 0 END AS anything"
        yield f"{self._below_one()} AS {WARNINGS}"

    def _below_one(self) -> str:
        """What is said of a percentage that may be a fraction, where no unit is said."""
        tests = [test for c in self._columns.values() if (test := c.may_be_fraction)]
        said = f"CASE WHEN {' OR '.join(tests)} THEN {quoted_text(BELOW_ONE)} END"
        return said if tests else "CAST(NULL AS VARCHAR)"

    def _refused(self) -> str:
        nothing = nothing_stated(tuple(self.cells.facts))
        reasons = [
            f"WHEN anything = 0 THEN "
            f"{quoted_text(f'{nothing.field}: {nothing.problem}; {nothing.remedy}')}"
        ]
        reasons += [
            f"WHEN {name} IS NULL THEN {quoted_text(column.reason)}"
            for name, column in self._columns.items()
        ]
        if self._count is not None:
            reasons.append(f"WHEN {COUNT} IS NULL THEN {quoted_text(NO_COUNT)}")
        return f"CASE {' '.join(reasons)} END"

    def _cell(self) -> str:
        """The number of a row's cell, from the digits of its facts; null where it is refused."""
        absent = {
            name: states.cell_digit[states.not_reported]
            for name, states in self.cells.facts.items()
            if name not in self._columns
        }
        digits, contradictions = {name: name for name in self._columns}, []
        for name, test, after in self._changes():
            if after is None:
                contradictions.append(f"({test})")
            else:
                before = digits.get(name) or str(absent.pop(name))
                digits[name] = f"CASE WHEN {test} THEN {after} ELSE {before} END"
        tests = ["WHEN refused IS NOT NULL THEN NULL"]
        if contradictions:
            tests.append(
                f"WHEN {' OR '.join(contradictions)} THEN {self.cells.conflict} /* the history "
                f"contradicts itself */"
            )
        strides = self.cells.strides
        terms = [f"{strides[name]} * {digit}" for name, digit in digits.items()]
        if unstated := sum(strides[name] * digit for name, digit in absent.items()):
            terms.append(str(unstated))
        return f"CASE {' '.join(tests)} ELSE {' + '.join(terms)} END"

    def _changes(self) -> Iterator[tuple[str, str, int | None]]:
        """What a count of relapses changes: (fact, the test of count and digit, the digit then, or
        None where they contradict each other); of a fact without a column, what is not reported.
        """
        if self._count is None:
            return
        for place, count in enumerate(RELAPSE_COUNTS):
            for name, states in self.cells.facts.items():
                becomes, test = self.cells.history[count][name], f"{COUNT} = {place}"
                if name not in self._columns:
                    after = _by_digit(states, becomes)[states.cell_digit[states.not_reported]]
                    if after != states.cell_digit[states.not_reported]:
                        yield name, test, after
                    continue
                for digit, after in _by_digit(states, becomes).items():
                    if after != digit:
                        yield name, f"{test} AND {name} = {digit}", after

    def _says_something(self, count: int) -> bool:
        """Whether a count of relapses alone states a fact."""
        return any(
            self.cells.history[count][name][-1] != states.not_reported
            for name, states in self.cells.facts.items()
        )


def _by_digit(states: FactStates, becomes: list[int | None]) -> dict[int, int | None]:
    """What becomes of each digit of a cell's number, where `becomes` says it of each state."""
    return {
        digit: None if after is None else states.cell_digit[after]
        for digit, after in zip(states.cell_digit, becomes, strict=True)
    }
