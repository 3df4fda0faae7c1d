"""The command line as scripts meet it: what goes where, and the exit status."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest

from allstatus import InvalidRecord, load_rules
from allstatus.decision.schema import schema_of
from allstatus.record.exact_json import parse_json
from command_line import run

RECORDS = Path(__file__).parent.parent / "fixtures" / "records"
REMISSION = RECORDS / "remission-blasts-exactly-5.json"
GOOD = {"id": "a", "cbc": "normal"}


def by_process(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "allstatus", *arguments]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, check=False, timeout=60
    )


def test_one_record_is_answered_in_text() -> None:
    result = run("classify", str(REMISSION))
    assert result.returncode == 0
    assert "ALL in remission" in result.stdout
    assert "5 % is on the line" in result.stdout
    assert "not medical advice" in result.stdout.replace("\n", " ")
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "\x1b" not in result.stdout


def test_json_is_the_only_thing_on_standard_output_and_fits_its_schema() -> None:
    result = by_process("classify", str(REMISSION), "--format", "json", "--engine", "builtin")
    decision = json.loads(result.stdout)
    jsonschema.validate(decision, schema_of("decision"))
    assert (decision["status"], decision["engine"], result.stderr) == (
        "in_remission",
        "builtin",
        "",
    )


@pytest.mark.parametrize(
    "many",
    [
        '{"id":"a","cbc":"normal"}\n{"id":"b","cbc":"oops"}\n{"id":"c","cbc":"abnormal"}\n',
        '{"id":"a","cbc":"normal"}\n{"id":"b","cbc":\n{"id":"c","cbc":"abnormal"}\n',
    ],
)
def test_a_bad_line_among_many_is_reported_and_the_others_are_answered(many: str) -> None:
    result = by_process("classify", "-", stdin=many)
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "c"]
    assert result.stderr.startswith("error: record 2: ")
    assert result.returncode == 3


def test_many_records_as_text_are_one_line_each_and_counted() -> None:
    four = "".join(json.dumps({"id": name, "cbc": "normal"}) + "\n" for name in "abcd")
    told = run("classify", "-", "--format", "text", stdin=four + '{"cbc": 1}\n')
    assert told.stdout.splitlines() == [
        f"{name}  cannot tell yet  ask: prior remission" for name in "abcd"
    ]
    assert told.stderr.splitlines()[1:] == ["5 in all: 4 cannot tell yet, 1 refused"]
    at_length = run("classify", "-", "--format", "text", "--long", stdin=four)
    assert at_length.stdout.count("Still possible") == 4
    assert run("classify", "-", "--format", "line", stdin=four[:40]).stdout.count("ask: ") == 1


@pytest.mark.parametrize("width", [45, 80, 133])
def test_text_is_as_wide_as_columns_says(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = run("classify", str(REMISSION)).stdout.splitlines()
    assert width - 15 < max(map(len, lines)) <= width
    shown = run("classify", str(REMISSION), "--format", "line").stdout.splitlines()
    assert [len(line) for line in shown] == [width]


def test_an_array_gives_one_decision_a_line() -> None:
    result = run("classify", "-", stdin=json.dumps([GOOD, GOOD]))
    assert len(result.stdout.splitlines()) == 2
    assert result.returncode == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "error: input: is empty; give one JSON object"),
        (" \n\n", "error: input: is empty; give one JSON object"),
        ('{"CBC": "normal"}', "CBC: is not a key of a record (did you mean 'cbc'?)"),
        ('{"Marrow blast-percent": 3}', "(did you mean 'marrow_blast_percent'?)"),
        ("{", "not valid JSON"),
        ("[[1]]", "not an object"),
        ("NaN", "NaN"),
        ('{"cbc":NaN}', "NaN"),
        ('{"cbc":"normal","cbc":"normal"}', "twice"),
        ("3", "not an object"),
        ("\ufeff" + json.dumps({}), "states no fact"),
        ("[" * 100000, "nested too deeply"),
    ],
)
def test_input_that_is_no_record_is_refused_with_nothing_on_standard_output(
    text: str, says: str
) -> None:
    result = run("classify", "-", stdin=text)
    assert says in result.stderr
    assert (result.returncode, result.stdout) == (3, "")
    assert "Traceback" not in result.stderr


def test_files_that_cannot_be_read_are_refused() -> None:
    assert "no such file" in run("classify", "nowhere.json").stderr
    assert "is a folder without charts; give" in run("classify", str(RECORDS)).stderr
    assert run("classify", "nowhere.json").returncode == 3


def test_unknown_rules_give_status_four_and_usage_gives_two() -> None:
    assert by_process("classify", str(REMISSION), "--rules", "nowhere").returncode == 4
    assert by_process("classify").returncode == 2
    assert run("classify", str(REMISSION), "--format", "xml").returncode == 2


def test_in_this_process_a_command_ends_as_in_one_of_its_own() -> None:
    for asked, given in ((("classify", "-"), "{"), (("classify", "-"), json.dumps(GOOD))):
        alone, here = by_process(*asked, stdin=given), run(*asked, stdin=given)
        assert (alone.returncode, alone.stdout, alone.stderr) == (
            here.returncode,
            here.stdout,
            here.stderr,
        )


@pytest.mark.parametrize("what", ["record", "decision", "rules"])
def test_schemas_are_valid_schemas(what: str) -> None:
    schema = json.loads(run("schema", what).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)


def test_every_kind_of_decision_fits_its_schema() -> None:
    validator, classifier = (
        jsonschema.Draft202012Validator(schema_of("decision")),
        load_rules(engine="builtin"),
    )
    outcomes = set()
    for path in sorted(RECORDS.glob("*.json")):
        with suppress(InvalidRecord):
            decision = classifier.classify(parse_json(path.read_text("utf-8"))).to_dict()
            validator.validate(decision)
            outcomes.add(decision["outcome"])
    assert outcomes == {
        "determined",
        "outside_definitions",
        "insufficient_data",
        "conflicting_data",
    }


def test_every_fixture_record_that_is_accepted_fits_the_record_schema() -> None:
    validator = jsonschema.Draft202012Validator(schema_of("record"))
    for expected in RECORDS.glob("*.expected.json"):
        if "refused" not in json.loads(expected.read_text("utf-8")):
            record = json.loads(
                expected.with_name(expected.name.replace(".expected", "")).read_text("utf-8")
            )
            assert validator.is_valid(record), expected.name


def test_rules_check_and_show() -> None:
    assert "all checks hold" in run("rules", "check").stdout
    shown = run("rules", "show").stdout
    assert "marrow_blast_percent > blast_threshold" in shown
    assert "Recurrent ALL" in shown


def test_without_a_status_the_text_says_why_nothing_is_listed() -> None:
    result = run("classify", str(RECORDS / "outside-refractory.json"))
    assert "No treatments are listed, because no status is determined." in result.stdout
    assert "No treatments are listed" not in run("classify", str(REMISSION)).stdout


def test_version_says_only_the_version() -> None:
    assert by_process("--version").stdout.startswith("allstatus 0.")


LEFT_OUT = {"yaml", "rich", "allstatus.ehr", "allstatus.bulk", "allstatus.service"}


def test_a_record_is_decided_on_without_what_it_does_not_need() -> None:
    script = (
        "import atexit, sys\n"
        "from allstatus.cli import main\n"
        f"atexit.register(lambda: print({LEFT_OUT} & sys.modules.keys(), file=sys.stderr))\n"
        "main()"
    )
    command = [sys.executable, "-c", script, "classify", "--format", "json", str(REMISSION)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "set()\n")
