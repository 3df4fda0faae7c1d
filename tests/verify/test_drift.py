"""A page that changed: what is reported, on a small page of our own and on edited copies of
NCI's.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from allstatus.rules.editions import find_rules
from allstatus.rules.fingerprint import PageSentence, fingerprint, page_sentences
from allstatus.rules.load import read_rules
from allstatus.verify.citations import labels, read_citations
from allstatus.verify.drift import Drift, PageChange, find_drift
from allstatus.verify.drift_report import render_text, to_document
from allstatus.verify.page_map import read_page_map
from allstatus.verify.simhash import likeness, sketch
from page_rules import HAS_PAGE, PAGE, SMALL_PAGE, SMALL_RULES, rules_citing_small_page
from test_cli import run

CASES = yaml.safe_load(SMALL_PAGE.with_name("drift.yaml").read_text("utf-8"))
STAGES = (
    "Stages of Acute Lymphoblastic Leukemia > There is no standard staging system for acute "
    "lymphoblastic leukemia (ALL)."
)


def edited(text: str, edits: Iterable[dict[str, str]]) -> str:
    for edit in edits:
        assert text.count(edit["find"]) == 1, (
            f"'{edit['find']}' stands {text.count(edit['find'])} times"
        )
        text = text.replace(edit["find"], edit["put"])
    return text


def drift_of(rules: Path, page: str) -> Drift:
    return find_drift(read_page_map(rules), read_citations(rules), page_sentences(page))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_change_of_the_small_page_is_reported_as_it_should_be(case: dict[str, Any]) -> None:
    found = drift_of(SMALL_RULES, edited(SMALL_PAGE.read_text("utf-8"), case["edits"]))
    expected = [
        (
            c["kind"],
            c.get("was") and fingerprint(c["was"]),
            c.get("now") and fingerprint(c["now"]),
            sorted(c["review"]),
        )
        for c in case.get("changes", ())
    ]
    reported = [
        (c.kind, c.was and c.was[1], c.now and c.now.fingerprint, sorted(labels(c.review)))
        for c in found.to_review
    ]
    assert reported == expected


def test_every_sentence_is_unchanged_or_one_change() -> None:
    page = SMALL_PAGE.read_text("utf-8")
    known = len(read_page_map(SMALL_RULES).sentences)
    for case in CASES:
        found = drift_of(SMALL_RULES, edited(page, case["edits"]))
        assert found.unchanged + sum(change.was is not None for change in found.changes) == known
        today = list(page_sentences(edited(page, case["edits"])))
        assert found.unchanged + sum(change.now is not None for change in found.changes) == len(
            today
        )


def test_a_page_that_lost_everything_drops_every_sentence() -> None:
    found = drift_of(SMALL_RULES, "# Nothing\n")
    assert {change.kind for change in found.changes} == {"dropped"}
    assert found.unchanged == 0


def check_every_citation(rules: Path, page: Path) -> None:
    """Any cited sentence, when it goes or gains a word, is reported with all who cite it and
    nothing else.
    """
    page_map, citations = read_page_map(rules), read_citations(rules)
    sentences = list(page_sentences(page.read_text("utf-8")))
    by_place = {
        (sentence.section, sentence.fingerprint): number
        for number, sentence in enumerate(sentences)
    }
    for place in {citation.place for citation in citations}:
        number, citing = (
            by_place[place],
            labels(citation for citation in citations if citation.place == place),
        )
        before, sentence, after = sentences[:number], sentences[number], sentences[number + 1 :]
        longer = PageSentence(sentence.section, f"{sentence.text} now")
        for kind, now in (("dropped", []), ("edited", [longer])):
            (change,) = find_drift(page_map, citations, [*before, *now, *after]).changes
            assert (change.kind, change.was, labels(change.review)) == (kind, place, citing)


def test_every_citation_of_the_small_page_is_watched() -> None:
    check_every_citation(SMALL_RULES, SMALL_PAGE)


@given(
    st.text(alphabet="abcdefg ,.", min_size=1, max_size=80),
    st.text(alphabet="abcdefg ,.", min_size=1, max_size=80),
)
def test_likeness_is_a_likeness(first: str, second: str) -> None:
    one, two = sketch(first), sketch(second)
    assert len(one) == len(two) == 32
    assert likeness(one, one) == 1
    assert 0 <= likeness(one, two) == likeness(two, one) <= 1


def kinds(changes: Iterable[PageChange]) -> list[str]:
    return [change.kind for change in changes]


@HAS_PAGE
class TestOnNciPage:
    """The page the rules were read from; edits name a few words of it, never a sentence."""

    @staticmethod
    def drift(*edits: tuple[str, str]) -> Drift:
        page = edited(PAGE.read_text("utf-8"), [{"find": find, "put": put} for find, put in edits])
        return drift_of(find_rules(), page)

    def test_the_page_as_it_is_needs_no_review(self) -> None:
        assert self.drift().changes == ()

    def test_every_citation_is_watched(self) -> None:
        check_every_citation(find_rules(), PAGE)

    def test_reflowing_link_targets_and_front_matter_do_not_count(self) -> None:
        page = (
            PAGE.read_text("utf-8")
            .replace("](/Common/", "](https://elsewhere.example/")
            .replace("version: v1", "version: v2")
        )
        wrapped = "\n".join(
            line if line.startswith(("#", "-")) else line.replace(". ", ".\n")
            for line in page.splitlines()
        )
        assert wrapped != PAGE.read_text("utf-8")
        assert drift_of(find_rules(), wrapped).changes == ()

    def test_less_than_for_or_fewer_is_an_edit_of_the_remission(self) -> None:
        (change,) = self.drift(("5% or fewer of", "Less than 5% of")).to_review
        assert (change.kind, change.was and change.was[0]) == (
            "edited",
            f"{STAGES} > ALL in remission",
        )
        assert sorted(labels(change.review)) == [
            "promises marrow_blast_percent",
            "status in_remission",
            "threshold blast_threshold",
        ]

    def test_a_dropped_symptom_bullet_is_dropped_and_not_taken_for_the_one_in_remission(
        self,
    ) -> None:
        (change,) = self.drift(("- There are signs and symptoms of leukemia.\n", "")).to_review
        assert (change.kind, change.now, labels(change.review)) == (
            "dropped",
            None,
            ["criterion signs_or_symptoms"],
        )

    def test_a_new_condition_of_remission_is_seen_though_no_cited_sentence_changed(self) -> None:
        (change,) = self.drift(
            (
                "- The CBC is normal.",
                "- The CBC is normal.\n- There is no minimal residual disease.",
            )
        ).to_review
        assert (change.kind, change.was) == ("new", None)
        assert "status in_remission" in labels(change.review)

    def test_a_renamed_section_moves_its_sentences(self) -> None:
        found = self.drift(("**ALL in remission**", "**Remission**")).to_review
        assert kinds(found) == ["moved"] * 4
        assert "status in_remission" in {
            label for change in found for label in labels(change.review)
        }

    def test_a_drug_added_to_an_option_is_an_edit_of_that_option(self) -> None:
        drug = "[revumenib](/about-cancer/treatment/drugs/revumenib-citrate) for"
        (change,) = self.drift((drug, "[revumenib](/x), or ponatinib for")).to_review
        assert (change.kind, labels(change.review)) == (
            "edited",
            ["option recurrent-targeted-therapy"],
        )

    def test_a_treatment_added_to_a_list_is_a_new_sentence_to_review(self) -> None:
        after = "Some of the treatments being studied"
        (change,) = self.drift((after, f"- a treatment nobody named before\n\n{after}")).to_review
        assert (change.kind, "options recurrent" in labels(change.review)) == ("new", True)


def test_the_report_fits_80_columns_and_names_rules_and_fingerprints() -> None:
    page = edited(SMALL_PAGE.read_text("utf-8"), CASES[-2]["edits"] + CASES[4]["edits"])
    found, ruleset = drift_of(SMALL_RULES, page), read_rules(find_rules())
    text = render_text(ruleset, found)
    assert max(map(len, text.splitlines())) <= 80
    assert ruleset.digest[:12] in text
    for change in found.to_review:
        assert change.was is None or change.was[1][:12] in text
    document = to_document(ruleset, found)
    assert document["to_review"] == len(found.to_review)
    assert {entry["kind"] for entry in document["changes"]} == {"edited", "moved", "new"}


def test_the_command_exits_with_1_exactly_when_something_needs_review(tmp_path: Path) -> None:
    rules = str(rules_citing_small_page(tmp_path / "rules"))
    asked = ("--rules", rules)
    missing = run("rules", "drift", str(SMALL_PAGE), *asked)
    assert (missing.returncode, f"coverage PAGE --rules {rules} --update" in missing.stderr) == (
        4,
        True,
    )
    assert run("rules", "coverage", str(SMALL_PAGE), "--update", *asked).returncode == 0
    assert run("rules", "drift", str(SMALL_PAGE), *asked).returncode == 0
    page = tmp_path / "page.md"
    page.write_text(
        SMALL_PAGE.read_text("utf-8").replace("- hot water with", "- warm water with"), "utf-8"
    )
    result = run("rules", "drift", str(page), "--json", *asked)
    assert (result.returncode, json.loads(result.stdout)["to_review"]) == (1, 1)
    assert "was  " in run("rules", "drift", str(page), *asked).stdout
    page.write_text(SMALL_PAGE.read_text("utf-8").replace("twice a year", "every year"), "utf-8")
    elsewhere = run("rules", "drift", str(page), *asked)
    assert (
        elsewhere.returncode,
        "In sections that no rule cites: 1 edited." in elsewhere.stdout,
    ) == (0, True)
    assert run("rules", "drift", "nowhere.md", *asked).returncode == 3
