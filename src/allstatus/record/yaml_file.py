"""YAML read strictly and within bounds, with the line of every key and value for messages.

The one reader of YAML: rules, codes, mappings, settings and texts. Stricter than YAML: duplicate
keys and the words YAML reads as booleans (yes, no, on, off) are problems, dates stay text, and
decimals stay exact. What aliases (*) stand for counts each time they do.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from allstatus.record.regular_file import no_file, within
from allstatus.record.shipped_yaml import NOT_SHIPPED, places, shipped_file
from allstatus.record.whole_files import FREE

Path_ = tuple[str | int, ...]
# numbers of as many digits as are held; 010 is eight in YAML and ten to its reader
_WHOLE = re.compile(r"[+-]?(0|[1-9][0-9]{0,999})")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,999}\.?[0-9]{0,999}|\.[0-9]{1,999})")
LONGEST_SHOWN = 60
LARGEST = 2 << 20  # characters


def shown(value: object) -> str:
    """A value as it may stand in a message: one short line, much as YAML would have it."""
    if isinstance(value, dict | list):
        kind = "list" if isinstance(value, list) else "mapping"
        return f"a {kind}" if value else f"an empty {kind}"
    if isinstance(value, str):
        text = "".join(sign if sign.isprintable() else "�" for sign in " ".join(value.split()))
        return f"'{text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + '…'}'"
    if value is None:
        return "empty"
    return str(value).lower() if isinstance(value, bool) else str(value)


class YamlFile:
    """A file's data, its `problems` as YAML, and `line(path)`, the line of a key or list item.

    `data` is None when the file is missing, empty, out of bounds or not YAML; `problems` then says
    so. `text` is what the file holds (None where `data` is not from it), given where it is known
    already; `shape` is the one that its data are known to have.
    """

    def __init__(self, path: Path, root: Path, text: str | None = None) -> None:
        self.name = path.relative_to(root.parent).as_posix()
        self._stands_for: Mapping[str, str] = {}
        self._shipped = NOT_SHIPPED
        self.problems: list[str] = []
        self.text = self._text(path, root) if text is None else text
        if self.text is not None:
            self._shipped = shipped_file(self.text)
        self.shape, self.data = self._shipped.shape, self._shipped.data
        if self.data is None and self.text is not None:
            from allstatus.record.yaml_parser import Parser  # which most starts do without

            self.data = Parser(self).parse(self.text)
        if self.data is None and not self.problems:
            problem = "the file is empty; write its keys, or {} where none is meant"
            self.problems = [f"{self.name}:1: {problem}"]

    @cached_property
    def lines(self) -> dict[Path_, int]:
        """The lines of keys and list items that are known by now."""
        return dict(zip(places(self._shipped.data), self._shipped.lines, strict=False))

    def line(self, path: Path_) -> int:
        """The line of the nearest thing on the way to `path` that stands in the file."""
        if path and path[0] in self._stands_for:
            path = (self._stands_for[str(path[0])], *path[1:])
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def with_data(self, data: Any, stands_for: Mapping[str, str]) -> YamlFile:
        """The same file with other data; a key that is not in it stands on the line of another."""
        other = copy.copy(self)
        other.data, other._stands_for, other.text, other.shape = data, stands_for, None, None
        return other

    def place(self, path: Path_) -> str:
        """`file:line`."""
        return f"{self.name}:{self.line(path)}"

    def at(self, path: Path_, problem: str) -> str:
        """`file:line: problem`."""
        return f"{self.place(path)}: {problem}"

    def scalar(self, text: str, kind: str, path: Path_) -> Any:
        """A value that is written as `text`, and that YAML takes for one of a kind."""
        if kind == "bool":
            if text not in ("true", "false"):
                problem = (
                    f"YAML reads '{text}' as true or false; write \"{text}\" in quotes for the "
                    f"word, else true or false"
                )
                self.problems.append(self.at(path, problem))
                return text
            return text == "true"
        if kind == "int":
            return int(text) if _WHOLE.fullmatch(text) else text
        if kind == "float":
            return Decimal(text) if _DECIMAL.fullmatch(text) else text
        return None if kind == "null" else text

    def _text(self, path: Path, root: Path) -> str | None:
        if not within(path, root):
            self.problems.append(self.at((), "is a link out of the folder; put the file there"))
            return None
        if (problem := no_file(path)) not in FREE:
            self.problems.append(self.at((), f"{problem}; name a file"))
            return None
        try:
            with path.open(encoding="utf-8-sig") as file:
                return file.read(LARGEST + 1)
        except FileNotFoundError:
            self.problems.append(self.at((), "the file is missing; write it, or name another"))
        except UnicodeDecodeError:
            self.problems.append(self.at((), "the file is not UTF-8 text; save it as UTF-8"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.problems.append(self.at((), f"cannot be read ({reason}); name a file"))
        return None
