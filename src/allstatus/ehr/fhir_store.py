"""The resources of a bundle, found by every form of reference: `urn:uuid`, relative, absolute,
versioned, contained.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allstatus.ehr.chart import Code
from allstatus.ehr.json_access import Json, codes, obj, objects, text

UUID = (
    36  # signs; a resource whose id is one may be referred to by it where no full address was sent
)


def resources_of(value: object) -> Iterator[tuple[str, Json]]:
    """(full address, resource) of a bundle, a list or a single resource; bundles inside bundles
    too.
    """
    waiting = [("", value)]
    while waiting:
        address, item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(("", one) for one in reversed(item))
        elif isinstance(item, dict) and item.get("resourceType") == "Bundle":
            entries = [
                e
                for e in objects(item.get("entry"))
                if obj(e.get("request")).get("method") != "DELETE"
            ]
            waiting.extend(
                (text(entry.get("fullUrl")), entry.get("resource")) for entry in reversed(entries)
            )
        elif isinstance(item, dict) and isinstance(item.get("resourceType"), str):
            yield address, item


class ResourceStore:
    """Resources by address; of several versions of one resource only the latest counts."""

    def __init__(self, resources: Iterable[tuple[str, Json]]) -> None:
        self._by_address: dict[str, Json] = {}
        self._names: dict[int, str] = {}
        self._specimens: dict[int, list[Json]] = {}
        self.resources: list[Json] = []
        latest: dict[str, Json] = {}
        for address, resource in resources:
            key = (
                f"{resource['resourceType']}/{resource['id']}"
                if text(resource.get("id"))
                else address
            )
            other = latest.get(key) if key else None
            if other is not None and other != resource and _version(other) == _version(resource):
                self.resources.append(other)
            if other is None or _version(resource) >= _version(other):
                latest[key or f"#{len(latest)}"] = resource
                names = (
                    key,
                    address,
                    f"urn:uuid:{resource['id']}" if len(text(resource.get("id"))) == UUID else "",
                )
                self._by_address.update({name: resource for name in names if name})
                self._names[id(resource)] = address.rpartition("/")[2].removeprefix("urn:uuid:")
        self.resources += latest.values()
        for report in self.resources:
            if report["resourceType"] == "DiagnosticReport" and report.get("specimen"):
                for reference in objects(report.get("result")):
                    if (member := self.resolve(report, reference)) is not None:
                        self._specimens.setdefault(id(member), []).extend(
                            objects(report["specimen"])
                        )

    def resolve(self, owner: Json, reference: object) -> Json | None:
        """The resource a reference means, or None."""
        address = text(obj(reference).get("reference"))
        if not address:
            return None
        if address.startswith("#"):
            return next(
                (item for item in objects(owner.get("contained")) if item.get("id") == address[1:]),
                None,
            )
        address = address.partition("/_history/")[0]
        return self._by_address.get(address) or self._by_address.get(
            "/".join(address.split("/")[-2:])
        )

    def name(self, resource: Json) -> str:
        """A resource's id, else the end of its full address."""
        return text(resource.get("id")) or self._names.get(id(resource), "")

    def concept(self, owner: Json, reference: object) -> tuple[Code, ...]:
        """The code of the resource a reference means, such as the condition a treatment was for."""
        return codes((self.resolve(owner, reference) or {}).get("code"))

    def specimen(self, resource: Json) -> tuple[Code, ...]:
        """Codes of the specimen and body site of a result, its own or those of the report that
        lists it.
        """
        found = codes(resource.get("bodySite"))
        for reference in objects(resource.get("specimen")) + self._specimens.get(id(resource), []):
            found += codes((self.resolve(resource, reference) or {}).get("type"))
        return found


def _version(resource: Json) -> tuple[str, int]:
    meta = obj(resource.get("meta"))
    version = text(meta.get("versionId"))
    return text(meta.get("lastUpdated")), int(version) if version.isdecimal() and len(
        version
    ) < 10 else 0
