"""A PostgreSQL cluster for tests, reached by a socket in its own folder only."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NO_POSTGRES = "PostgreSQL is not installed (Debian: apt-get install postgresql)"


def postgres_programs() -> Path | None:
    """The folder of its programs, where it is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


class Cluster:
    """A cluster in a folder; `address` is what libpq connects to."""

    def __init__(self, folder: str) -> None:
        programs = postgres_programs()
        assert programs is not None, NO_POSTGRES
        self.folder, self._programs = folder, programs
        self._user = "postgres" if os.getuid() == 0 else None  # the server refuses to run as root
        if self._user:
            shutil.chown(folder, self._user)
        self.address = f"host={folder} user=test dbname=postgres"
        self._run(
            "initdb", "-D", f"{folder}/data", "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync"
        )

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off"
        self._run(
            "pg_ctl",
            "-D",
            f"{self.folder}/data",
            "-w",
            "-s",
            "-l",
            f"{self.folder}/log",
            "-o",
            options,
            "start",
        )

    def stop(self) -> None:
        """At once, as a crash would."""
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-s", "-m", "immediate", "stop")

    def url(self, database: str, user: str = "test") -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def _run(self, program: str, *arguments: Any) -> None:
        command = [self._programs / program, *arguments]
        subprocess.run(
            command,
            check=True,
            user=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def running() -> Iterator[Cluster]:
    """A new cluster, stopped and gone at the end."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        cluster = Cluster(folder)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a new cluster."""
    with running() as found:
        yield found.address
