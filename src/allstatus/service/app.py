"""The application: routes, limits, refusals, and the OpenAPI document."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.cors import CORSMiddleware

import allstatus
from allstatus.service import info_pages, reload, rest
from allstatus.service.config import LOCAL_ORIGIN, Config, read_again, settings_left
from allstatus.service.entity_tags import EntityTags
from allstatus.service.hooks import cds_hooks
from allstatus.service.middleware import Middleware, Policies
from allstatus.service.openapi_bodies import component_schemas, name_of
from allstatus.service.problem_details import add_handlers
from allstatus.service.reload import reloading_on_hangup
from allstatus.service.state import ServiceState

NOTICE = "Decision support for licensed clinicians and teaching, not medical advice."


SILENT: Any = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}  # spans would carry addresses and errors' words
SWITCH_SECONDS = 0.0005  # the audit's thread must not wait long for its turn, nor anyone for it


def make_app(config: Config, again: Callable[[], Config] | None = None) -> FastAPI:
    """The application for these settings; its desk is opened when it starts. `again` reads the
    settings anew for a reload.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        sys.setswitchinterval(SWITCH_SECONDS)
        desk = app.state.desk = ServiceState(config, again)
        desk.start()
        with reloading_on_hangup(desk):
            yield
        await desk.close()

    app = FastAPI(
        title="allstatus",
        version=allstatus.__version__,
        description=NOTICE,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        separate_input_output_schemas=False,
        generate_unique_id_function=name_of,
        telemetry=SILENT,
        redirect_slashes=False,
    )
    for part in (cds_hooks, rest, info_pages, reload):
        app.router.routes += (
            part.router.routes
        )  # themselves: included ones are sought anew each time
    add_handlers(app)
    _add_middleware(app, config)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _add_middleware(app: FastAPI, config: Config) -> None:
    app.add_middleware(EntityTags)
    app.add_middleware(Middleware, desk=lambda: app.state.desk)
    if config.cors_origins or config.insecure_dev:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(config.cors_origins),
            allow_origin_regex=LOCAL_ORIGIN if config.insecure_dev else None,
            allow_methods=["GET", "HEAD", "POST"],
            allow_headers=["authorization", "content-type"],
            expose_headers=["x-decision-id", "x-request-id"],
        )
    app.add_middleware(Policies)


def from_environment() -> FastAPI:
    """The application in a worker process, by the settings its parent left for it."""
    return make_app(settings_left(), read_again)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The document, with the rule sets that are loaded, the service's address and, where tokens are
    asked for, what asks for them.
    """
    loaded, config = app.state.desk.classifiers, app.state.desk.config
    if app.openapi_schema is None or app.state.documented is not loaded:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            servers=None if config.base_url is None else [{"url": config.base_url}],
        )
        document.setdefault("components", {}).setdefault("schemas", {}).update(component_schemas())
        posts = [methods["post"] for methods in document["paths"].values() if "post" in methods]
        for parameter in [
            parameter
            for post in posts
            for parameter in post.get("parameters", ())
            if parameter["name"] == "rules"
        ]:
            parameter["schema"] = {"enum": list(loaded)}
        if not config.insecure_dev:
            document["components"]["securitySchemes"] = {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            }
            for post in posts:
                post["security"] = [{"token": []}]
        app.openapi_schema, app.state.documented = document, loaded
    return app.openapi_schema
