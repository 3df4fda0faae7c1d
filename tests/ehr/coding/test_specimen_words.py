"""Specimens by what they are called: a name of a place, and nothing beside it that is not known."""

import pytest

from allstatus.ehr.chart import ITSELF, TEXT, Code
from allstatus.ehr.coding.codes import code_tables, read_yaml
from allstatus.ehr.coding.specimen_words import topics_named

NAMED = [  # words -> the topics they name
    ("Bone marrow specimen (specimen)", ("marrow",)),
    ("Specimen from bone marrow obtained by aspiration", ("marrow",)),
    ("MÉDULA ÓSEA", ("marrow",)),
    ("Knochenmark-Aspirat", ("marrow",)),
    ("EDTA-Blut", ("blood",)),
    ("Blood/Bone marrow", ("blood", "marrow")),
    ("Umbilical cord blood", ("not_the_patients_blood",)),
    ("Liquide céphalo-rachidien", ("csf",)),
    ("CSF, tube 3", ("csf",)),
    ("Bone marrow stem cell product", ()),
    ("No bone marrow", ()),
    ("Blood culture bottle", ()),
    ("Bloody fluid", ()),
    ("Left iliac crest", ()),
    ("Bone marrow (donor)", ("not_the_patients_blood",)),
    ("Marrow of the donor's left crest, slide 3", ("not_the_patients_blood",)),
    ("Médula del donante", ("not_the_patients_blood",)),
    ("Recipient marrow, not donor", ()),
    ("Marrow after donor lymphocyte infusion", ()),
    ("", ()),
]


@pytest.mark.parametrize(("words", "topics"), NAMED)
def test_words_are_read_as_a_whole(words: str, topics: tuple[str, ...]) -> None:
    assert topics_named(words) == topics


def test_every_name_is_that_of_a_topic_of_specimens() -> None:
    topics = code_tables().results.topics
    for topic, names in read_yaml("specimen-words")["names"].items():
        assert topics[topic]["specimen"]
        assert all(topics_named(name) == (topic,) for name in names)


CODES = [  # a code of a specimen -> what it is called
    (Code("snomed", "119297000", "Bone marrow"), []),
    (Code("snomed", "119359002", "Bone marrow from donor"), ["not_the_patients_blood"]),
    (Code("urn:lab", "BMA", "Bone marrow"), ["marrow"]),
    (Code("urn:lab", "blood"), []),
    (Code(TEXT, "bone marrow", "blood"), ["marrow"]),
    (Code(ITSELF, "Specimen/blood"), []),
]


@pytest.mark.parametrize(("code", "topics"), CODES)
def test_a_code_that_a_table_names_decides_and_else_its_words(
    code: Code, topics: list[str]
) -> None:
    assert [topic.name for topic in code_tables().specimen_in_words(code)] == topics
