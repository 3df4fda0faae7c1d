"""Vectors: their files, their laws, and the fewest that kill every mutant, committed."""

import json
import re
from collections import Counter
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allstatus.testing import minimal_vectors
from allstatus.testing.answers import INVALID, AnswerLevel, answer_of
from allstatus.testing.minimal_vectors import smallest_hitting
from allstatus.testing.mutation import mutate_vectors
from allstatus.testing.rule_mutation import RuleMutation
from allstatus.testing.vector_files import vector_schema, write_vectors
from allstatus.testing.vectors import make_vectors, read_vectors, within
from shipped import RULES, vectors

ROOT = Path(__file__).parent.parent.parent
COMMITTED = ROOT / "examples" / "vectors"
VECTORS = vectors()


def test_how_many_will_be_made_is_told_before() -> None:
    announced: list[int] = []

    def followed(items: list[Any]) -> list[Any]:
        announced.append(len(items))
        return items

    assert make_vectors(RULES, followed) == VECTORS
    assert sum(announced) == len(VECTORS)


def test_ids_are_unique_and_every_family_and_level_is_there() -> None:
    assert len({vector.id for vector in VECTORS}) == len(VECTORS)
    assert all(vector.id.startswith(f"{vector.family}/") for vector in VECTORS)
    families = {
        "edge",
        "single",
        "region",
        "contradiction",
        "partial",
        "interval",
        "assumption",
        "relapses",
        "spelling",
        "invalid",
        "blood count",
        "applicability",
    }
    assert {vector.family for vector in VECTORS} == families
    assert {vector.level for vector in VECTORS} == set(AnswerLevel) - {AnswerLevel.explanation}
    assert Counter(vector.family for vector in VECTORS)["partial"] == 3 ** len(RULES.table.criteria)


def test_every_outcome_is_asked_and_only_the_invalid_are_refused() -> None:
    refused = {vector.family for vector in VECTORS if vector.expected["outcome"] == INVALID}
    assert refused == {"invalid"}
    assert all(
        vector.expected["outcome"] == INVALID for vector in VECTORS if vector.family == "invalid"
    )
    assert {vector.expected["outcome"] for vector in within(VECTORS, AnswerLevel.core)} == {
        "determined",
        "outside_definitions",
        "conflicting_data",
    }


def test_numbers_are_text_except_where_a_spelling_is_a_number() -> None:
    numbers = [
        v
        for v in VECTORS
        if isinstance(v.record.get("marrow_blast_percent"), int) and v.family != "invalid"
    ]
    assert {vector.family for vector in numbers} == {"spelling"}


def test_the_same_rules_give_the_same_bytes_and_the_files_agree(tmp_path: Path) -> None:
    one, two = (
        write_vectors(tmp_path / name, RULES, made)
        for name, made in (("one", make_vectors(RULES)), ("two", VECTORS))
    )
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    assert read_vectors(tmp_path / "one") == VECTORS
    validator = jsonschema.Draft202012Validator(vector_schema(RULES))
    for line in (tmp_path / "one" / "vectors.jsonl").read_text("utf-8").splitlines():
        validator.validate(json.loads(line))
    rows = [
        line.split("\t")
        for line in (tmp_path / "one" / "vectors.tsv").read_text("utf-8").splitlines()
    ]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [json.loads(row[-1], parse_float=Decimal) for row in rows[1:]] == [
        vector.record for vector in VECTORS if vector.level != AnswerLevel.applicability
    ]
    readme = (tmp_path / "one" / "README.md").read_text("utf-8")
    assert RULES.ruleset.digest in readme
    assert not re.search(r"<<\w+>>", readme)


def test_the_laws_of_the_readme_hold_of_every_cell() -> None:
    cells = {
        tuple(vector.record.values()): vector for vector in VECTORS if vector.family == "partial"
    }
    facts = list(RULES.ruleset.facts)
    values = {
        place: list(dict.fromkeys(key[place] for key in cells)) for place in range(len(facts))
    }
    for key, vector in cells.items():
        possible, missing = set(vector.expected["possible"]), vector.expected["missing"]
        assert (vector.expected["status"] is None) == (
            len(possible) != 1 or possible == {"outside_definitions"}
        )
        assert (not possible) == (vector.expected["outcome"] == "conflicting_data")
        for place, value in enumerate(key):
            others = [
                cells[(*key[:place], other, *key[place + 1 :])]
                for other in values[place]
                if other != value
            ]
            if value == "unknown":
                finer = [set(other.expected["possible"]) for other in others]
                assert all(after <= possible for after in finer)
                if facts[place] not in missing:
                    assert all(after in (possible, set()) for after in finer)
            elif len(possible) == 1 and all(
                facts[place] not in reason for reason in vector.expected["reasons"]
            ):
                (wider,) = [other for other in others if other.record[facts[place]] == "unknown"]
                assert set(wider.expected["possible"]) == possible


@pytest.mark.slow
@pytest.mark.usefixtures("fewest_found_once")
def test_the_fewest_vectors_are_committed_and_kill_every_mutant_that_is_none_of_the_rules(
    tmp_path: Path,
) -> None:
    fewest = minimal_vectors.fewest_killers(RULES)
    for path in write_vectors(tmp_path, RULES, fewest):
        assert (COMMITTED / path.name).read_bytes() == path.read_bytes(), (
            "run: allstatus vectors --minimal -o examples/vectors"
        )
    fates = mutate_vectors(RuleMutation(RULES, read_vectors(COMMITTED)))
    assert [fate.name for fate in fates if fate.word == "survived"] == []


@given(
    st.dictionaries(
        st.integers(0, 7).map(str),
        st.frozensets(st.integers(0, 7), min_size=1, max_size=4),
        max_size=7,
    )
)
def test_no_smaller_set_of_vectors_kills_as_much(killers: dict[str, frozenset[int]]) -> None:
    found = smallest_hitting(killers)
    assert all(found & places for places in killers.values())
    smaller = (
        (set(chosen) for chosen in combinations(range(8), len(found) - 1)) if found else iter(())
    )
    assert not any(all(chosen & places for places in killers.values()) for chosen in smaller)


@pytest.mark.parametrize("vector", read_vectors(COMMITTED), ids=lambda vector: vector.id)
def test_a_committed_vector_gets_its_answer(vector) -> None:
    assert (
        answer_of(RULES, vector.record, uses=vector.level is AnswerLevel.applicability)
        == vector.expected
    )


def test_every_listed_agent_fits_fits_not_and_needs_data_and_some_source_says_otherwise() -> None:
    asked = [vector for vector in VECTORS if vector.level is AnswerLevel.applicability]
    words: dict[str, set[str]] = {}
    for vector in asked:
        assert vector.expected["outcome"] == "determined"
        assert set(vector.expected["by_option"]) == set(vector.expected["options"])
        for agent, entry in vector.expected["by_agent"].items():
            words.setdefault(agent, set()).add(entry["applicability"])
    assert set(words) == set(RULES.applicability.overlay.agents)
    assert all(found == {"applies", "does_not_apply", "needs_data"} for found in words.values())
    assert any(
        None in agent["other_sources"].values()
        for vector in asked
        for agent in vector.expected["by_agent"].values()
    )


def test_ages_are_exact_numbers_in_the_file_and_the_flat_file_says_the_same(tmp_path: Path) -> None:
    write_vectors(tmp_path, RULES, VECTORS)
    assert '"age_years":17.999999999999999999,' in (tmp_path / "vectors.jsonl").read_text("utf-8")
    rows = [
        line.split("\t")
        for line in (tmp_path / "applicability.tsv").read_text("utf-8").splitlines()
    ]
    assert {len(row) for row in rows} == {len(rows[0])}
    expected = {
        vector.id: vector.expected["by_agent"]
        for vector in VECTORS
        if vector.level is AnswerLevel.applicability
    }
    for row in (dict(zip(rows[0], cells, strict=True)) for cells in rows[1:]):
        entries = {
            agent: row[agent].split() for agent in RULES.applicability.overlay.agents if row[agent]
        }
        assert {
            agent: [entry["applicability"], *entry["needs"]]
            for agent, entry in expected.pop(row["id"]).items()
        } == entries
    assert not expected


def test_the_manifest_names_the_overlay_by_its_locked_digests() -> None:
    manifest = json.loads((COMMITTED / "manifest.json").read_text("utf-8"))
    lock = json.loads((RULES.applicability.overlay.directory / "lock.json").read_text("utf-8"))
    assert manifest["applicability"]["digest"] == lock["ruleset_sha256"]
    assert manifest["applicability"]["table_digest"] == lock["table_sha256"]
