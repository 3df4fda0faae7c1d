"""One clinical content as FHIR, as HL7 v2 and as a table of results: the rows of `lab_tables`, and
where a comment stands beside one (`at`).
"""

from collections.abc import Callable, Iterator
from typing import Any

from allstatus.ehr.chart import Chart
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.hl7v2 import read_hl7
from allstatus.ehr.lab_table import read_table
from ehr import bundles, lab_tables
from ehr.lab_tables import Row

HL7 = "http://terminology.hl7.org/CodeSystem/"
COMMENT = "8251-1"
SYSTEMS = {"ICD10CM": bundles.ICD10CM, "RXNORM": bundles.RXNORM}
MEANT = {
    "F": "final",
    "C": "corrected",
    "P": "preliminary",
    "I": "registered",
    "X": "cancelled",
    "W": "entered-in-error",
}  # as FHIR has HL7's letters
MESSAGE = (
    "MSH|^~\\&|LAB|HOSP|EHR|HOSP|{}||{}|{}|P|2.5.1\rPID|1||p1^^^HOSP^MR||DOE^JANE||19800501|F\r"
)


def _number(text: str) -> int | float | None:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return None


def _measured(row: Row, day: str) -> dict[str, Any]:
    value, unit, sign = row.get("value", ""), row.get("unit", ""), row.get("comparator", "")
    number = _number(value)
    made = bundles.observation("", row["code"], day)
    if number is not None:
        made["valueQuantity"] = bundles.quantity(number, unit, sign or None)
    elif value:
        text = f"{sign}{value}"
        made["valueString"] = text if not unit or unit in value else f"{text} {unit}"
    ends = {end: row[end] for end in ("low", "high") if row.get(end)}
    if ends:
        limits = {end: bundles.quantity(float(text), unit) for end, text in ends.items()}
        made["referenceRange"] = [limits]
    if flag := row.get("flag"):
        made["interpretation"] = [bundles.concept(flag, f"{HL7}v3-ObservationInterpretation")]
    made["status"] = MEANT[row.get("status") or "F"]
    return {key: item for key, item in made.items() if item}


def _coded(row: Row, day: str) -> dict[str, Any]:
    if row["system"] == "RXNORM":
        made = bundles.given(day, row["code"], display="")
        made.pop("effectiveDateTime" if not day else "", None)
        return made
    made = bundles.condition("", row["code"], SYSTEMS[row["system"]])
    if day:
        made["recordedDate"] = day
    if status := row.get("status"):
        made["verificationStatus"] = bundles.concept(status, f"{HL7}condition-ver-status")
    return made


def _beside(row: Row, made: dict[str, Any], number: int) -> Iterator[dict[str, Any]]:
    """What holds the comment on a result, where it does not stand in it."""
    at, said, day = row.get("at", "own"), row.get("comment", ""), row.get("date", "")
    about = {"subject": {"reference": "Patient/p1"}}
    report = {"resourceType": "DiagnosticReport", "id": f"r{number}", "status": "final", **about}
    report |= {"code": {"text": "Hematology"}, "effectiveDateTime": day}
    listed = [{"reference": f"Observation/{number}"}]
    text = bundles.observation(f"k{number}", COMMENT, day) | {"valueString": said}
    if not said or at == "own":
        made |= {"note": [{"text": said}]} if said else {}
    elif at == "order":
        yield report | {"result": listed, "conclusion": said}
    elif at == "result":
        yield report | {"result": [*listed, {"reference": f"Observation/k{number}"}]}
        yield text
    elif at == "specimen":
        made["specimen"] = {"reference": f"Specimen/s{number}"}
        yield {"resourceType": "Specimen", "id": f"s{number}", "note": [{"text": said}]} | about
    else:
        yield text | {"code": bundles.concept(row["code"])}


def as_fhir(rows: list[Row]) -> list[Chart]:
    """Read as resources."""
    found = [bundles.patient()]
    for number, row in enumerate(rows):
        day = row.get("date", "")
        made = (_coded if row.get("system") else _measured)(row, day) | {"id": f"{number}"}
        found += [*_beside(row, made, number), made]
    return read_fhir(found)


def as_hl7(rows: list[Row]) -> list[Chart]:
    """Read as messages, each result in an order of its own."""
    results: list[str] = []
    text = ""
    for number, row in enumerate(rows, 1):
        day, code = row.get("date", "").replace("-", ""), row["code"]
        if row.get("system") == "RXNORM":
            text += MESSAGE.format("20250111", "RAS^O17", "M2")
            text += f"ORC|RE|1\rRXA|0|1|{day}||{code}^^RXNORM|2|mg|||||||||||||CP\r"
        elif row.get("system"):
            results.insert(0, f"DG1|{number}||{code}^^I10C||{day}|W")
        else:
            results += _order(row, number, day)
    return read_hl7(text + MESSAGE.format("20260101090000", "ORU^R01", "M1") + "\r".join(results))


def _order(row: Row, number: int, day: str) -> Iterator[str]:
    at, said, code = row.get("at", "own"), row.get("comment", ""), row["code"]
    value, unit = row.get("comparator", "") + row.get("value", ""), row.get("unit", "")
    kind = "NM" if _number(row.get("value", "")) is not None and value[:1].isdigit() else "ST"
    limits = "-".join((row.get("low", ""), row.get("high", ""))).strip("-")
    yield f"OBR|{number}|P{number}|F{number}|X^Panel^L|||{day}" + "|" * 18 + "F"
    if said and at == "order":
        yield f"NTE|1||{said}"
    status, flag = row.get("status") or "F", row.get("flag", "")
    yield f"OBX|1|{kind}|{code}^^LN||{value}|{unit}|{limits}|{flag}|||{status}|||{day}"
    if said and at == "own":
        yield f"NTE|1||{said}"
    elif said and at == "specimen":
        yield "SPM|1" + "|" * 13 + said
    elif said and at != "order":
        yield f"OBX|2|TX|{COMMENT if at == 'result' else code}^^LN||{said}||||||F|||{day}"


def as_table(rows: list[Row]) -> list[Chart]:
    """Read as a table of results, a comment on an order or as a result as a row of its own."""
    found: list[Row] = []
    for row in rows:
        written = {key: item for key, item in row.items() if key != "at"}
        at, said, beside = row.get("at", "own"), row.get("comment", ""), {"date": row["date"]}
        if said and at not in ("own", "specimen"):
            written["comment"] = ""
            code = row["code"] if at == "same code" else COMMENT
            found.append(beside | {"code": code, "value": said})
        found.append(written)
    return read_table(lab_tables.table_of(lab_tables.written(found, "p1")))


DOORS: dict[str, Callable[[list[Row]], list[Chart]]] = {
    "fhir": as_fhir,
    "hl7v2": as_hl7,
    "table": as_table,
}
