"""What is fixed bears an ETag and is sent once; what is of a patient is kept by nobody."""

import pytest
from starlette.testclient import TestClient

from allstatus.service.entity_tags import FIXED

from .test_rest import RECORD


@pytest.mark.parametrize("path", sorted(FIXED))
def test_what_is_fixed_is_sent_once(client: TestClient, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    changed = client.get(path, headers={"If-None-Match": '"other"'})
    assert (changed.status_code, changed.content) == (200, first.content)
    head = client.head(path)
    assert (head.status_code, head.headers["etag"]) == (200, tag)
    assert head.headers["content-length"] == str(len(first.content))


def test_the_tag_is_of_the_content(client: TestClient) -> None:
    assert len({client.get(path).headers["etag"] for path in FIXED}) == len(FIXED)


def test_what_is_of_a_patient_or_a_moment_has_none(client: TestClient) -> None:
    for answer in (client.post("/classify", json=RECORD), client.get("/readyz")):
        assert (answer.headers["cache-control"], "etag" in answer.headers) == ("no-store", False)
    assert "etag" not in client.get("/rules", headers={"Accept": "image/png"}).headers
