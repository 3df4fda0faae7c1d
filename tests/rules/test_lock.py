"""The lock: what digests do and do not depend on, and what is said when they differ."""

import json
from pathlib import Path

import pytest

from allstatus import RulesError
from allstatus.rules.lock import check_lock, digest_of, table_digest, write_lock

TABLE = "a,b\n0,1\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    (folder / "statuses").mkdir(parents=True)
    (folder / "facts.yaml").write_bytes(b"a: 1\n")
    (folder / "statuses" / "one.yaml").write_bytes(b"b: 2\n")
    return folder


def locked(rules: Path) -> str:
    digest = digest_of(rules)
    write_lock(rules, digest, TABLE)
    return digest


def refusals(rules: Path, digest: str, table: str = TABLE) -> list[str]:
    with pytest.raises(RulesError) as refused:
        check_lock(rules, digest, table)
    return [problem.split(";")[0] for problem in refused.value.problems]


def test_line_ends_and_other_files_do_not_count(rules: Path) -> None:
    before = digest_of(rules)
    (rules / "facts.yaml").write_bytes(b"a: 1\r\n")
    (rules / "README.md").write_text("no rule")
    assert digest_of(rules) == before


def test_contents_names_and_places_count(rules: Path) -> None:
    digests = {digest_of(rules)}
    (rules / "facts.yaml").write_bytes(b"a: 2\n")
    digests.add(digest_of(rules))
    (rules / "facts.yaml").rename(rules / "fact.yaml")
    digests.add(digest_of(rules))
    (rules / "fact.yaml").rename(rules / "statuses" / "fact.yaml")
    digests.add(digest_of(rules))
    assert len(digests) == 4


def test_what_was_locked_is_accepted(rules: Path) -> None:
    check_lock(rules, locked(rules), TABLE)
    lock = json.loads((rules / "lock.json").read_text())
    assert lock == {"ruleset_sha256": digest_of(rules), "table_sha256": table_digest(TABLE)}


def test_every_difference_is_said(rules: Path) -> None:
    digest = locked(rules)
    assert refusals(rules, "0" * 64) == [
        "mine/lock.json:2: the rule files are not those that were locked"
    ]
    assert refusals(rules, digest, "a,b\n1,1\n") == [
        "mine/lock.json:3: the rules give another decision table than the locked one",
        "mine/decision-table.csv:2: '0,1' stands in the file, but the rules give '1,1'",
    ]
    (rules / "decision-table.csv").write_text("a,b\n")
    assert refusals(rules, digest) == [
        "mine/decision-table.csv:2: '' stands in the file, but the rules give '0,1'"
    ]
    (rules / "decision-table.csv").unlink()
    assert refusals(rules, digest) == ["mine/decision-table.csv:1: the file is missing"]


@pytest.mark.parametrize("text", ["", "[]", "not JSON", '"text"'])
def test_a_lock_that_is_none(rules: Path, text: str) -> None:
    digest = locked(rules)
    (rules / "lock.json").write_text(text)
    assert refusals(rules, digest) == ["mine/lock.json:1: the file is not a JSON object"]


def test_a_lock_that_is_not_there(rules: Path) -> None:
    assert refusals(rules, digest_of(rules)) == ["mine/lock.json:1: the file is missing"]
