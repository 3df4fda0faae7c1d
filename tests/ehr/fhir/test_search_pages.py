"""Pages of searches: whether they hold what their first says is found, each counted once."""

from typing import Any

import pytest

from allstatus.ehr.fhir import search_pages
from allstatus.ehr.fhir.fhir_bundles import missing_parts

from .test_fhir_bundles import PATIENT, RESULT, bundle, page


def ring(*resources: Any, total: int) -> list[dict[str, Any]]:
    """Pages that lead in a circle."""
    pages = [page(n, n + 1, one, total=total) for n, one in enumerate(resources, 1)]
    for one in pages:
        one["link"] = [link for link in one["link"] if link["relation"] != "previous"]
    pages[-1]["link"][1]["url"] = "http://h/1"
    return pages


COPIES = [page(1 + n % 2, 2, (PATIENT, RESULT)[n % 2], total=2) for n in range(6)]


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        (ring(PATIENT, total=1), []),
        (ring(PATIENT, total=2), ["it has 1 of 2 entries"]),
        (ring(PATIENT, RESULT, total=2), []),
        (ring(PATIENT, RESULT, total=3), ["it has 2 of 3 entries"]),
        (COPIES, []),
        ([COPIES[0] | {"total": 3}, *COPIES[1:]], ["it has 2 of 3 entries"]),
    ],
)
def test_pages_in_circles_and_copies_of_pages(value: object, missing: list[str]) -> None:
    assert list(missing_parts(value)) == missing


def test_a_page_that_leads_to_itself_and_counts_nothing_is_not_the_last() -> None:
    (alone,) = ring(PATIENT, total=1)
    del alone["total"]
    assert list(missing_parts(alone)) == ["a further page is not here"]


def test_each_page_is_counted_once_however_many_lead_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []
    matches = search_pages._matches
    monkeypatch.setattr(
        search_pages, "_matches", lambda page: counted.append(id(page)) or matches(page)
    )
    chain = [page(n, 60, RESULT | {"id": str(n)}, total=60) for n in range(1, 61)]
    firsts = [bundle(PATIENT, kind="searchset", link=one["link"][1:2]) for one in chain[:-1]]
    assert list(missing_parts([*firsts, *chain])) == []
    assert len(counted) == len(firsts) + len(chain)
