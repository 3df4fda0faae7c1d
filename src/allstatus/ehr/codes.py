"""The code tables of `codes/`: what a system and code mean, never what a display says."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from allstatus.ehr.chart import Code
from allstatus.ehr.code_table import Match, Table, Topic

__all__ = ["Match", "Table", "Topic"]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def codes_home() -> Path:
    """The folder of the code tables: packed into the wheel, or the checkout's `codes/`."""
    packed = Path(__file__).parents[1] / "codes"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "codes"


@cache
def read_yaml(name: str) -> Any:
    """A code table as data."""
    return yaml.load(
        (codes_home() / f"{name}.yaml").read_text("utf-8"), _Loader
    )  # a safe loader, in C where there is one


@cache
def table(name: str) -> Table:
    """A code table of topics: `diagnoses`, `results`, `treatments` or `signs`."""
    return Table(read_yaml(name))


@cache
def _systems() -> dict[str, str]:
    return {
        _plain(alias): name for name, aliases in read_yaml("systems").items() for alias in aliases
    }


def _plain(system: str) -> str:
    return system.strip().rstrip("/").lower().replace("https://", "http://")


@lru_cache(maxsize=4096)
def make_code(system: str, code: str, display: str = "") -> Code:
    """A code with its system by its short name; ICD-10 codes with their dot."""
    name = _systems().get(_plain(system), system)
    code = code.strip()
    if name in ("icd10cm", "icd10"):
        code = code.upper()
        if len(code) > 3 and code[3] != ".":
            code = f"{code[:3]}.{code[3:]}"
    return Code(name, code, display.strip())


def is_malignant(code: Code) -> bool:
    """An ICD-10 code of a malignant neoplasm (C00 to C97)."""
    return code.system in ("icd10cm", "icd10") and code.code[:1] == "C"
