"""Digests of a rule set and its decision table, locked beside the rules."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from allstatus.errors import RulesError

LOCK_FILE, TABLE_FILE = "lock.json", "decision-table.csv"


def digest_of(directory: Path) -> str:
    """SHA-256 over the names and bytes of a rule set's YAML files (line ends as LF)."""
    digest = hashlib.sha256()
    for path in sorted(directory.rglob("*.yaml"), key=lambda p: p.relative_to(directory).as_posix()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(directory).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def write_lock(directory: Path, digest: str, table_csv: str) -> None:
    """Write the decision table and the lock that names both digests."""
    (directory / TABLE_FILE).write_text(table_csv, "utf-8", newline="\n")
    lock = {"ruleset_sha256": digest, "table_sha256": hashlib.sha256(table_csv.encode()).hexdigest()}
    (directory / LOCK_FILE).write_text(json.dumps(lock, indent=2) + "\n", "utf-8")


def check_lock(directory: Path, digest: str, table_digest: str) -> None:
    """Refuse a rule set whose files or table differ from the lock."""
    path = directory / LOCK_FILE
    where, remedy = f"{directory.name}/{LOCK_FILE}", "if the change is meant, run `allstatus rules lock` and review the table"
    try:
        lock = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RulesError([f"{where}:1: the file is missing; run `allstatus rules lock`"]) from None
    except ValueError:
        raise RulesError([f"{where}:1: is not JSON; run `allstatus rules lock`"]) from None
    if lock.get("ruleset_sha256") != digest:
        raise RulesError([f"{where}:2: the rule files differ from the lock; {remedy}"])
    if lock.get("table_sha256") != table_digest:
        raise RulesError([f"{where}:3: the decision table differs from the lock; {remedy}"])
