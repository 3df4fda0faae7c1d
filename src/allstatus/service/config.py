"""The service's settings, read from a YAML file; every key has a default that is safe on one
machine.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from allstatus.ehr.chart_options import make_reader
from allstatus.errors import AllstatusError, InvalidRecord, nearest
from allstatus.record.yaml_file import YamlFile
from allstatus.service.auditing.database_url import STATE, DatabaseUrl
from allstatus.service.prefetch import GENERIC, Searches, searches
from allstatus.table.engines import EngineName

LOOPBACK = ("127.0.0.1", "::1", "localhost")
LOCAL_ORIGIN = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?"
ENVIRONMENT = "ALLSTATUS_SERVICE"  # how settings reach the processes that answer
FIXED = {"audit", "audit_key", "state", "insecure_dev", "cors_origins", "proxies"}


class ConfigError(AllstatusError):
    """The settings cannot be used; the message names the key and what to do."""


def _address(value: str) -> str:
    parts = urlsplit(value)
    besides = parts.query or parts.fragment or "@" in parts.netloc or parts.port == 0
    if parts.scheme not in ("http", "https") or not parts.hostname or besides:
        raise ValueError("is not an http(s) address without query and user")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("needs https beyond this machine")
    return value.rstrip("/")


def _network(value: str) -> str:
    try:
        ip_network(value)
    except ValueError:
        raise ValueError("names no network") from None
    return value


def _assumption(value: str) -> str:
    try:
        make_reader((value,))
    except InvalidRecord as error:
        raise ValueError(f"{error.problem}; {error.remedy}") from None
    return value


Address = Annotated[str, AfterValidator(_address)]
Network = Annotated[str, AfterValidator(_network)]
Assumption = Annotated[str, AfterValidator(_assumption)]


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Issuer(_Settings):
    """Whose tokens are accepted: `keys` is a JWKS file, or `jwks_url` the one address its keys are
    read from. `jku` lists other addresses that tokens may name, which are never fetched.
    """

    issuer: str = Field(min_length=1)
    keys: Path | None = None
    jwks_url: Address | None = None
    jku: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> Issuer:
        if (self.keys is None) == (self.jwks_url is None):
            raise ValueError("give either keys or jwks_url")
        return self


class RequestLimits(_Settings):
    """What one request may take, and how many may run at once; bytes, seconds, counts."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

    body_bytes: int = Field(default=10_000_000, ge=1_000)
    body_seconds: float = Field(default=10, gt=0)
    request_seconds: float = Field(default=20, gt=0)
    requests: int = Field(default=256, ge=1)
    client_requests: int = Field(default=128, ge=1)
    records: int = Field(default=1_000, ge=1)
    fhir_seconds: float = Field(default=10, gt=0)
    fhir_bytes: int = Field(default=50_000_000, ge=1_000)
    fhir_pages: int = Field(default=500, ge=1)
    medications: int = Field(default=200, ge=0)
    token_seconds: int = Field(default=300, ge=1)
    keys_seconds: float = Field(default=120, ge=1)
    keys_kept_seconds: float = Field(default=3_600, ge=1)
    page_seconds: int = Field(default=3_600, ge=1)
    pages: int = Field(default=10_000, ge=1)


class ReadingSettings(_Settings):
    """How charts are read, as `allstatus classify --assume --window --ranges`."""

    assume: tuple[Assumption, ...] = ()
    window_days: int = Field(default=14, ge=0, le=365)
    adult_ranges: bool = True


class PrefetchSettings(_Settings):
    """What is asked of FHIR servers: a profile, with a site's own searches laid over it."""

    profile: str = GENERIC
    change: dict[str, str | None] = {}
    helpful: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _usable(self) -> PrefetchSettings:
        self.searches()
        return self

    def searches(self) -> Searches:
        """The templates chosen."""
        return searches(self.profile, self.change, self.helpful)


class Config(_Settings):
    """All settings. `base_url` is the service's own address as its clients see it; `proxies` are
    the addresses whose X-Forwarded-For is believed.
    """

    base_url: Address | None = None
    rules: tuple[str, ...] = ()
    codes: Path | None = None
    engine: Literal["auto"] | EngineName = "auto"
    audit: DatabaseUrl = DatabaseUrl("allstatus-audit.db")
    audit_key: Path | None = None
    state: Path | None = None
    issuers: tuple[Issuer, ...] = ()
    insecure_dev: bool = False
    fhir_servers: tuple[Address, ...] = ()
    cors_origins: tuple[str, ...] = ()
    proxies: tuple[Network, ...] = ()
    reading: ReadingSettings = ReadingSettings()
    prefetch: PrefetchSettings = PrefetchSettings()
    limits: RequestLimits = RequestLimits()

    @model_validator(mode="after")
    def _guarded(self) -> Config:
        if not self.issuers and not self.insecure_dev:
            raise ValueError(
                "lists no issuers, so nobody could call it; list them, or try it out with "
                "--insecure-dev"
            )
        if self.base_url is None and not self.insecure_dev:
            raise ValueError(
                "names no base_url, the address clients see: tokens name it as their audience and "
                "links begin with it; give it, or try the service out with --insecure-dev"
            )
        if twice := repeated(issuer.issuer for issuer in self.issuers):
            raise ValueError(f"lists {twice} twice")
        if "*" in self.cors_origins:
            raise ValueError("names every origin in cors_origins; name each one")
        if self.audit.file is None and self.audit_key is None:
            raise ValueError(
                "audit is a URL, beside which no key can lie; name a file as audit_key"
            )
        files = filter(None, (self.audit.file, self.key_path, self.state_path))
        if twice := repeated(str(file.resolve()) for file in files):
            raise ValueError(f"names {twice} twice")
        return self

    @property
    def key_path(self) -> Path:
        """Where the audit's key is kept: beside the audit's file unless said otherwise."""
        return self.audit_key or self.audit.beside(".key")

    @property
    def state_path(self) -> Path:
        """What need not outlive a day, used token ids and sealed pages: beside the audit's file,
        else beside its key.
        """
        place = DatabaseUrl(self.audit_key or "") if self.audit.file is None else self.audit
        return self.state or place.beside(STATE)


def repeated(names: Iterable[str]) -> str:
    """The first name that is there twice; empty where none is."""
    return next((name for name, count in Counter(names).items() if count > 1), "")


def read_config(path: Path | None, **given: Any) -> Config:
    """The settings of a file with those given on the command line over them; raises ConfigError."""
    file = None if path is None else YamlFile(path, path.parent)
    if file and file.problems:
        raise ConfigError("\n".join(file.problems))
    values: Any = file.data if file else {}
    if not isinstance(values, dict):
        raise ConfigError(
            f"{path}: is not a list of keys and values; see docs/serving.md for an example"
        )
    try:
        return Config.model_validate({**values, **given})
    except ValidationError as error:
        told = error.errors(include_url=False)
        raise ConfigError("\n".join(_said(file, given, problem) for problem in told)) from None


def settings_left() -> Config:
    """The settings as they were left for the processes that answer."""
    return Config.model_validate_json(os.environ[ENVIRONMENT])


def read_again() -> Config:
    """The settings of the same file and command line as they are by now; raises ConfigError."""
    file = os.environ.get(f"{ENVIRONMENT}_FILE")
    given = json.loads(os.environ.get(f"{ENVIRONMENT}_GIVEN", "{}"))
    return read_config(None if file is None else Path(file), **given)


def fixed_changes(now: Config, asked: Config) -> list[str]:
    """Which settings would change that are read at start only."""
    before, after = (each.model_dump(include=FIXED) for each in (now, asked))
    given = [name for name in before if str(before[name]) != str(after[name])]
    return [name for name in given if _place(now, name) != _place(asked, name)]


def _place(config: Config, name: str) -> Any:
    """What a setting comes to: of a file, which one."""
    files = {"audit": config.audit.file, "audit_key": config.key_path, "state": config.state_path}
    file = files.get(name)
    return getattr(config, name) if file is None else file.resolve()


def _said(file: YamlFile | None, given: Mapping[str, Any], problem: Any) -> str:
    place = problem["loc"]
    in_file = file is not None and not given.keys() & place[:1]
    at = (file.place(place) if place else file.name) if file and in_file else "settings"
    says = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        known = (name for part in _Settings.__subclasses__() for name in part.model_fields)
        says = f"is no setting{nearest(str(place[-1]), known)}"
    return ": ".join([at, *([".".join(map(str, place))] if place else []), says])
