"""The code tables of `codes/`: what a system and code mean, never what a display says."""

from __future__ import annotations

from functools import cache, lru_cache

from allstatus.ehr.chart import Code
from allstatus.ehr.code_table import Match, Table, Topic
from allstatus.record.code_files import codes_home, read_yaml

__all__ = ["Match", "Table", "Topic", "codes_home", "read_yaml"]


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
