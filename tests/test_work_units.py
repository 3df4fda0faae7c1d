"""What tests share is made once: those of one unit run in one process, beside others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from work_units import unit_of

TESTS = Path(__file__).parent
CASES = """
import os
from pathlib import Path
import pytest

@pytest.mark.parametrize("number", range(8))
def test_one(number):
    with (Path(__file__).parent / Path(__file__).stem).open("a") as file:
        file.write(f"{os.getpid()} ")
"""


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("tests/bulk/spark/test_spark_run.py::test_a", "tests/test_sql.py::test_spark[x]", True),
        ("tests/test_site.py::test_a", "tests/test_site.py::test_b", True),
        ("tests/testing/test_agreement.py::t[core-x-dmn]", "t/test_agreement.py::t[y-dmn]", True),
        ("tests/testing/test_agreement.py::t[core-x-dmn]", "t/test_agreement.py::t[y-cql]", False),
        ("tests/test_docs.py::t[docs/start.md]", "tests/test_docs.py::t[docs/teaching.md]", False),
        ("tests/test_docs.py::t[docs/testing-kit.md]", "t::t[docs/how-to/port.md]", True),
    ],
)
def test_tests_are_together_when_they_share_something(one: str, other: str, together: bool) -> None:
    assert (unit_of(one) == unit_of(other)) is together


def test_a_unit_is_run_by_one_process(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from work_units import pytest_xdist_make_scheduler\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name in ("spark", "alone"):
        (tmp_path / f"test_{name}.py").write_text(CASES)
    asked = "-q -p xdist -n 2 --dist loadgroup -p no:cacheprovider"
    alone = {"PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])}
    alone["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked.split()],
        cwd=tmp_path,
        env=os.environ | alone,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ran = {name: (tmp_path / f"test_{name}").read_text().split() for name in ("spark", "alone")}
    assert [len(pids) for pids in ran.values()] == [8, 8]
    assert len(set(ran["spark"])) == 1
    assert len(set(ran["spark"] + ran["alone"])) == 2
