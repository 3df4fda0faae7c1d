"""Where requests become decisions: loaded rules, settings, and the audit that has each decision
before its caller does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import uuid4

import anyio
import httpx2 as httpx
from anyio import CapacityLimiter
from starlette.requests import Request

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.decision.decision import Decision
from allstatus.ehr.chart_options import make_reader
from allstatus.service import auth, explanation_pages
from allstatus.service.audit import Audit
from allstatus.service.auth import Gatekeeper, endpoint
from allstatus.service.config import Config, ConfigError
from allstatus.service.explanation_pages import Pages
from allstatus.service.fhir_client import FhirClient
from allstatus.service.problem_details import ProblemDetails
from allstatus.service.sqlite import SqliteDatabase
from allstatus.service.store import Store, StoreError

T = TypeVar("T")
INLINE = (
    32_768  # bytes of input decided on at once; more goes to a thread, so that nobody waits for it
)
THREADS = 4


class ServiceState:
    """Everything one process of the service holds; open it inside the event loop it serves."""

    def __init__(self, config: Config) -> None:
        self.config = config
        loaded = [load_rules(rules, engine=config.engine) for rules in config.rules or (None,)]
        self.classifiers = {classifier.ruleset.id: classifier for classifier in loaded}
        self.default = loaded[0]
        reading = config.reading
        self.reader = make_reader(
            reading.assume,
            window_days=reading.window_days,
            adult_ranges=reading.adult_ranges,
            codes=config.codes,
        )
        self.audit = Audit(config.audit, config.key_path)
        self.state = _state(config)
        self.client = httpx.AsyncClient(
            timeout=config.limits.fhir_seconds, follow_redirects=False, trust_env=False
        )
        self.gatekeeper = Gatekeeper(config, self.state, self.client)
        self.fhir = FhirClient(config, self.client)
        self.pages = Pages(self.state, config.limits.page_seconds, config.limits.pages)
        self.threads = CapacityLimiter(THREADS)

    async def close(self) -> None:
        """Finish what is waiting and let go of everything."""
        await self.client.aclose()
        self.audit.store.close()
        self.state.close()

    def base(self, request: Request) -> str:
        """The service's own address, as configured, else as it was called."""
        return self.config.base_url or str(request.base_url).rstrip("/")

    async def admit(self, request: Request) -> None:
        """Let a caller pass by its token, or raise a problem; without tokens anybody, as
        `--insecure-dev` says.
        """
        if self.config.insecure_dev:
            return
        await self.gatekeeper.check(
            request.headers.get("authorization"), endpoint(self.base(request), request.url.path)
        )

    def rules(self, name: str | None) -> Classifier:
        """Loaded rules by their id, or the default ones."""
        if name is None:
            return self.default
        if name not in self.classifiers:
            remedy = f"use one of {', '.join(self.classifiers)}"
            raise ProblemDetails(
                422,
                "unknown-rules",
                "no such rule set is loaded",
                field="query.rules",
                remedy=remedy,
            )
        return self.classifiers[name]

    def seal(self, decision: Decision) -> dict[str, Any]:
        """What a decision was made by, to be kept with its page."""
        made = self.classifiers[decision.rules.id]
        return explanation_pages.made_by(
            made, adult_ranges=self.reader.adult_ranges, site=self.reader.codes
        )

    def maker(self, made: Any) -> Classifier | None:
        """The rules that made a decision; None when they, the codes or the program are no longer
        these.
        """
        known = self.classifiers.get(str(made.get("rules"))) if isinstance(made, dict) else None
        if known is None:
            return None
        now = explanation_pages.made_by(
            known, adult_ranges=made.get("adult_ranges"), site=self.reader.codes
        )
        return known if now == made else None

    async def work(self, size: int, action: Callable[[], T]) -> T:
        """Run a calculation on an input of that many bytes without holding up the others."""
        if size <= INLINE:
            return action()
        return await anyio.to_thread.run_sync(action, limiter=self.threads, abandon_on_cancel=True)

    async def record(
        self,
        request: Request,
        service: str,
        decided: Sequence[tuple[Decision, bytes]],
        ids: Sequence[str] = (),
        beside: Sequence[asyncio.Future[Any]] = (),
    ) -> Sequence[str]:
        """Write decisions to the audit, under new ids or those given; returns the ids once they are
        on disk, and `beside` is done.
        """
        if not decided:
            return ()
        ids = ids or [str(uuid4()) for _ in decided]
        entries = [
            self.audit.entry(name, decision, service, data, decision.record.id)
            for name, (decision, data) in zip(ids, decided, strict=True)
        ]
        try:
            await asyncio.gather(self.audit.append(entries), *beside)
        except StoreError:
            raise unrecorded("The decision cannot be recorded, so it is not given.") from None
        request.state.decisions = list(ids[:10])
        request.state.outcomes = _counts([decision.outcome for decision, _ in decided])
        return ids

    def ready(self) -> bool:
        """Whether rules are loaded and the audit can be read."""
        try:
            with self.audit.store.reading() as connection:
                connection.execute("SELECT seq FROM head").fetchone()
        except StoreError:
            return False
        return bool(self.classifiers)


def _state(config: Config) -> Store:
    try:
        return Store(
            SqliteDatabase(config.state_path, durable=False), auth.SCHEMA + explanation_pages.SCHEMA
        )
    except (StoreError, OSError) as error:
        kind = error if isinstance(error, StoreError) else type(error).__name__
        raise ConfigError(
            f"{config.state_path}: cannot be written ({kind}); give state a path this user may "
            f"write to"
        ) from None


def unrecorded(detail: str) -> ProblemDetails:
    """The refusal when the audit cannot be written."""
    return ProblemDetails(503, "audit-unavailable", detail, headers={"Retry-After": "5"})


def _counts(outcomes: Sequence[str]) -> dict[str, int]:
    return {outcome: outcomes.count(outcome) for outcome in dict.fromkeys(outcomes)}


def desk_of(request: Request) -> Any:
    """The desk of the application a request came to."""
    return request.app.state.desk
