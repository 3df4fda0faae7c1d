"""Both engines give the same table, and durable-rules' hazards stay out."""

import multiprocessing
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from allstatus.table.decision_table import DecisionTable
from allstatus.table.engines import Engine, Firing, make_engine
from allstatus.table.engines.builtin import BuiltinEngine
from needs import NO_DURABLE
from shipped import RULES

CASES = RULES.table.cases
EXPECTED = RULES.table.firings
MANY = 50_000  # cases; what a leak of one word a case would show in memory
MEGABYTE = 2**20


@pytest.fixture
def durable() -> Engine:
    return make_engine(RULES.ruleset, "durable")


def resident_bytes() -> int:
    """Memory of this process now, from the kernel."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def wrong_answers(engine: Engine, rounds: int) -> int:
    return sum(
        engine.fire(case) != expected
        for _ in range(rounds)
        for case, expected in zip(CASES, EXPECTED, strict=True)
    )


@NO_DURABLE
def test_both_engines_give_byte_identical_tables(durable: Engine) -> None:
    assert (
        DecisionTable(RULES.ruleset, durable).csv
        == DecisionTable(RULES.ruleset, BuiltinEngine(RULES.ruleset)).csv
    )


def test_the_committed_table_is_the_one_fired() -> None:
    assert (RULES.ruleset.directory / "decision-table.csv").read_text("utf-8") == RULES.table.csv


@pytest.mark.slow
@NO_DURABLE
def test_many_cases_keep_memory_flat_and_are_all_right() -> None:
    with ProcessPoolExecutor(
        1, multiprocessing.get_context("spawn")
    ) as alone:  # what other tests leave behind is not measured
        wrong, grown = alone.submit(_fire_many).result()
    assert wrong == 0
    assert grown < MEGABYTE


def _fire_many() -> tuple[int, int]:
    """Wrong answers, and by how much memory grew after some rounds to warm up."""
    engine = make_engine(RULES.ruleset, "durable")
    wrong = wrong_answers(engine, 50)
    before = resident_bytes()
    wrong += wrong_answers(engine, MANY // len(CASES) + 1)
    return wrong, resident_bytes() - before


@NO_DURABLE
def test_four_threads_share_one_engine(durable: Engine) -> None:
    wrong: list[int] = []
    threads = [
        threading.Thread(target=lambda: wrong.append(wrong_answers(durable, 20))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == [0, 0, 0, 0]


@NO_DURABLE
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_fires_even_when_the_parent_held_the_lock(durable: Engine) -> None:
    context = multiprocessing.get_context("fork")
    with durable._lock:  # type: ignore[attr-defined]
        child = context.Process(target=_exit_with_wrong_answers, args=(durable,))
        child.start()
    child.join(60)
    assert child.exitcode == 0


def _exit_with_wrong_answers(engine: Engine) -> None:
    raise SystemExit(min(wrong_answers(engine, 5), 100))


@NO_DURABLE
def test_no_dispatcher_thread_is_started() -> None:
    before = threading.active_count()
    engine = make_engine(RULES.ruleset, "durable")
    engine.fire(CASES[0])
    assert threading.active_count() == before


@NO_DURABLE
def test_engines_of_the_same_rules_live_side_by_side() -> None:
    engines = [make_engine(RULES.ruleset, "durable") for _ in range(20)]
    assert [engine.fire(CASES[3]) for engine in engines] == [EXPECTED[3]] * 20


@NO_DURABLE
def test_a_fault_inside_an_action_is_raised(
    durable: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(status: str) -> dict[str, str]:
        raise LookupError(status)

    monkeypatch.setattr("allstatus.table.engines.durable._status_fact", broken)
    number = next(n for n, firing in enumerate(EXPECTED) if firing.statuses)
    with pytest.raises(LookupError):
        durable.fire(CASES[number])


@NO_DURABLE
def test_only_words_reach_durable_rules(durable: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, str]] = []
    host = durable._host  # type: ignore[attr-defined]
    forward = host.assert_fact
    monkeypatch.setattr(
        host, "assert_fact", lambda rules, fact: (sent.append(fact), forward(rules, fact))
    )
    durable.fire(CASES[5])
    assert {type(value) for fact in sent for value in fact.values()} == {str}


def test_statuses_are_combined_from_clauses_by_the_builtin_engine() -> None:
    def fired(**true: bool) -> Iterator[str]:
        case = dict.fromkeys(RULES.table.criteria, False) | true
        yield from BuiltinEngine(RULES.ruleset).fire(case).statuses

    assert list(fired(treated=True, cbc_normal=True)) == ["in_remission"]
    assert list(fired(marrow_blasts_above_threshold=True, signs_or_symptoms=True)) == ["untreated"]
    assert list(fired(treated=True, remission_before=True, leukemia_outside_marrow=True)) == [
        "recurrent"
    ]
    assert list(fired(treated=True)) == []


def test_options_fire_only_with_their_status() -> None:
    for firing in EXPECTED:
        listed = tuple(
            option["id"] for name in firing.statuses for option in RULES.ruleset.options[name]
        )
        assert firing == Firing(firing.statuses, listed)
