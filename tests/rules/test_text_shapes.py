"""The shape of a file of texts in another language."""

import pytest
from pydantic import ValidationError

from allstatus.rules.text_shapes import TextsShape

HEAD = {"language": "es", "name": "español", "notice": "borrador"}


def test_each_text_names_the_english_it_translates() -> None:
    shape = TextsShape.model_validate({**HEAD, "texts": {"a.b": {"of": "0123abcd", "say": "sí"}}})
    assert shape.texts["a.b"].say == "sí"


@pytest.mark.parametrize("text", ["sí", {"say": "sí"}, {"of": "0123", "say": "sí"}])
def test_a_text_without_its_digest_is_none(text: object) -> None:
    with pytest.raises(ValidationError):
        TextsShape.model_validate({**HEAD, "texts": {"a.b": text}})
