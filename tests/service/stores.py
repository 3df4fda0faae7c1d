"""The two places an audit can be kept in, with what a test does to them from outside."""

import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from allstatus.service.auditing.audit import Audit
from allstatus.service.auditing.audit_verification import export, open_to_read, verify
from allstatus.service.auditing.database_url import DatabaseUrl
from allstatus.service.auditing.hash_chain import ChainKey, Verdict
from postgres import Cluster

UNLOCK = {
    "file": ("DROP TRIGGER audit_is_not_altered", "DROP TRIGGER audit_is_not_removed"),
    "url": ("DROP TRIGGER audit_is_not_changed ON audit",),
}
PASSWORD = "zzcanarypassword"
_numbers = count()


class Kept:
    """An audit to be kept somewhere: its address as settings name it, and its key."""

    def __init__(self, kind: str, address: str, key: Path) -> None:
        self.kind, self.address, self.key = kind, address, key
        self.settings = {"audit": address, "audit_key": key}
        self.options = ["--key", str(key)]
        self.yaml = f"audit: {address}\naudit_key: {key}\n"

    @property
    def place(self) -> DatabaseUrl:
        return DatabaseUrl(self.address)

    def open(self) -> Audit:
        return Audit(self.place, self.key)

    def rows(self) -> list[dict]:
        with open_to_read(self.place) as connection:
            return list(export(connection))

    def hold(self, known: tuple[int, str] | None = None) -> Verdict:
        with open_to_read(self.place) as connection:
            return verify(connection, ChainKey.read(self.key), known)

    def problem(self, known: tuple[int, str] | None = None) -> str:
        return self.hold(known).problem

    def connect(self) -> Any:
        """A connection of somebody else, which commits each statement."""
        if self.kind == "file":
            return sqlite3.connect(self.address, isolation_level=None)
        return psycopg.connect(self.address, autocommit=True)

    def execute(self, *statements: str) -> None:
        with closing(self.connect()) as connection:
            for statement in statements:
                connection.execute(statement)

    def tamper(self, *statements: str) -> None:
        """Change what may not be changed."""
        self.execute(*UNLOCK[self.kind], *statements)


def in_file(folder: Path) -> Kept:
    return Kept("file", str(folder / "audit.db"), folder / "audit.key")


def in_postgres(cluster: Cluster, folder: Path) -> Kept:
    """An audit in a database of its own, whose URL holds a password that nobody asks for."""
    name = f"audit{next(_numbers)}"
    with psycopg.connect(cluster.address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return Kept("url", cluster.url(name, user=f"test:{PASSWORD}"), folder / "audit.key")
