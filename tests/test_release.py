"""A release is refused until all of it is told, and has the same bytes each time."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from allstatus import __version__
from needs import TOOLS, needs

ROOT = Path(__file__).resolve().parents[1]
TAG = f"v{__version__}"
DATED = f"## [{__version__}] - 2026-01-31"
NEWEST = re.compile(r"^## \[.*$", re.MULTILINE)
MADE = needs("git", "tool:cyclonedx-py")


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def release(folder: Path, output: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, folder / "scripts" / "release", "-o", output],
        env=os.environ | {"CYCLONEDX": str(TOOLS / "cyclonedx-py")},
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last commit, and one more that dates the version and has its tag."""
    folder = tmp_path_factory.mktemp("release") / "clone"
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    changelog = folder / "CHANGELOG.md"
    changelog.write_text(NEWEST.sub(DATED, changelog.read_text("utf-8"), count=1), "utf-8")
    git(folder, "commit", "-qam", "Date the version")
    git(folder, "tag", "-f", TAG)
    return folder


@MADE
@pytest.mark.slow
def test_two_runs_give_the_same_bytes(clone: Path, tmp_path: Path) -> None:
    first, second = ({}, {})
    for name, bytes_of in (("first", first), ("second", second)):
        done = release(clone, tmp_path / name)
        assert done.returncode == 0, done.stderr
        bytes_of |= {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
    assert first == second
    stem = f"allstatus-{__version__}"
    listed = {
        f"{stem}-py3-none-any.whl",
        f"{stem}.cdx.json",
        f"{stem}.licences.tsv",
        f"{stem}.tar.gz",
    }
    assert first.keys() == {*listed, "SHA256SUMS"}
    sums = first["SHA256SUMS"].decode().splitlines()
    assert [line.split("  ")[1] for line in sums] == sorted(listed)
    subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path / "first", check=True)

    bill = json.loads(first[f"{stem}.cdx.json"])
    assert bill["metadata"]["component"]["version"] == __version__
    names = {component["name"] for component in bill["components"]}
    assert {"pydantic", "pydantic_core", "PyYAML", "typer", "rich", "duckdb", "uvicorn"} <= names
    assert not names & {"mypy", "ruff", "allstatus", "Sphinx", "schemathesis", "pip"}
    lines = first[f"{stem}.licences.tsv"].decode().splitlines()
    assert [line.split("\t")[0] for line in lines] == [item["name"] for item in bill["components"]]
    assert all(line.count("\t") == 2 and line.split("\t")[2] for line in lines)


@MADE
@pytest.mark.slow
def test_what_stands_in_the_way_is_told_at_once(clone: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", clone, other], check=True)
    changelog = other / "CHANGELOG.md"
    changelog.write_text(changelog.read_text("utf-8").replace(DATED, "## [Next]"), "utf-8")
    git(other, "tag", "-d", TAG)
    done = release(other, tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "error: there are changes that are not committed; commit them, or put them aside",
        f"error: CHANGELOG.md has no heading '## [{__version__}] - YYYY-MM-DD'; date the version",
        f"error: this commit has no tag {TAG}; git tag {TAG}, or raise the version",
        f"error: {tmp_path.name} is there already; remove it, or name another with -o",
    ]


def test_the_version_is_the_same_wherever_it_is_told() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == __version__
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## [{__version__}] - {citation['date-released']}\n" in changelog


def test_every_library_has_a_tested_version() -> None:
    """Each requirement's lower bound is at or under the version that tests are run with."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked: dict[str, list[Version]] = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        name, _, version = line.partition(" ;")[0].partition("==")
        locked.setdefault(name, []).append(Version(version))
    extras = project["optional-dependencies"].values()
    for text in (*project["dependencies"], *(item for items in extras for item in items)):
        wanted = Requirement(text)
        if wanted.name != "allstatus":
            versions = locked[canonicalize_name(wanted.name)]
            assert any(version in wanted.specifier for version in versions), text
