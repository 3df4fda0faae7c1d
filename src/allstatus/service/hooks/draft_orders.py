"""Drafted orders of a hook's context: whose they are, what is ordered, what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from allstatus.ehr.chart import Code, Treatment
from allstatus.ehr.coding.codes import CodeTables, code_tables
from allstatus.ehr.fhir.fhir_bundles import BundleEntry, entries_of, missing_parts
from allstatus.ehr.fhir.fhir_patients import whose_all
from allstatus.ehr.fhir.fhir_reader import HOME, home_of
from allstatus.ehr.fhir.fhir_resources import statements
from allstatus.ehr.fhir.fhir_standing import modified
from allstatus.ehr.fhir.fhir_store import ResourceStore
from allstatus.ehr.fhir.fhir_versions import split_address
from allstatus.ehr.fhir.json_access import Json, codeable, obj, objects, text, words
from allstatus.service.prefetch import PrefetchedChart

ORDERS = ("MedicationRequest", "ServiceRequest")
UUID = "urn:uuid:"
ORDERED = (
    *("medication", "servicerequest", "requestgroup", "requestorchestration", "careplan"),
    *("order", "diagnosticorder", "procedurerequest", "referralrequest"),  # of earlier versions
)
HOLDERS = ("Bundle", "List")
PRODUCTS = ("medication", "medicationknowledge")
ENDED = ("entered-in-error", "cancelled", "stopped", "revoked")


class Product(NamedTuple):
    """What is ordered: codes, and names of medicines as the order says them."""

    codes: tuple[Code, ...]
    names: tuple[str, ...]

    def agents(self, known: Iterable[str], tables: CodeTables | None = None) -> set[str]:
        """Those of some agents that it is by its codes or by its names, which may differ."""
        tables = tables or code_tables()
        found = {match.topic.name for match in tables.treatments.find_each(self.codes)}
        found |= {topic.name for name in self.names for topic in tables.medicines.read(name)}
        said = set(" ".join(self.names).lower().replace("-", " ").split())
        return {agent for agent in known if agent in found or agent.split("_")[0] in said}


@dataclass(frozen=True, slots=True)
class DraftOrders:
    """The products ordered for the context's patient, and how many orders were not looked at:
    another patient's, or not to be read.
    """

    products: tuple[Product, ...] = ()
    others: int = 0
    unread: int = 0


def drafts(context: Mapping[str, Any]) -> list[Json]:
    """The bundle of drafted orders, or the one order in its place, if there is one."""
    bundle = obj(context.get("draftOrders"))
    return [{"resourceType": "Bundle"} | bundle] if bundle else []


def read_orders(
    context: Mapping[str, Any],
    hook: str,
    found: PrefetchedChart,
    tables: CodeTables | None = None,
) -> DraftOrders:
    """The orders of a hook's context: all of them, or at order-select those selected."""
    given = drafts(context)
    entries = [entry for entry in entries_of(given) if not entry.deleted]
    had = [value for value in (*found.answers.values(), *found.beside) if value is not None]
    beside = list(entries_of(had))
    home = home_of(beside, found.server)
    home = home_of([*entries, *beside]) if home == HOME else home
    store = ResourceStore([*entries, *beside], home)
    known = [entry for entry in entries if _is_order(entry.resource)]
    absent = sum(map(_unopened, given))
    if hook == "order-select":
        wanted = {name: _spellings(name) for name in context.get("selections") or ()}
        names = set().union(*map(_names, entries))
        absent = len({split_address(n)[1] for n in wanted if names.isdisjoint(wanted[n])})
        meant = set().union(*wanted.values())
        known = [entry for entry in known if not meant.isdisjoint(_names(entry))]
    orders = [entry.resource for entry in known if not _is_void(entry.resource)]
    me = {None, (home, found.patient)}
    mine = [one for one in orders if me.issuperset(whose_all(one, store))]
    products = [product_of(one, store, tables) for one in mine]
    read = tuple(product for product in products if product is not None)
    return DraftOrders(read, len(orders) - len(mine), len(mine) - len(read) + absent)


def _is_order(resource: Json) -> bool:
    """Whether something is ordered, or given, by a resource itself or by what it leads to."""
    kind = resource["resourceType"].lower()  # also where it is misspelt, and is then not read
    return kind.startswith(ORDERED) and kind not in PRODUCTS


def _is_void(order: Json) -> bool:
    """Whether an order is not to be carried out, as far as it says that in ways known here."""
    ended = order.get("doNotPerform") is True or order.get("status") in ENDED
    return ended and not modified(order)


def _unopened(drafted: Json) -> int:
    """How many of what was drafted could not even be opened, as far as that is known."""
    closed, waiting = int(any(missing_parts(drafted))), [drafted]
    for resource in waiting:  # which grows while it is gone through
        kind, entries = text(resource.get("resourceType")), resource.get("entry", [])
        if not kind or not isinstance(entries, list) or (entries and kind not in HOLDERS):
            closed += 1
        elif kind == "Bundle":
            waiting += [obj(obj(one).get("resource")) for one in entries]
    return closed


def _spellings(name: str) -> set[str]:
    """What a selection may mean: type and id, id alone, or an address of any form."""
    return {split_address(name)[1], name, name.removeprefix(UUID)} - {""}


def _names(entry: BundleEntry) -> set[str]:
    """What an entry may be called by a selection."""
    own = text(entry.resource.get("id"))
    names = {split_address(entry.address)[1]}
    names |= {f"{entry.resource['resourceType']}/{own}", own} if own else set()
    return (names | {name.removeprefix(UUID) for name in names}) - {""}


def product_of(
    order: Json, store: ResourceStore, tables: CodeTables | None = None
) -> Product | None:
    """What an order is for; None where that stands elsewhere and was not had, or is said in codes
    of systems that are not known only.
    """
    if order["resourceType"] not in ORDERS or modified(order) or _is_unclear(order):
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
    systems = (tables or code_tables()).systems
    if not said and not any(code.display or systems.is_known(code.system) for code in found):
        return None
    return Product(found, (*said, *(code.display for code in found if code.display)))


def _is_unclear(order: Json) -> bool:
    """Whether an order says by rules, or in a form, not known here what is to be done for whom."""
    formed = not order.get("subject") or objects(order["subject"])
    return (
        bool(order.get("implicitRules"))
        or order.get("doNotPerform") not in (None, False)
        or not formed
    )


def _is_reference(name: str) -> bool:
    """Whether a name only says where the medication would be read."""
    meant = split_address(name.lower())[1]
    return name.startswith(("#", "urn:")) or meant.startswith(tuple(f"{of}/" for of in PRODUCTS))
