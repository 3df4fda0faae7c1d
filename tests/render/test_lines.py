"""Many decisions as one line each, held on the fixtures' records."""

from collections import Counter
from pathlib import Path

import pytest

from allstatus import load_rules
from allstatus.record.exact_json import parse_json
from allstatus.render.lines import render_counts, render_lines
from allstatus.render.reader import Reader

RECORDS = Path(__file__).parents[2] / "fixtures" / "records"
ENGLISH = Reader(load_rules().ruleset)
LINES = {
    "untreated-four-facts": "Untreated ALL  marrow blast percent 80 %, prior treatment none, "
    "complete blood count abnormal, signs and symptoms present",
    "recurrent-isolated-cns": "Recurrent ALL  prior remission yes, leukemia outside marrow present",
    "remission-without-cbc": "cannot tell yet  ask: complete blood count",
}


def shown(*names: str, width: int | None = None, counts: Counter[str] | None = None) -> list[str]:
    records = (parse_json((RECORDS / f"{name}.json").read_text("utf-8")) for name in names)
    decisions = map(load_rules().classify, records)
    return list(render_lines(decisions, width=width, counts=counts))


@pytest.mark.parametrize("name", LINES)
def test_a_line_says_what_decides_or_what_to_ask(name: str) -> None:
    assert shown(name) == [f"{name}  {LINES[name]}"]


@pytest.mark.parametrize("name", ["outside-refractory", "conflict-count-without-remission"])
def test_what_stands_in_the_way_is_a_sentence(name: str) -> None:
    assert shown(name)[0].endswith(".")


def test_columns_fit_the_ids_and_lines_the_width() -> None:
    lines = shown(*LINES, width=60)
    assert [line[:22].rstrip() for line in lines] == list(LINES)
    assert max(map(len, lines)) == 60
    assert lines[0].endswith("…")


def test_counts_add_up() -> None:
    counts: Counter[str] = Counter()
    shown(*LINES, "remission-without-cbc", counts=counts)
    assert render_counts(counts, ENGLISH, width=80) == (
        "4 in all: 2 cannot tell yet, 1 Untreated ALL, 1 Recurrent ALL\n"
    )


def test_what_was_refused_is_counted_last_and_all_is_told_in_the_reader_s_language() -> None:
    counts = Counter({"no descrito": 1})
    told = render_counts(counts, Reader(load_rules(language="es").ruleset), width=80, refused=2)
    assert told == "3 en total: 1 no descrito, 2 sin leer\n"
