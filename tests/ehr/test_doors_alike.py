"""One clinical content has one answer at every door, as `doors_alike.yaml` says."""

from pathlib import Path

import pytest
import yaml

from allstatus.ehr.chart_options import make_reader
from allstatus.ehr.timelines.timeline import decide_chart
from ehr import lab_tables
from ehr.doors_alike import DOORS
from shipped import RULES

OPTIONS = make_reader(["symptoms-absent-unless-recorded"])
PARTS = yaml.safe_load(Path(__file__).with_name("doors_alike.yaml").read_text("utf-8"))
CASES = [*lab_tables.cases(PARTS)]


@pytest.mark.parametrize("door", DOORS)
def test_one_content_has_one_answer_at_every_door(door: str) -> None:
    wrong = []
    for name, wanted, rows in CASES:
        (chart,) = DOORS[door]([dict(row) for row in rows])
        found = lab_tables.answer_of(decide_chart(RULES, chart, options=OPTIONS))
        if found != wanted:
            wrong.append((name, wanted, found))
    assert not wrong
