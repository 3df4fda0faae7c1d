"""Reads what was not prefetched from the EHR's FHIR server: configured servers only, within limits
of time, size and pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx2 as httpx

from allstatus.ehr.fhir.fhir_bundles import entries_of, joined, next_page
from allstatus.ehr.fhir.json_access import Json, whole_number
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.service.config import Config, RequestLimits
from allstatus.service.fhir_addresses import below
from allstatus.service.medications import address_of, is_nameless, unread
from allstatus.service.prefetch import (
    NOT_HAD,
    NOT_IN_IT,
    PATIENT,
    TELLS_NO_FINDING,
    UNASKED,
    PrefetchedChart,
    lack,
    nothing_in,
    page_lack,
)
from allstatus.service.problem_details import ProblemDetails

ACCEPT = "application/fhir+json"
GONE = (404, 410)
NOT_SENT = "it was not sent"
OUTSIDE = "an address of it lies outside the FHIR server"
LATE = "the FHIR server did not answer in time"
MEDICINES = (
    "{} medicines are named by a reference only and could not be read: what they are is not known"
)


class Unread(Exception):
    """An answer that cannot be used, in words without anything of it; `again` is when to ask again,
    as the server says it.
    """

    def __init__(self, why: str, again: str = "") -> None:
        super().__init__(why)
        self.again = again


def make_client(seconds: float) -> httpx.AsyncClient:
    """A client that goes nowhere but where it is sent, and keeps no cookies: one caller's session
    would go with another's token.
    """
    cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return httpx.AsyncClient(
        timeout=seconds, follow_redirects=False, trust_env=False, cookies=cookies
    )


def unmet(lacking: dict[str, Unread]) -> ProblemDetails:
    """The refusal when needed data cannot be had (412, as CDS Hooks asks)."""
    again = max((why.again for why in lacking.values()), key=_seconds, default="")
    return ProblemDetails(
        412,
        "data-not-available",
        f"Needed and not had: {'; '.join(f'{key} ({why})' for key, why in lacking.items())}.",
        remedy="send them as prefetch",
        headers={"Retry-After": again} if again else None,
    )


def _seconds(said: str) -> tuple[bool, int]:
    return bool(said), whole_number(said) or 0


@dataclass(slots=True)
class _Access:
    """One call's way into one server: its address, its token, and how many bytes may still come."""

    server: str
    token: str | None
    limits: RequestLimits
    bytes_left: int

    def took(self, size: int) -> None:
        """Count bytes that came; raises Unread when they are too many."""
        self.bytes_left -= size
        if self.bytes_left < 0:
            raise Unread("the FHIR server sends more than is read")


class FhirClient:
    """Reads from configured FHIR servers with the token that came for them, which is kept
    nowhere.
    """

    def __init__(self, config: Config, client: httpx.AsyncClient) -> None:
        self.config, self._client, self.asked = config, client, config.prefetch.searches()

    async def complete(
        self,
        body: dict[str, Any],
        patient: str,
        orders: Iterable[object] = (),
        *,
        unmodified: bool = False,
    ) -> PrefetchedChart:
        """Everything the templates ask for, and the medications it and `orders` refer to,
        prefetched (`unmodified`: without any modifier extension) or read; raises Problem (412) when
        something needed cannot be had.
        """
        sent = body.get("prefetch") or {}
        whys = {
            key: lack(self.asked, key, sent[key]) if key in sent else NOT_SENT
            for key in self.asked.templates
        }
        if whys["patient"] == NOT_IN_IT and nothing_in(sent.values()):
            whys["patient"] = ""  # as null for each: there is nothing to decide on
        server = str(body.get("fhirServer") or "").rstrip("/")
        had = {key: sent[key] for key in whys if not whys[key]}
        found = PrefetchedChart(patient, server, had, unmodified=unmodified)
        if unasked := sum(sent[key] is not None for key in sent.keys() - whys.keys()):
            found.notes.append(UNASKED.format(unasked))
        access = self._access(server, body)
        lacking = {key: why for key, why in whys.items() if why}
        if isinstance(access, Unread):
            self._settle(found, {k: Unread(f"{why}; {access}") for k, why in lacking.items()})
            self._tell_medicines(found, unread([*found.entries, *entries_of([*orders])]))
            return found
        reads = {key: self._read(access, key, patient, sent.get(key)) for key in lacking}
        self._settle(found, await self._all(reads))
        await self._medicines(access, found, orders)
        return found

    def _access(self, server: str, body: dict[str, Any]) -> _Access | Unread:
        if not server:
            return Unread("no fhirServer was given")
        if server not in self.config.fhir_servers:
            return Unread("the fhirServer given is not one this service may read from")
        token = (body.get("fhirAuthorization") or {}).get("access_token")
        limits = self.config.limits
        return _Access(server, token, limits, limits.fhir_bytes)

    async def _all(self, reads: dict[str, Coroutine[Any, Any, Any]]) -> dict[str, Any]:
        """What each read gave, or the Unread that says why not, within the time for all."""
        if not reads:
            return {}
        tasks = {key: asyncio.create_task(read) for key, read in reads.items()}
        try:
            await asyncio.wait(tasks.values(), timeout=self.config.limits.fhir_seconds)
        finally:
            for task in tasks.values():
                task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        return {key: _outcome(task) for key, task in tasks.items()}

    def _settle(self, found: PrefetchedChart, read: dict[str, Any]) -> None:
        """Put answers where they belong; what is needed and was not had is refused, what is only
        helpful is told, and leaves the chart a part where it may hold findings.
        """
        failed = {key: value for key, value in read.items() if isinstance(value, Unread)}
        needed = {key: why for key, why in failed.items() if key not in self.asked.helpful}
        if needed:
            raise unmet(needed)
        found.add({key: value for key, value in read.items() if key not in failed})
        found.notes += [NOT_HAD.format(key, why) for key, why in failed.items()]
        kinds = {self.asked.kinds(key)[0] for key in failed}
        found.partial = not kinds <= TELLS_NO_FINDING

    async def _read(self, access: _Access, key: str, patient: str, begun: Any) -> Any:
        """A patient, or every page of a search, carried on where the EHR began it."""
        if self.asked.is_search(key) and isinstance(begun, dict) and next_page(begun):
            with suppress(Unread):
                return await self._whole(access, key, begun)
        template = self.asked.templates[key].replace(PATIENT, patient)
        first = await self._get(access, f"{access.server}/{template}")
        if first is None:
            raise Unread("not found there")
        if self.asked.is_search(key):
            return await self._whole(access, key, first)
        if why := lack(self.asked, key, first):
            raise Unread(why)
        return first

    async def _whole(self, access: _Access, key: str, first: Any) -> Json:
        """All pages of a search as one; each must be one by itself, and all of them all there
        is.
        """
        pages = [first, *await self._rest(access, next_page(first))]
        whys = [page_lack(self.asked, key, page) for page in pages]
        whole = joined(pages)
        if why := next(filter(None, [*whys, lack(self.asked, key, whole)]), ""):
            raise Unread(why)
        return whole

    async def _rest(self, access: _Access, address: str | None) -> list[Any]:
        pages: list[Any] = []
        seen: set[str] = set()
        while address is not None:
            following = below(access.server, address)
            if not address or following is None:
                raise Unread(OUTSIDE)
            if len(pages) + 1 >= access.limits.fhir_pages or following in seen:
                raise Unread("the FHIR server sends more pages than are read")
            seen.add(following)
            page = await self._get(access, following)
            if not isinstance(page, dict):
                raise Unread("a further page is not there")
            pages.append(page)
            address = next_page(page)
        return pages

    async def _medicines(
        self, access: _Access, found: PrefetchedChart, orders: Iterable[object]
    ) -> None:
        """Read the medications that are named by a reference only."""
        lacking = unread([*found.entries, *entries_of([*orders])])
        addresses = {address_of(reference): reference for reference in lacking}
        places = {name: below(access.server, name) for name in addresses if name}
        wanted = [name for name, place in places.items() if place][: access.limits.medications]
        reads = {name: self._get(access, str(places[name])) for name in wanted}
        read = await self._all(reads)
        found.beside += [
            value
            for value in read.values()
            if isinstance(value, dict) and value.get("resourceType") == "Medication"
        ]
        had = [*found.entries, *entries_of([*found.beside, *orders])]
        self._tell_medicines(found, unread(had))

    def _tell_medicines(self, found: PrefetchedChart, lacking: list[dict[str, Any]]) -> None:
        nameless = {str(reference) for reference in lacking if is_nameless(reference)}
        if nameless:
            found.notes.append(MEDICINES.format(len(nameless)))

    async def _get(self, access: _Access, address: str) -> Any:
        if below(access.server, address) is None:  # an id may be `..`, and a template hold it
            raise Unread(OUTSIDE)
        token = access.token
        headers = {"Accept": ACCEPT, **({"Authorization": f"Bearer {token}"} if token else {})}
        async with self._client.stream("GET", address, headers=headers) as response:
            if response.status_code in GONE:
                return None
            if response.status_code != 200:
                raise Unread(
                    f"the FHIR server answered {response.status_code}",
                    _again(response.headers.get("retry-after", "")),
                )
            data = bytearray()
            async for piece in response.aiter_bytes():
                access.took(len(piece))
                data += piece
        try:
            return parse_json(bytes(data))
        except InvalidRecord:
            raise Unread("the FHIR server sent no JSON") from None


def _again(said: str) -> str:
    """When to ask again, as a server may say it, in seconds or as a date (RFC 9110, section
    10.2.3); empty for anything else.
    """
    if said.isascii() and said.isdigit() and len(said) < 10:
        return said
    with suppress(ValueError, OverflowError):
        return format_datetime(parsedate_to_datetime(said).astimezone(UTC), usegmt=True)
    return ""


def _outcome(task: asyncio.Task[Any]) -> Any:
    if task.cancelled():
        return Unread(LATE)
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, Unread):
        return error
    if isinstance(error, httpx.HTTPError | httpx.InvalidURL):
        return Unread("the FHIR server could not be read")
    raise error
