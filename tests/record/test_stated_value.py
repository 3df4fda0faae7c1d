"""A stated value is checked however it is made, and stays as it is."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from allstatus import InvalidRecord
from allstatus.record.stated_value import StatedValue


class Share(StatedValue):
    number: Decimal
    words: tuple[str, ...] = ()


def test_json_is_read_exactly() -> None:
    share = Share.model_validate_json('{"number": 5.000000000000000001}')
    assert share.number == Decimal("5.000000000000000001")
    assert Share.model_validate_json(b'{"number": 5, "words": ["a"]}').words == ("a",)


@pytest.mark.parametrize("text", ['{"number": 1, "number": 2}', '{"number": NaN}', "{"])
def test_json_that_is_refused(text: str) -> None:
    with pytest.raises(InvalidRecord):
        Share.model_validate_json(text)


def test_nothing_is_smuggled_in() -> None:
    share = Share(number=Decimal(5))
    for wrong in ({"number": "many"}, {"number": 5, "other": 1}):
        with pytest.raises(ValidationError):
            Share.model_construct(**wrong)
        with pytest.raises(ValidationError):
            share.model_copy(update=wrong)
    with pytest.raises(ValidationError):
        share.number = Decimal(6)  # type: ignore[misc]


def test_equal_values_hash_alike() -> None:
    share = Share(number=Decimal(5), words=("a",))
    assert share.model_copy() == share
    assert hash(share.model_copy()) == hash(share)
    assert share.model_copy(update={"words": ()}) == Share(number=Decimal(5))


def test_of_several_keys_that_cannot_be_repeated_the_first_of_the_record_is_named() -> None:
    huge = dict.fromkeys(("words", "number"), 10**5000)
    with pytest.raises(ValidationError, match="number: holds a number of too many digits"):
        Share.model_validate(huge)
