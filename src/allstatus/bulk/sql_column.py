"""One fact's column in plain SQL: the digit of what each row states, and why a row is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from allstatus.bulk.breakpoints import number_scale
from allstatus.bulk.cells import UNKNOWN, Cells
from allstatus.bulk.column_mapping import read_text
from allstatus.bulk.column_source import UNSAID, ColumnSource, as_number
from allstatus.errors import InvalidRecord
from allstatus.record.percent import ZERO, format_number
from allstatus.rules.ruleset import HIGHEST

ONE = Fraction(1)


class SqlColumn:
    """A column of the patients `p` that a fact is read from: words where it is `text`, else
    booleans for a yes/no fact; a percentage or number as it stands.
    """

    def __init__(
        self, cells: Cells, name: str, source: ColumnSource, *, text: bool, is_text: str = ""
    ) -> None:
        """`is_text` tests whether a column `{}` is of text, in an engine that can say so of any
        column and in which a quoted number is of the type that it is compared with.
        """
        self.name, self.states = name, cells.facts[name]
        self._is_text = "" if source.whole == 1 else is_text  # a fraction may not fit that type
        self._cells, self._source, self._text = cells, source, text
        self._kind = self.states.fact.kind
        self._refuse_unsaid()

    @property
    def is_number(self) -> bool:
        """Whether a column of numbers is read."""
        return self._kind in HIGHEST and self._source.column != ""

    @property
    def stated(self) -> str:
        """The fact's digit under its name (null: no record can say it), with what each digit says
        and the sentences that its criteria stand on.
        """
        states, rules = self.states.states[: self.states.radix], self._cells.ruleset
        digits = "; ".join(f"{digit} {_plain(s.words)}" for digit, s in enumerate(states))
        criteria = {name: rules.criteria[name] for name in rules.criteria_of(self.name)}
        cited = " ".join(f"{name}: {c.cite['sentence'][:12]}" for name, c in criteria.items())
        return f"{self._digit} /* {digits} ({cited}) */ AS {self.name}"

    @property
    def is_reported(self) -> str:
        """Whether the column says anything: it is not null, nor blank, nor what stands for null."""
        if not self._source.column:
            return "TRUE" if self._source.constant is not None else "FALSE"
        if self._kind in HIGHEST:
            said = {self._number(number): meant for number, meant in self._source.numbers.items()}
        else:
            said = {quoted_text(spelled): meant for spelled, meant in self._listed.items()}
        nothing = [text for text, meant in said.items() if meant is None]
        filled = f" AND {self._length} > 0" if self._is_words and "" not in self._listed else ""
        if nothing:
            return f"{self.compared} NOT IN ({', '.join(nothing)}){filled}"
        return f"{self.compared} IS NOT NULL{filled}"

    @property
    def _length(self) -> str:
        """How long the text is without blanks; null in Oracle for none."""
        return f"LENGTH(TRIM({self.compared}))"

    @property
    def _listed(self) -> dict[str, Any]:
        """What each spelling of a column of words means, those that say nothing with them."""
        fold = str.lower if self._source.spelling.ignore_case else str
        listed = {**dict.fromkeys(self._source.spelling.null), **(self._source.values or {})}
        return {fold(said): meant for said, meant in listed.items()}

    @property
    def _is_words(self) -> bool:
        """Whether the column is compared as text."""
        if self._kind in HIGHEST:
            return False
        return self._kind == "choice" or self._text or not self._source.as_it_stands

    def _refuse_unsaid(self) -> None:
        """Raise InvalidRecord for what a mapping says and no expression does."""
        if self._source.more:
            problem = "is read from several columns"
        elif self._source.spelling.in_numbers:
            problem = "has numbers as text"
        else:
            return
        remedy = "use `allstatus batch`"
        raise InvalidRecord(self.name, problem, remedy)

    @property
    def may_be_fraction(self) -> str | None:
        """Whether a percentage may be a fraction; None where that is no question: the unit is said,
        or it is no percentage.
        """
        if self._kind != "percent" or self._source.unit or not self._source.column:
            return None
        column, known = self.compared, ", ".join(map(self._number, self._source.numbers))
        but = f" AND NOT {column} IN ({known})" if known else ""
        return f"({column} > {self._number(ZERO)} AND {column} < {self._number(ONE)}{but})"

    def _number(self, value: Fraction) -> str:
        """A number to compare with; quoted, so that a column of text can be refused row by row."""
        return quoted_text(format_number(value)) if self._is_text else format_number(value)

    @property
    def reason(self) -> str:
        """Why a row is refused that says here what no record can."""
        percent = self._kind == "percent"
        try:
            self._cells.states(self.name, -1 if self._kind in HIGHEST else "?")
        except InvalidRecord as error:
            range_ = f"is not a number from 0 to {self._source.whole}"
            return f"{self._source.column}: {range_ if percent else error.problem}; {error.remedy}"
        raise AssertionError(self.name)

    @property
    def _digit(self) -> str:
        column, states = self.compared, self.states
        if not self._source.column:
            return str(self._digit_of(self._source.constant))
        if self._kind in HIGHEST:
            tests = f"{self._meanings()}{self._number_tests()}"
        elif not self._is_words:
            digits = {"TRUE": states.state_of(True), "FALSE": states.state_of(False)}
            tests = " ".join(f"WHEN {column} = {said} THEN {d}" for said, d in digits.items())
        else:
            tests = " ".join(
                f"WHEN {column} IN ({', '.join(map(quoted_text, said))}) THEN {digit}"
                for digit, said in sorted(self._words().items())
            )
        absent = states.cell_digit[states.not_reported]
        return f"CASE WHEN {column} IS NULL THEN {absent} {tests}{self._else(absent)} END"

    def _else(self, absent: int) -> str:
        """The digit of blanks, and of what no record can say where a mapping says one."""
        if not self._is_words:
            return ""
        blank = f" WHEN COALESCE({self._length}, 0) = 0 THEN {absent}"
        default = self._source.default
        return blank if default is UNSAID else f"{blank} ELSE {self._digit_of(default)}"

    def _number_tests(self) -> str:
        """From the highest cut down; the first and the last bound what a record can say at all."""
        column, scale = self.compared, number_scale(self.states, self._source.whole)
        first, last = scale.cuts[0], scale.cuts[-1]
        lower = f"{column} {'>' if first.beyond else '>='} {self._number(first.limit)}"
        upper = f"{column} {'<=' if last.beyond else '<'} {self._number(last.limit)}"
        default = self._source.default
        beyond = "NULL" if default is UNSAID else str(self._digit_of(default))
        text = f"WHEN {self._is_text.format(column)} THEN {beyond}" if self._is_text else ""
        tests = [text, f"WHEN NOT ({lower} AND {upper}) THEN {beyond}"]
        for cut, state in reversed(list(zip(scale.cuts[1:-1], scale.states[2:-1], strict=True))):
            sign, limit = ">" if cut.beyond else ">=", self._number(cut.limit)
            tests.append(f"WHEN {column} {sign} {limit} THEN {state}")
        # not ELSE: what an engine cannot compare lies in no bounds
        return " ".join([*tests, f"WHEN {lower} AND {upper} THEN {scale.states[1]}"])

    def _meanings(self) -> str:
        """Tests for the numbers that stand for something else, such as -1 for unknown."""
        numbers = self._source.numbers
        if any(as_number(said) is None for said in self._source.values or {}):
            raise InvalidRecord(
                self.name,
                "has spellings that a column of numbers does not hold",
                "leave them out, or use `allstatus batch`",
            )
        return "".join(
            f"WHEN {self.compared} = {self._number(number)} THEN {self._digit_of(value)} "
            for number, value in numbers.items()
        )

    def _words(self) -> dict[int, list[str]]:
        """The texts of the column that stand for each digit."""
        values: dict[str, Any] = {value: value for value in self.states.fact.values}
        if self._kind == "yes_no":
            values = {"true": True, "false": False}
        meant: dict[str, Any] = {**values, UNKNOWN: UNKNOWN, **self._listed}
        words: dict[int, list[str]] = {}
        for said, value in meant.items():
            words.setdefault(self._digit_of(value), []).append(said)
        return words

    def _digit_of(self, value: object) -> int:
        said = read_text(self.name, value, self._kind)
        digit: int = self.states.cell_digit[self._cells.states(self.name, said)]
        return digit

    @property
    def compared(self) -> str:
        """The column as it is compared: words where its values have a table, but a percentage as
        the number it is.
        """
        column = f"p.{quoted_name(self._source.column)}"
        if not self._is_words:
            return column
        if not self._source.as_it_stands:
            column = f"CAST({column} AS VARCHAR)"
        if self._source.spelling.trim:
            column = f"TRIM({column})"
        return f"LOWER({column})" if self._source.spelling.ignore_case else column


def quoted_text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def quoted_name(column: str) -> str:
    """A column's name as plain SQL writes it, quoted where it must be."""
    plain = column.isidentifier() and column.islower()
    return column if plain else '"' + column.replace('"', '""') + '"'


def _plain(words: str) -> str:
    return words.removeprefix("== ").replace("*/", "")
