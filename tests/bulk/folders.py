"""Resources written as an export's folder, in every way a server may write them, and read back by
the command's own code.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from allstatus.bulk.fhir_export.decide_patient import DecideSettings
from allstatus.bulk.fhir_export.export_run import ExportJob, ExportRun, ExportTotals
from allstatus.ehr.chart_options import make_reader

Resource = dict[str, Any]
Answers = list[tuple[Any, ...]]
ASSUMED = "symptoms-absent-unless-recorded"
HOW = DecideSettings(engine="builtin", options=make_reader([ASSUMED]))
AS_A_PART = replace(HOW, options=replace(HOW.options, partial=True))


def exported(value: Any) -> list[Resource]:
    """The resources of a fixture as a server exports them: each with an id, which is what its full
    address ends in.
    """
    if isinstance(value, list):
        return [resource for item in value for resource in exported(item)]
    if value.get("resourceType") != "Bundle":
        return [value]
    entries = [
        entry for entry in value["entry"] if entry.get("request", {}).get("method") != "DELETE"
    ]
    return [
        {
            "id": entry.get("fullUrl", "").rpartition("/")[2].removeprefix("urn:uuid:"),
            **entry["resource"],
        }
        for entry in entries
    ]


def write_folder(folder: Path, resources: Iterable[Resource], random: Random | None = None) -> Path:
    """One file for each type; with `random`, split, shuffled, packed, spaced and misnamed as it
    likes.
    """
    folder.mkdir(parents=True)
    files: dict[str, list[str]] = {}
    for resource in resources:
        kind, number = resource["resourceType"], 0 if random is None else random.randrange(3)
        name = (
            f"{kind}.{number:03d}.ndjson"
            if random is None or random.random() < 0.9
            else f"part-{number}.ndjson"
        )
        spaced = random is not None and number == 1
        files.setdefault(name, []).append(
            json.dumps(resource, separators=(", ", ": ") if spaced else (",", ":"))
        )
    for name, lines in files.items():
        if random is not None:
            random.shuffle(lines)
        text = "\n".join(lines).encode() + (
            b"" if random is not None and random.random() < 0.5 else b"\n"
        )
        if random is not None and random.random() < 0.4:
            (folder / f"{name}.gz").write_bytes(gzip.compress(text))
        else:
            (folder / name).write_bytes(text)
    return folder


def job(source: Path, target: Path, how: DecideSettings = HOW, **more: Any) -> ExportJob:
    beside = (
        target.with_name(target.name + ".rejects.csv"),
        target.with_name(target.name + ".evidence.ndjson"),
    )
    return ExportJob(source, target, *beside, how, **more)


def decide(source: Path, target: Path, how: DecideSettings = HOW, **more: Any) -> ExportTotals:
    return ExportRun(job(source, target, how, **more)).totals()


def rows(target: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in target.read_text("utf-8").splitlines()]


def answers(target: Path) -> Answers:
    """Who is decided how, by the rows."""
    names = ("id", "as_of", "outcome", "status", "missing")
    return [tuple(row[name] for name in names) for row in rows(target)]


def evidence(target: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for line in target.with_name(target.name + ".evidence.ndjson")
        .read_text("utf-8")
        .splitlines()
    ]


def rejects(target: Path) -> list[tuple[str, int, str]]:
    with target.with_name(target.name + ".rejects.csv").open(newline="") as file:
        return [(row["file"], int(row["line"]), row["reason"]) for row in csv.DictReader(file)]


OWN_CODES = {
    "diagnoses": "all:\n"
    '  codes: [{system: "http://h.example/dx", code: LEUK, verified: yes, cite: ours}]\n',
    "results": "marrow_blasts:\n"
    '  codes: [{system: "http://h.example/lab", code: KMB, verified: yes, cite: ours}]\n',
}
IN_OWN_CODES = {
    '"system": "http://snomed.info/sct", "code": "91857003"': (
        '"system": "http://h.example/dx", "code": "LEUK"'
    ),
    '"system": "http://loinc.org", "code": "11150-0"': (
        '"system": "http://h.example/lab", "code": "KMB"'
    ),
}


def own_codes(folder: Path) -> Path:
    """A site's tables, by which a marrow and an ALL of its own codes are known."""
    folder.mkdir()
    for name, text in OWN_CODES.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def in_own_codes(resources: Iterable[Resource]) -> list[Resource]:
    """The same resources, with the site's codes for marrow blasts and ALL."""
    text = json.dumps(list(resources))
    for ours, theirs in IN_OWN_CODES.items():
        text = text.replace(ours, theirs)
    found: list[Resource] = json.loads(text)
    return found
