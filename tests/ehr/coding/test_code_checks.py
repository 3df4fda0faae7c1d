"""Tables of codes, ours and a site's, are checked the same way; `code_checks.yaml` holds faults."""

from pathlib import Path

import pytest
import yaml

from allstatus.ehr.coding.code_checks import check_site, check_tables, ill_formed, verhoeff_holds
from allstatus.ehr.coding.codes import codes_home
from allstatus.ehr.coding.site_codes import FILES
from allstatus.record.code_files import CodesFile

FAULTS = yaml.safe_load(Path(__file__).with_name("code_checks.yaml").read_text("utf-8"))


def test_our_tables_pass_the_checks_a_sites_tables_do() -> None:
    files = {name: CodesFile(codes_home() / f"{name}.yaml", codes_home()) for name in FILES}
    assert [file.problems for file in files.values()] == [[]] * len(FILES)
    assert list(check_tables(files, {name: {} for name in FILES})) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["says"][:30])
def test_a_fault_is_said_with_its_place_and_remedy(fault: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / f"{fault['table']}.yaml").write_text(fault["text"] + "\n", "utf-8")
    first, *_ = check_site(tmp_path)
    place, _, said = first.partition(": ")
    assert place.startswith(f"{tmp_path.name}/{fault['table']}.yaml:")
    assert said == fault["says"]


def test_a_folder_without_a_table_is_said(tmp_path: Path) -> None:
    (said,) = check_site(tmp_path)
    assert said.startswith(f"{tmp_path}: holds no table; write one of systems.yaml")


def test_a_table_that_holds_has_no_problem(tmp_path: Path) -> None:
    code = "{system: 'http://h.example/lab', code: KMB, verified: no, cite: our laboratory}"
    (tmp_path / "results.yaml").write_text(f"marrow_blasts: {{codes: [{code}]}}\n", "utf-8")
    assert list(check_site(tmp_path)) == []


FORMS = [
    ("snomed", "91857003", True),
    ("snomed", "91857004", False),
    ("snomed", "12301000132103", True),
    ("snomed", "9185700x", False),
    ("loinc", "11150-0", True),
    ("loinc", "11150-1", False),
    ("loinc", "26446", False),
    ("loinc", "LP1-2", True),
    ("icd10cm", "C91.00", True),
    ("icd10cm", "c91", True),
    ("icd10gm", "C9", False),
    ("icd10", "C91.", False),
    ("http://h.example/lab", "anything", True),
]


@pytest.mark.parametrize(("system", "code", "holds"), FORMS)
def test_the_form_of_a_code_is_its_system_s(system: str, code: str, holds: bool) -> None:
    assert (ill_formed(system, code) == "") is holds


@pytest.mark.parametrize("number", ["91857003", "12301000132103", "386661006"])
def test_one_wrong_or_two_exchanged_digits_do_not_hold(number: str) -> None:
    wrong = [
        f"{number[:place]}{digit}{number[place + 1 :]}"
        for place in range(len(number))
        for digit in "0123456789"
        if digit != number[place]
    ]
    wrong += [
        f"{number[:place]}{number[place + 1]}{number[place]}{number[place + 2 :]}"
        for place in range(len(number) - 1)
        if number[place] != number[place + 1]
    ]
    assert verhoeff_holds(number)
    assert not any(map(verhoeff_holds, wrong))
