"""Every form that a record's schema allows is in some vector that is answered."""

import pytest

from allstatus.record.model import Record
from allstatus.testing.answers import INVALID
from shipped import vectors
from testing.record_forms import Form, forms

SCHEMA = Record.model_json_schema()
VECTORS = vectors()
STATED = [
    vector.record
    for vector in VECTORS
    if vector.family != "partial" and vector.expected["outcome"] != INVALID
]
FORMS = list(forms(SCHEMA, SCHEMA))


def test_the_schema_is_walked_whole() -> None:
    assert {form.place[0] for form in FORMS} == set(SCHEMA["properties"])
    assert len(FORMS) > 200
    places = {".".join(form.place) for form in FORMS}
    assert {"marrow_blast_percent.comparator", "leukemia_outside_marrow.site.*"} < places


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_a_form_is_in_some_vector(form: Form) -> None:
    assert any(form.is_in(record) for record in STATED)
