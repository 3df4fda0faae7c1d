"""An export on a Spark cluster of two workers: the rows, evidence, rejects and totals of the run
without Spark.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pyspark.sql import SparkSession
from synthetic import make_export
from typer.testing import CliRunner

from allstatus import InvalidRecord
from allstatus.bulk.fhir_export.decide_patient import DecideSettings
from allstatus.bulk.fhir_export.export_run import ExportTotals
from allstatus.bulk.spark import session as started
from allstatus.bulk.spark import spark_gather
from allstatus.bulk.spark.spark_export import SparkExport
from allstatus.commands import app
from allstatus.ehr.chart_options import make_reader
from bulk import spark_slow
from bulk.fhir_export.test_gather import many, with_uuids
from bulk.fhir_export.test_line_scan import CASES, CHART
from bulk.folders import (
    HOW,
    Resource,
    decide,
    evidence,
    exported,
    in_own_codes,
    job,
    own_codes,
    rejects,
    rows,
    write_folder,
)
from bulk.spark_cluster import cluster, spark
from ehr import bundles, linked
from ehr.assess.test_assessor import as_patients
from ehr.fhir.test_export_manifest import CASES as BESIDE
from ehr.fhir.test_export_manifest import folder_of
from needs import SPARK

pytestmark = SPARK
SPOILT = (
    b'{"resourceType":"Observation","id":"x","subject":{"reference":"Patient/p00000001"},'
    b'"code":{"coding":[{"code":"11150-0"}]},}\n'
)
BAD = (
    b'{"a":1\n\n{"resourceType":"Bundle"}\r\n[1]\n' + SPOILT
)  # the last is about a patient with ALL


def on_spark(source: Path, target: Path, how: DecideSettings = HOW) -> ExportTotals:
    return SparkExport(spark(), job(source, target, how), str(source), str(target)).totals()


def lines(folder: Path) -> list[dict[str, Any]]:
    parts = sorted(part for part in folder.iterdir() if part.name.startswith("part-"))
    return [json.loads(line) for part in parts for line in part.read_text("utf-8").splitlines()]


def assert_same(folder: Path, where: Path, how: DecideSettings = HOW) -> ExportTotals:
    ours, theirs = where / "spark.ndjson", where / "local.ndjson"
    totals, expected = on_spark(folder, ours, how), decide(folder, theirs, how)
    assert totals == expected
    assert lines(ours) == rows(theirs)
    assert lines(where / "spark.ndjson.evidence.ndjson") == evidence(theirs)
    assert rejects(ours) == rejects(theirs)
    left = {"export", "spark.ndjson", "spark.ndjson.evidence.ndjson", "spark.ndjson.rejects.csv"}
    assert left == {path.name for path in where.iterdir() if not path.name.startswith("local")}
    return totals


def with_identifiers() -> Iterator[Resource]:
    """Every other resource names its patient by an identifier only, one names a stranger, and two
    name nobody.
    """
    resources = list(make_export(8, 0.7, 40, 5))
    for resource in resources[::2]:
        if "subject" in resource:
            name = resource["subject"]["reference"].removeprefix("Patient/")
            resource["subject"] = {"identifier": {"system": "urn:mrn", "value": f"m-{name}"}}
    yield from resources
    diagnosis = next(
        resource
        for resource in resources
        if "91857003" in json.dumps(resource) or "C91.0" in json.dumps(resource)
    )
    yield diagnosis | {
        "id": "of-a-stranger",
        "subject": {"identifier": {"system": "urn:mrn", "value": "nobody-has-this"}},
    }
    code = {"coding": [{"system": "http://loinc.org", "code": "11150-0"}]}
    yield from (
        {"resourceType": "Observation", "id": name, "status": "final", "code": code}
        for name in "xyx"
    )


def test_linked_patients_are_one_person(tmp_path: Path) -> None:
    resources, said = linked.together()
    folder = write_folder(tmp_path / "export", resources, Random(3))
    assert assert_same(folder, tmp_path).listed == len(said)


def test_fixtures_and_synthetic_charts_split_shuffled_packed_and_spoilt(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "export", [*many(), *make_export(14, 0.6, 40, 1)], Random(1))
    (folder / "bad.ndjson").write_bytes(BAD)
    totals = assert_same(folder, tmp_path)
    assert totals.listed > 80
    assert totals.rejected == 4


@pytest.mark.slow
def test_every_shape_of_a_chart(tmp_path: Path) -> None:
    everything = [resource for chart in as_patients().values() for resource in chart]
    assert assert_same(write_folder(tmp_path / "export", everything), tmp_path).listed > 200


def test_charts_in_a_site_s_own_codes(tmp_path: Path, tmp_path_factory: Any) -> None:
    own = own_codes(tmp_path_factory.mktemp("site") / "own")
    options = make_reader(["symptoms-absent-unless-recorded"], codes=own)
    folder = write_folder(tmp_path / "export", in_own_codes(make_export(4, 0.7, 40, 5)))
    totals = assert_same(folder, tmp_path, replace(HOW, options=options))
    assert "http://h.example/lab KMB" not in totals.unread
    assert totals.listed > 0


def test_patients_named_by_an_identifier_and_resources_that_name_nobody(tmp_path: Path) -> None:
    totals = assert_same(write_folder(tmp_path / "export", with_identifiers()), tmp_path)
    assert totals.nameless == 2
    assert "nobody-has-this" in [row["id"] for row in lines(tmp_path / "spark.ndjson")]


def of_two_people() -> Iterator[Resource]:
    """Two patients in remission, and what is about both: by reference, by one identifier and by
    two; one more is about one of them in two ways.
    """
    for name in ("p1", "p2"):
        about = {"subject": {"reference": f"Patient/{name}"}}
        chart = [one for one in linked.REMISSION if one["resourceType"] != "Patient"]
        yield bundles.patient(name, identifier=[{"system": "mrn", "value": name}])
        yield from (one | about | {"id": f"{name}-{one['id']}"} for one in chart)
    who = {name: {"identifier": {"system": "mrn", "value": name}} for name in ("p1", "p2")}
    pairs = {
        "by reference": ({"reference": "Patient/p1"}, {"reference": "Patient/p2"}),
        "by one identifier": ({"reference": "Patient/p1"}, who["p2"]),
        "by two": (who["p1"], who["p2"]),
        "twice one": ({"reference": "Patient/p1"}, who["p1"]),
        "a stranger": (who["p2"], {"identifier": {"system": "mrn", "value": "p3"}}),
    }
    for n, (name, (one, other)) in enumerate(pairs.items()):
        more = {"subject": one, "patient": other}
        yield bundles.observation(name, "26447-3", f"2024-0{n + 1}-01", **more)


def test_what_is_about_two_people_is_a_doubt_for_both(tmp_path: Path) -> None:
    totals = assert_same(write_folder(tmp_path / "export", of_two_people()), tmp_path)
    assert (totals.listed, totals.rejected) == (2, 0)


def test_lines_that_cannot_be_read_leave_the_same_open(tmp_path: Path) -> None:
    people = [json.loads(json.dumps(CHART).replace("p1", name)) for name in ("p1", "p2", "p3")]
    folder = write_folder(tmp_path / "export", [one for chart in people for one in exported(chart)])
    lines = [c.get("text") or json.dumps(c["line"]) for c in CASES if "refused" not in c]
    (folder / "more.ndjson").write_text("\n".join(lines), "utf-8")
    (folder / "none.ndjson").touch()
    outputs = [{"url": f"https://h.example/{one.name}"} for one in sorted(folder.iterdir())]
    outputs[0]["count"] = "1"
    (folder / "manifest.json").write_text(json.dumps({"output": outputs}))
    assert_same(folder, tmp_path)


@pytest.mark.parametrize("case", [CASES[0], *(c for c in CASES if c.get("always"))][:2])
def test_what_says_that_an_export_is_a_part_is_refused(
    tmp_path: Path, case: dict[str, Any]
) -> None:
    folder = write_folder(tmp_path / "export", exported(CHART))
    (folder / "more.ndjson").write_text(json.dumps(case["line"]), "utf-8")
    with pytest.raises(InvalidRecord) as refused:
        on_spark(folder, tmp_path / "spark.ndjson")
    assert refused.value.field == "more.ndjson"
    assert refused.value.problem.startswith(case["refused"])
    assert {path.name for path in tmp_path.iterdir()} == {"export"}


@pytest.mark.parametrize(
    "what", ["a file with fewer lines than its count", "lines two folders down"]
)
def test_an_export_that_is_a_part_by_what_is_beside_it_is_refused(
    tmp_path: Path, what: str
) -> None:
    (case,) = (one for one in BESIDE if one["id"] == what)
    with pytest.raises(InvalidRecord) as refused:
        on_spark(folder_of(tmp_path, case), tmp_path / "spark.ndjson")
    assert case["refused"] in refused.value.problem
    assert {path.name for path in tmp_path.iterdir()} == {"export"}


def test_references_by_uuid(tmp_path: Path) -> None:
    assert assert_same(write_folder(tmp_path / "export", with_uuids()), tmp_path).listed > 0


def test_what_names_nobody_is_the_only_patient_s(tmp_path: Path) -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "11150-0"}]}
    marrow = {
        "resourceType": "Observation",
        "id": "y",
        "status": "final",
        "code": code,
        "effectiveDateTime": "2030-01-01",
    }
    resources = [*make_export(1, 1, 40, 3), marrow | {"valueQuantity": {"value": 7, "code": "%"}}]
    assert_same(write_folder(tmp_path / "export", resources), tmp_path)


def test_a_worker_killed_in_the_midst_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, marks, read_lines = (
        write_folder(tmp_path / "export", make_export(10, 0.6, 40, 2)),
        tmp_path / "marks",
        spark_gather.read_lines,
    )
    marks.mkdir()

    def slow_lines(session: SparkSession, where: str) -> Any:
        frame = read_lines(session, where)
        return frame.repartition(6).mapInArrow(partial(spark_slow.slowly, str(marks)), frame.schema)

    monkeypatch.setattr(spark_gather, "read_lines", slow_lines)
    done: list[ExportTotals] = []
    working = threading.Thread(
        target=lambda: done.append(on_spark(folder, tmp_path / "spark.ndjson"))
    )
    working.start()
    while len(list(marks.iterdir())) < 8:  # in the second reading
        assert working.is_alive()
        time.sleep(0.05)
    victim = cluster().processes[-1]
    victim.kill()
    victim.wait()
    assert working.is_alive()
    cluster().add_worker()
    working.join()
    assert done == [decide(folder, tmp_path / "local.ndjson")]
    assert lines(tmp_path / "spark.ndjson") == rows(tmp_path / "local.ndjson")


def test_the_command_tells_an_export_from_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def shared(_: str) -> Iterator[SparkSession]:
        yield spark()

    monkeypatch.setattr(started, "session", shared)
    folder, target = tmp_path / "export[1]*", tmp_path / "out{1}.parquet"
    write_folder(folder, make_export(4, 0.5, 40, 2))
    asked = [
        "batch",
        str(folder),
        str(target),
        "--backend",
        "spark",
        "--engine",
        "builtin",
    ]
    refused = CliRunner().invoke(app, [*asked, "--keep", "id"])
    assert (refused.exit_code, "--keep: is for a file of records" in refused.stderr) == (3, True)
    done = CliRunner().invoke(app, [*asked, "--assume", "symptoms-absent-unless-recorded"])
    assert done.exit_code == 0, done.stderr
    assert "4 patients, 2 with a code of ALL, 2 listed" in done.stderr
    assert (target / "_SUCCESS").exists()


def test_a_damaged_compressed_file_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "export", make_export(2, 0.5, 40, 2))
    (folder / "Observation.009.ndjson.gz").write_bytes(b"\x1f\x8b\x08\x00not whole")
    before = set(tmp_path.iterdir())
    with pytest.raises(InvalidRecord, match="could not be decided on by Spark"):
        on_spark(folder, tmp_path / "out.ndjson")
    assert set(tmp_path.iterdir()) == before
