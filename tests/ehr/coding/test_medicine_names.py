"""A medicine is known by whole names in its own name, and by nothing else."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.ehr.coding.codes import code_tables
from allstatus.ehr.coding.medicine_names import MedicineNames

HERE = Path(__file__).parent
ARA_C, MTX = object(), object()
NAMES = MedicineNames({"Cytarabine": ARA_C, "ara c": ARA_C, "methotrexate": MTX}, ["mg", "vial"])


@pytest.mark.parametrize("case", yaml.safe_load((HERE / "medicine_names.yaml").read_text()))
def test_a_medicine_is_known_by_its_own_name_only(case: list[Any]) -> None:
    text, expected = case
    assert [topic.name for topic in code_tables().medicines.read_all([text])] == expected


def test_several_names_of_one_medicine_are_one() -> None:
    assert NAMES.read("cytarabine (ara c) 100 mg") == (ARA_C,)
    assert NAMES.read_all(["cytarabine", "", "Ara C vial"]) == (ARA_C,)
    assert NAMES.read_all(["cytarabine", "methotrexate"]) == (ARA_C, MTX)
    assert NAMES.read("cytarabine (methotrexate)") == ()


def test_a_known_name_among_other_words_makes_all_names_unknown() -> None:
    assert NAMES.read_all(["cytarabine", "no methotrexate"]) == ()
    assert NAMES.read_all(["cytarabine", "something else"]) == (ARA_C,)


def test_whether_a_name_is_mentioned_at_all() -> None:
    assert NAMES.mentions("after ara c was stopped")
    assert not NAMES.mentions("ara")
    assert not NAMES.mentions("")


def test_without_names_nothing_is_known() -> None:
    assert MedicineNames({}, []).read("cytarabine") == ()
    assert not MedicineNames({}, []).mentions("cytarabine")
