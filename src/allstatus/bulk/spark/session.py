"""A Spark session for a job of our own; settings of the site (`SPARK_CONF_DIR`,
`PYSPARK_SUBMIT_ARGS`) stay as they are.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from allstatus.errors import InvalidRecord

BACKEND = "backend spark"
LOOPBACK: dict[str, bool | float | int | str | None] = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": False,
}

COMPILED = {
    "spark.sql.codegen.hugeMethodLimit": 8000
}  # Java compiles no longer methods, and runs them slowly


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A session at a master's URL, stopped at the end; raises InvalidRecord when Spark cannot be
    started.
    """
    _refuse_without_java()
    settings: dict[str, bool | float | int | str | None] = {
        "spark.log.level": "ERROR",
        "spark.ui.showConsoleProgress": sys.stderr.isatty(),
        **COMPILED,
    }
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings |= LOOPBACK
    try:
        started = (
            SparkSession.builder.master(master)
            .appName("allstatus")
            .config(map=settings)
            .getOrCreate()
        )
    except (PySparkException, Py4JError, RuntimeError) as error:
        remedy = (
            "it needs Java 17 or later (`java -version`), and a master that is up; the lines above "
            "say more"
        )
        raise InvalidRecord("master", f"Spark did not start at {master}", remedy) from error
    try:
        yield started
    finally:
        started.stop()


def refuse_resume(resume: bool) -> None:
    """Refuse to keep finished parts."""
    if resume:
        raise InvalidRecord(
            BACKEND,
            "keeps no finished parts",
            "leave out resume: Spark itself repeats what is lost",
        )


def _refuse_without_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=os.path.join(home, "bin") if home else None) is None:
        raise InvalidRecord(
            BACKEND,
            "finds no Java",
            "install Java 17 (Debian: openjdk-17-jre-headless), or point JAVA_HOME at it",
        )


def deciding(path: str) -> AbstractContextManager[None]:
    """The same while Spark works."""
    remedy = "the lines above may say more; nothing was written"
    return refusing(path, "could not be decided on by Spark", remedy)


@contextmanager
def refusing(path: str, problem: str, remedy: str) -> Iterator[None]:
    """What Spark says of a file, as a refusal that names its error but not what is in the file."""
    try:
        yield
    except (PySparkException, Py4JError) as error:
        if "No module named 'allstatus" in str(error):
            remedy = (
                "install it there (pip install 'allstatus[bulk]'), or send an environment with "
                "Spark's archives"
            )
            raise InvalidRecord(BACKEND, "its workers cannot import allstatus", remedy) from None
        condition = error.getCondition() if isinstance(error, PySparkException) else None
        raise InvalidRecord(
            path, f"{problem} ({condition or type(error).__name__})", remedy
        ) from None
