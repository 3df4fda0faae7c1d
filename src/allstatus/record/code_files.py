"""The tables of `codes/` as data: beside the source, or packed into the installed package."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from allstatus.errors import RulesError
from allstatus.record.frozen import freeze
from allstatus.record.yaml_file import Path_, YamlFile


class CodesFile(YamlFile):
    """A table's YAML with its lines; `verified: yes` and `no` are what they say."""

    def scalar(self, text: str, kind: str, path: Path_) -> Any:
        """As in any file, but for these two words."""
        if kind == "bool" and text in ("yes", "no"):
            return text == "yes"
        return super().scalar(text, kind, path)


def codes_home() -> Path:
    """The folder of the code tables: packed into the wheel, or the checkout's `codes/`."""
    packed = Path(__file__).parents[1] / "codes"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "codes"


@cache
def read_yaml(name: str) -> Any:
    """A code table as data that stays as it is; raises RulesError where it is no table."""
    file = CodesFile(codes_home() / f"{name}.yaml", codes_home())
    if file.problems:
        raise RulesError(file.problems)
    return freeze(file.data)


@cache
def codes_digest() -> str:
    """The SHA-256 of the code tables' names and contents, as this process reads them."""
    found = sha256()
    for path in sorted(codes_home().glob("*.yaml")):
        found.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()
