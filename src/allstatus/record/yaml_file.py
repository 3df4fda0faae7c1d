"""YAML read strictly and within bounds, with the line of every key and value for messages.

The one reader of YAML: rules, codes, mappings, settings and texts. Stricter than YAML: duplicate
keys and the words YAML reads as booleans (yes, no, on, off) are problems, dates stay text, and
decimals stay exact. What aliases (*) stand for counts each time they do.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from allstatus.record.regular_file import no_file, within
from allstatus.record.whole_files import FREE

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path_ = tuple[str | int, ...]
# numbers of as many digits as are held; 010 is eight in YAML and ten to its reader
_WHOLE = re.compile(r"[+-]?(0|[1-9][0-9]{0,999})")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,999}\.?[0-9]{0,999}|\.[0-9]{1,999})")
LONGEST_SHOWN = 60
LARGEST = 2 << 20  # characters
MOST = 200_000  # keys, values and list items
DEEPEST = 50  # keys and list items within one another


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


class _OutOfBounds(Exception):
    """The file holds more than is read; its text says what and what to do."""


class YamlFile:
    """A file's data, its `problems` as YAML, and `line(path)`, the line of a key or list item.

    `data` is None when the file is missing, empty, out of bounds or not YAML; `problems` then says
    so. `text` is what the file holds (None where `data` is not from it), given where it is known
    already.
    """

    def __init__(self, path: Path, root: Path, text: str | None = None) -> None:
        self.name = path.relative_to(root.parent).as_posix()
        self._lines: dict[Path_, int] = {}
        self._stands_for: Mapping[str, str] = {}
        self._read_so_far = 0
        self.problems: list[str] = []
        self.data: Any = None
        self.text = self._text(path, root) if text is None else text
        node = None if self.text is None else self._compose(self.text)
        if node is not None:
            try:
                self.data = self._read(node, ())
            except _OutOfBounds as error:
                self.problems = [f"{self.name}:1: {error}"]
        if self.data is None and not self.problems:
            problem = "the file is empty; write its keys, or {} where none is meant"
            self.problems = [f"{self.name}:1: {problem}"]

    def line(self, path: Path_) -> int:
        """The line of the nearest thing on the way to `path` that stands in the file."""
        if path and path[0] in self._stands_for:
            path = (self._stands_for[str(path[0])], *path[1:])
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def with_data(self, data: Any, stands_for: Mapping[str, str]) -> YamlFile:
        """The same file with other data; a key that is not in it stands on the line of another."""
        other = copy.copy(self)
        other.data, other._stands_for, other.text = data, stands_for, None
        return other

    def place(self, path: Path_) -> str:
        """`file:line`."""
        return f"{self.name}:{self.line(path)}"

    def at(self, path: Path_, problem: str) -> str:
        """`file:line: problem`."""
        return f"{self.place(path)}: {problem}"

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
            self.problems.append(self.at((), "the file is missing; a rule set needs it"))
        except UnicodeDecodeError:
            self.problems.append(self.at((), "the file is not UTF-8 text; save it as UTF-8"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.problems.append(self.at((), f"cannot be read ({reason}); name a file"))
        return None

    def _compose(self, text: str) -> yaml.Node | None:
        if len(text) > LARGEST:
            problem = f"the file is longer than {LARGEST} characters; split it"
            self.problems.append(self.at((), problem))
            return None
        try:
            return yaml.compose(text, _Loader)
        except UnicodeEncodeError:
            problem = "the file holds half a character (a lone surrogate); write it in UTF-8"
            self.problems.append(self.at((), problem))
            return None
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            number = mark.line if mark else 0
            line = [*text.splitlines(), ""][number]
            remedy = (
                "begins with a tab; indent by spaces"
                if "\t" in line[: len(line) - len(line.lstrip())]
                else "not valid YAML; check quotes, colons, brackets and indentation up to here"
            )
            self.problems.append(f"{self.name}:{number + 1}: {shown(line)}: {remedy}")
        return None

    def _read(self, node: yaml.Node, path: Path_) -> Any:
        self._stay_in_bounds(path)
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._read(item, (*path, number)) for number, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node, path)

    def _stay_in_bounds(self, path: Path_) -> None:
        self._read_so_far += 1
        remedy = "write each thing out once instead of as an alias (*)"
        if len(path) > DEEPEST:
            raise _OutOfBounds(f"the file is nested more than {DEEPEST} deep; {remedy}")
        if self._read_so_far > MOST:
            raise _OutOfBounds(f"the file holds more than {MOST} entries; {remedy}, or split it")

    def _pairs(self, node: yaml.MappingNode, path: Path_) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in seen:
                self.problems.append(
                    f"{self.name}:{line}: key '{key}' stands twice (first on line {seen[key]}); "
                    f"keep one"
                )
            seen.setdefault(key, line)
            self._lines[(*path, key)] = line
            yield key, self._read(value_node, (*path, key))

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> Any:
        text, kind = str(node.value), node.tag.rpartition(":")[2]
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
