"""Rule sets and commands from outside: bounded, and never a way to read other files."""

import os
import re
import shlex
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus import RulesError, load_rules
from allstatus.rules.fingerprint import page_sentences
from allstatus.rules.lock import rule_files
from allstatus.testing.command_adapter import MOST, run_adapter
from command_line import run

HOME = Path(__file__).parents[2] / "rules" / "nci-pdq-adult-all-patient"
SECRET = "root:*:19000:0:99999:7:::"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text(f"{SECRET}\n" * 3)
    return Path(shutil.copytree(HOME, tmp_path / "rules"))


@pytest.mark.parametrize("name", ["regions.yaml", "lock.json", "decision-table.csv", "more.yaml"])
@pytest.mark.parametrize("what", ["link", "folder", "pipe", "circle"])
def test_what_is_no_file_of_the_folder_is_refused_unread(rules: Path, name: str, what: str) -> None:
    path = rules / name
    path.unlink(missing_ok=True)
    if what == "link":
        path.symlink_to(rules.parent / "secret")
    elif what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path)
    with pytest.raises(RulesError) as refused:
        load_rules(rules)
    assert SECRET not in str(refused.value)
    assert name in str(refused.value)


READ_LAST = ("coverage.yaml", "histories.yaml", "promises.yaml")  # the lock is looked at before
READ = sorted(path.relative_to(HOME).as_posix() for path in rule_files(HOME))


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("content", [b"caf\xe9: 1\n", b"\xff\xfea\0", b"a: \0", b"null"])
def test_each_file_that_holds_no_yaml_is_refused_in_words(
    rules: Path, name: str, content: bytes
) -> None:
    (rules / name).write_bytes(content)
    checked = run("rules", "check", rules)
    assert (checked.returncode, checked.stdout) == (4, "")
    by = "lock.json:2" if name in READ_LAST else f"{name}:1"
    assert checked.stderr.startswith(f"error: rules/{by}: ")


UNKNOWN = yaml.safe_load((Path(__file__).parent / "unknown_keys.yaml").read_text("utf-8"))
NOT_LOCKED = "texts/"  # so that a rule set may be checked that says anything there


@pytest.mark.parametrize("case", UNKNOWN, ids=lambda case: f"{case['file']} {case['at']}")
def test_a_key_that_no_such_file_has_is_refused(rules: Path, case: dict[str, Any]) -> None:
    path = rules / case["file"]
    data = place = yaml.safe_load(path.read_text("utf-8"))
    for part in case["at"]:
        place = place[part]
    place["zz_unknown"] = "x"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    for command in ["lock", "check"] if case["file"].startswith(NOT_LOCKED) else ["lock"]:
        found = run("rules", command, rules)
        assert (found.returncode, found.stdout) == (4, "")
        assert re.match(rf"error: rules/{case['file']}:\d+: ", found.stderr)
        assert case["says"] in found.stderr


def test_a_lock_nested_too_deeply_is_refused(rules: Path) -> None:
    (rules / "lock.json").write_text("[" * 100_000)
    with pytest.raises(RulesError, match="is not a JSON object"):
        load_rules(rules)


ENDLESS = 'python -c "import sys\nwhile True: sys.stdout.write(chr(97) * 99 + chr(10))"'
SLEEPS = 'python -c "import time; time.sleep(600)"'
QUIET = 'python -c "pass"'
LOUD = "python -c \"import sys; sys.stderr.write('e' * 10**7 + chr(10) + 'last'); sys.exit(3)\""
COMMANDS = {
    ENDLESS: f"wrote more than {2 * MOST:,} bytes and was stopped",
    SLEEPS: "did not end within 2 seconds and was stopped",
    QUIET: "1 lines went in, 0 came out; print exactly one line for each",
    LOUD: "the command ended with exit status 3: last",
}


@pytest.mark.parametrize(
    ("command", "problem"), COMMANDS.items(), ids=["endless", "sleeps", "quiet", "loud"]
)
def test_a_command_is_bounded_in_time_and_bytes(command: str, problem: str) -> None:
    found = run_adapter(command, [{"cbc": "normal"}], seconds=2 if command == SLEEPS else 60)
    assert any(problem in said for said in found.problems), found.problems


ALONE = "import subprocess, sys, time; subprocess.Popen({}, start_new_session=True); time.sleep({})"
CHILD = "sys.argv[1:]"
ORPHAN = f'[sys.executable, "-c", {ALONE.format(CHILD, 0)!r}, *sys.argv[1:]]'


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
@pytest.mark.parametrize("seconds", [1, 600], ids=["ends", "hangs"])
@pytest.mark.parametrize("child", [CHILD, ORPHAN], ids=["child", "orphan"])
def test_what_a_command_starts_in_a_session_of_its_own_ends_with_it(
    child: str, seconds: int, tmp_path: Path
) -> None:
    beats = tmp_path / "beats"
    beat = f"exec >&- 2>&-; while :; do echo . >> {shlex.quote(str(beats))}; sleep 0.05; done"
    words = [sys.executable, "-c", ALONE.format(child, seconds), "sh", "-c", beat]
    run_adapter(shlex.join(words), [{}], seconds=3)
    before = beats.stat().st_size
    time.sleep(0.5)
    assert beats.stat().st_size == before


PAGES = ["[" * 200_000, "![" * 100_000 + "]", "[a](" * 60_000, '[a]("' * 60_000, "[]" * 100_000]


@pytest.mark.parametrize("page", PAGES, ids=["[", "![", "[a](", '[a]("', "[]"])
def test_a_page_of_brackets_is_read_in_one_pass(page: str) -> None:
    assert len(list(page_sentences(page))) <= 1
