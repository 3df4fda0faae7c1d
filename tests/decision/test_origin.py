"""A decision out of a pickle is explained by the rules that made it, or says that they are gone."""

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from allstatus import RulesError, load_rules
from allstatus.decision.origin import Origin
from allstatus.render.text import render_text
from shipped import RULES

CLEAN = {
    "prior_treatment": "disease_directed",
    "prior_remission": False,
    "cbc": "normal",
    "signs_and_symptoms": "absent",
}


def test_it_is_of_the_rules_the_overlay_and_how_it_was_asked() -> None:
    rules = RULES.ruleset
    assert Origin.of(RULES.classify(CLEAN, adult_ranges=False)) == Origin(
        str(rules.directory), rules.id, rules.version, rules.digest, None, True, False, "en"
    )
    without = RULES.classify(CLEAN, applicability=False)
    assert Origin.of(without).with_uses is False


@pytest.mark.parametrize("uses", [True, False])
def test_made_again_it_is_the_same_decision(uses: bool) -> None:
    decision = RULES.classify(CLEAN, applicability=uses)
    assert Origin.of(decision).decide(decision) == decision


def test_it_is_read_in_another_process_without_the_folder_of_its_rules(tmp_path: Path) -> None:
    rules = RULES.ruleset.directory
    folder = tmp_path / "site-rules"
    folder.mkdir()
    for file in rules.rglob("*"):
        target = folder / file.relative_to(rules)
        if file.is_dir():
            target.mkdir()
        else:
            text = file.read_bytes()
            if file.name == "ruleset.yaml":
                text = text.replace(b"id: nci-pdq-adult-all-patient", b"id: of-a-site")
            target.write_bytes(text)
    decision = load_rules(folder, engine="builtin", locked=False).classify(CLEAN)
    (tmp_path / "decision.pickle").write_bytes(pickle.dumps(decision))
    folder.rename(tmp_path / "gone")
    script = (
        "import pickle, sys; d = pickle.loads(open(sys.argv[1], 'rb').read());"
        "sys.stdout.buffer.write(d.to_json())"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "decision.pickle")]
    found = subprocess.run(command, capture_output=True, check=True)
    assert found.stdout == decision.to_json()
    restored = pickle.loads((tmp_path / "decision.pickle").read_bytes())
    assert restored.missing == decision.missing
    with pytest.raises(RulesError, match="are not kept here"):
        render_text(restored)
