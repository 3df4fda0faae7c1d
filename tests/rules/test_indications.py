"""The overlay of stated uses: what is refused, with where it stands and what to do."""

import shutil
from pathlib import Path

import pytest

from allstatus import RulesError
from allstatus.rules.editions import rules_home
from allstatus.rules.indications import read_overlay

OURS = rules_home() / "applicability"
AGENT = sorted((OURS / "agents").glob("*.yaml"))[0].name
APPENDED = [  # file, what is added to it, what is said
    ("facts.yaml", "new_fact: {}\n", r"facts\.yaml:\d+: 'new_fact' has no key"),
    ("thresholds.yaml", "zzz: 1\n", r"thresholds\.yaml:\d+: 'zzz' is 1"),
    ("overlay.yaml", "zzz: 1\n", r"overlay\.yaml:\d+: unknown key 'zzz'"),
    (f"agents/{AGENT}", "zzz: 1\n", rf"agents/{AGENT}:\d+: unknown key 'zzz'"),
]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OURS, tmp_path / "applicability"))


def test_ours_is_read_whole() -> None:
    found = read_overlay()
    assert set(found.agents) == {path.stem for path in (OURS / "agents").glob("*.yaml")}
    asked = {
        n for use in found.agents.values() for clause in use.clauses for n in clause.criteria()
    }
    assert asked <= set(found.criteria)
    assert all(use.place.startswith("applicability/agents/") for use in found.agents.values())


@pytest.mark.parametrize(("name", "text", "said"), APPENDED)
def test_a_file_of_another_shape(overlay: Path, name: str, text: str, said: str) -> None:
    path = overlay / name
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    with pytest.raises(RulesError, match=said):
        read_overlay(overlay)


def test_an_agent_in_a_file_of_another_name(overlay: Path) -> None:
    (overlay / "agents" / AGENT).rename(overlay / "agents" / "other.yaml")
    said = f"stands in a file of another name; rename the file to {AGENT}"
    with pytest.raises(RulesError, match=said):
        read_overlay(overlay)


def test_a_criterion_that_no_agent_asks_for(overlay: Path) -> None:
    path = overlay / "criteria.yaml"
    name = next(iter(read_overlay().criteria))
    text = path.read_text("utf-8")
    entry = text[text.index(f"\n{name}:") :].split("\n", 2)[2].split("\n\n")[0]
    body = "\n".join(line for line in entry.split("\n")[:4] if line.startswith("  "))
    path.write_text(f"{text}\nunasked:\n{body}\n", "utf-8")
    with pytest.raises(RulesError, match=r"no agent's condition uses criterion 'unasked'"):
        read_overlay(overlay)


def test_a_missing_file(overlay: Path) -> None:
    (overlay / "criteria.yaml").unlink()
    with pytest.raises(RulesError, match=r"criteria\.yaml:1: the file is missing"):
        read_overlay(overlay)
