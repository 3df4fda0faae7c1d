"""The worked ports conform at the level they claim, and are caught in just the families where they
are wrong.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.testing.answers import AnswerLevel
from allstatus.testing.conformance import Report, check_command, render
from allstatus.translate.indications_json import to_plain_uses
from allstatus.translate.plain_json import to_plain
from needs import needs
from shipped import RULES, vectors

HERE = Path(__file__).parent
PORTS = yaml.safe_load((HERE / "ports.yaml").read_text("utf-8"))
VECTORS = vectors()


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rules") / "rules.json"
    path.write_text(json.dumps(to_plain(RULES.table)), "utf-8")
    path.with_name("uses.json").write_text(json.dumps(to_plain_uses(RULES.applicability)), "utf-8")
    return path


DOCUMENT = HERE.parent.parent / "docs" / "testing-kit.md"


def check(port: dict[str, Any], rules: Path, level: str) -> Report:
    ports, uses = HERE.parent.parent / "examples" / "ports", rules.with_name("uses.json")
    command = port["command"].format(rules=rules, uses=uses, ports=ports, python=sys.executable)
    return check_command(command, VECTORS, AnswerLevel(level))


def cases(*names: str) -> list[Any]:
    """The ports, each marked by what it needs."""
    return [
        pytest.param(name, marks=[needs(PORTS[name]["needs"])] if "needs" in PORTS[name] else [])
        for name in names
    ]


@pytest.mark.parametrize("name", cases(*PORTS))
def test_a_port_conforms_at_the_level_it_claims(name: str, rules: Path) -> None:
    report = check(PORTS[name], rules, PORTS[name]["claims"])
    assert report.conforms, "\n".join(
        line for failure in report.failures[:3] for line in failure.lines
    )


@pytest.mark.parametrize(
    "name", cases(*(name for name, port in PORTS.items() if "caught_at" in port))
)
def test_a_port_is_caught_where_it_is_wrong(name: str, rules: Path) -> None:
    port = PORTS[name]
    report = check(port, rules, port["caught_at"])
    assert not report.problems
    assert (
        list(dict.fromkeys(failure.vector.family for failure in report.failures))
        == port["caught_in"]
    )
    assert report.wrongly_sure() == port["wrongly_sure"]
    if name == "java":
        table, _, rest = render(report).partition("\n\n")
        assert table in DOCUMENT.read_text("utf-8")
        assert rest.splitlines()[-3] in DOCUMENT.read_text("utf-8")
