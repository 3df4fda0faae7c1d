"""Drafted orders of a hook's context: whose they are, what is ordered, what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from allstatus.ehr.chart import Code, Treatment
from allstatus.ehr.codes import CodeTables, code_tables
from allstatus.ehr.fhir import HOME, home_of
from allstatus.ehr.fhir_bundles import BundleEntry, entries_of
from allstatus.ehr.fhir_patients import whose
from allstatus.ehr.fhir_resources import statements
from allstatus.ehr.fhir_store import ResourceStore, split_address
from allstatus.ehr.json_access import Json, codeable, obj, objects, text, words
from allstatus.service.prefetch import PrefetchedChart

ORDERS = ("MedicationRequest", "ServiceRequest")
GROUPS = ("RequestGroup", "RequestOrchestration")  # of orders that lie elsewhere


class Product(NamedTuple):
    """What is ordered: codes, and names of medicines as the order says them."""

    codes: tuple[Code, ...]
    names: tuple[str, ...]

    def agents(self, known: Iterable[str], tables: CodeTables | None = None) -> set[str]:
        """Those of some agents that it is, by its codes, else by its names."""
        tables = tables or code_tables()
        by_code = {match.topic.name for match in tables.treatments.find_each(self.codes)}
        if found := by_code & set(known):
            return found
        by_name = {topic.name for name in self.names for topic in tables.medicines.read(name)}
        said = set(" ".join(self.names).lower().replace("-", " ").split())
        return {agent for agent in known if agent in by_name or agent.split("_")[0] in said}


@dataclass(frozen=True, slots=True)
class DraftOrders:
    """The products ordered for the context's patient, and how many orders were not looked at:
    another patient's, or not to be read.
    """

    products: tuple[Product, ...] = ()
    others: int = 0
    unread: int = 0


def drafts(context: Mapping[str, Any]) -> list[Json]:
    """The bundle of drafted orders, if there is one."""
    bundle = obj(context.get("draftOrders"))
    return [bundle | {"resourceType": "Bundle"}] if bundle else []


def read_orders(context: Mapping[str, Any], hook: str, found: PrefetchedChart) -> DraftOrders:
    """The orders of a hook's context: all of them, or at order-select those selected."""
    entries = list(entries_of(drafts(context)))
    had = [value for value in (*found.answers.values(), *found.beside) if value is not None]
    beside = list(entries_of(had))
    home = home_of(beside, found.server)
    home = home_of([*entries, *beside]) if home == HOME else home
    store = ResourceStore([*entries, *beside], home)
    known = [entry for entry in entries if entry.resource["resourceType"] in (*ORDERS, *GROUPS)]
    absent = 0
    if hook == "order-select":
        wanted = [str(name) for name in context.get("selections") or ()]
        absent = sum(not any(_is_meant(name, entry) for entry in entries) for name in wanted)
        known = [entry for entry in known if any(_is_meant(name, entry) for name in wanted)]
    orders = [entry.resource for entry in known if entry.resource.get("doNotPerform") is not True]
    mine = [one for one in orders if whose(one, store) in (None, (home, found.patient))]
    products = [product_of(one, store) for one in mine]
    read = tuple(product for product in products if product is not None)
    return DraftOrders(read, len(orders) - len(mine), len(mine) - len(read) + absent)


def _is_meant(name: str, entry: BundleEntry) -> bool:
    """Whether a selection names an order: by type and id, id alone, or an address of any form."""
    own = text(entry.resource.get("id"))
    names = {split_address(entry.address)[1]} - {""}
    names |= {f"{entry.resource['resourceType']}/{own}", own} if own else set()
    return bool({split_address(name)[1], name.removeprefix("urn:uuid:"), name} & names) or (
        name.removeprefix("urn:uuid:") in {each.removeprefix("urn:uuid:") for each in names}
    )


def product_of(order: Json, store: ResourceStore) -> Product | None:
    """What an order is for; None where that stands elsewhere and was not had."""
    if order["resourceType"] in GROUPS:
        return None
    if order["resourceType"] == "MedicationRequest":
        read = [one for one in statements(order, store) if isinstance(one, Treatment)]
        found = tuple(code for one in read for code in one.codes)
        names = [name for one in read for name in one.text.split("; ")]
    else:
        concepts = [order.get("code"), *objects(order.get("orderDetail"))]
        found = tuple(code for concept in concepts for code in codeable(concept))
        names = [words(obj(one).get("concept") or one) for one in concepts]
    said = [name for name in names if name and not _is_reference(name)]
    if not found and not said and (any(names) or _points(order)):
        return None
    return Product(found, (*said, *(code.display for code in found if code.display)))


def _points(order: Json) -> bool:
    """Whether what is ordered is said by a reference of any form."""
    either = (order.get("medication"), order.get("code"))
    return any(
        map(obj, (order.get("medicationReference"), *(obj(e).get("reference") for e in either)))
    )


def _is_reference(name: str) -> bool:
    """Whether a name only says where the medication would be read."""
    return name.startswith(("#", "urn:")) or split_address(name)[1].startswith("Medication/")
