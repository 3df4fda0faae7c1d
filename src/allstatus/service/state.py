"""Where requests become decisions: loaded rules, settings, and the audit that has each decision
before its caller does.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from re import fullmatch
from typing import Any, NamedTuple, TypeVar
from uuid import uuid4

import anyio
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.types import Scope

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.decision.decision import Decision
from allstatus.ehr.chart_options import ChartOptions, make_reader
from allstatus.errors import AllstatusError
from allstatus.service import auth, explanation_pages
from allstatus.service.auditing.audit import Audit
from allstatus.service.auditing.audit_notes import Refusals, reading
from allstatus.service.auditing.audit_rows import NOTED, Caller, entry_of
from allstatus.service.auditing.sqlite import SqliteDatabase
from allstatus.service.auditing.store import Store, StoreError
from allstatus.service.auth import Gatekeeper
from allstatus.service.config import LOCAL_ORIGIN, Config, ConfigError, fixed_changes, repeated
from allstatus.service.endable import in_thread
from allstatus.service.explanation_pages import Pages
from allstatus.service.fhir_client import FhirClient, make_client
from allstatus.service.jwks import NO_KEYS, Refused
from allstatus.service.languages import Languages
from allstatus.service.metrics import Metrics
from allstatus.service.problem_details import ProblemDetails

T = TypeVar("T")
INLINE = 32_768  # bytes of input decided on at once; more goes to a thread, and nobody waits for it
THREADS = 4
SOON = 2  # seconds a refusal waits for its row
UNRECORDED = "audit-unavailable"


class Means(NamedTuple):
    """What charts are decided by; one that is begun with stays with it, whatever is reloaded."""

    rules: Classifier
    reader: ChartOptions


class ServiceState:
    """Everything one process of the service holds; open it inside the event loop it serves."""

    config: Config
    classifiers: dict[str, Classifier]
    means: Means
    languages: Languages
    gatekeeper: Gatekeeper
    fhir: FhirClient
    pages: Pages

    def __init__(self, config: Config, again: Callable[[], Config] | None = None) -> None:
        self._again = again or (lambda: config)
        self._watching: asyncio.Task[None] | None = None
        self._reloading = asyncio.Lock()
        self._refusals = Refusals()
        self.metrics = Metrics()
        self.audit = Audit(config.audit, config.key_path, config.state_path)
        try:
            self.state = _state(config)
            self.client = make_client(config.limits.fhir_seconds)
            self.threads = CapacityLimiter(THREADS)
            self._prepared(config)()
        except BaseException:
            self.audit.store.close()
            raise

    def start(self) -> None:
        """Begin to read issuers' keys, and to note the audit's last row, by the clock."""
        if self._watching is not None:
            self._watching.cancel()
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        await asyncio.gather(self.gatekeeper.ring.watch(), self.audit.watch(self.state))

    async def reload(self) -> str:
        """Read settings, rules, codes and keys again; says what is wrong, in which case everything
        stays as it was.
        """
        async with self._reloading:  # or what was read before could be taken up after
            try:
                config = await anyio.to_thread.run_sync(self._again)
                if fixed := fixed_changes(self.config, config):
                    return f"{', '.join(fixed)}: is read at start only; restart the service"
                take_up = await anyio.to_thread.run_sync(self._prepared, config)
            except AllstatusError as error:
                return str(error)
            take_up()
            self.start()
            return ""

    def _prepared(self, config: Config) -> Callable[[], None]:
        """Read rules, codes and keys; what is returned takes them up with these settings, at
        once.
        """
        loaded = [load_rules(rules, engine=config.engine) for rules in config.rules or (None,)]
        if twice := repeated(one.ruleset.id for one in loaded):
            raise ConfigError(f"rules: {twice} is there twice")
        languages, reading = Languages(loaded, config.engine), config.reading
        reader = make_reader(
            reading.assume,
            window_days=reading.window_days,
            adult_ranges=reading.adult_ranges,
            codes=config.codes,
        )
        gatekeeper = Gatekeeper(config, self.state, self.client)

        def take_up() -> None:
            if hasattr(self, "gatekeeper"):
                gatekeeper.ring.carry_on(self.gatekeeper.ring)
            self.config, self.gatekeeper, self.languages = config, gatekeeper, languages
            self.means = Means(loaded[0], reader)
            self.classifiers = {classifier.ruleset.id: classifier for classifier in loaded}
            self.client.timeout = config.limits.fhir_seconds
            self.fhir = FhirClient(config, self.client)
            self.pages = Pages(self.state, config.limits.page_seconds, config.limits.pages)

        return take_up

    async def close(self) -> None:
        """Finish what is waiting and let go of everything."""
        if self._watching is not None:
            self._watching.cancel()
        await self.client.aclose()
        self.audit.store.close()
        await self.audit.note_in(self.state)
        self.state.close()

    def base(self, request: Request) -> str:
        """The service's own address, as configured; when it is tried out, where it listens, never
        what the caller names.
        """
        if self.config.base_url is not None:
            return self.config.base_url
        host, port = request.scope.get("server") or ("127.0.0.1", None)
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}" if port is None else f"http://{host}:{port}"

    async def admit(self, request: Request) -> None:
        """Let a caller pass by its token, or raise a problem; without tokens anybody, as
        `--insecure-dev` says.
        """
        request.state.caller = Caller()
        if self.config.insecure_dev:
            self._check_origin(request)
            return
        address = self.base(request) + request.scope["path"]
        try:
            issuer = await self.gatekeeper.check(request.headers.getlist("authorization"), address)
        except Refused as refused:
            request.state.caller = Caller(claimed=refused.claimed)
            raise
        request.state.caller = Caller(issuer)

    def _check_origin(self, request: Request) -> None:
        """Refuse what another site's page in a browser sends, where no token is asked for."""
        origin = request.headers.get("origin")
        known = (*self.config.cors_origins, self.base(request))
        if origin is not None and origin not in known and not fullmatch(LOCAL_ORIGIN, origin):
            raise ProblemDetails(403, "origin-refused", "Pages of this origin may not call.")

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

    @property
    def default(self) -> Classifier:
        """The rules of who names none."""
        return self.means.rules

    @property
    def reader(self) -> ChartOptions:
        """How charts are read."""
        return self.means.reader

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
        return await in_thread(action, self.threads)

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
            entry_of(self.audit.key, name, decision, service, data, request.state.caller)
            for name, (decision, data) in zip(ids, decided, strict=True)
        ]
        try:
            await asyncio.gather(self.audit.append(entries), *beside)
        except StoreError:
            raise unrecorded("The decision cannot be recorded, so it is not given.") from None
        self.metrics.decided(service, [decision for decision, _ in decided])
        request.state.decisions = list(ids[:10])
        request.state.outcomes = dict(Counter(decision.outcome for decision, _ in decided))
        return ids

    async def note_refusal(self, scope: Scope, name: str) -> None:
        """Write a refused call to the audit, if that can be done soon; refused it is anyway."""
        entry = self._refusals.entry(self.audit.key, scope, name)
        if entry is not None and scope["state"].get("reason") != UNRECORDED:
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(SOON):
                    await self.audit.append([entry])

    async def note_reading(self, request: Request, decision_id: str) -> None:
        """Write to the audit that a page was read, before it is."""
        try:
            await self.audit.append([reading(self.audit.key, request.scope, decision_id)])
        except StoreError:
            raise unrecorded("The reading cannot be recorded, so the page is not shown.") from None

    def ready(self) -> tuple[str, list[str]]:
        """What keeps calls from being answered, empty when nothing does, after a write was tried;
        and what else is wrong.
        """
        troubles = self.gatekeeper.ring.troubles()
        problem = self.audit.trouble()
        if not problem and not self.gatekeeper.ring.usable:
            problem = NO_KEYS
        try:
            with self.state.trying(keep=True) as connection:
                connection.execute("DELETE FROM token WHERE id = 'readiness'")
                connection.execute("INSERT INTO token VALUES ('readiness', 0)")
        except StoreError:
            problem = problem or "the state cannot be written, so no token can be used"
        return problem, troubles


def _state(config: Config) -> Store:
    try:
        return Store(
            SqliteDatabase(config.state_path, durable=False),
            auth.SCHEMA + explanation_pages.SCHEMA + NOTED,
        )
    except (StoreError, OSError) as error:
        kind = error if isinstance(error, StoreError) else type(error).__name__
        raise ConfigError(
            f"{config.state_path}: cannot be written ({kind}); give state a path this user may "
            f"write to"
        ) from None


def unrecorded(detail: str) -> ProblemDetails:
    """The refusal when the audit cannot be written."""
    return ProblemDetails(503, UNRECORDED, detail, headers={"Retry-After": "5"})


def desk_of(request: Request) -> Any:
    """The desk of the application a request came to."""
    return request.app.state.desk
