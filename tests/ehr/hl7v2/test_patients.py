"""Whose a message is: by shared identifiers, unless something tells two persons apart."""

import pytest

from allstatus.ehr.hl7v2.patients import BIRTH, NAME, IdentifiedPerson, Patients, read_person
from ehr.hl7v2.segment_lines import segment


def person(identifiers: str, name: str = "DOE^JANE", born: str = "19800501") -> IdentifiedPerson:
    return read_person(segment(f"PID|1||{identifiers}||{name}||{born}|F"))


def groups(*persons: IdentifiedPerson) -> list[int | None]:
    patients = Patients(persons)
    return [patients.group(one) for one in persons]


def test_a_person_is_what_the_segment_says() -> None:
    found = person("77^^^HOSP&1.2.3&ISO^MR")
    assert (found.name, found.born_on, found.sex) == ("doe jane", "1980-05-01", "female")
    assert found.identifiers == (("77", "HOSP", "1.2.3", "MR"),)
    assert read_person(None) == IdentifiedPerson()
    assert read_person(segment("PID|1|78^^^HOSP")).identifiers[0].number == "78"


@pytest.mark.parametrize(
    "number",
    ["0", "000-000", "999999", "unknown", "N/A", "TEMP", "77^^^HOSP^VN", "77^^^HOSP^AN", ""],
)
def test_what_numbers_nobody_names_nobody(number: str) -> None:
    assert person(number).identifiers == ()
    assert groups(person(number)) == [None]


@pytest.mark.parametrize("number", ["77 ", "\u00a077", "77\u200b", "\ufeff77\u2003"])
def test_signs_that_nobody_sees_are_no_part_of_a_number(number: str) -> None:
    assert [one.number for one in person(number).identifiers] == ["77"]


@pytest.mark.parametrize("number", ["99999", "1000", "TEMP1"])
def test_a_number_that_may_be_somebody_s_is_read(number: str) -> None:
    assert [one.number for one in person(number).identifiers] == [number]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("77^^^HOSP^MR", "77^^^HOSP^MR", True),
        ("77^^^HOSP^MR", "78^^^HOSP^MR", False),
        ("77^^^HOSP^MR", "77^^^LAB^MR", False),
        ("77^^^HOSP^MR", "77", True),
        ("77^^^HOSP&1.2.3&ISO^MR", "77^^^HOSP^MR", True),
        ("77^^^HOSP^MR~5^^^SSA^SS", "88^^^LAB^MR~5^^^SSA^SS", True),
        ("77^^^HOSP^MR~5^^^SSA^SS", "78^^^HOSP^MR~5^^^SSA^SS", False),
    ],
)
def test_a_shared_identifier_makes_one_patient(one: str, other: str, same: bool) -> None:
    first, second = groups(person(one), person(other))
    assert (first == second) is same


def test_a_number_without_an_authority_is_nobody_s_where_two_have_it() -> None:
    found = groups(person("77^^^HOSP^MR"), person("77^^^LAB^MR"), person("77"))
    assert found[0] != found[1]
    assert found[2] is None


def test_another_name_and_birth_date_tell_two_apart_and_one_of_them_is_a_warning() -> None:
    shared, other = "5^^^SSA^SS", ("ROE^MARY", "19700101")
    one = person(f"77^^^HOSP^MR~{shared}")
    assert len(set(groups(one, person(f"9^^^LAB^MR~{shared}", *other)))) == 2
    renamed = person(f"9^^^LAB^MR~{shared}", name="ROE^JANE")
    assert one.differs(renamed) == [NAME]
    assert one.differs(person("1", born="19700101")) == [BIRTH]
    patients = Patients([one, renamed])
    (warnings,) = patients.doubts().values()
    assert [NAME in warning for warning in warnings] == [True]


def test_a_merge_says_which_numbers_were_theirs() -> None:
    merged = read_person(segment("PID|1||77^^^HOSP^MR"), segment("MRG|66^^^HOSP^MR"))
    assert len(set(groups(merged, person("66^^^HOSP^MR"), person("77^^^HOSP^MR")))) == 1


def test_patients_of_one_number_are_called_by_its_authority_too() -> None:
    patients = Patients([person("77^^^HOSP^MR"), person("77^^^LAB^MR"), person("5^^^LAB^MR")])
    assert set(patients.titles().values()) == {"77 (HOSP)", "77 (LAB)", "5"}
