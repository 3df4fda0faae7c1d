"""Synthetic Bulk Data exports, the same for the same seed: `python benchmarks/synthetic.py DIR
--patients 1000 --share 0.5`.

Each patient is made by itself from the seed and its number, so that any size begins like a smaller
one. The charts hold
the traps of real ones: displays that do not fit their code, preliminary and superseded results,
other leukemias and refuted
diagnoses, units that differ, entries in error, dates without a time zone, orders never given,
medicines by reference.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import IO, Any

Resource = dict[str, Any]
LOINC, SNOMED, RXNORM = (
    "http://loinc.org",
    "http://snomed.info/sct",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
)
ICD10CM, UCUM, CATEGORY = (
    "http://hl7.org/fhir/sid/icd-10-cm",
    "http://unitsofmeasure.org",
    "http://terminology.hl7.org/CodeSystem/",
)
ALL_CODES = [
    (ICD10CM, "C91.00"),
    (ICD10CM, "C9100"),
    (SNOMED, "91857003"),
    (SNOMED, "277571004"),
    (ICD10CM, "C91.01"),
]
OTHER_CODES = [
    (ICD10CM, "I10", "Hypertension"),
    (ICD10CM, "E11.9", "Type 2 diabetes"),
    (SNOMED, "38341003", "Hypertension"),
]
RARE_CODES = [
    (ICD10CM, "C92.00", "Acute myeloid leukemia"),
    (ICD10CM, "C91.10", "Chronic lymphocytic leukemia"),
    (ICD10CM, "I10", "Acute lymphoblastic leukemia"),
]
COUNTS = {
    "6690-2": ("Leukocytes", "10*9/L", 4.0, 11.0),
    "718-7": ("Hemoglobin", "g/dL", 12.0, 16.0),
    "4544-3": ("Hematocrit", "%", 36, 48),
    "777-3": ("Platelets", "10*9/L", 150, 400),
    "751-8": ("Neutrophils", "10*9/L", 2.0, 7.5),
}
CHEMISTRY = {
    "2951-2": ("Sodium", "mmol/L", 135, 145),
    "2823-3": ("Potassium", "mmol/L", 3.5, 5.1),
    "2160-0": ("Creatinine", "mg/dL", 0.5, 1.2),
    "1742-6": ("ALT", "U/L", 7, 55),
    "1975-2": ("Bilirubin", "mg/dL", 0.2, 1.2),
}
MEDICINES = [
    ("11202", "vincristine"),
    ("6851", "methotrexate"),
    ("3639", "doxorubicin"),
    ("8640", "prednisone"),
    ("282388", "imatinib"),
]
WRITTEN = "2026-01-05T00:00:00Z"
MARROWS = (0, 29, 80, 180, 400, 700, 1100)  # days after diagnosis
START = date(2015, 1, 5)


def write_export(
    folder: Path,
    patients: int,
    share: float,
    resources: int,
    seed: int = 1,
    *,
    files: int = 2,
    packed: bool = False,
) -> int:
    """Write an export with a `share` of patients with ALL and about so many `resources` each;
    returns how many lines.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines, spread = 0, Random(seed)
    with ExitStack() as stack:
        opened: dict[str, IO[str]] = {}
        for resource in make_export(patients, share, resources, seed):
            kind = resource["resourceType"]
            name = f"{kind}.{spread.randrange(files):03d}.ndjson"
            if name not in opened:
                opened[name] = stack.enter_context(_open(folder / name, packed=packed))
            opened[name].write(json.dumps(resource, separators=(",", ":")) + "\n")
            lines += 1
    (folder / "manifest.json").write_text(
        '{"transactionTime":"2026-01-05T00:00:00Z","output":[]}\n', "utf-8"
    )
    return lines


def _open(path: Path, *, packed: bool) -> IO[str]:
    return (
        gzip.open(f"{path}.gz", "wt", 6, encoding="utf-8")
        if packed
        else path.open("w", encoding="utf-8")
    )


def make_export(patients: int, share: float, resources: int, seed: int = 1) -> Iterator[Resource]:
    """The resources of an export, patient by patient; ALL patients lie evenly among the others."""
    yield from (_medication(code, name) for code, name in MEDICINES)
    for number in range(patients):
        chosen = int((number + 1) * share) > int(number * share)
        chart = Chart(Random(f"{seed}/{number}"), f"p{number:08d}", resources)
        yield from chart.all_patient() if chosen else chart.other_patient()


class Chart:
    """Makes the resources of one patient."""

    def __init__(self, random: Random, patient: str, resources: int) -> None:
        self.random, self.patient, self.size = random, patient, resources
        self.start = START + timedelta(days=random.randrange(3000))
        self.count = 0

    def all_patient(self) -> Iterator[Resource]:
        """A patient with ALL: diagnosed, treated, mostly in remission, some in relapse."""
        random, size = self.random, self.size
        yield self.person()
        system, code = random.choice(ALL_CODES)
        display = random.choice(
            ["Acute lymphoblastic leukemia", "Acute lymphoid leukemia", "Hypertension", ""]
        )
        yield self.condition(system, code, display, self.start)
        yield from (
            self.condition(*random.choice(OTHER_CODES), self.day()) for _ in range(size // 60)
        )
        if random.random() < 0.3:
            yield self.condition(SNOMED, "386661006", "Fever", self.start)
        days = [
            self.start + timedelta(days=after + random.randrange(3))
            for after in MARROWS[: max(1, size // 32)]
        ]
        for place, day in enumerate(days):
            ill = place == 0 or (place == len(days) - 1 and random.random() < 0.3)
            yield from self.marrow(day, ill=ill)
        for number in range(max(1, size // 17)):
            day = (
                days[number % len(days)] + timedelta(days=random.randrange(4))
                if days and number % 2
                else self.day()
            )
            yield from self.panel(COUNTS, "58410-2", day)
        for _ in range(size // 20):
            yield from self.panel(CHEMISTRY, "24323-8", self.day())
        yield from (
            self.given(self.start + timedelta(days=2) if dose == 0 else self.day())
            for dose in range(size // 8)
        )
        yield from (self.ordered() for _ in range(size // 34))
        yield from (self.encounter() for _ in range(size // 10))
        yield from (self.procedure() for _ in range(size // 34))

    def other_patient(self) -> Iterator[Resource]:
        """Any other patient; few have a diagnosis that comes near, or one that was refuted or
        entered in error.
        """
        random, size = self.random, self.size
        yield self.person()
        yield from (
            self.condition(*random.choice(OTHER_CODES), self.day()) for _ in range(1 + size // 60)
        )
        if random.random() < 0.002:
            yield self.condition(*random.choice(RARE_CODES), self.day())
        for _ in range(size // 8):
            yield from self.panel(
                COUNTS if random.random() < 0.4 else CHEMISTRY, "58410-2", self.day()
            )
        yield from (self.encounter() for _ in range(size // 10))
        yield from (self.procedure() for _ in range(size // 30))

    def day(self) -> date:
        """Some day after the start."""
        return self.start + timedelta(days=self.random.randrange(1200))

    def person(self) -> Resource:
        """The Patient."""
        born = date(1940, 1, 1) + timedelta(days=self.random.randrange(22000))
        return {
            "resourceType": "Patient",
            "id": self.patient,
            "identifier": [{"system": "urn:mrn", "value": f"m-{self.patient}"}],
            "name": [{"family": f"Family{self.random.randrange(9999)}", "given": ["Given"]}],
            "gender": self.random.choice(["female", "male"]),
            "birthDate": born.isoformat(),
        }

    def about(self, kind: str, **more: Any) -> Resource:
        """A resource of this patient."""
        self.count += 1
        head = {
            "resourceType": kind,
            "id": f"{self.patient}-{self.count}",
            "meta": {"versionId": "1", "lastUpdated": WRITTEN},
        }
        return {
            **head,
            **more.pop("first", {}),
            "subject": {"reference": f"Patient/{self.patient}"},
            **more,
        }

    def condition(self, system: str, code: str, display: str, day: date) -> Resource:
        """A Condition; one in fifty is refuted or entered in error."""
        status = (
            "confirmed"
            if self.random.random() < 0.98
            else self.random.choice(["refuted", "entered-in-error"])
        )
        first = {
            "clinicalStatus": _concept(f"{CATEGORY}condition-clinical", "active"),
            "verificationStatus": _concept(f"{CATEGORY}condition-ver-status", status),
            "code": _concept(system, code, display),
        }
        return self.about(
            "Condition", first=first, onsetDateTime=day.isoformat(), recordedDate=day.isoformat()
        )

    def result(
        self,
        code: str,
        about: tuple[str, str, Any, Any],
        value: Any,
        when: str,
        status: str = "final",
    ) -> Resource:
        """An Observation with a value in its unit."""
        title, unit, low, high = about
        first = {
            "status": status,
            "category": [_concept(f"{CATEGORY}observation-category", "laboratory")],
            "code": _concept(LOINC, code, title) | {"text": title},
        }
        ranged = (
            {}
            if low is None
            else {"referenceRange": [{"low": _quantity(low, unit), "high": _quantity(high, unit)}]}
        )
        return self.about(
            "Observation",
            first=first,
            effectiveDateTime=when,
            issued=when,
            valueQuantity=_quantity(value, unit),
            **ranged,
        )

    def marrow(self, day: date, *, ill: bool) -> Iterator[Resource]:
        """A marrow: blasts in percent; some are preliminary, corrected later, or entered in
        error.
        """
        random, about = self.random, ("Blasts in Bone marrow", "%", None, None)
        value = (
            random.choice([12, 40, 70, 85.5, 92])
            if ill
            else random.choice([0, 1, 2, 3.5, 4, 5, 5, 6])
        )
        yield self.result(
            "11150-0",
            about,
            value,
            self.moment(day),
            random.choice(["final"] * 8 + ["amended", "preliminary"]),
        )
        if random.random() < 0.05:
            yield self.result("11150-0", about, 99, self.moment(day), "entered-in-error")

    def panel(
        self, tests: dict[str, tuple[str, str, Any, Any]], code: str, day: date
    ) -> Iterator[Resource]:
        """A panel of results with the report that lists them."""
        members, when = [], self.moment(day)
        for test, (title, unit, low, high) in tests.items():
            value = round(
                self.random.uniform(
                    low * (0.9 if self.random.random() < 0.05 else 1.02), high * 0.98
                ),
                1,
            )
            shown = (
                (title, "10*3/uL", low, high)
                if unit == "10*9/L" and self.random.random() < 0.3
                else (title, unit, low, high)
            )
            members.append(self.result(test, shown, value, when))
        yield from members
        listed = [{"reference": f"Observation/{member['id']}"} for member in members]
        first = {"status": "final", "code": _concept(LOINC, code)}
        yield self.about(
            "DiagnosticReport", first=first, effectiveDateTime=when, issued=when, result=listed
        )

    def moment(self, day: date) -> str:
        """A time on a day; one in ten lacks its time zone."""
        hour = self.random.randrange(10)
        zone = "" if self.random.random() < 0.1 else "+01:00"
        return f"{day.isoformat()}T0{hour}:15:00{zone}"

    def given(self, day: date) -> Resource:
        """A dose given, its medicine named or referred to."""
        code, name = self.random.choice(MEDICINES)
        named = {"medicationCodeableConcept": _concept(RXNORM, code, name)}
        referred = {"medicationReference": {"reference": f"Medication/{name}"}}
        first = {"status": "completed"} | (named if self.random.random() < 0.5 else referred)
        return self.about(
            "MedicationAdministration", first=first, effectiveDateTime=self.moment(day)
        )

    def ordered(self) -> Resource:
        """An order, which is no dose."""
        code, name = self.random.choice(MEDICINES)
        first = {
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": _concept(RXNORM, code, name),
        }
        return self.about("MedicationRequest", first=first, authoredOn=self.day().isoformat())

    def encounter(self) -> Resource:
        """A visit."""
        day = self.day().isoformat()
        first = {"status": "finished", "class": {"system": f"{CATEGORY}v3-ActCode", "code": "AMB"}}
        reason = [_concept(SNOMED, "185349003", "Check up")]
        return self.about(
            "Encounter", first=first, period={"start": day, "end": day}, reasonCode=reason
        )

    def procedure(self) -> Resource:
        """A procedure that is no treatment."""
        first = {"status": "completed", "code": _concept(SNOMED, "277762005", "Lumbar puncture")}
        return self.about("Procedure", first=first, performedDateTime=self.day().isoformat())


def _medication(code: str, name: str) -> Resource:
    return {"resourceType": "Medication", "id": name, "code": _concept(RXNORM, code, name)}


def _concept(system: str, code: str, display: str = "") -> Resource:
    return {
        "coding": [{"system": system, "code": code} | ({"display": display} if display else {})]
    }


def _quantity(value: Any, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--patients", type=int, default=1000)
    parser.add_argument("--share", type=float, default=0.9, help="of patients with ALL")
    parser.add_argument("--resources", type=int, default=200, help="of each patient, about")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=2, help="of each type")
    parser.add_argument("--gzip", action="store_true")
    given = parser.parse_args()
    how = {"files": given.files, "packed": given.gzip}
    print(
        write_export(given.folder, given.patients, given.share, given.resources, given.seed, **how),
        "lines",
    )
