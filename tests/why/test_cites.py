"""A citation is a fingerprint of 64 hexadecimal digits; only another source may lack it."""

from dataclasses import FrozenInstanceError

import pytest
from pydantic import TypeAdapter, ValidationError

from allstatus.why.cites import PageCite, SourceCite

PAGE, SOURCE = TypeAdapter(PageCite), TypeAdapter(SourceCite)
OTHER = {"title": "Label", "url": "https://example.org", "section": "1"}


@pytest.mark.parametrize("sentence", ["0" * 64, "0123456789abcdef" * 4])
def test_a_fingerprint(sentence: str) -> None:
    assert PAGE.validate_python({"section": "A > B", "sentence": sentence}).sentence == sentence
    assert SOURCE.validate_python({**OTHER, "sentence": sentence}).not_checked is None


@pytest.mark.parametrize("sentence", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64])
def test_no_fingerprint(sentence: str) -> None:
    for adapter, rest in ((PAGE, {"section": "A"}), (SOURCE, OTHER)):
        with pytest.raises(ValidationError):
            adapter.validate_python({**rest, "sentence": sentence})


def test_the_page_is_never_cited_without_a_fingerprint() -> None:
    with pytest.raises(ValidationError):
        PAGE.validate_python({"section": "A", "sentence": None})
    cite = SOURCE.validate_python({**OTHER, "sentence": None, "not_checked": "a scan"})
    assert cite == SourceCite("Label", "https://example.org", "1", None, "a scan")


def test_a_citation_stays_as_it_is() -> None:
    with pytest.raises(FrozenInstanceError):
        PageCite("A", "0" * 64).section = "B"  # type: ignore[misc]
