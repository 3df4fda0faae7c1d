"""What does not fit a rule file's shape, in plain words, one line a place."""

from pathlib import Path

import pytest

from allstatus.record.yaml_file import YamlFile
from allstatus.rules.shape_problems import shape_problems

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
