"""Reads what was not prefetched from the EHR's FHIR server: configured servers only, within limits
of time, size and pages.
"""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urljoin

import httpx2 as httpx

from allstatus.ehr.fhir_bundles import joined
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.service.config import Config
from allstatus.service.prefetch import HELPFUL, PATIENT, delivered, failed, next_page, templates
from allstatus.service.problem_details import ProblemDetails

ACCEPT = "application/fhir+json"


class Unread(Exception):
    """An answer that cannot be used, in words without anything of it."""


def unmet(keys: list[str], why: str) -> ProblemDetails:
    """The refusal when needed data cannot be had (412, as CDS Hooks asks)."""
    return ProblemDetails(
        412,
        "data-not-available",
        f"Needed and not had: {', '.join(keys)}; {why}.",
        remedy="send them as prefetch",
    )


class FhirClient:
    """Reads from configured FHIR servers with the token that came for them, which is kept
    nowhere.
    """

    def __init__(self, config: Config, client: httpx.AsyncClient) -> None:
        self.config, self._client = config, client

    async def complete(self, body: dict[str, Any], patient: str) -> list[Any]:
        """Everything the templates ask for, prefetched or read; raises Problem (412) when something
        cannot be had.
        """
        found, lacking = delivered(body.get("prefetch") or {})
        unfinished = [key for key in found if next_page(found[key])]
        needed = [key for key in lacking if key not in HELPFUL] + unfinished
        if needed:
            server, token = self._server(body, needed)
            try:
                async with asyncio.timeout(self.config.limits.fhir_seconds):
                    reads = [self._read(server, token, key, patient) for key in lacking]
                    rests = [self._rest(server, token, next_page(found[key])) for key in unfinished]
                    pages = await asyncio.gather(*reads, *rests)
            except TimeoutError:
                raise unmet(needed, "the FHIR server did not answer in time") from None
            except (httpx.HTTPError, httpx.InvalidURL, Unread) as error:
                why = (
                    str(error) if isinstance(error, Unread) else "the FHIR server could not be read"
                )
                raise unmet(needed, why) from None
            rest = dict(zip(unfinished, pages[len(lacking) :], strict=True))
            known = [joined([found[key], *rest.get(key, ())]) for key in found if found[key]]
            return [*known, *(page for some in pages[: len(lacking)] for page in some)]
        return list(found.values())

    def _server(self, body: dict[str, Any], keys: list[str]) -> tuple[str, str | None]:
        server = str(body.get("fhirServer") or "").rstrip("/")
        if not server:
            raise unmet(keys, "no fhirServer was given")
        if server not in self.config.fhir_servers:
            raise unmet(keys, "the fhirServer given is not one this service may read from")
        return server, (body.get("fhirAuthorization") or {}).get("access_token")

    async def _read(self, server: str, token: str | None, key: str, patient: str) -> list[Any]:
        """The patient, if the server knows one, or every page of a search; for what is only
        helpful, nothing where it cannot be had.
        """
        first = await self._get(f"{server}/{templates()[key].replace(PATIENT, patient)}", token)
        if first is None and (key == "patient" or key in HELPFUL):
            return []
        if first is None:
            raise Unread("the FHIR server cannot be searched for all of it")
        return [joined([first, *await self._rest(server, token, next_page(first))])]

    async def _rest(self, server: str, token: str | None, address: str) -> list[Any]:
        pages: list[Any] = []
        while address:
            following = urljoin(f"{server}/", address)
            if not following.startswith((f"{server}/", f"{server}?")):
                raise Unread("a further page lies outside the FHIR server")
            if len(pages) + 1 >= self.config.limits.fhir_pages:
                raise Unread("the FHIR server sends more pages than are read")
            page = await self._get(following, token)
            if page is None:
                raise Unread("a further page is not there")
            pages.append(page)
            address = next_page(page)
        return pages

    async def _get(self, address: str, token: str | None) -> Any:
        headers = {"Accept": ACCEPT, **({"Authorization": f"Bearer {token}"} if token else {})}
        async with self._client.stream("GET", address, headers=headers) as response:
            if response.status_code in (404, 410):
                return None
            if response.status_code != 200:
                raise Unread(f"the FHIR server answered {response.status_code}")
            data = bytearray()
            async for piece in response.aiter_bytes():
                data += piece
                if len(data) > self.config.limits.fhir_bytes:
                    raise Unread("the FHIR server sends more than is read")
        try:
            value = parse_json(bytes(data))
        except InvalidRecord:
            raise Unread("the FHIR server sent no JSON") from None
        if failed(value):
            raise Unread("the FHIR server reports a failure")
        return value
