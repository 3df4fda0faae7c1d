"""Charts written as a clinician would jot them down, one line a statement, for tables of cases."""

from datetime import date, timedelta
from typing import Any

from allstatus.decision.decision import Decision
from allstatus.ehr.chart import Chart, Problem, Quantity, Result, Statement, Treatment
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.coding.codes import make_code
from allstatus.ehr.dates import When, read_when
from allstatus.ehr.timelines.timeline import decide_chart, decide_over_time
from allstatus.ehr.timelines.timeline_points import Timeline
from shipped import RULES

LOINC = {
    "marrow": "11150-0",
    "report": "48807-2",
    "csf": "26447-3",
    "blood": "26446-5",
    "wbc": "6690-2",
    "neutrophils": "751-8",
    "hemoglobin": "718-7",
    "platelets": "777-3",
    "status": "97509-4",
}
SHARES = ("marrow", "csf", "blood")
COUNT = ("wbc", "hemoglobin", "platelets")
STATUSES = {
    "all": ("icd10cm", "C91.0"),
    "remission": ("icd10cm", "C91.01"),
    "relapse": ("icd10cm", "C91.02"),
    "fever": ("snomed", "386661006"),
    "cns leukemia": ("snomed", "61301000119102"),
    "breast cancer": ("icd10cm", "C50.911"),
}
TIMES = ("day", "issued", "sent", "recorded", "until", "onset")
KEPT = ("void", "doubt", "names", "corrected", "ended", "clinical")


def when(value: Any) -> When | None:
    """A date, or text such as `2025` or `2025-03-10T08:00`."""
    return None if value is None else read_when(str(value).replace(" ", "T"))


def statements(line: dict[str, Any], number: int) -> list[Statement]:
    """What one line states."""
    line = dict(line)
    times = {name: when(line.pop(name, None)) for name in TIMES}
    kept = {name: line.pop(name) for name in KEPT if name in line}
    kept |= {name: line.pop(name) for name in ("earliest", "latest") if name in line}
    kept["names"] = tuple(kept.get("names", ()))
    specimen = line.pop("specimen", None)
    ((what, value),) = line.items()
    source = f"{number}"
    base = {"issued": times["issued"], "sent": times["sent"], **kept}
    if what in STATUSES:
        code = make_code(*STATUSES[what])
        onset, recorded = times["onset"] or times["day"], times["recorded"]
        at = {"until": times["until"], "recorded": recorded, "onset": onset}
        source = f"Condition/{number}"
        return [Problem(source, (code,), onset or recorded, **at, **base)]  # type: ignore[arg-type]
    if what == "given":
        code = make_code("http://www.nlm.nih.gov/research/umls/rxnorm", VALUES[value])
        return [Treatment(source, (code,), times["day"], **base)]  # type: ignore[arg-type]
    names = COUNT if what == "count" else (what,)
    if specimen:
        base["specimen"] = (make_code("urn:site", specimen),)
    return [
        Result(
            f"{source} {name}",
            (make_code("http://loinc.org", LOINC[name]),),
            times["day"],
            value=_value(name, value),
            flags=tuple({"normal": "N", "low": "L", "high": "H"}.get(str(value), "")),
            **base,  # type: ignore[arg-type]
        )
        for name in names
    ]


VALUES = {"vincristine": "11202", "prednisone": "8640"}
USUAL = {"wbc": 6, "neutrophils": 3, "hemoglobin": 13, "platelets": 230}


def _value(name: str, value: Any) -> Quantity:
    if name == "status":
        system, code = STATUSES.get(value, ("urn:x", value))
        return Quantity(str(value), codes=(make_code(system, code),))
    if value in ("normal", "low", "high"):
        unit = "g/dL" if name == "hemoglobin" else "10*9/L"
        return Quantity(f"{USUAL[name]}", USUAL[name], None, unit)
    if isinstance(value, int | float):
        return Quantity(f"{value} %", value, None, "%" if name in SHARES else "10*9/L")
    return Quantity(str(value), text=str(value))


def chart_of(lines: list[dict[str, Any]]) -> Chart:
    """The chart of these lines, of a patient born in 1980 with ALL since 2025-01-02."""
    chart = Chart("p1", "female", date(1980, 5, 1))
    for number, line in enumerate([{"all": "", "day": "2025-01-02"}, *lines]):
        for statement in statements(line, number):
            chart.add(statement)
    return chart


def decide(lines: list[dict[str, Any]], as_of: date | None = None) -> Decision:
    """The decision on it, signs and symptoms taken as absent unless recorded."""
    options = make_reader(["symptoms-absent-unless-recorded"])
    return decide_chart(RULES, chart_of(lines), as_of=as_of, options=options)


def tell(lines: list[dict[str, Any]]) -> Timeline:
    """The same, over time."""
    options = make_reader(["symptoms-absent-unless-recorded"])
    return decide_over_time(RULES, chart_of(lines), options=options)


def possible(decision: Decision) -> set[str]:
    """What it may be; a contradiction is nothing that may be."""
    return set(decision.possible) or ({decision.status} if decision.status else set())


def days_from(day: date, number: int) -> str:
    """A day so many days later."""
    return (day + timedelta(days=number)).isoformat()
