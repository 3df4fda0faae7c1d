"""The service in this process, without a network: a client, and calls made of the fixtures."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from allstatus.decision.classifier import Classifier

pytest.importorskip("fastapi", reason="the service extra is not installed")

from starlette.testclient import TestClient

from allstatus.service import languages, state
from allstatus.service.app import make_app
from allstatus.service.config import Config, RequestLimits
from allstatus.service.logs import JsonLines
from allstatus.service.prefetch import templates
from postgres import Cluster, running

FIXTURES = Path(__file__).parents[2] / "fixtures"
BASE = "http://127.0.0.1:8000"
PATIENT_VIEW = "/cds-services/allstatus-patient-view"


def serving(folder: Path, **settings: object) -> TestClient:
    """A client of a service of its own."""
    patient = RequestLimits(request_seconds=120, fhir_seconds=60)  # a busy machine takes long
    given = {"insecure_dev": True, "audit": folder / "audit.db", "limits": patient} | settings
    return TestClient(
        make_app(Config.model_validate(given)), base_url=BASE, raise_server_exceptions=False
    )


@pytest.fixture(scope="session", autouse=True)
def services_load_once(
    rules_loaded_once: Callable[..., Classifier],
) -> Iterator[None]:
    """Every service here takes up the same rules, which no test changes."""
    with pytest.MonkeyPatch.context() as patched:
        for module in (state, languages):
            patched.setattr(module, "load_rules", rules_loaded_once)
        yield


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service that takes symptoms as absent unless recorded, so that more fixtures are
    decided.
    """
    with serving(
        tmp_path_factory.mktemp("service"), reading={"assume": ["symptoms-absent-unless-recorded"]}
    ) as client:
        yield client


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL cluster, for databases of a test's own."""
    with running() as found:
        yield found


@pytest.fixture
def logged() -> Iterator[list[dict]]:
    """What the service logs, as lines would show it."""
    lines: list[dict] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(JsonLines().format(record)))

    logger, handler = logging.getLogger("allstatus.service"), Keep()
    logger.addHandler(handler)
    before = logger.level
    logger.setLevel(logging.INFO)
    yield lines
    logger.removeHandler(handler)
    logger.setLevel(before)


def chart(name: str) -> dict:
    """The bundle of a fixture."""
    return json.loads((FIXTURES / "fhir" / f"{name}.json").read_text("utf-8"))


def searchset(*resources: dict, **more: object) -> dict:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": resource} for resource in resources],
        **more,
    }


def prefetch_of(bundle: dict) -> dict:
    """A bundle's resources as an EHR would prefetch them: each kind under its key, null where there
    are none.
    """
    found: dict = dict.fromkeys(templates())
    resources = [entry["resource"] for entry in bundle["entry"]]
    for key, template in templates().items():
        kind = template.partition("?")[0].partition("/")[0]
        fitting = [resource for resource in resources if resource["resourceType"] == kind]
        if fitting:
            found[key] = fitting[0] if "?" not in template else searchset(*fitting)
    return found


def call(prefetch: object, patient: str = "p1", hook: str = "patient-view", **more: object) -> dict:
    """The body of a call."""
    context = {"userId": "Practitioner/dr", "patientId": patient, **more.pop("context", {})}
    return {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
        "prefetch": prefetch,
        **more,
    }
