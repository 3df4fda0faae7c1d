"""How fast a chart is decided, beside libraries that only parse it, all in one run: `python
benchmarks/charts.py`.

Peers parse or check the bundle and decide nothing; allstatus parses it, reads it by the code
tables,
decides every assessment and writes the decision with its evidence.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
from collections.abc import Callable
from decimal import Decimal
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from timing import time_in_turn

from allstatus import Classifier, load_rules
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.timelines.timeline import decide_chart

ROOT = Path(__file__).parents[1]
MESSAGE = ROOT / "fixtures" / "hl7v2" / "remission-as-sent.hl7"
HISTORY = ROOT / "fixtures" / "timelines" / "ten-years.json"
ENTRIES, RUNS, BUNDLES, GOAL_MS = 500, 25, 10_000, 25
OPTIONS = make_reader(["symptoms-absent-unless-recorded"])


def main() -> None:
    """Measure and print."""
    classifier = load_rules()
    text = bundle_of(ENTRIES)
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores; {ENTRIES} entries, "
        f"{len(text) / 1000:.0f} kB; median of {RUNS}\n"
    )
    actions: dict[str, Callable[[], Any]] = {
        "allstatus: bundle to decision with evidence, as JSON": lambda: decide(
            classifier, text
        ).to_json(),
        "allstatus: bundle to decision": lambda: decide(classifier, text),
        "allstatus: bundle to chart only": lambda: list(read_charts(text)),
        "allstatus: HL7 v2 message to decision": lambda: decide(
            classifier, MESSAGE.read_text("utf-8")
        ),
    }
    actions |= {f"{name} {found}: {what}": action for name, found, what, action in peers(text)}
    times = time_in_turn(actions, RUNS)
    for name, spent in times.items():
        print(f"{name:<72} {spent:8.2f} ms")
    own = next(iter(times.values()))
    print(
        f"\ngoal: decision with evidence in at most {GOAL_MS} ms: {own:.1f} ms, "
        f"{'met' if own <= GOAL_MS else 'NOT MET'}"
    )
    print_memory(classifier)


def bundle_of(entries: int) -> str:
    """The ten-year history with laboratory results of no interest to this page around it, as a
    chart holds them.
    """
    bundle = json.loads(HISTORY.read_text("utf-8"))
    own = [entry for entry in bundle["entry"] if "valueQuantity" in entry["resource"]]
    for number in range(entries - len(bundle["entry"])):
        other = json.loads(json.dumps(own[number % len(own)]["resource"]))
        other["id"] = f"other-{number}"
        if number % 2:
            other["code"] = {
                "coding": [{"system": "http://loinc.org", "code": "2951-2", "display": "Sodium"}],
                "text": "Sodium",
            }
        else:
            other["code"] = {"coding": [{"system": "http://loinc.org", "code": "6690-2"}]}
            other["valueQuantity"] = {
                "value": 5.25,
                "unit": "10*3/uL",
                "system": "http://unitsofmeasure.org",
                "code": "10*3/uL",
            }
            other["effectiveDateTime"] = (
                f"2018-{number % 12 + 1:02d}-{number % 28 + 1:02d}T08:00:00+01:00"
            )
        bundle["entry"].append(
            {"fullUrl": f"https://example.org/fhir/Observation/other-{number}", "resource": other}
        )
    return json.dumps(bundle)


def decide(classifier: Classifier, text: str) -> Any:
    """The decision on the one chart in a text."""
    ((_, chart),) = read_charts(text)
    assert isinstance(chart, Chart)
    return decide_chart(classifier, chart, options=OPTIONS)


def peers(text: str) -> list[tuple[str, str, str, Callable[[], Any]]]:
    """(name, version, what it does, a call) of each library that is installed."""
    makers = {
        "json": _json,
        "orjson": _orjson,
        "msgspec": _msgspec,
        "fhir.resources": _fhir_resources,
        "hl7": _hl7,
    }
    found = []
    for name, make in makers.items():
        try:
            release = platform.python_version() if name == "json" else version(name)
            found.append((name, release, *make(text)))
        except (PackageNotFoundError, ImportError):
            print(f"{name}: not installed, left out")
    return found


def _json(text: str) -> tuple[str, Callable[[], Any]]:
    return "parse, exact decimals", lambda: json.loads(text, parse_float=Decimal)


def _orjson(text: str) -> tuple[str, Callable[[], Any]]:
    import orjson

    return "parse, binary floats", lambda: orjson.loads(text)


def _msgspec(text: str) -> tuple[str, Callable[[], Any]]:
    import msgspec

    return "parse, untyped", lambda: msgspec.json.decode(text)


def _fhir_resources(text: str) -> tuple[str, Callable[[], Any]]:
    from fhir.resources.R4B.bundle import Bundle

    return "parse and check the bundle", lambda: Bundle.model_validate_json(text)


def _hl7(_: str) -> tuple[str, Callable[[], Any]]:
    import hl7

    message = MESSAGE.read_text("utf-8").replace("\n", "\r")
    return "parse the HL7 v2 message", lambda: hl7.parse(message)


def print_memory(classifier: Classifier) -> None:
    """The most memory used so far, as bundles are decided one after another."""
    text = HISTORY.read_text("utf-8")
    print(f"\n{BUNDLES:,} bundles one after another, most memory used so far")
    for number in range(1, BUNDLES + 1):
        decide(classifier, text.replace("p1", f"p{number}")).to_json()
        if number in (100, 1_000, BUNDLES // 2, BUNDLES):
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
                1 if sys.platform == "darwin" else 1024
            )
            print(f"  after {number:>6,}: {most / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
