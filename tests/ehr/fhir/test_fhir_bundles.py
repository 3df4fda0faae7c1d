"""Bundles and lists opened, and whether a part of them is missing."""

from typing import Any

import pytest

from allstatus.ehr.fhir.fhir_bundles import (
    BundleEntry,
    check_whole,
    entries_of,
    joined,
    missing_parts,
    next_page,
    resources_of,
)
from allstatus.errors import InvalidRecord

PATIENT = {"resourceType": "Patient", "id": "p"}
RESULT = {"resourceType": "Observation", "id": "m"}


def bundle(*resources: Any, kind: str = "collection", **more: Any) -> dict[str, Any]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries, **more}


def page(number: int, last: int, *resources: Any, **more: Any) -> dict[str, Any]:
    links = [{"relation": "self", "url": f"http://h/{number}"}]
    links += [{"relation": "next", "url": f"http://h/{number + 1}"}] if number < last else []
    links += [{"relation": "previous", "url": f"http://h/{number - 1}"}] if number > 1 else []
    return bundle(*resources, kind="searchset", link=links, **more)


def ids(value: object) -> list[str]:
    return [entry.resource["id"] for entry in entries_of(value)]


def test_entries_come_in_their_order_from_lists_and_bundles_in_bundles() -> None:
    other = RESULT | {"id": "n"}
    assert ids([PATIENT, [bundle(RESULT, bundle(other)), [PATIENT | {"id": "q"}]]]) == [
        "p",
        "m",
        "n",
        "q",
    ]
    assert ids(PATIENT) == ["p"]
    assert ids({"resourceType": 3}) == ids("text") == ids([1, None]) == []


def test_a_deleted_entry_is_named_by_its_address() -> None:
    request = {"method": "DELETE", "url": "Observation/m/_history/2"}
    history = bundle(RESULT, kind="history")
    history["entry"].append({"request": request})
    found = list(entries_of(history))
    assert found[1] == BundleEntry(
        "Observation/m/_history/2", RESULT, True, place=(id(history), 1), stamp={}
    )
    assert [resource for _, resource in resources_of(history)] == [RESULT]


def test_a_modifier_extension_of_a_bundle_or_entry_stands_on_its_resources() -> None:
    changed = bundle(RESULT, modifierExtension=[{"url": "x"}])
    (entry,) = entries_of(changed)
    assert entry.resource == RESULT | {"modifierExtension": [[{"url": "x"}]]}


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        (bundle(PATIENT), []),
        (page(1, 1, PATIENT, total=1), []),
        (page(1, 1, PATIENT, total=3), ["it has 1 of 3 entries"]),
        (page(1, 2, PATIENT), ["a further page is not here"]),
        (page(2, 2, PATIENT), ["an earlier page is not here"]),
        ([page(1, 2, PATIENT, total=2), page(2, 2, RESULT, total=2)], []),
        ([page(2, 2, RESULT), page(1, 2, PATIENT)], []),
        ([page(1, 3, PATIENT), page(2, 3, RESULT)], ["a further page is not here"]),
        (bundle(PATIENT, kind="searchset", total="50"), ["it has 1 of 50 entries"]),
        (bundle(PATIENT, total=50), ["it has 1 of 50 entries"]),
        (
            bundle(kind="subscription-notification"),
            ["a bundle of the kind subscription-notification tells of some changes only"],
        ),
    ],
)
def test_what_is_known_to_be_missing(value: object, missing: list[str]) -> None:
    assert list(missing_parts(value)) == missing
    if missing:
        with pytest.raises(InvalidRecord, match="a part and not the whole"):
            check_whole(value)
    else:
        check_whole(value)


def test_the_pages_of_a_search_are_joined_to_one() -> None:
    one, other = page(1, 2, PATIENT, total=2), page(2, 2, RESULT, total=2)
    assert next_page(one) == "http://h/2"
    assert next_page(other) is None
    whole = joined([one, other])
    assert ids(whole) == ["p", "m"]
    assert list(missing_parts(whole)) == []
    assert joined([other]) is other
