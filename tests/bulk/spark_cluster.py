"""A Spark cluster for tests: a master and two workers, on loopback, in processes of their own.

It is started when first asked for and lasts as long as the process of the tests.
"""

import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from allstatus.bulk.sql import script
from allstatus.bulk.sql_view import SqlView

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

IMPORTED = [Path(__file__).parents[2] / "src", Path(__file__).parents[1]]  # by the workers
HOST = "127.0.0.1"
# start soon; what runs for seconds gains nothing from more
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@dataclass
class Cluster:
    """The processes, which are Java's own: the master first."""

    folder: Path
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"spark://{HOST}:{self.port}"

    def start(self) -> None:
        self._run("master.Master", "--port", str(self.port))
        for _ in range(2):
            self.add_worker()

    def add_worker(self) -> subprocess.Popen[bytes]:
        where = self.folder / f"worker-{len(self.processes)}"
        return self._run(
            "worker.Worker", "--cores", "2", "--memory", "2g", "--work-dir", str(where), self.url
        )

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def _run(self, daemon: str, *arguments: str) -> subprocess.Popen[bytes]:
        import pyspark

        program = Path(pyspark.__file__).parent / "bin" / "spark-class"
        command = [
            str(program),
            f"org.apache.spark.deploy.{daemon}",
            "--host",
            HOST,
            "--webui-port",
            "0",
            *arguments,
        ]
        settings = {
            "SPARK_LOCAL_IP": HOST,
            "SPARK_LAUNCHER_OPTS": QUICK,
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": QUICK,
            "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",
        }
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                command, env=os.environ | settings, cwd=self.folder, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process


@cache
def cluster() -> Cluster:
    """The cluster of this process."""
    folder = Path(tempfile.mkdtemp(prefix="spark"))
    with socket.socket() as free:
        free.bind((HOST, 0))
        started = Cluster(folder, free.getsockname()[1])
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(started.stop)
    started.start()
    return started


@cache
def spark() -> "SparkSession":
    """A session on the cluster, whose workers import allstatus from the checkout."""
    from pyspark.sql import SparkSession

    if (other := SparkSession.getActiveSession()) is not None:
        other.stop()
    for name, value in environment().items():
        os.environ[name] = value
    builder = SparkSession.builder.master(cluster().url).appName("tests")
    for name, value in settings().items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    atexit.register(session.stop)
    return session


def environment() -> dict[str, str]:
    return {"SPARK_LOCAL_IP": HOST, "SPARK_LAUNCHER_OPTS": QUICK, "PYSPARK_PYTHON": sys.executable}


def settings() -> dict[str, str]:
    """Small, quiet and on loopback."""
    folder = cluster().folder
    return {
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.ui.enabled": "false",
        "spark.log.level": "ERROR",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": "1g",
        "spark.executor.memory": "700m",
        "spark.executor.cores": "1",
        "spark.cores.max": "2",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.codegen.hugeMethodLimit": "8000",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(map(str, IMPORTED)),
        "spark.driver.extraJavaOptions": QUICK,
        "spark.executor.extraJavaOptions": QUICK,
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
    }


@contextmanager
def in_spark(view: SqlView, rows: list[tuple[Any, ...]], columns: str) -> Iterator["SparkSession"]:
    """The session with the script of `allstatus sql` run over a table of these patients; its two
    tables stay.
    """
    session, names = (
        spark(),
        [column.split()[0] for column in columns.split(", ") if column[0].islower()],
    )
    made = {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
    session.createDataFrame(pa.table(made), columns).write.saveAsTable("patients")
    try:
        *tables, made_view = (
            statement for statement in script(view, "spark").split(";\n") if statement
        )
        if not session.catalog.tableExists("allstatus_cells"):
            for statement in tables:
                session.sql(statement)
        session.sql(made_view)
        yield session
    finally:
        session.sql("DROP VIEW IF EXISTS allstatus_decisions")
        session.sql("DROP TABLE IF EXISTS patients")
