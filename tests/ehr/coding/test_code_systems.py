"""Systems by every name, and how their codes are written."""

import pytest

from allstatus.ehr.chart import Code
from allstatus.ehr.coding.code_systems import CodeSystems, plain
from allstatus.ehr.coding.codes import code_tables

SYSTEMS: CodeSystems = code_tables().systems


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("http://snomed.info/sct", "snomed"),
        ("https://SNOMED.info/sct/", "snomed"),
        ("http://snomed.info/sct/731000124108/version/20230301", "snomed"),
        ("urn:oid:2.16.840.1.113883.6.96", "snomed"),
        ("2.16.840.1.113883.6.96", "snomed"),
        ("LN", "loinc"),
        ("http://h.example/lab", "http://h.example/lab"),
        ("", ""),
    ],
)
def test_a_system_has_one_short_name(sent: str, name: str) -> None:
    assert SYSTEMS.name(sent) == name
    assert SYSTEMS.is_known(name) == (name in ("snomed", "loinc"))


@pytest.mark.parametrize(
    ("system", "sent", "written"),
    [
        ("icd10cm", "c9100", "C91.00"),
        ("icd10cm", "C91.00", "C91.00"),
        ("icd10cm", "C91", "C91"),
        ("icd9cm", "20400", "204.00"),
        ("atc", "l01ca02", "L01CA02"),
        ("snomed", "91857003", "91857003"),
        ("http://h.example", "kMb", "kMb"),
    ],
)
def test_a_code_is_written_as_its_system_writes_it(system: str, sent: str, written: str) -> None:
    assert SYSTEMS.written(system, sent) == written


@pytest.mark.parametrize(
    ("system", "code", "malignant"),
    [
        ("icd10cm", "C50.911", True),
        ("icd10gm", "C00.0", True),
        ("icd10", "D46.9", False),
        ("icd9cm", "139.9", False),
        ("icd9cm", "140.0", True),
        ("icd9cm", "208.9", True),
        ("icd9cm", "209.0", False),
        ("icd9cm", "V10.0", False),
        ("snomed", "C50.9", False),
    ],
)
def test_malignant_by_the_chapters_of_icd(system: str, code: str, malignant: bool) -> None:
    assert SYSTEMS.is_malignant(Code(system, code)) == malignant


def test_what_is_of_icd_and_where_a_system_lives() -> None:
    assert SYSTEMS.is_of_icd(Code("icd10", "M06.9"))
    assert not SYSTEMS.is_of_icd(Code("icd10", ""))
    assert not SYSTEMS.is_of_icd(Code("snomed", "1"))
    assert SYSTEMS.address("loinc") == "http://loinc.org"
    with pytest.raises(KeyError):
        SYSTEMS.address("nothing")


def test_plain_leaves_what_tells_systems_apart() -> None:
    assert plain(" HTTPS://H.example/Lab/ ") == "http://h.example/lab"
    assert plain("1.2.3") == "urn:oid:1.2.3"


@pytest.mark.parametrize(
    ("system", "sent", "parts"),
    [
        ("loinc", "11150-0", ()),
        ("loinc", "[11150-0]", (("loinc", "11150-0"),)),
        ("loinc", "LN-11150-0", (("loinc", "11150-0"),)),
        ("loinc", "LA-11150", ()),
        ("snomed", "SCT-91857003", (("snomed", "91857003"),)),
        ("snomed", "LN-11150-0", ()),
        ("loinc", "11150-0.", (("loinc", "11150-0"),)),
        ("loinc", "11150-0 Blasts", (("loinc", "11150-0"), ("loinc", "Blasts"))),
        ("LOINC (2.76)", "11150-0", (("loinc", "11150-0"),)),
        ("SNOMED CT v2025", "91857003", (("snomed", "91857003"),)),
        ("ICD-10-CM [FY2025]", "c9100", (("icd10cm", "C91.00"),)),
        ("", "LOINC:11150-0", (("loinc", "11150-0"),)),
        ("", "LN|11150-0", (("loinc", "11150-0"),)),
        ("", "11150-0", ()),
        ("", "site:11150-0", ()),
        ("urn:site", "[11150-0]", ()),
        ("http://h.example/loinc", "11150-0", ()),
        ("icd10cm", "1 2 " * 50, (("icd10cm", "1"), ("icd10cm", "2")) * 10),
    ],
)
def test_an_oddly_written_code_may_hold_others(
    system: str, sent: str, parts: tuple[tuple[str, str], ...]
) -> None:
    assert [(one.system, one.code) for one in SYSTEMS.parts(Code(system, sent))] == [*parts]
