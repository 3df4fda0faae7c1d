"""YAML as values, by PyYAML: strictly, within bounds, with the line of every key and list item."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from allstatus.record.yaml_file import LARGEST, Path_, YamlFile, shown

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MOST = 200_000  # keys, values and list items
DEEPEST = 50  # keys and list items within one another


class _OutOfBounds(Exception):
    """The file holds more than is read; its text says what and what to do."""


class Parser:
    """Reads the text of one file, to which it adds lines and problems."""

    def __init__(self, file: YamlFile) -> None:
        self.file, self.lines, self._read_so_far = file, file.lines, 0

    def parse(self, text: str) -> Any:
        """The data; None where the text is empty, out of bounds or not YAML."""
        node = self._compose(text)
        try:
            return None if node is None else self._read(node, ())
        except _OutOfBounds as error:
            self.file.problems = [f"{self.file.name}:1: {error}"]
        return None

    def _compose(self, text: str) -> yaml.Node | None:
        if len(text) > LARGEST:
            problem = f"the file is longer than {LARGEST} characters; split it"
            self._refuse((), problem)
            return None
        try:
            return yaml.compose(text, _Loader)
        except UnicodeEncodeError:
            problem = "the file holds half a character (a lone surrogate); write it in UTF-8"
            self._refuse((), problem)
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
            self.file.problems.append(f"{self.file.name}:{number + 1}: {shown(line)}: {remedy}")
        return None

    def _read(self, node: yaml.Node, path: Path_) -> Any:
        self._stay_in_bounds(path)
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self._read(item, (*path, number)) for number, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self.file.scalar(str(node.value), node.tag.rpartition(":")[2], path)

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
                problem = f"key '{key}' stands twice (first on line {seen[key]}); keep one"
                self.file.problems.append(f"{self.file.name}:{line}: {problem}")
            seen.setdefault(key, line)
            self.lines[(*path, key)] = line
            yield key, self._read(value_node, (*path, key))

    def _refuse(self, path: Path_, problem: str) -> None:
        self.file.problems.append(self.file.at(path, problem))
