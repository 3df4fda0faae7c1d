"""Read a YAML file strictly, keeping the line of every key and value for messages.

Stricter than YAML: duplicate keys and the words YAML reads as booleans (yes, no, on, off) are
problems, dates stay text, and decimals stay exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path_ = tuple[str | int, ...]
LONGEST_SHOWN = 60


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

    `data` is None when the file is missing, empty or not YAML; `problems` then says so.
    """

    def __init__(self, path: Path, root: Path) -> None:
        self.name = path.relative_to(root.parent).as_posix()
        self._lines: dict[Path_, int] = {}
        self.problems: list[str] = []
        self.data: Any = None
        try:
            node = self._compose(path)
            if node is not None:
                self.data = self._read(node, ())
            elif not self.problems:
                self.problems.append(
                    self.at((), "the file is empty; write its keys, or {} where none is meant")
                )
        except RecursionError:
            self.problems.append(
                f"{self.name}:1: the file is nested without end; write each thing out instead of "
                f"as an alias (*)"
            )

    def line(self, path: Path_) -> int:
        """The line of the nearest thing on the way to `path` that stands in the file."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def place(self, path: Path_) -> str:
        """`file:line`."""
        return f"{self.name}:{self.line(path)}"

    def at(self, path: Path_, problem: str) -> str:
        """`file:line: problem`."""
        return f"{self.place(path)}: {problem}"

    def _compose(self, path: Path) -> yaml.Node | None:
        text = ""
        try:
            text = path.read_text("utf-8-sig")
            return yaml.compose(text, _Loader)
        except FileNotFoundError:
            self.problems.append(self.at((), "the file is missing; a rule set needs it"))
        except UnicodeDecodeError:
            self.problems.append(self.at((), "the file is not UTF-8 text; save it as UTF-8"))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            number = mark.line if mark else 0
            offending = shown([*text.splitlines(), ""][number])
            self.problems.append(
                f"{self.name}:{number + 1}: {offending}: not valid YAML; check quotes, colons, "
                f"brackets and indentation up to here"
            )
        return None

    def _read(self, node: yaml.Node, path: Path_) -> Any:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._read(item, (*path, number)) for number, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self._scalar(node, path)

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
            return int(text) if text.lstrip("+-").isdigit() else text
        if kind == "float":
            return Decimal(text) if text.strip("+-").replace(".", "", 1).isdigit() else text
        return None if kind == "null" else text
