"""Explanation pages: the very decision again, unreadable without its link, and gone in time."""

import asyncio
import json
import sqlite3
import string
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from allstatus import load_rules
from allstatus.ehr.chart_files import read_charts
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.errors import InvalidRecord
from allstatus.service.auditing.sqlite import SqliteDatabase
from allstatus.service.auditing.store import Store
from allstatus.service.explanation_pages import SCHEMA, Pages, made_by, pack, unpack
from allstatus.service.hooks import cds_hooks
from allstatus.service.hooks.cards import status_cards
from copies import copy_rules, lock

from .conftest import FIXTURES, PATIENT_VIEW, call, chart, prefetch_of, serving

CLASSIFIER = load_rules()
LETTERS = string.ascii_letters + string.digits + "-_"


def decisions():
    for path in sorted((FIXTURES / "fhir").glob("*.json")):
        if ".expected" not in path.name:
            for _, found in read_charts(path.read_text("utf-8")):
                yield path.stem, decide_chart(CLASSIFIER, found)
    for path in sorted((FIXTURES / "records").glob("*.json")):
        if ".expected" not in path.name:
            try:
                yield path.stem, CLASSIFIER.classify(json.loads(path.read_text("utf-8")))
            except InvalidRecord:
                continue


def test_what_is_kept_makes_the_same_decision_to_the_byte() -> None:
    found = list(decisions())
    assert len(found) > 190
    for name, decision in found:
        assert (
            unpack(json.loads(pack(decision, made_by(CLASSIFIER))), CLASSIFIER).to_json()
            == decision.to_json()
        ), name


@pytest.fixture
def store(tmp_path: Path):
    store = Store(SqliteDatabase(tmp_path / "pages.db", durable=False), SCHEMA)
    yield store
    store.close()


async def kept(keep: Callable[..., Awaitable], *given: object) -> None:
    await keep(*given)


def test_only_the_newest_are_kept_and_only_for_a_while(store: Store) -> None:
    decision = CLASSIFIER.classify({"cbc": "normal"})
    few, brief = Pages(store, 60, 3), Pages(store, 0, 3)
    names = [few.new_name() for _ in range(5)]
    for name in names:
        asyncio.run(kept(few.keep, name, decision, {}))
    assert [few.find(name) is not None for name in names] == [False, False, True, True, True]
    gone = brief.new_name()
    asyncio.run(kept(brief.keep, gone, decision, {}))
    assert brief.find(gone) is None


@pytest.mark.parametrize("name", ["", "x", "ü", "../..", "A" * 43, "A" * 1000])
def test_a_name_that_is_none_finds_nothing(store: Store, name: str) -> None:
    assert Pages(store, 60, 3).find(name) is None


def test_a_name_written_in_another_way_finds_nothing(store: Store) -> None:
    pages = Pages(store, 60, 3)
    name = pages.new_name()
    asyncio.run(kept(pages.keep, name, CLASSIFIER.classify({"cbc": "normal"}), {}))
    assert pages.find(name) is not None
    last = [name[:-1] + sign for sign in LETTERS if sign != name[-1]]
    odd = [f"{name}=", f"{name} ", f" {name}", f"{name}\n", f"{name}\0", f"{name[:5]}.{name[5:]}"]
    assert [each for each in (*last, *odd, name[:-1], f"{name}A") if pages.find(each)] == []


def test_what_lies_on_disk_tells_nothing_and_cannot_be_altered(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        card = client.post(PATIENT_VIEW, json=call(prefetch_of(chart("01-exactly-five")))).json()[
            "cards"
        ][0]
        link = card["links"][0]["url"]
        assert client.get(link).status_code == 200
        stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert not any(
            part in stored
            for part in (b"vincristine", b"marrow", b"10*9/L", link.rpartition("/")[2].encode())
        )
        connection = sqlite3.connect(tmp_path / "audit.state.db")
        for altered in ("zeroblob(length(sealed))", "'text'", "1", "x'00'"):
            connection.execute(f"UPDATE page SET sealed = {altered}")
            connection.commit()
            assert client.get(link).status_code == 404
        connection.close()
        (tmp_path / "audit.state.db").unlink()
        assert client.get(link).status_code == 503


def test_a_page_is_of_the_rules_decided_by_though_others_come_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = {"file": "ruleset.yaml", "find": "title: Adult", "put": "title: An adult"}
    other = load_rules(lock(copy_rules(tmp_path / CLASSIFIER.ruleset.id, [source])))
    assert other.ruleset.id == CLASSIFIER.ruleset.id
    with serving(tmp_path) as client:
        desk = client.app.state.desk

        def reloaded(*given: object):
            desk.means = desk.means._replace(rules=other)
            desk.classifiers = {other.ruleset.id: other}
            return status_cards(*given)

        monkeypatch.setattr(cds_hooks, "status_cards", reloaded)
        body = call(prefetch_of(chart("01-exactly-five")))
        (card,) = client.post(PATIENT_VIEW, json=body).json()["cards"]
        assert client.get(card["links"][0]["url"]).status_code == 410
