"""The commands that read charts, as scripts meet them; and real files nobody here wrote, where they
are at hand.
"""

import json
import sys
from pathlib import Path

import pytest

from allstatus import MissingExtra, load_rules
from allstatus.ehr.assess.caller_facts import make_overlays
from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines import timeline_picture
from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.ehr.timelines.timeline_points import Timeline
from command_line import run

ROOT = Path(__file__).parents[2]
FHIR, HL7, TIMELINES = (ROOT / "fixtures" / name for name in ("fhir", "hl7v2", "timelines"))
SHARED = ROOT.parent / "shared" / "data"
ASSUME = ("--assume", "symptoms-absent-unless-recorded")
REMISSION = str(FHIR / "01-exactly-five.json")
TEN_YEARS = (
    str(TIMELINES / "ten-years.json"),
    *ASSUME,
    "--with",
    str(TIMELINES / "ten-years.facts.json"),
)
real = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real files of shared/data are not at hand"
)


def answer(*arguments: str) -> dict[str, object]:
    result = run("classify", *arguments, "--format", "json")
    assert (result.returncode, result.stderr) == (0, "")
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_bundle_is_recognised_and_answered_in_text() -> None:
    result = run("classify", REMISSION, *ASSUME)
    assert result.returncode == 0
    assert "ALL in remission" in result.stdout
    assert "symptoms-absent-unless-recorded" in result.stdout.replace("\n", " ").replace("    ", "")


def test_a_message_is_recognised_and_the_caller_may_add_facts(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(
        '{"prior_treatment": "disease_directed", "signs_and_symptoms": "absent"}', "utf-8"
    )
    found = answer(str(HL7 / "remission-as-sent.hl7"), "--with", str(facts))
    assert found["status"] == "in_remission"
    evidence = found["facts"]["signs_and_symptoms"]["evidence"]  # type: ignore[index]
    assert evidence[0]["because"] == "supplied by the caller"


def test_charts_come_from_standard_input_and_from_folders(tmp_path: Path) -> None:
    result = run("classify", "-", *ASSUME, stdin=Path(REMISSION).read_text("utf-8"))
    assert "ALL in remission" in result.stdout
    entries = json.loads(Path(REMISSION).read_text("utf-8"))["entry"]
    for number, part in enumerate((entries[:3], entries[3:])):
        (tmp_path / f"part-{number}.json").write_text(
            json.dumps({"resourceType": "Bundle", "entry": part}), "utf-8"
        )
    assert answer(str(tmp_path), *ASSUME)["status"] == "in_remission"


def test_bundles_line_by_line_are_answered_line_by_line() -> None:
    line = json.dumps(json.loads(Path(REMISSION).read_text("utf-8")))
    result = run("classify", "-", *ASSUME, stdin=f"{line}\n{line[:50]}\n{line}\n")
    assert [json.loads(out)["status"] for out in result.stdout.splitlines()] == ["in_remission"] * 2
    assert result.stderr.startswith("error: record 2: ")
    assert result.returncode == 3


def test_a_list_of_bundles_is_read_together() -> None:
    entries = json.loads(Path(REMISSION).read_text("utf-8"))["entry"]
    parts = [{"resourceType": "Bundle", "entry": part} for part in (entries[3:], entries[:3])]
    result = run("classify", "-", *ASSUME, "--format", "json", stdin=json.dumps(parts))
    assert json.loads(result.stdout)["status"] == "in_remission"


def test_a_file_of_bundles_is_read_one_line_at_a_time(tmp_path: Path) -> None:
    line = json.dumps(json.loads(Path(REMISSION).read_text("utf-8")))
    path = tmp_path / "many.ndjson"
    path.write_text(f"\ufeff{line}\n\n{line[:50]}\n{line}\n", "utf-8")
    result = run("classify", str(path), *ASSUME)
    assert [json.loads(out)["status"] for out in result.stdout.splitlines()] == ["in_remission"] * 2
    assert result.stderr.startswith("error: record 3: ")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("--assume", "symptoms-absent"), 3, "did you mean 'symptoms-absent-unless-recorded'"),
        (("--with", "nowhere.json"), 3, "no such file"),
        (("--as-of", "soon"), 2, "soon"),
        (("--input", "hl7v2"), 3, "holds no HL7 v2 message"),
        (("--input", "record"), 3, "is not a key of a record"),
    ],
)
def test_options_that_cannot_be_are_refused(
    arguments: tuple[str, ...], status: int, says: str
) -> None:
    result = run("classify", REMISSION, *arguments)
    assert (result.returncode, result.stdout) == (status, "")
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_facts_without_an_id_are_said_of_each_of_several_patients(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text('{"cbc": "normal"}', "utf-8")
    result = run("classify", str(FHIR / "shape-two-patients.json"), "--with", str(facts))
    said = [json.loads(line)["facts"]["cbc"] for line in result.stdout.splitlines()]
    assert [(fact["value"], fact["state"]) for fact in said] == [("normal", "given")] * 2
    assert "several patients" in result.stderr


def test_the_ranges_and_the_window_can_be_switched() -> None:
    by_table = str(FHIR / "34-adult-table-by-sex-woman.json")
    assert answer(by_table, *ASSUME)["status"] == "in_remission"
    assert answer(by_table, *ASSUME, "--ranges", "laboratory")["outcome"] == "insufficient_data"
    assert (
        answer(str(FHIR / "30-count-near-the-marrow.json"), *ASSUME, "--window", "3")["outcome"]
        == "insufficient_data"
    )


def test_facts_shows_what_counts_and_what_was_set_aside_and_why() -> None:
    result = run("facts", str(FHIR / "31-two-marrows-on-one-day.json"), *ASSUME)
    assert result.returncode == 0
    assert "another marrow of the same day differs" in " ".join(result.stdout.split())
    assert "within the laboratory's range" in " ".join(result.stdout.split())
    document = json.loads(run("facts", REMISSION, "--format", "json").stdout)
    assert document["facts"]["marrow_blast_percent"]["evidence"][0]["sent"] == "5 %"


def test_a_timeline_in_text_and_json_and_as_of_a_day() -> None:
    assert "second remission" in run("timeline", *TEN_YEARS).stdout
    result = run("timeline", *TEN_YEARS, "--format", "json", "--as-of", "2016-01-01")
    assert [point["status"] for point in json.loads(result.stdout)["points"]] == [
        "untreated",
        None,
        "in_remission",
        "in_remission",
    ]
    records = run("timeline", str(TIMELINES / "ten-years-of-records.json"))
    assert "2024-01-22  Recurrent ALL  <- changed" in records.stdout


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_picture_is_drawn_the_same_each_time(ending: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib (extra teach) is not installed")
    timeline = ten_years()
    one, two = tmp_path / f"one.{ending}", tmp_path / f"two.{ending}"
    timeline_picture.draw_timeline(timeline, one)
    timeline_picture.draw_timeline(timeline, two)
    assert one.read_bytes() == two.read_bytes()
    if ending == "svg":
        text = one.read_text("utf-8")
        for words in (
            "relapse: CNS",
            "in remission",
            "cannot tell",
            "5 % or fewer",
            "not medical advice",
            "Blinatumomab",
        ):
            assert words in text


def ten_years() -> Timeline:
    (chart,) = read_fhir(json.loads((TIMELINES / "ten-years.json").read_text("utf-8")))
    overlays = make_overlays(json.loads((TIMELINES / "ten-years.facts.json").read_text("utf-8")))
    return decide_over_time(
        load_rules(engine="builtin"), chart, options=make_reader(ASSUME[1:]), overlays=overlays
    )


def test_a_picture_without_matplotlib_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r"allstatus\[teach\]"):
        timeline_picture.draw_timeline(ten_years(), tmp_path / "x.svg")


def test_pictures_that_cannot_be_are_refused(tmp_path: Path) -> None:
    result = run("timeline", *TEN_YEARS, "--picture", str(tmp_path / "x.gif"))
    assert "neither an .svg nor a .png" in result.stderr
    assert (result.returncode, result.stdout) == (3, "")


@real
def test_the_child_of_the_mcode_guide_keeps_its_marrow_unknown() -> None:
    found = answer(str(SHARED / "fhir" / "mcode-brian-l-pediatric-ALL.bundle.json"), *ASSUME)
    facts, warnings = found["facts"], " ".join(map(str, found["warnings"]))  # type: ignore[call-overload]
    assert found["outcome"] == "insufficient_data"
    assert facts["marrow_blast_percent"]["value"] is None  # type: ignore[index]
    assert "predominance of immature cells" in json.dumps(facts)
    assert "cannot be this test's" in warnings
    assert "page is about adults" in warnings


@real
@pytest.mark.parametrize("name", ["Micah_Schinner", "Whitney_Ortiz"])
def test_decades_without_leukemia_are_not_applicable(name: str) -> None:
    (path,) = (SHARED / "fhir").glob(f"{name}*.json")
    found = answer(str(path))
    assert (found["outcome"], found["status"]) == ("not_applicable", None)
    assert found["diagnoses"]


@real
def test_real_messages_are_read_whatever_their_ends_and_marks() -> None:
    for path in sorted((SHARED / "hl7v2").glob("*.hl7")):
        assert answer(str(path))["outcome"] == "not_applicable"


@real
def test_us_core_results_are_read() -> None:
    (chart,) = read_fhir(
        [
            json.loads(path.read_text("utf-8"))
            for path in sorted((SHARED / "fhir" / "us-core").glob("*.json"))
        ]
    )
    report, *results = chart.results
    assert (report.source, report.doubt) == (
        "DiagnosticReport/cbc",
        "lists results that are not here",
    )
    assert [(result.flags, result.void) for result in results] == [(("N",), "")] * 5


def test_ranges_of_the_laboratory_hold_for_a_record_too(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    record.write_text('{"cbc": {"platelets": {"value": "20", "unit": "10*3/uL"}}}')
    by_table, by_laboratory = answer(str(record)), answer(str(record), "--ranges", "laboratory")
    assert by_table["facts"]["cbc"]["value"] == "abnormal"
    assert [entry["value"] for entry in by_table["assumptions"]] == ["adult ranges"]
    assert (by_laboratory["facts"]["cbc"]["value"], by_laboratory["assumptions"]) == (None, [])
