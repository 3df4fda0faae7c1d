"""The same files given to the command line of two commits, in turn, and what each run takes."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator
from compileall import compile_dir
from pathlib import Path
from typing import Any

from charts import bundle_of
from records import blast_limit, known_grid, ndjson, read_fixtures
from synthetic import make_export, write_export
from timing import one_core

from allstatus import load_rules

BUNDLES, PATIENTS, COHORT, LINES, ENTRIES = 20, 40, 150, 20_000, 500
IN_PROCESS = """
import json, sys, time
from statistics import median
from allstatus import load_rules
records, rules, spent = json.load(open(sys.argv[1])), load_rules(), ([], [])
for turn in range(12):
    for record in records:
        start = time.perf_counter_ns()
        decision = rules.classify(record)
        between = time.perf_counter_ns()
        decision.to_json()
        end = time.perf_counter_ns()
        if turn:
            spent[0].append(between - start)
            spent[1].append(end - start)
print(json.dumps([median(one) / 1e9 for one in spent]))
"""
Figures = dict[str, float]


def make_inputs(folder: Path) -> None:
    """The files that both commits are given."""
    classifier = load_rules()
    known, partial = read_fixtures(classifier)
    known = known_grid(blast_limit(classifier)) + known
    (folder / "one.json").write_text(ndjson(known[-1:], 1), "utf-8")
    (folder / "records.ndjson").write_text(ndjson(known + partial, LINES), "utf-8")
    (folder / "known.json").write_text(json.dumps(known), "utf-8")
    bundle = bundle_of(ENTRIES)
    lines = (bundle.replace("p1", f"p{number}") + "\n" for number in range(BUNDLES))
    (folder / "bundles.ndjson").write_text("".join(lines), "utf-8")
    with (folder / "patients.ndjson").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one) + "\n" for one in bundles_of_patients())
    write_export(folder / "cohort", COHORT, 0.9, 209)


def bundles_of_patients() -> Iterator[dict[str, Any]]:
    """Gathered patients of the cohort, 200 resources each, with the medicines they refer to."""
    medicines, gathered = [], dict[str, list[Any]]()
    for one in make_export(PATIENTS, 1, 209):
        subject = one.get("subject") or one.get("patient") or {}
        owner = subject.get("reference") or f"Patient/{one['id']}"
        if one["resourceType"] == "Medication":
            medicines.append(one)
        else:
            gathered.setdefault(owner, []).append(one)
    for resources in gathered.values():
        entries = [{"resource": one} for one in (*medicines, *resources)]
        yield {"resourceType": "Bundle", "type": "collection", "entry": entries}


def measure(tree: Path, folder: Path) -> Figures:
    """Seconds of the processor that each run of a tree takes, compiled as pip installs it; on one
    core, so that no process works whose time is not counted.
    """
    with one_core():
        return _measured(tree, folder)


def _measured(tree: Path, folder: Path) -> Figures:
    compile_dir(tree / "src", quiet=2)
    python = [sys.executable]
    command = [*python, "-m", "allstatus"]
    classify = [*command, "classify", "--format", "json", "--assume"]
    classify.append("symptoms-absent-unless-recorded")
    runs = {
        "python": [*python, "-c", "pass"],
        "pydantic": [*python, "-c", "import pydantic"],
        "models": [*python, "-c", "import pydantic; pydantic.BaseModel"],
        "version": [*command, "--version"],
        "one": [*command, "classify", "--format", "json", str(folder / "one.json")],
        "records": [*command, "classify", "--format", "json", str(folder / "records.ndjson")],
        "bundles": [*classify, str(folder / "bundles.ndjson")],
        "patients": [*classify, str(folder / "patients.ndjson")],
        "batch": [*command, "batch", str(folder / "cohort"), str(folder / "out.parquet")],
    }
    found = {name: spend(tree, given)[0] for name, given in runs.items()}
    _, said = spend(tree, [*python, "-c", IN_PROCESS, str(folder / "known.json")])
    found["classify"], found["json"] = json.loads(said)
    return found


def spend(tree: Path, command: list[str]) -> tuple[float, str]:
    """(seconds of the processor, what was said) of a whole process with the children it waits
    for.
    """
    environment = os.environ | {"PYTHONPATH": str(tree / "src"), "PYTHONHASHSEED": "0"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 3):  # 3: some of what came in was refused
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return user + system, done.stdout


def middle(found: list[Figures]) -> Figures:
    """The median of each figure."""
    return {name: statistics.median(one[name] for one in found) for name in found[0]}
