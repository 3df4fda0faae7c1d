"""Digests of a rule set and its decision table, locked beside the rules."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path

from allstatus.errors import RulesError
from allstatus.record.regular_file import no_file, within
from allstatus.record.whole_files import write_files
from allstatus.rules.language_texts import FOLDER

LOCK_FILE, TABLE_FILE = "lock.json", "decision-table.csv"


def rule_files(directory: Path) -> Iterator[Path]:
    """The YAML files that a rule set is made of: all in its folder but its texts in other
    languages.
    """
    texts = directory / FOLDER
    return (path for path in directory.rglob("*.yaml") if path.parent != texts)


def digest_of(directory: Path) -> str:
    """SHA-256 over the names and bytes of a rule set's YAML files (line ends as LF), without its
    translations.
    """
    digest = hashlib.sha256()
    for path in sorted(rule_files(directory), key=lambda p: p.relative_to(directory).as_posix()):
        if (problem := _unusable(path, directory)) is not None:
            raise RulesError([f"{directory.name}/{path.name}:1: {problem}; put the file there"])
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(
            f"{path.relative_to(directory).as_posix()}\0{len(content)}\0".encode() + content
        )
    return digest.hexdigest()


def table_digest(table_csv: str) -> str:
    """SHA-256 of a decision table's text."""
    return hashlib.sha256(table_csv.encode()).hexdigest()


def write_lock(directory: Path, digest: str, table_csv: str) -> None:
    """Write the decision table and the lock that names both digests."""
    lock = {"ruleset_sha256": digest, "table_sha256": table_digest(table_csv)}
    text = json.dumps(lock, indent=2) + "\n"
    write_files({directory / TABLE_FILE: table_csv, directory / LOCK_FILE: text})


def check_lock(directory: Path, digest: str, table_csv: str) -> None:
    """Refuse a rule set whose files, table or written table differ from the lock."""
    where, remedy = (
        f"{directory.name}/{LOCK_FILE}",
        f"if the change is meant, run `allstatus rules lock --rules {directory}`",
    )
    lock = _read_lock(directory / LOCK_FILE, where, remedy)
    problems = []
    if lock.get("ruleset_sha256") != digest:
        problems.append(f"{where}:2: the rule files are not those that were locked; {remedy}")
    if lock.get("table_sha256") != table_digest(table_csv):
        problems.append(
            f"{where}:3: the rules give another decision table than the locked one; {remedy} and "
            f"review the table"
        )
    if problem := _table_problem(directory / TABLE_FILE, table_csv, remedy):
        problems.append(problem)
    if problems:
        raise RulesError(problems)


def _read_lock(path: Path, where: str, remedy: str) -> dict[str, object]:
    if not path.exists():
        raise RulesError([f"{where}:1: the file is missing; {remedy}"])
    lock = None
    if _unusable(path, path.parent) is None:
        with suppress(ValueError, RecursionError):
            lock = json.loads(path.read_bytes())
    if not isinstance(lock, dict):
        raise RulesError([f"{where}:1: the file is not a JSON object; {remedy}"])
    return lock


def _unusable(path: Path, directory: Path) -> str | None:
    """Why a file of a rule set is not read: it is none, or a link out of the folder."""
    return no_file(path) or (None if within(path, directory) else "is a link out of the folder")


def _table_problem(path: Path, table_csv: str, remedy: str) -> str | None:
    """The first line at which the written table differs from the one the rules give."""
    where = f"{path.parent.name}/{path.name}"
    if _unusable(path, path.parent) is not None:
        return f"{where}:1: the file is missing; {remedy}"
    written, given = path.read_text("utf-8", errors="replace").splitlines(), table_csv.splitlines()
    for number, (old, new) in enumerate(zip_longest(written, given, fillvalue=""), start=1):
        if old != new:
            return (
                f"{where}:{number}: '{old}' stands in the file, but the rules give '{new}'; "
                f"{remedy} and review the table"
            )
    return None
