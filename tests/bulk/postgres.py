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


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a new cluster, stopped and gone at the end."""
    programs = postgres_programs()
    assert programs is not None, NO_POSTGRES
    user = "postgres" if os.getuid() == 0 else None  # the server refuses to run as root
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        if user:
            shutil.chown(folder, user)
        server = [programs / "pg_ctl", "-D", f"{folder}/data", "-w", "-s"]

        def run(*command: Any) -> None:
            subprocess.run(command, check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        run(programs / "initdb", "-D", f"{folder}/data", "-U", "test", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run(*server, "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield f"host={folder} user=test dbname=postgres"
        finally:
            run(*server, "-m", "immediate", "stop")
