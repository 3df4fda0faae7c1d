"""Whether an export is all there, by what stands beside its files: its server's manifests, what is
half downloaded, and folders of errors and deletions.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from allstatus.ehr.chart import no_whole
from allstatus.ehr.fhir.fhir_bundles import NO_ANSWER, REMEDY, missing_parts
from allstatus.ehr.fhir.json_access import Json, objects, text, whole_number
from allstatus.ehr.fhir.search_pages import PAGE
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.record.json_reader import HL7V2, TABLE, chart_kind
from allstatus.record.value_class import value_class

ENDING = ".json"
LONGEST = 1 << 26  # bytes of a manifest
DELETIONS = "names resources that were deleted, which are in the export all the same"
DELETE = "apply them first"
ERRORS, DELETED = "error", "deleted"  # where a manifest lists them, and the folders they are put in
_UNFINISHED = re.compile(r".\.(part|partial|crdownload|download|filepart|te?mp|aria2)$", re.I)
_PACKED = ".gz"
LINES = re.compile(r"\.(?:ndjson|jsonl)(?:\.(?:gz|bz2|xz|zst|lz4|br|zip|\d+))?$", re.I)
HIDDEN = (".", "_")  # how names begin of what a program keeps for itself
_RESOURCE = re.compile(rb'[\s\[]*\{[^{}]{0,500}?"resourceType"\s*:\s*"([A-Za-z]+)"')
BEGINNING = 1 << 10  # bytes of a file by which it is told whether it holds resources
NO_CHART = ("Parameters", "OperationOutcome", "CapabilityStatement")  # resources about none


class ListedFile(NamedTuple):
    """A file that a manifest names by its address, and how many lines it says are in it."""

    address: str
    lines: int | None

    @property
    def name(self) -> str:
        """The file's name, as it is before it is packed."""
        return _bare(unquote(PurePosixPath(urlsplit(self.address).path).name))


ReadFiles = Callable[[str, list[str]], Mapping[str, bytes]]
ListFiles = Callable[[str], Iterable[str]]


def read_files(folder: str, names: list[str]) -> dict[str, bytes]:
    """What stands in the files of a folder: all of those that may be a manifest, by their names and
    sizes, of others how they begin.
    """
    paths = [path for name in names if (path := Path(folder, name)).is_file()]
    return {path.name: _read(path) for path in paths}


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST + 1 if may_be_manifest(path.name) else BEGINNING)


def may_be_manifest(name: str) -> bool:
    """Whether a file may be a manifest, by its name."""
    return name.lower().endswith(ENDING)


def is_unfinished(name: str) -> bool:
    """Whether a file is one whose download had not ended, by its name."""
    return _UNFINISHED.search(name) is not None


def list_files(folder: str) -> list[str]:
    """The names of the files of lines in a folder, at any depth; of none where it is no folder."""
    files = (path for path in Path(folder).rglob("*") if LINES.search(path.name))
    return [path.name for path in files if path.is_file()]


@value_class
class Beside:
    """The `names` of what stands beside the files of the export in `folder`, its manifests, and
    what holds resources and is not read (`unread`), and whether an error stands there (`failed`).
    """

    folder: str
    names: list[str]
    manifests: dict[str, Json]
    unread: list[str]
    failed: bool

    @classmethod
    def of(
        cls,
        folder: str,
        names: list[str],
        read: ReadFiles = read_files,
        inside: ListFiles = list_files,
    ) -> Beside:
        """From what `read` finds in them, and the files of resources `inside` other folders."""
        found = read(folder, names)
        texts = {name: content.removeprefix(BOM_UTF8) for name, content in found.items()}
        unread = [
            name
            for name in names
            if LINES.search(name)
            or _begins_a_chart(texts.get(name, b""))
            or (name[0] not in HIDDEN and any(inside(f"{folder}/{name}")))
        ]
        failed = any(map(_is_failure, texts.values()))
        return cls(folder, names, dict(_manifests(texts)), unread, failed)

    @property
    def ignored(self) -> list[str]:
        """The names of what is not read."""
        return [name for name in self.names if name not in self.manifests]

    def refuse_part(self, lines: Mapping[str, int | None], *, partial: bool) -> None:
        """Raise InvalidRecord when the export with these files, of so many lines each (None: not
        counted yet), is not as it is now, or is not all there and not to be read as a part.
        """
        if DELETED in self.names or self._listed(DELETED):
            raise InvalidRecord(f"{self.folder}/{DELETED}", DELETIONS, DELETE)
        why = None if partial else next(self._missing(lines), None)
        if why:
            raise no_whole(why, REMEDY, self.folder)

    def _missing(self, lines: Mapping[str, int | None]) -> Iterator[str]:
        here = {_bare(name): number for name, number in lines.items()}
        yield from (f"{name} is unfinished" for name in self.names if is_unfinished(name))
        if (
            ERRORS in self.names
            or self.failed
            or any(one.name not in here for one in self._listed(ERRORS))
        ):
            yield NO_ANSWER
        following = [
            link
            for one in self.manifests.values()
            for link in objects(one.get("link"))
            if link.get("relation") == "next"
        ]
        if following and len(following) >= len(self.manifests):
            yield PAGE.format("a later")
        yield from _short(self._listed("output"), here)
        yield from (f"{name} is not read" for name in self.unread)

    def _listed(self, kind: str) -> list[ListedFile]:
        """Files of a kind that manifests name and that hold anything."""
        found = dict.fromkeys(
            ListedFile(text(entry.get("url")), whole_number(entry.get("count")))
            for one in self.manifests.values()
            for entry in objects(one.get(kind))
        )
        return [one for one in found if one.lines != 0]


def _short(outputs: list[ListedFile], lines: Mapping[str, int | None]) -> Iterator[str]:
    """What is less than was named; of files that were all given other names the lines together."""
    here = [one for one in outputs if one.name in lines]
    named = {one.name for one in here} if here else lines
    if len(named) < len(outputs):
        yield f"{len(named):,} of {len(outputs):,} files listed"
    if not here:
        said, found = sum(one.lines or 0 for one in outputs), _sum(lines.values())
        here, lines = [ListedFile("all", said)], {"all": found}
    for one in here:
        there = lines[one.name]
        if one.lines is not None and there is not None and there < one.lines:
            yield f"{one.name}: {there:,} of {one.lines:,} lines"


def _sum(numbers: Any) -> int | None:
    """All of these together, unless one is not known yet."""
    known = list(numbers)
    return None if None in known else sum(known)


def _manifests(texts: Mapping[str, bytes]) -> Iterator[tuple[str, Json]]:
    for name, content in texts.items():
        if may_be_manifest(name) and len(content) <= LONGEST:
            with suppress(InvalidRecord):
                value = parse_json(content)
                if isinstance(value, dict) and isinstance(value.get("output"), list):
                    yield name, value


def _is_failure(content: bytes) -> bool:
    """Whether a file begins with an error that stands in the place of an answer."""
    found = _RESOURCE.match(content)
    if found is None or found[1] != b"OperationOutcome":
        return False
    with suppress(InvalidRecord):
        return any(missing_parts(parse_json(content.splitlines()[0])))
    with suppress(InvalidRecord):
        return any(missing_parts(parse_json(content)))
    return True


def _begins_a_chart(content: bytes) -> bool:
    """Whether the first thing in a file is a resource that may be about a patient, a message, or
    the names of a table of results.
    """
    if found := _RESOURCE.match(content):
        return found[1].decode() not in NO_CHART
    return chart_kind(content[:BEGINNING].decode("utf-8", "replace")) in (HL7V2, TABLE)


def _bare(name: str) -> str:
    """A file's name, packed or not."""
    return name.removesuffix(_PACKED)
