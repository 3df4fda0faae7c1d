"""What a decision needs of a chart: the templates an EHR fills in advance, and whether what it sent
for them is all there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from allstatus.ehr.chart import Chart
from allstatus.ehr.fhir.fhir_bundles import (
    NO_ANSWER,
    BundleEntry,
    entries_of,
    missing_parts,
    resources_of,
)
from allstatus.ehr.fhir.fhir_reader import read_own
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.json_access import obj, objects, text, whole_number
from allstatus.errors import InvalidRecord
from allstatus.record.code_files import read_yaml
from allstatus.record.yaml_file import YamlFile

PATIENT = "{{context.patientId}}"
GENERIC = "r4"
OUTCOME = "OperationOutcome"
HARMLESS = {"information", "success"}  # severities of what is no warning
INCLUDED = ("include", "outcome")
WARNED = "the server's answer for {} came with a warning; not all may be there"
TELLS_NO_FINDING = frozenset(
    f"Medication{kind}" for kind in ("Administration", "Dispense", "Request", "Statement")
) | {"Specimen", "List"}  # a chart that lacks them is not short of findings
NOT_HAD = "{} could not be read ({}); the decision is made without"
UNASKED = "{} of the keys prefetched are not among those asked for; they were not looked at"
NOT_IN_IT = "the resource that was asked for is not in it"
MISSHAPEN = "it has not the shape of a bundle"
ANOTHER = "is about another patient than context.patientId"


@dataclass(frozen=True, slots=True)
class Searches:
    """Templates by key, `{{context.patientId}}` in place of the patient; those of `helpful` may
    fail.
    """

    templates: Mapping[str, str]
    helpful: frozenset[str]

    def kinds(self, key: str) -> tuple[str, ...]:
        """The kinds of resource that a key's answer may hold: the one asked for, then others."""
        return _kinds_in(self.templates[key])

    def is_search(self, key: str) -> bool:
        """Whether a bundle is asked for, and not one resource."""
        return "?" in self.templates[key]


@lru_cache(maxsize=256)
def _kinds_in(template: str) -> tuple[str, ...]:
    path, _, query = template.partition("?")
    return (path.partition("/")[0], *(("Medication",) if "_include" in query else ()))


@cache
def profiles() -> dict[str, Any]:
    """The profiles shipped, by name."""
    file = Path(__file__).parent / "prefetch_profiles.yaml"
    return dict(YamlFile(file, file.parent).data)


def searches(
    profile: str = GENERIC,
    changed: Mapping[str, str | None] | None = None,
    helpful: tuple[str, ...] | None = None,
) -> Searches:
    """A profile with a site's searches laid over it, None taking one away; raises ValueError."""
    if profile not in profiles():
        raise ValueError(f"names no profile; use one of {', '.join(profiles())}")
    known = profiles()[profile]
    base = profiles()[known["like"]]["searches"] if "like" in known else {}
    merged = {**base, **known["searches"], **(changed or {})}
    templates = {key: _template(given) for key, given in merged.items() if given is not None}
    if "patient" not in templates:
        raise ValueError("takes away the patient; keep `patient: Patient/{patient}`")
    for key, template in templates.items():
        if PATIENT not in template:
            raise ValueError(f"holds a search without {{patient}}: {key}")
    asked = known["helpful"] if helpful is None else helpful
    removed = (key for key, given in (changed or {}).items() if given is None)
    unknown = {*removed, *(helpful or ())} - {*base, *known["searches"], *templates}
    if unknown:
        raise ValueError(f"has no search {', '.join(sorted(unknown))}")
    return Searches(templates, frozenset(asked) & set(templates) - {"patient"})


def _template(given: str) -> str:
    return given.replace("{codes}", _result_codes()).replace("{patient}", PATIENT)


@cache
def _result_codes() -> str:
    """The LOINC codes of the result table, as a search takes them."""
    topics = read_yaml("results").values()
    listed = [code for topic in topics for code in topic["codes"] if code["system"] == "loinc"]
    return ",".join(dict.fromkeys(str(code["code"]) for code in listed))


def templates(chosen: Searches | None = None) -> dict[str, str]:
    """Prefetch templates by key.

    Results are not narrowed to known codes: a panel's code says nothing of its parts, and a finding
    may be coded in a value.
    """
    return dict((chosen or searches()).templates)


def lack(asked: Searches, key: str, value: Any) -> str:
    """Why an answer is not all that was asked for, in words without anything of it; empty when it
    is. None says that there is nothing, which a search may find and a patient is not.
    """
    if value is None:
        return "" if asked.is_search(key) else NOT_IN_IT
    return next(_lacks(asked, key, value), "")


def nothing_in(answers: Iterable[Any]) -> bool:
    """Whether answers hold no resource but word of how a search went."""
    found = (resource for value in answers for _, resource in resources_of(value))
    return all(resource["resourceType"] == OUTCOME for resource in found)


def page_lack(asked: Searches, key: str, page: Any) -> str:
    """The same of a page by itself, whatever it says of those beside it."""
    alone = {name: value for name, value in obj(page).items() if name not in ("link", "total")}
    return MISSHAPEN if _misshapen(obj(page)) else lack(asked, key, alone)


def _lacks(asked: Searches, key: str, value: Any) -> Iterator[str]:
    kind = obj(value).get("resourceType")
    if kind == OUTCOME:
        yield NO_ANSWER
    elif kind == "Bundle" and value.get("type") == "searchset":
        if _misshapen(value):
            yield MISSHAPEN
        if value.get("implicitRules") or value.get("issues"):
            yield "it is not to be read as it is"
        yield from _strangers(asked.kinds(key), value)
        yield from missing_parts(_with_modes(asked.kinds(key), value))
        if not asked.is_search(key):
            kinds = [resource["resourceType"] for _, resource in resources_of(value)]
            if asked.kinds(key)[0] not in kinds:
                yield NOT_IN_IT
    elif asked.is_search(key):
        yield "it is not the answer to a search"
    elif kind != asked.kinds(key)[0]:
        yield "it is not the kind of resource that was asked for"


def _misshapen(bundle: dict[str, Any]) -> bool:
    """Whether a bundle says how much of it there is in another form than a bundle does, so that
    what it says could be missed.
    """
    total, entries = bundle.get("total", 0), bundle.get("entry", [])
    counted = whole_number(total)
    return (
        counted is None
        or counted < 0
        or ("link" in bundle and not all(isinstance(one, str) for one in _relations(bundle)))
        or not (isinstance(entries, list) and len(objects(entries)) == len(entries))
    )


def _relations(bundle: dict[str, Any]) -> list[Any]:
    """What each link is, None where it does not say."""
    links = bundle["link"]
    links = links if isinstance(links, list) else [links]
    return [obj(link).get("relation") for link in links]


def _strangers(kinds: tuple[str, ...], bundle: dict[str, Any]) -> Iterator[str]:
    """Entries that no such search could find."""
    found = {*kinds, OUTCOME} - {"Bundle"}
    for entry in objects(bundle.get("entry")):
        kind = text(obj(entry.get("resource")).get("resourceType"))
        if not kind:
            yield "an entry holds no resource"
        elif kind not in found and (
            kind == "Bundle" or obj(entry.get("search")).get("mode") not in INCLUDED
        ):
            yield "it holds another kind of resource than was asked for"


def _with_modes(kinds: tuple[str, ...], bundle: dict[str, Any]) -> dict[str, Any]:
    """The same, in which a total counts the kind that was asked for: what else there is was
    included, whether that is said or not.
    """
    if len(kinds) == 1 or "total" not in bundle:
        return bundle
    entries = objects(bundle.get("entry"))
    found = [obj(entry.get("resource")).get("resourceType") for entry in entries]
    included = {"search": {"mode": "include"}}
    told = [e if kind == kinds[0] else e | included for e, kind in zip(entries, found, strict=True)]
    return bundle | {"entry": told}


def is_warned(value: Any) -> bool:
    """Whether an answer that is whole bears a warning, or an outcome that says nothing known."""
    for entry in objects(obj(value).get("entry")):
        resource = obj(entry.get("resource"))
        if resource.get("resourceType") == OUTCOME:
            severities = [str(issue.get("severity")) for issue in objects(resource.get("issue"))]
            if not severities or not HARMLESS.issuperset(severities):
                return True
    return False


@dataclass(slots=True)
class PrefetchedChart:
    """What was had of a chart: answers by key, and what the clinician is to be told of them."""

    patient: str
    server: str
    answers: dict[str, Any] = field(default_factory=dict)
    beside: list[Any] = field(default_factory=list)  # what answers refer to
    notes: list[str] = field(default_factory=list)
    others: int = 0  # resources of other patients
    opened: list[BundleEntry] | None = None
    partial: bool = False  # something that may hold findings could not be had
    unmodified: bool = False  # no modifier extension stands in what was prefetched

    def add(self, answers: Mapping[str, Any]) -> None:
        """More answers, which were read."""
        if answers:
            self.answers |= answers
            self.opened, self.unmodified = None, False

    @property
    def entries(self) -> list[BundleEntry]:
        """What the answers hold, opened once."""
        if self.opened is None:
            self.opened = list(entries_of(list(self.answers.values())))
        return self.opened

    def chart(self) -> Chart:
        """The patient's chart; empty where nothing is known. Raises InvalidRecord when the patient
        prefetched, or all of it, is another's.
        """
        home = split_address(f"{self.server}/Patient/{self.patient}")[0]
        for address, person in resources_of(self.answers.get("patient")):
            elsewhere = home and split_address(address)[0] not in ("", home)
            if person["resourceType"] == "Patient" and (
                elsewhere or person.get("id") != self.patient
            ):
                raise another_patient()
        entries = [*self.entries, *entries_of(self.beside)]
        unmodified = self.unmodified and not self.beside
        own = read_own(entries, self.patient, self.server, unmodified=unmodified)
        if own.others and not own.known:
            raise another_patient()
        warned = [WARNED.format(key) for key, value in self.answers.items() if is_warned(value)]
        own.chart.warnings += [*warned, *self.notes]
        own.chart.partial |= self.partial
        self.others = own.others
        return own.chart


def another_patient() -> InvalidRecord:
    """The refusal of data that are another patient's."""
    return InvalidRecord("prefetch", ANOTHER, "send the data of the patient in context")
