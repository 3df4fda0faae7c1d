"""`allstatus verify`: its report, its JSON, its exit statuses."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest
import yaml

from allstatus.rules.editions import find_rules
from allstatus.verify.verification import verify
from needs import NO_Z3
from shipped import RULES
from test_cli import run
from verify.seeded import seed

FAULTS = yaml.safe_load((Path(__file__).parents[1] / "verify/faults.yaml").read_text("utf-8"))


def test_the_command_reports_within_80_columns_and_exits_zero() -> None:
    result = run("verify")
    assert (result.returncode, result.stderr) == (0, "")
    assert max(map(len, result.stdout.splitlines())) <= 80
    for part in (
        RULES.ruleset.id,
        RULES.ruleset.version,
        RULES.ruleset.digest,
        RULES.ruleset.source["url"],
        "not medical advice",
    ):
        assert part in result.stdout.replace("\n", " ")


@NO_Z3
def test_the_command_writes_one_json_document() -> None:
    document = json.loads(run("verify", "--prove", "--json", "nci-pdq-adult-all-patient").stdout)
    assert document["holds"] is True
    assert {check["id"] for check in document["checks"] if check["prove"] is None} == {
        "engines",
        "uses",
    }
    assert {check["id"] for check in document["checks"] if check["exhaustive"] is None} == {"table"}
    assert set(document) == {
        "schema_version",
        "holds",
        "disagreements",
        "ruleset",
        "counts",
        "checks",
        "boxes",
        "clauses",
        "notice",
    }


def test_the_command_exits_one_when_a_statement_fails_and_four_when_rules_are_refused(
    tmp_path: Path,
) -> None:
    rules = Path(shutil.copytree(find_rules(), tmp_path / "rules"))
    seed(rules, next(fault for fault in FAULTS if fault["fault"] == "a missing region"))
    result = run("verify", str(rules))
    assert result.returncode == 1
    assert "does not hold: complete" in result.stdout
    assert "signs_and_symptoms = absent" in result.stdout
    assert run("verify", "nowhere").returncode == 4


def test_proving_without_z3_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(
        Exception, match=r"z3-solver is not installed; run: pip install 'allstatus\[prove\]'"
    ):
        verify(prove=True)
