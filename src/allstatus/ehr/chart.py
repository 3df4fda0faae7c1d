"""One patient's chart in whatever format it came: its statements, nothing read into them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any, NamedTuple

from allstatus.ehr.dates import When
from allstatus.errors import InvalidRecord
from allstatus.record.sent_numbers import Range, SentNumber

__all__ = ["Range"]


TEXT = "text"  # the system of a code that was said in words only, which a table may know
NO_STATUS = "its status is not stated"
NAMELESS = "names no patient"
IN_DOUBT = "{} that name no patient: {}; a doubt for the only patient there is"
SET_ASIDE = "{} that name no patient: {}; set aside"
SEVERAL = "names more than one person"
IN_ERROR = "entered in error"
MOST = 100  # orders, panels, specimens or parts of one thing that are read
TOO_MANY = "more belongs to it than is read"
ITS_LIST = "its list: "  # how it begins why a statement is in doubt that a list held
REJECTED = "its specimen was rejected by the laboratory"
ROLES = dict.fromkeys("QCBEFOV", "of a control, not of a patient")  # HL7's table 0369
POOLED = dict.fromkeys("GL", "its specimen is of several patients")
ITSELF = "specimen"  # the system of what tells two specimens of one kind apart
UNREAD_STATUS = "?"  # a clinical status that was sent and says nothing known
NUMBERS = count()


SAID_SO = "as the caller says"  # how it is known that a chart is a part
REFUSED = "{} unreadable lines"  # of a chart that is one


def no_whole(why: str, remedy: str, where: str = "input") -> InvalidRecord:
    """The refusal of what is a part by its own account."""
    return InvalidRecord(where, f"is a part and not the whole: {why}", remedy)


class Source(str):
    """What a statement is called in evidence; two of one name are told apart by their `number`."""

    __slots__ = ("number",)
    number: int

    def __new__(cls, name: str, number: int) -> Source:
        """The name of a chart's statement of this number."""
        self = str.__new__(cls, name)
        self.number = number
        return self

    def __getnewargs__(self) -> tuple[str, int]:  # type: ignore[override]
        return str(self), self.number


class Code(NamedTuple):
    """A code, its system (a short name of `codes/systems.yaml`, else as sent) and its display."""

    system: str
    code: str
    display: str = ""


Quantity = SentNumber  # a value as sent
NO_VALUE = Quantity()


@dataclass(frozen=True, slots=True)
class Statement:
    """What results, problems and treatments have in common.

    `void` is why it does not count and leaves no doubt (entered in error, refuted, cancelled, not
    asked for, another person's), or empty. `doubt` is why it cannot be relied on though it may
    count (preliminary, its status unknown, unconfirmed, a modifier extension), or empty.
    `earliest` and `latest` bound the day of a statement without a usable date, as far as its sender
    says: not after its issue, report, receipt, message or `lastUpdated`.
    `names` are what a correction calls it by, each whole: a resource's own address or identifier,
    or order and observation number, sub-id, code, specimen and time of collection together. Two
    statements that share a name are sendings of one; of these the one `sent` later holds.
    `number` tells it from every other statement; one made from another by `replace` has the same.
    """

    source: str
    codes: tuple[Code, ...]
    when: When | None
    issued: When | None = None
    void: str = ""
    text: str = ""
    doubt: str = field(default="", kw_only=True)
    earliest: date | None = field(default=None, kw_only=True)
    latest: date | None = field(default=None, kw_only=True)
    names: tuple[str, ...] = field(default=(), kw_only=True)
    sent: When | None = field(default=None, kw_only=True)
    number: int = field(default_factory=NUMBERS.__next__, kw_only=True, compare=False)

    @property
    def source_here(self) -> Source:
        """Its source, which knows the statement it stands for."""
        return Source(self.source, self.number)


@dataclass(frozen=True, slots=True)
class Result(Statement):
    """A laboratory result or other observation."""

    value: Quantity = NO_VALUE
    ranges: tuple[Range, ...] = ()
    flags: tuple[str, ...] = ()
    specimen: tuple[Code, ...] = ()
    corrected: bool = False
    focus: tuple[Code, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[Code, ...]:
        """The codes of its value."""
        return self.value.codes


VISITS = ("Encounter", "ClinicalImpression")  # what they name stands on no list of problems


@dataclass(frozen=True, slots=True)
class Problem(Statement):
    """A coded condition: a diagnosis, a symptom, or a status on the problem list. `when` is its
    `onset`, else when it was recorded; `clinical` is its clinical status, or
    UNREAD_STATUS; `primary` are the codes of the disease whose spread it is said to be;
    `unread_start`, `unread_end`: when it began, or ended, was sent and cannot be read.
    """

    until: When | None = None
    ended: bool = False
    recorded: When | None = None
    clinical: str = ""
    cause: tuple[Code, ...] = ()
    caused: bool = False
    onset: When | None = None
    primary: tuple[Code, ...] = ()
    unread_start: bool = False
    unread_end: bool = False


@dataclass(frozen=True, slots=True)
class Treatment(Statement):
    """A medicine given or a procedure done; `reasons` are the codes of what it was for."""

    intent: tuple[Code, ...] = ()
    route: tuple[Code, ...] = ()
    reasons: tuple[Code, ...] = ()
    medicine: bool = True


class Mention(NamedTuple):
    """A statement told by the way, in a `whole` of a kind that is not read. It stands where the
    tables a chart is read by know its code; `more`: where they know it as that of a relapse, or of
    leukemia elsewhere; `unless`: where they know none of these concepts as what it is about. Where
    none of it stands the whole does.
    """

    statement: Result | Problem
    whole: Statement | None = None
    more: bool = False
    unless: tuple[tuple[Code, ...], ...] = ()


def changed(said: Statement | Mention, **fields: Any) -> Any:
    """A statement with other values in these fields, be it told by the way or not."""
    if isinstance(said, Mention):
        return said._replace(statement=replace(said.statement, **fields))
    return replace(said, **fields)


def doubt_of(said: Statement | Mention) -> str:
    """Why a statement cannot be relied on, be it told by the way or not."""
    return said.statement.doubt if isinstance(said, Mention) else said.doubt


def in_doubt(said: Statement | Mention, why: str) -> Any:
    """A statement that cannot be relied on, for this reason where it is not for another."""
    return changed(said, doubt=doubt_of(said) or why)


@dataclass(slots=True)
class Chart:
    """One patient's chart. `partial`: its sender said that more of it exists than was given;
    `others`: statements of kinds that say nothing of a status, kept so that they are counted;
    `mentions`: what is told by the way, which tables of codes are yet to tell.
    """

    patient: str | None = None
    sex: str | None = None
    born: date | None = None
    results: list[Result] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    treatments: list[Treatment] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    partial: bool = False
    others: list[Statement] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    @property
    def statements(self) -> tuple[Result | Problem | Treatment, ...]:
        """Everything stated that may say something of a status."""
        return (*self.results, *self.problems, *self.treatments)

    def add(self, statement: Statement | Mention) -> None:
        """Put a statement where it belongs."""
        if isinstance(statement, Result):
            self.results.append(statement)
        elif isinstance(statement, Problem):
            self.problems.append(statement)
        elif isinstance(statement, Treatment):
            self.treatments.append(statement)
        elif isinstance(statement, Mention):
            self.mentions.append(statement)
        else:
            self.others.append(statement)

    def take_in_doubt(self, other: Chart, why: str) -> None:
        """Add what another chart holds as it may be this patient's, or not."""
        told: tuple[Statement | Mention, ...] = (*other.statements, *other.others, *other.mentions)
        for said in told:
            self.add(in_doubt(said, why))

    def numbered(self) -> Chart:
        """The same with a number of its own for each statement."""
        numbers = [statement.number for statement in self.statements]
        if len({*numbers}) == len(numbers):
            return self
        number = count()
        return replace(
            self,
            results=[replace(result, number=next(number)) for result in self.results],
            problems=[replace(problem, number=next(number)) for problem in self.problems],
            treatments=[replace(one, number=next(number)) for one in self.treatments],
        )


def age_on(born: date, day: date) -> int:
    """Whole years between two days."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
