"""What the service counts of itself, for Prometheus: routes, outcomes, times and ages; nothing that
a client sent is a label.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from allstatus.decision.decision import Decision

if TYPE_CHECKING:
    from allstatus.service.state import ServiceState

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the folder where several processes count together
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
ANSWERED = "none"  # the problem of a request that had none
PLACES = ("counted", "set_aside", "about_something_else", "not_understood")


class Metrics:
    """The counts of one process, or of all that share a folder."""

    def __init__(self) -> None:
        self.own = CollectorRegistry()
        self.requests = Counter(
            "allstatus_requests",
            "Requests answered, by route, status and problem.",
            ("route", "status", "problem"),
            registry=self.own,
        )
        self.seconds = Histogram(
            "allstatus_request_seconds",
            "From a request's headers to its answer, by route.",
            ("route",),
            buckets=SECONDS,
            registry=self.own,
        )
        self.decisions = Counter(
            "allstatus_decisions",
            "Decisions recorded, by service, outcome and status.",
            ("service", "outcome", "status"),
            registry=self.own,
        )
        self.statements = Counter(
            "allstatus_statements",
            "Statements of charts decided on, by where they went.",
            ("place",),
            registry=self.own,
        )

        self._of = lru_cache(maxsize=4096)(lambda counted, *labels: counted.labels(*labels))

    def answered(self, route: str, status: int, problem: str, seconds: float) -> None:
        """Count a request."""
        self._of(self.requests, route, status, problem or ANSWERED).inc()
        self._of(self.seconds, route).observe(seconds)

    def decided(self, service: str, decisions: Iterable[Decision]) -> None:
        """Count decisions, and where their charts' statements went."""
        for decision in decisions:
            self._of(self.decisions, service, decision.outcome, decision.status or "none").inc()
            if decision.accounted is not None:
                for place in PLACES:
                    counted = self._of(self.statements, place)
                    if number := getattr(decision.accounted, place):
                        counted.inc(number)

    def text(self, desk: ServiceState) -> bytes:
        """Everything, as Prometheus reads it."""
        read = self.own
        if SHARED in os.environ:
            read = CollectorRegistry()
            MultiProcessCollector(read)  # type: ignore[no-untyped-call]
        now = CollectorRegistry()
        now.register(_Now(desk))
        return generate_latest(read) + generate_latest(now)


class _Now(Collector):
    """What is so at the moment of asking."""

    def __init__(self, desk: ServiceState) -> None:
        self._desk = desk

    def collect(self) -> Iterator[Metric]:
        """Gauges: readiness, what waits for the audit, keys, and the audit's disk."""
        problem, troubles = self._desk.ready()
        yield _gauge(
            "ready", "1 where calls can be answered, after a write was tried.", not problem
        )
        yield _gauge("troubles", "What else is wrong; /readyz names it.", len(troubles))
        lag = self._desk.audit.store.lag
        yield _gauge("audit_lag_seconds", "How long the first row not yet kept has waited.", lag)
        keys = GaugeMetricFamily(
            "allstatus_key_age_seconds",
            "Since an issuer's keys were last read.",
            labels=("issuer",),
        )
        for name, age in self._desk.gatekeeper.ring.ages.items():
            keys.add_metric((name,), age)
        yield keys
        file = self._desk.config.audit.file
        if file is not None:
            with suppress(OSError):  # no folder: not ready, as is said above
                disk = shutil.disk_usage(file.absolute().parent)
                free = disk.free / disk.total
                yield _gauge("audit_disk_free_ratio", "Of the disk the audit's file is on.", free)


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"allstatus_{name}", told, value=float(value))
