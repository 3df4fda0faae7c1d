"""The tables of `codes/` as data: beside the source, or packed into the installed package."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where there is one


def codes_home() -> Path:
    """The folder of the code tables: packed into the wheel, or the checkout's `codes/`."""
    packed = Path(__file__).parents[1] / "codes"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "codes"


@cache
def read_yaml(name: str) -> Any:
    """A code table as data."""
    return yaml.load((codes_home() / f"{name}.yaml").read_text("utf-8"), _Loader)  # a safe loader
