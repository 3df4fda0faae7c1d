"""A site's own tables laid over ours: what its codes mean, and how they are named."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.coding.codes import code_tables, make_code
from allstatus.ehr.coding.site_codes import SiteCodes, read_site_codes
from allstatus.ehr.fhir.fhir_reader import read_fhir
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.errors import RulesError
from allstatus.record.exact_json import parse_json
from bulk.folders import HOW, decide, in_own_codes, own_codes, rows, write_folder
from ehr.bundles import ALL, bundle, cbc, given, marrow, patient
from shipped import RULES

CHART = [patient(), ALL, given("2025-01-10"), marrow("2025-03-10", 2), *cbc("2025-03-10")]


@pytest.fixture
def site(tmp_path: Path) -> SiteCodes:
    return read_site_codes(own_codes(tmp_path / "own"))


def test_a_site_s_code_means_what_its_table_says(site: SiteCodes) -> None:
    code = make_code("http://h.example/lab", "KMB")
    assert code_tables().results.find([code]) is None
    found = code_tables(site).results.find([code])
    assert found is not None
    assert found.topic.name == "marrow_blasts"
    assert code_tables(site).results.find([make_code("http://loinc.org", "11150-0")]) is not None


def test_tables_of_one_content_are_equal_and_can_be_sent(site: SiteCodes, tmp_path: Path) -> None:
    again = read_site_codes(own_codes(tmp_path / "again"))
    assert again == site
    sent = pickle.loads(pickle.dumps(site))
    assert sent == site
    assert sent.data == site.data
    (tmp_path / "again" / "results.yaml").unlink()
    assert read_site_codes(tmp_path / "again") != site


def test_a_decision_names_them_by_digest(site: SiteCodes) -> None:
    assert site.used.digest == site.digest
    assert site.used.folder == site.folder


def test_tables_that_do_not_hold_are_refused(tmp_path: Path) -> None:
    folder = own_codes(tmp_path / "own")
    (folder / "results.yaml").write_text("marrow_blasts:\n  codes: [{system: x, code: y}]\n")
    with pytest.raises(RulesError, match=r"results\.yaml"):
        read_site_codes(folder)


def test_a_chart_in_a_site_s_codes_is_decided_as_in_ours(tmp_path: Path) -> None:
    options = make_reader(["symptoms-absent-unless-recorded"], codes=own_codes(tmp_path / "own"))
    (chart,) = read_fhir(parse_json(json.dumps(bundle(*in_own_codes(CHART)))))
    assert decide_chart(RULES, chart, options=options).status == "in_remission"
    assert decide_chart(RULES, chart).outcome == "not_applicable"


def test_an_export_in_a_site_s_codes_is_decided_as_in_ours(tmp_path: Path) -> None:
    options = make_reader(["symptoms-absent-unless-recorded"], codes=own_codes(tmp_path / "own"))
    folder = write_folder(tmp_path / "export", in_own_codes(CHART))
    totals = decide(folder, tmp_path / "with.ndjson", replace(HOW, options=options))
    assert (totals.listed, totals.unread) == (1, {})
    assert rows(tmp_path / "with.ndjson")[0]["status"] == "in_remission"
    without = decide(folder, tmp_path / "without.ndjson", HOW)
    assert without.listed == 0
