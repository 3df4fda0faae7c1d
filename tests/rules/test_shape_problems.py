"""What does not fit a rule file's shape, in plain words, one line a place."""

import subprocess
import sys
from pathlib import Path

import pytest

from allstatus.record.yaml_file import YamlFile
from allstatus.rules.shape_problems import shape_problems

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules" / "nci-pdq-adult-all-patient"
LOADED = """\
import sys
from allstatus import classify
classify({"prior_treatment": "none", "cbc": "abnormal", "marrow_blast_percent": 80,
          "signs_and_symptoms": "present"}).to_json()
print([name for name in sys.modules if name.endswith("_shapes") or "yaml" in name.split(".")])
"""

SAYS = "says: {clinician: a, student: b, plain: c}"
FITS = f"""\
none:
  sentence: a
  where: [treated]
  {SAYS}
"""
UNFIT = {  # what stands there instead, and what is said of it
    FITS.replace("sentence", "sentense"): [
        "1: 'none' has no key 'sentence'; add it",
        "2: unknown key 'sentense' (did you mean 'sentence'?); keys here: sentence, where, says",
    ],
    FITS.replace("sentence: a", "sentence: 5"): [
        "2: 'none.sentence' is 5; write text (in quotes where it looks like a number)"
    ],
    FITS.replace("[treated]", "[]"): [
        "3: 'none.where' is an empty list; write a list with at least one entry"
    ],
    FITS.replace("[treated]", "[{al: [treated]}]"): [
        "3: unknown key 'al' (did you mean 'all'?); keys here: reading, cite, also_cited, note, "
        "criterion, all, any, not"
    ],
    "[]\n": ["1: the file is an empty list; write keys with values"],
}


def problems(text: str, folder: Path) -> list[str]:
    path = folder / "regions.yaml"
    path.write_text(text, "utf-8")
    begin = f"{folder.name}/regions.yaml:"
    return [told.removeprefix(begin) for told in shape_problems(YamlFile(path, folder), "regions")]


def test_what_fits_is_not_told_of(tmp_path: Path) -> None:
    assert problems(FITS, tmp_path) == []


@pytest.mark.parametrize("text", UNFIT)
def test_each_place_is_told_with_line_and_remedy(text: str, tmp_path: Path) -> None:
    assert problems(text, tmp_path) == UNFIT[text]


def test_a_file_that_is_no_yaml_has_no_shape(tmp_path: Path) -> None:
    assert problems("a: [\n", tmp_path) == []


def printed(*command: str | Path) -> tuple[str, str]:
    """What Python says, to standard output and error."""
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


def test_every_shipped_file_was_looked_at_and_no_other_is_in_the_list() -> None:
    assert printed(ROOT / "scripts" / "shipped-files") == ("", "")


def test_a_start_neither_parses_the_shipped_files_nor_builds_their_shapes() -> None:
    assert printed("-c", LOADED) == ("[]\n", "")


def test_a_shipped_file_that_was_changed_is_looked_at(tmp_path: Path) -> None:
    text = (RULES / "regions.yaml").read_text("utf-8")
    assert problems(text, tmp_path) == []
    changed = text.replace("sentence:", "sentense:", 1)
    assert any("sentense" in told for told in problems(changed, tmp_path))


def test_data_of_another_text_are_looked_at() -> None:
    file = YamlFile(RULES / "regions.yaml", RULES).with_data({"none": {}}, {})
    assert len(shape_problems(file, "regions")) == 3
