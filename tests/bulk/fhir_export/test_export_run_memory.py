"""Ten times the patients, and no more than 40 MB more in memory, by the peak of a process of its
own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from synthetic import write_export

BOUNDED = """
import resource, sys
from pathlib import Path
from bulk.folders import decide
totals = decide(Path(sys.argv[1]), Path(sys.argv[2]))
print(totals.listed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_export(tmp_path: Path) -> None:
    peaks = []
    for patients in (60, 600):
        folder = tmp_path / str(patients)
        write_export(folder, patients, 1, 60)
        path = os.pathsep.join(
            str(Path(__file__).parents[2 + up] / name)
            for up, name in ((0, ""), (1, "benchmarks"), (1, "src"))
        )
        asked = [sys.executable, "-c", BOUNDED, str(folder), str(tmp_path / f"{patients}.ndjson")]
        done = subprocess.run(
            asked,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
            env=os.environ | {"PYTHONPATH": path},
        )
        listed, peak = map(int, done.stdout.split())
        assert listed > patients * 0.9
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 40, peaks
