"""One fact's column in plain SQL: the digit of what each row states, and why a row is refused."""

from __future__ import annotations

from typing import Any

from allstatus.bulk.breakpoints import percent_scale
from allstatus.bulk.cells import UNKNOWN, Cells
from allstatus.bulk.column_mapping import ColumnSource
from allstatus.errors import InvalidRecord
from allstatus.record.percent import format_number


class SqlColumn:
    """A column of the patients `p` that a fact is read from: words where it is `text`, else
    booleans for a yes/no fact; a percentage is a number.
    """

    def __init__(self, cells: Cells, name: str, source: ColumnSource, *, text: bool) -> None:
        self.name, self.states = name, cells.facts[name]
        self._cells, self._source, self._text = cells, source, text
        self._kind = self.states.fact.kind

    @property
    def stated(self) -> str:
        """The fact's digit under its name (null: no record can say it), with what each digit says
        and the sentences that its criteria stand on.
        """
        digits = "; ".join(
            f"{digit} {_plain(state.words)}"
            for digit, state in enumerate(self.states.states[: self.states.radix])
        )
        criteria = self._cells.ruleset.criteria
        cited = " ".join(
            f"{c}: {criteria[c].cite['sentence'][:12]}"
            for c in self._cells.ruleset.criteria_of(self.name)
        )
        return f"{self._digit} /* {digits} ({cited}) */ AS {self.name}"

    @property
    def is_reported(self) -> str:
        """Whether the column says anything: it is not null, nor what stands for null."""
        if self._kind == "percent":
            said = {format_number(number): meant for number, meant in self._source.numbers.items()}
        else:
            values = self._source.values or {}
            said = {quoted_text(spelled): meant for spelled, meant in values.items()}
        nothing = [text for text, meant in said.items() if meant is None]
        if nothing:
            return f"{self._compared} NOT IN ({', '.join(nothing)})"
        return f"{self._compared} IS NOT NULL"

    @property
    def may_be_fraction(self) -> str | None:
        """Whether a percentage may be a fraction; None where that is no question: the unit is said,
        or it is no percentage.
        """
        if self._kind != "percent" or self._source.unit:
            return None
        column, known = self._compared, ", ".join(map(format_number, self._source.numbers))
        but = f" AND NOT {column} IN ({known})" if known else ""
        return f"({column} > 0 AND {column} < 1{but})"

    @property
    def reason(self) -> str:
        """Why a row is refused that says here what no record can."""
        percent = self._kind == "percent"
        try:
            self._cells.states(self.name, -1 if percent else "?")
        except InvalidRecord as error:
            range_ = f"is not a number from 0 to {self._source.whole}"
            return f"{self._source.column}: {range_ if percent else error.problem}; {error.remedy}"
        raise AssertionError(self.name)

    @property
    def _digit(self) -> str:
        column, states = self._compared, self.states
        if self._kind == "percent":
            tests = f"{self._meanings()}{self._percent_tests()}"
        elif self._kind == "yes_no" and not self._text and self._source.values is None:
            tests = (
                f"WHEN {column} = TRUE THEN {states.state_of(True)} WHEN {column} = FALSE THEN "
                f"{states.state_of(False)}"
            )
        else:
            tests = " ".join(
                f"WHEN {column} IN ({', '.join(map(quoted_text, said))}) THEN {digit}"
                for digit, said in sorted(self._words().items())
            )
        absent = states.cell_digit[states.not_reported]
        return f"CASE WHEN {column} IS NULL THEN {absent} {tests} END"

    def _percent_tests(self) -> str:
        """From the highest cut down; the first and the last bound what is a percentage at all."""
        column, scale = self._compared, percent_scale(self.states, self._source.whole)
        first, last = scale.cuts[0], scale.cuts[-1]
        lower = f"{column} {'>' if first.beyond else '>='} {format_number(first.limit)}"
        upper = f"{column} {'<=' if last.beyond else '<'} {format_number(last.limit)}"
        tests = [f"WHEN NOT ({lower} AND {upper}) THEN NULL"]
        for cut, state in reversed(list(zip(scale.cuts[1:-1], scale.states[2:-1], strict=True))):
            sign, limit = ">" if cut.beyond else ">=", format_number(cut.limit)
            tests.append(f"WHEN {column} {sign} {limit} THEN {state}")
        return " ".join([*tests, f"ELSE {scale.states[1]}"])

    def _meanings(self) -> str:
        """Tests for the numbers that stand for something else, such as -1 for unknown."""
        numbers = self._source.numbers
        if len(numbers) < len(self._source.values or {}):
            raise InvalidRecord(
                self.name,
                "has spellings that a column of numbers does not hold",
                "leave them out, or use `allstatus batch`",
            )
        return "".join(
            f"WHEN {self._compared} = {format_number(number)} THEN {self._digit_of(value)} "
            for number, value in numbers.items()
        )

    def _words(self) -> dict[int, list[str]]:
        """The texts of the column that stand for each digit."""
        values = (
            {"true": True, "false": False}
            if self._kind == "yes_no"
            else {value: value for value in self.states.fact.values}
        )
        meant: dict[str, Any] = {**values, UNKNOWN: UNKNOWN, **(self._source.values or {})}
        words: dict[int, list[str]] = {}
        for said, value in meant.items():
            words.setdefault(self._digit_of(value), []).append(said)
        return words

    def _digit_of(self, value: object) -> int:
        digit: int = self.states.cell_digit[self._cells.states(self.name, value)]
        return digit

    @property
    def _compared(self) -> str:
        """The column as it is compared: words where its values have a table, but a percentage as
        the number it is.
        """
        column = f"p.{quoted_name(self._source.column)}"
        if self._source.values is None or self._kind == "percent":
            return column
        return f"CAST({column} AS VARCHAR)"


def quoted_text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def quoted_name(column: str) -> str:
    """A column's name as plain SQL writes it, quoted where it must be."""
    plain = column.isidentifier() and column.islower()
    return column if plain else '"' + column.replace('"', '""') + '"'


def _plain(words: str) -> str:
    return words.removeprefix("== ").replace("*/", "")
