"""An author's commands: a citation ready to paste, citations held against the page, drafts."""

import json
import re
from pathlib import Path

import pytest
import yaml

from allstatus.rules.editions import find_rules
from command_line import invoke as run
from copies import copy_rules
from page_rules import SMALL_PAGE, rules_citing_small_page

RECORD = {"prior_treatment": "none", "cbc": "normal"}


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A copy that is not locked: its id is another one."""
    return copy_rules(
        tmp_path / "mine",
        [
            {
                "file": "ruleset.yaml",
                "find": "id: nci-pdq-adult-all-patient",
                "put": "id: mine",
            }
        ],
    )


def test_a_sentence_is_cited_by_some_of_its_words() -> None:
    found = run("rules", "cite", SMALL_PAGE, "lid is STILL")
    assert found.exit_code == 0
    assert yaml.safe_load(found.stdout)["cite"]["section"].endswith("> Quiet")
    assert "# Its lid is still." in found.stderr
    absent = run("rules", "cite", SMALL_PAGE, "unicorn")
    assert (absent.exit_code, absent.stdout) == (1, "")
    assert "no sentence has all these words; give fewer" in absent.stderr


def test_citations_are_held_against_the_pages_named(tmp_path: Path) -> None:
    rules = rules_citing_small_page(tmp_path / "small")
    assert run("rules", "lock", rules).exit_code == 0
    assert run("rules", "check", rules, "--page", SMALL_PAGE).exit_code == 0
    page = tmp_path / "page.md"
    page.write_text(SMALL_PAGE.read_text("utf-8").replace("- hot water with", "- ice with"))
    refused = run("rules", "check", rules, "--page", page)
    assert refused.exit_code == 4
    assert "cites a sentence that the page does not have; find it with" in refused.stderr
    page.write_text(SMALL_PAGE.read_text("utf-8").replace("## Treatment of", "## Care of"))
    moved = run("rules", "check", rules, "--page", page)
    assert "cites a sentence that stands in another section of the page: 'Care of" in moved.stderr
    assert run("rules", "check", rules, "--page", page, "--page", SMALL_PAGE).exit_code == 0


@pytest.mark.parametrize("text", ["", "# Another\n\nIt is about something else.\n"])
def test_of_another_page_the_first_citations_are_named_and_how_many_there_are(
    tmp_path: Path, text: str
) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    refused = run("rules", "check", "--page", page)
    *few, last = refused.stderr.splitlines()
    assert (refused.exit_code, len(few)) == (4, 5)
    assert re.fullmatch(
        r"error: (\d+) of \1 citations are missing \(--long: all\); another page than "
        r"'Acute Lymphoblastic Leukemia Treatment .*'\?",
        last,
    )
    everything = run("rules", "check", "--page", page, "--long").stderr.splitlines()
    assert len(everything) == int(last.split()[1])
    assert everything[: len(few)] == few


def test_of_another_page_drift_tells_how_much_changed_and_asks_if_it_is_the_one() -> None:
    drifted = run("rules", "drift", SMALL_PAGE)
    assert drifted.exit_code == 1
    assert "0 sentences unchanged" in drifted.stdout
    assert "another page than" in drifted.stdout
    assert "(--format json: all)" in " ".join(drifted.stdout.split())
    assert len(drifted.stdout.splitlines()) < 15


def test_the_map_of_another_page_is_not_overwritten(draft: Path) -> None:
    before = (draft / "coverage.yaml").read_bytes()
    refused = run("rules", "coverage", SMALL_PAGE, "--rules", draft, "--update")
    assert refused.exit_code == 4
    assert "it maps another page; name another rule set with --rules" in refused.stderr
    assert (draft / "coverage.yaml").read_bytes() == before
    assert run("rules", "coverage", SMALL_PAGE, "--update").exit_code == 2


def test_a_missing_map_is_told_with_its_folder(draft: Path) -> None:
    (draft / "coverage.yaml").unlink()
    told = run("rules", "coverage", SMALL_PAGE, "--rules", draft).stderr
    assert f"`allstatus rules coverage PAGE --rules {draft} --update`" in told


@pytest.mark.parametrize("format", ["text", "json", "html", "fhir"])
def test_a_draft_answers_and_says_so_in_each_form(draft: Path, format: str) -> None:
    asked = ("classify", "-", "--format", format, "--rules", draft)
    assert run(*asked, stdin=json.dumps(RECORD)).exit_code == 4
    answer = run(*asked, "--draft", stdin=json.dumps(RECORD))
    assert answer.exit_code == 0
    assert "Draft: these rules are not locked." in " ".join(answer.stdout.split())
    assert "-draft" in answer.stdout


@pytest.mark.parametrize(
    "command",
    [("rules", "show"), *(("rules", "export", "--to", to) for to in ("cql", "dmn", "json"))],
)
def test_what_is_made_of_a_draft_says_so(draft: Path, command: tuple[str, ...]) -> None:
    assert run(*command, draft).exit_code == 4
    assert "2025.12.30-r3-draft" in run(*command, draft, "--draft").stdout
    assert "-draft" not in run(*command, find_rules()).stdout


def test_the_page_and_the_vectors_of_a_draft_say_so(draft: Path, tmp_path: Path) -> None:
    page, kit = tmp_path / "page.html", tmp_path / "kit"
    assert run("page", "-o", page, "--rules", draft, "--draft").exit_code == 0
    assert "Draft: these rules are not locked." in page.read_text("utf-8")
    assert run("vectors", "-o", kit, "--rules", draft, "--draft").exit_code == 0
    assert "-draft" in (kit / "README.md").read_text("utf-8")
