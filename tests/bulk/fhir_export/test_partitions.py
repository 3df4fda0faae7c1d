"""Every line that is put on a shelf is read from it again, as it was, and each patient has one
shelf.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.bulk.fhir_export import partitions
from allstatus.bulk.fhir_export.partitions import (
    PATIENTS,
    REFERRED,
    SHELVES,
    Kept,
    PartitionFiles,
    Partitions,
)

LARGEST = (1 << 32) - 1


@given(st.integers(0, 5 * PATIENTS * SHELVES))
def test_each_patient_lies_on_one_shelf(people: int) -> None:
    shelves = Partitions(Path(), people)
    ranks = [rank for shelf in range(shelves.count) for rank in shelves.ranks_of(shelf)]
    assert ranks == list(range(people))
    assert all(
        shelves.shelf_of(rank) == shelf
        for shelf in range(shelves.count)
        for rank in shelves.ranks_of(shelf)
    )
    assert shelves.width <= PATIENTS
    assert shelves.count >= min(people, SHELVES)


KEPT = st.builds(
    Kept,
    st.integers(0, 99) | st.just(REFERRED),
    st.integers(0, LARGEST),
    st.integers(0, (1 << 64) - 1),
    st.binary(),
)
SHELF = st.none() | st.sampled_from(["nameless", "identified"])


@pytest.mark.parametrize("pending", [0, 100, 1 << 23])
@given(st.lists(st.tuples(st.sampled_from("ab"), SHELF, KEPT)))
def test_lines_of_two_writers_are_read_as_they_were_put(
    tmp_path_factory: pytest.TempPathFactory,
    pending: int,
    put: list[tuple[str, str | None, Kept]],
) -> None:
    shelves = Partitions.build(tmp_path_factory.mktemp("lines"), map(str, range(100)))
    writers = {name: PartitionFiles(shelves, name) for name in "ab"}
    expected: dict[int | str, list[Kept]] = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(partitions, "PENDING", pending)
        for writer, named, kept in put:
            shelf = 0 if named is None and kept.rank == REFERRED else named
            writers[writer].put(kept, shelf)
            expected.setdefault(shelves.shelf_of(kept.rank) if shelf is None else shelf, [])
            expected[shelves.shelf_of(kept.rank) if shelf is None else shelf].append(kept)
        for one in writers.values():
            one.flush()
    for place in (*range(shelves.count), "nameless", "identified"):
        assert sorted(shelves.read(place)) == sorted(expected.get(place, []))
        if isinstance(place, int):
            held = sum(len(kept.line) for kept in expected.get(place, []))
            assert shelves.size(place) >= held


@pytest.mark.parametrize(
    ("called", "names", "ranks"),
    [
        ({}, ["a", "b", "c"], {"a": 0, "b": 1, "c": 2}),
        ({"b": "a"}, ["a", "c"], {"a": 0, "b": 0, "c": 1}),
        ({"b": "z", "z": "z"}, ["a", "c", "z"], {"a": 0, "b": 2, "c": 1, "z": 2}),
        ({"y": "a", "x": "x"}, ["a", "b", "c"], {"a": 0, "b": 1, "c": 2, "y": 0}),
    ],
    ids=["nobody linked", "one of them", "by a name not found", "others linked to one"],
)
def test_people_of_several_names_have_one_rank(
    tmp_path: Path, called: dict[str, str], names: list[str], ranks: dict[str, int]
) -> None:
    shelves = Partitions.build(tmp_path / "lines", ["c", "a", "b", "a"], called)
    assert (shelves.people, shelves.names, shelves.ranks) == (len(names), names, ranks)
    assert {name: shelves.called(name) for name in (*ranks, "stranger")} == {
        **{name: names[rank] for name, rank in ranks.items()},
        "stranger": "stranger",
    }


def test_what_was_in_the_folder_is_gone(tmp_path: Path) -> None:
    shelves = Partitions.build(tmp_path, ["a"])
    spool = PartitionFiles(shelves, "x")
    spool.put(Kept(0, 0, 1, b"{}"))
    spool.flush()
    assert list(shelves.read(0)) == [Kept(0, 0, 1, b"{}")]
    again = Partitions.build(tmp_path, ["b", "c"])
    assert (list(again.read(0)), again.names) == ([], ["b", "c"])


def test_other_names_as_many_are_read_anew(tmp_path: Path) -> None:
    before = Partitions.build(tmp_path, ["a"])
    assert before.ranks == {"a": 0}
    assert Partitions.build(tmp_path, ["b"]) != before
    assert Partitions.build(tmp_path, ["b"]).names == ["b"]
