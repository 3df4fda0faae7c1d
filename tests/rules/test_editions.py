"""Rule sets are dated: a date picks the version that was in force, and never guesses one."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from allstatus import classify, load_rules
from allstatus.errors import RulesError
from allstatus.rules.editions import editions, find_edition, find_rules, read_edition
from copies import NUMBERS, copy_rules, lock

ID = "nci-pdq-adult-all-patient"
CURRENT = read_edition(find_rules())
NEXT = CURRENT.effective_from + timedelta(days=90)
DAY = timedelta(days=1)
HEAD = {
    "version": f"version: {CURRENT.version}",
    "from": f"effective_from: {CURRENT.effective_from}",
    "to": "effective_to: null",
    "supersedes": "supersedes: null",
}
BETWEEN = {
    "prior_treatment": "disease_directed",
    "prior_remission": True,
    "cbc": "normal",
    "signs_and_symptoms": "absent",
    "marrow_blast_percent": f"<={NUMBERS['double']}",
}


def head(**words: str) -> list[dict[str, str]]:
    return [{"file": "ruleset.yaml", "find": HEAD[key], "put": put} for key, put in words.items()]


def successor(home: Path, **words: str) -> Path:
    """A home with the present version in its history and a next one, with twice the limit, in
    force.
    """
    copy_rules(home / "history" / ID / CURRENT.version)
    words = {
        "version": "version: next",
        "from": f"effective_from: {NEXT}",
        "supersedes": f"supersedes: {CURRENT.version}",
        **words,
    }
    edits = [
        *head(**words),
        {"file": "thresholds.yaml", "find": "value: <limit>", "put": "value: <double>"},
    ]
    return lock(copy_rules(home / ID, edits))


def test_a_date_picks_the_version_in_force_that_day(tmp_path: Path) -> None:
    rules = successor(tmp_path)
    picked = {
        day: load_rules(rules, as_of=day).ruleset.version
        for day in (CURRENT.effective_from, NEXT - DAY, NEXT, NEXT + 9999 * DAY)
    }
    assert list(picked.values()) == [CURRENT.version, CURRENT.version, "next", "next"]
    assert load_rules(rules).ruleset.version == "next"


def test_any_version_finds_the_others(tmp_path: Path) -> None:
    rules = successor(tmp_path)
    past = tmp_path / "history" / ID / CURRENT.version
    assert [edition.version for edition in editions(past)] == [
        edition.version for edition in editions(rules)
    ]
    assert find_rules(past, NEXT) == rules


def test_a_decision_carries_the_version_and_digests_that_made_it(tmp_path: Path) -> None:
    rules = successor(tmp_path)
    then, now = (classify(BETWEEN, rules=rules, as_of=day) for day in (NEXT - DAY, None))
    assert (then.outcome, now.status) == ("insufficient_data", "in_remission")
    for decision, version in ((then, CURRENT.version), (now, "next")):
        about = decision.to_dict()["ruleset"]
        assert about["version"] == version
        assert len(about["digest"]) == len(about["table_digest"]) == 64
    assert then.to_dict()["ruleset"]["digest"] != now.to_dict()["ruleset"]["digest"]


def test_the_records_own_date_picks_no_rules(tmp_path: Path) -> None:
    rules = successor(tmp_path)
    assert (
        classify({**BETWEEN, "as_of": str(CURRENT.effective_from)}, rules=rules).status
        == "in_remission"
    )


def test_a_date_before_all_versions_is_refused_and_says_which_there_are() -> None:
    with pytest.raises(RulesError) as refusal:
        classify(BETWEEN, as_of=date(1999, 1, 1))
    assert (
        f"no version was in force on 1999-01-01 ({CURRENT.version} from {CURRENT.effective_from})"
        in str(refusal.value)
    )
    assert "leave the date out" in str(refusal.value)


def test_a_withdrawn_version_is_not_used_after_its_last_day(tmp_path: Path) -> None:
    rules = lock(copy_rules(tmp_path / ID, head(to=f"effective_to: {NEXT}")))
    assert load_rules(rules, as_of=NEXT - DAY).ruleset.version == CURRENT.version
    with pytest.raises(RulesError, match=f"no version was in force on {NEXT}"):
        load_rules(rules, as_of=NEXT)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"supersedes": "supersedes: other"}, "supersedes other, but the version before it is"),
        ({"from": f"effective_from: {CURRENT.effective_from} "}, "both begin on"),
        ({"from": "effective_from: 2026-02-30"}, "ruleset.yaml:6: '2026-02-30' is not a date"),
    ],
)
def test_versions_that_do_not_follow_each_other_are_refused(
    words: dict[str, str], says: str, tmp_path: Path
) -> None:
    rules = successor(tmp_path, **words)
    with pytest.raises(RulesError) as refusal:
        load_rules(rules, as_of=NEXT)
    assert says in str(refusal.value)


def test_the_versions_kept_here_follow_each_other_and_can_be_found() -> None:
    kept = editions(find_rules())
    assert kept[-1] == CURRENT
    for edition in kept:
        assert find_edition(edition.id, edition.version) == edition.directory
        load_rules(edition.directory)
    assert find_edition(ID, "none") is None
    assert find_edition("none", CURRENT.version) is None
