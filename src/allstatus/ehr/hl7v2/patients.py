"""Whose a message is: a patient is an identifier and the authority that assigned it; any identifier
that two groups of segments share makes them one patient's, unless something tells the two apart.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from allstatus.ehr.coding.code_systems import UNSEEN
from allstatus.ehr.dates import When
from allstatus.ehr.hl7v2.segments import Segment
from allstatus.ehr.hl7v2.times import usable

RECORD_NUMBER = "MR"
LISTS = (3, 2, 4, 19)  # of PID: since 2.3.1, before, others' numbers, the social security's
MERGED_LISTS = (1, 4)  # of MRG
# what is numbered so is a stay, an account or a policy, of which one person has many or many one
_STAYS = "AN ANC AND ANT ANON VN VS NIIP MC MA MI PHC BC PLAC FILL ACSN"
NOT_PERSONS = frozenset(_STAYS.split())
_NOBODYS = re.compile(r"0+|9{6,}|UNKNOWN|UNK|NONE|N/?A|NULL|TEMP", re.IGNORECASE)
NAME = "name"
BIRTH = "birth date"


class Key(NamedTuple):
    """An identifier and who assigned it (empty: nobody is named)."""

    authority: str
    number: str


class Identifier(NamedTuple):
    """An identifier as sent: its number, the names and the address of its authority, its type."""

    number: str
    space: str
    address: str
    kind: str


@dataclass(slots=True)
class IdentifiedPerson:
    """Whom a PID segment names, and what else it says of them."""

    identifiers: tuple[Identifier, ...] = ()
    name: str = ""
    born: When | None = None
    sex: str | None = None
    keys: dict[Key, str] = field(default_factory=dict)

    def differs(self, other: IdentifiedPerson) -> list[str]:
        """In which of name and birth date two persons differ, where both are known."""
        pairs = ((NAME, self.name, other.name), (BIRTH, self.born_on, other.born_on))
        return [what for what, one, two in pairs if one and two and one != two]

    @property
    def born_on(self) -> str:
        """The day of birth."""
        return self.born.shown if self.born else ""


SEXES = {"F": "female", "M": "male", "O": "other", "A": "other"}


def read_person(pid: Segment | None, merged: Segment | None = None) -> IdentifiedPerson:
    """Whom a PID segment names, with the identifiers that a merge (MRG) says were theirs, or the
    PID of another record of theirs has.
    """
    if pid is None:
        return IdentifiedPerson()
    found = _first_of(pid, LISTS)
    if merged is not None and found:
        theirs = _first_of(merged, LISTS if merged.name == "PID" else MERGED_LISTS)
        found += [one._replace(kind=RECORD_NUMBER) for one in theirs]
    name = " ".join(part.strip().casefold() for part in pid.components(5)[:2]).strip()
    born = usable(pid.when(7), None)
    born = born if born is None or not born.vague else None
    return IdentifiedPerson(tuple(found), name, born, SEXES.get(pid.text(8).upper()))


def _first_of(segment: Segment, fields: tuple[int, ...]) -> list[Identifier]:
    """The identifiers in the first of these fields that has any of a person's."""
    return next((found for field in fields if (found := [*_identifiers(segment, field)])), [])


def _identifiers(segment: Segment, number: int) -> Iterator[Identifier]:
    for item in segment.parts(number):
        parts = [*item, *[[""]] * 5]
        value, kind = parts[0][0].strip(UNSEEN), parts[4][0].upper()
        space, address = (*(part.upper() for part in parts[3]), "", "")[:2]
        if value and not _is_nobodys(value) and kind not in NOT_PERSONS:
            yield Identifier(value, space, address, kind)


def _is_nobodys(number: str) -> bool:
    return _NOBODYS.fullmatch(re.sub(r"[ .-]", "", number)) is not None


class Patients:
    """The patients that persons of one source are."""

    def __init__(self, persons: Iterable[IdentifiedPerson]) -> None:
        self.persons = list(persons)
        self._name_authorities()
        self._first = {id(person): number for number, person in enumerate(self.persons)}
        self._of = list(range(len(self.persons)))
        self._members = [[person] for person in self.persons]
        self.apart: set[Key] = set()
        for preferred in (True, False):
            self._unite(preferred=preferred)

    def group(self, person: IdentifiedPerson) -> int | None:
        """The number of a person's patient; None when nobody is named."""
        return self._root(self._first[id(person)]) if person.keys else None

    def titles(self) -> dict[int, str]:
        """How patients are called: by their number, and its authority where two have one."""
        members: dict[int, list[IdentifiedPerson]] = defaultdict(list)
        for person in self.persons:
            if (group := self.group(person)) is not None:
                members[group].append(person)
        chosen = {group: _preferred(found) for group, found in members.items()}
        times = Counter(key.number for key in chosen.values())
        return {
            group: key.number
            if times[key.number] == 1
            else f"{key.number} ({key.authority or 'no authority'})"
            for group, key in chosen.items()
        }

    def doubts(self) -> dict[int, list[str]]:
        """What a reader should know of how persons were told apart, by patient."""
        found: dict[int, list[str]] = defaultdict(list)
        first: dict[int, IdentifiedPerson] = {}
        for person in self.persons:
            group = self.group(person)
            if group is None:
                continue
            told = first.setdefault(group, person)
            for what in told.differs(person):
                found[group].append(
                    f"messages with one identifier of this patient give another {what}; check "
                    f"that they are one person's"
                )
            if self.apart & person.keys.keys():
                found[group].append(
                    "an identifier of this patient is also sent for somebody else; the two are "
                    "kept apart"
                )
        return {group: list(dict.fromkeys(warnings)) for group, warnings in found.items()}

    def _name_authorities(self) -> None:
        """Give each identifier its authority by one name; a number without an authority is that of
        the only authority that has it, and names nobody where several do.
        """
        sent = [one for person in self.persons for one in person.identifiers]
        addresses: dict[str, set[str]] = defaultdict(set)
        for one in sent:
            if one.space and one.address:
                addresses[one.space].add(one.address)

        def authority(one: Identifier) -> str:
            known = addresses.get(one.space, set())
            if one.address or not known:
                return one.address or one.space
            return next(iter(known)) if len(known) == 1 else f"{one.space} (no address)"

        holders: dict[str, set[str]] = defaultdict(set)
        for one in sent:
            if authority(one):
                holders[one.number].add(authority(one))
        for person in self.persons:
            for one in person.identifiers:
                named = authority(one)
                if not named and len(holders[one.number]) > 1:
                    continue
                named = named or next(iter(holders[one.number]), "")
                key = Key(named, one.number)
                if person.keys.get(key) != RECORD_NUMBER:
                    person.keys[key] = one.kind

    def _unite(self, *, preferred: bool) -> None:
        """Make persons that share an identifier one patient: first by record numbers."""
        by_key: dict[Key, list[int]] = defaultdict(list)
        for number, person in enumerate(self.persons):
            for key, kind in person.keys.items():
                if not preferred or kind == RECORD_NUMBER or len(person.keys) == 1:
                    by_key[key].append(number)
        for key in sorted(by_key):
            first, *rest = by_key[key]
            for other in rest:
                one, two = sorted((self._root(first), self._root(other)))
                if one == two:
                    continue
                if preferred or self._may_be_one(one, two):
                    self._of[two] = one
                    self._members[one] += self._members[two]
                else:
                    self.apart.add(key)

    def _may_be_one(self, one: int, two: int) -> bool:
        """Whether nothing tells two patients who share an identifier apart: other record numbers
        of one authority, or another name and birth date.
        """
        mine, theirs = self._members[one], self._members[two]
        numbers = [
            {key for person in group for key, kind in person.keys.items() if kind == RECORD_NUMBER}
            for group in (mine, theirs)
        ]
        shared = {key.authority for key in numbers[0]} & {key.authority for key in numbers[1]}
        if shared and not numbers[0] & numbers[1]:
            return False
        return all(len(a.differs(b)) < 2 for a in mine for b in theirs)

    def _root(self, number: int) -> int:
        while self._of[number] != number:
            number = self._of[number]
        return number


def _preferred(persons: list[IdentifiedPerson]) -> Key:
    """The identifier a patient is called by: a record number where there is one."""
    known = {
        (kind != RECORD_NUMBER, key) for person in persons for key, kind in person.keys.items()
    }
    return min(known)[1]
