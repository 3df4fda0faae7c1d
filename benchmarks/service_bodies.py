"""Patient-view calls of some hundred patients who do not exist: the fixtures' charts with other
ids, days and values.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CHARTS = sorted(
    path for path in (ROOT / "fixtures" / "fhir").glob("*.json") if ".expected" not in path.name
)
PATIENTS = 300
SEED = 20251230
DAY = re.compile(r"\b(20\d\d-\d\d-\d\d)\b")
BLASTS = "11150-0"


def bodies() -> list[bytes]:
    """The bodies, one for each patient, the same in every run."""
    sys.path.insert(0, str(ROOT / "tests"))
    from service.conftest import call, prefetch_of

    draw = random.Random(SEED)
    charts = [
        chart for path in CHARTS if (chart := _one_patient(json.loads(path.read_text("utf-8"))))
    ]
    return [
        json.dumps(
            call(
                prefetch_of(_another(charts[number % len(charts)], number, draw)),
                patient=f"bench-{number}",
            )
        ).encode()
        for number in range(PATIENTS)
    ]


def _one_patient(value: Any) -> tuple[dict[str, Any], str] | None:
    """A bundle about one patient with an id, and that id; None for any other fixture."""
    entries = value.get("entry", []) if isinstance(value, dict) else []
    patients = [
        entry["resource"].get("id")
        for entry in entries
        if entry.get("resource", {}).get("resourceType") == "Patient"
    ]
    return (value, patients[0]) if len(patients) == 1 and patients[0] else None


def _another(chart: tuple[dict[str, Any], str], number: int, draw: random.Random) -> dict[str, Any]:
    """The same chart of another patient: other days, another marrow, other counts."""
    bundle, patient = chart
    written = (
        json.dumps(bundle)
        .replace(f'"{patient}"', f'"bench-{number}"')
        .replace(f"Patient/{patient}", f"Patient/bench-{number}")
    )
    moved = timedelta(days=draw.randrange(-200, 200))
    written = DAY.sub(lambda match: (date.fromisoformat(match[1]) + moved).isoformat(), written)
    changed: dict[str, Any] = json.loads(written)
    for resource, value in _measured(changed):
        marrow = any(
            coding.get("code") == BLASTS for coding in resource.get("code", {}).get("coding", ())
        )
        value["value"] = (
            draw.choice((draw.randrange(0, 50), draw.randrange(0, 1000))) / 10
            if marrow
            else _near(value["value"], draw)
        )
    return changed


def _near(value: float, draw: random.Random) -> float:
    return round(value * draw.uniform(0.97, 1.03), 1)


def _measured(bundle: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each observation with a number, and where the number stands."""
    for entry in bundle["entry"]:
        value = entry["resource"].get("valueQuantity")
        if isinstance(value, dict) and isinstance(value.get("value"), int | float):
            yield entry["resource"], value
