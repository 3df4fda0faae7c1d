"""A site's own code tables: the same YAML as ours, laid over it without touching the package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from allstatus.ehr.coding.code_systems import CodeSystems, plain
from allstatus.errors import RulesError
from allstatus.record.code_files import CodesFile
from allstatus.table.chart_context import CodesUsed

TABLES = ("diagnoses", "results", "signs", "treatments")
FILES = ("systems", *TABLES)


@dataclass(frozen=True)
class SiteCodes:
    """A site's tables as text (`texts`: file name without its ending, content) from a `folder`,
    and the `digest` of what they hold. Equal by digest; it can be sent to another process.
    """

    folder: str = field(compare=False)
    texts: tuple[tuple[str, str], ...] = field(compare=False, repr=False)
    digest: str

    @cached_property
    def data(self) -> dict[str, dict[str, Any]]:
        """The tables as data, by name."""
        place = Path(self.folder)
        files = {n: CodesFile(place / f"{n}.yaml", place, text) for n, text in self.texts}
        return {name: file.data or {} for name, file in files.items()}

    def systems_over(self, ours: Mapping[str, Any]) -> dict[str, Any]:
        """Our systems with the site's: new ones, and further names of ours."""
        merged = dict(ours)
        for name, entry in self.data.get("systems", {}).items():
            known = merged.get(name, {"names": []})
            merged[name] = {**known, **entry, "names": [*known["names"], *entry["names"]]}
        entries = [entry for name in TABLES for entry in self.data.get(name, {}).values()]
        sent = [str(code["system"]) for entry in entries for code in entry.get("codes", ())]
        for system in dict.fromkeys(sent):
            address = plain(system)
            if ":" in address and CodeSystems(merged).name(system) not in merged:
                merged[address] = {"names": [address]}
        return merged

    def laid_over(self, name: str, ours: Mapping[str, Any], systems: CodeSystems) -> dict[str, Any]:
        """One of our tables with the site's codes and names in the topics they belong to."""
        merged = dict(ours)
        for topic, entry in self.data.get(name, {}).items():
            known = merged.get(topic, {"codes": [], "names": []})
            merged[topic] = {
                **entry,
                **known,
                "codes": [*known["codes"], *(_placed(c, systems) for c in entry.get("codes", ()))],
                "names": [*known.get("names", ()), *entry.get("names", ())],
            }
        return merged

    @property
    def used(self) -> CodesUsed:
        """How a decision names it."""
        return CodesUsed(self.folder, self.digest)


def _placed(code: Mapping[str, Any], systems: CodeSystems) -> dict[str, Any]:
    """A code with its system by its short name, and written as that system writes it."""
    name = str(code["system"])
    if not systems.is_known(name):
        name = systems.name(name)
    return {**code, "system": name, "code": systems.written(name, str(code["code"]))}


def read_site_codes(folder: str | Path) -> SiteCodes:
    """A site's tables from its folder; raises RulesError with file, line and remedy."""
    from allstatus.ehr.coding.code_checks import check_site

    place = Path(folder)
    if not place.is_dir():
        remedy = f"give one with {', '.join(FILES)} as .yaml"
        raise RulesError([f"codes {folder}: is not a folder; {remedy}"])
    if problems := tuple(check_site(place)):
        raise RulesError(problems)
    return _read(place)


def _read(place: Path) -> SiteCodes:
    texts = tuple((path.stem, path.read_text("utf-8-sig")) for path in sorted(place.glob("*.yaml")))
    digest = hashlib.sha256()
    for name, text in texts:
        digest.update(f"{name}\0{text}\0".encode())
    return SiteCodes(str(place), texts, digest.hexdigest())
