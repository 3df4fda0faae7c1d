"""Read a YAML file strictly, keeping the line of every key and value for messages.

Stricter than YAML: duplicate keys and the words YAML reads as booleans (yes, no, on, off) are
refused, dates stay text, and decimals stay exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from allstatus.errors import RulesError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Path_ = tuple[str | int, ...]


class YamlFile:
    """A file's data and `line(path)`, the line at which a key or list item stands."""

    def __init__(self, path: Path, root: Path) -> None:
        self.name = path.relative_to(root.parent).as_posix()
        self._lines: dict[Path_, int] = {}
        self.data: Any = None
        try:
            node = yaml.compose(path.read_text("utf-8"), _Loader)
        except FileNotFoundError:
            raise RulesError([f"{self.name}: the file is missing; a rule set needs it"]) from None
        except UnicodeDecodeError:
            raise RulesError([f"{self.name}: is not UTF-8 text; save it as UTF-8"]) from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise RulesError([f"{self.name}:{line}: not valid YAML ({error.problem}); correct the line"]) from None
        if node is not None:
            self.data = self._read(node, ())

    def line(self, path: Path_) -> int:
        """The line of the nearest thing on the way to `path` that stands in the file."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def at(self, path: Path_, problem: str) -> str:
        """`file:line: problem`."""
        return f"{self.name}:{self.line(path)}: {problem}"

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
                raise RulesError([f"{self.name}:{line}: key '{key}' stands twice (first on line {seen[key]}); keep one"])
            seen[key] = line
            self._lines[(*path, key)] = line
            yield key, self._read(value_node, (*path, key))

    def _scalar(self, node: yaml.ScalarNode, path: Path_) -> Any:
        text, kind = str(node.value), node.tag.rpartition(":")[2]
        if kind == "bool":
            if text not in ("true", "false"):
                raise RulesError([
                    self.at(path, f"'{text}' is read by YAML as a boolean; write \"{text}\" for the word, or true / false")
                ])
            return text == "true"
        if kind == "int":
            return int(text) if text.lstrip("+-").isdigit() else text
        if kind == "float":
            return Decimal(text) if text.strip("+-").replace(".", "", 1).isdigit() else text
        return None if kind == "null" else text
