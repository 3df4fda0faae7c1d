"""The two pages that drift and coverage are tested on, and whole rule sets that cite the small
one.
"""

import shutil
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml

from allstatus.rules.editions import find_rules
from allstatus.rules.fingerprint import page_sentences
from allstatus.verify.page_map import MAP_FILE

ROOT = Path(__file__).parent.parent
SMALL_PAGE = ROOT / "tests" / "pages" / "cold.md"
PLASMA = ROOT / "tests" / "pages" / "plasma.md"
PLASMA_RULES = PLASMA.with_suffix("")  # of another disease, locked; each of its facts is its own
SMALL_RULES = ROOT / "tests" / "pages" / "cold"
PAGE = ROOT.parent / "shared" / "seed" / "nci-pdq-adult-all-patient.md"
HAS_PAGE = pytest.mark.skipif(
    not PAGE.is_file(), reason="the page is not beside this checkout (../shared/seed)"
)


def rules_citing_small_page(target: Path) -> Path:
    """A whole rule set whose citations point at the small page's treatments, one after the
    other.
    """
    shutil.copytree(find_rules(), target)
    (target / MAP_FILE).unlink()
    places = cycle(
        s
        for s in page_sentences(SMALL_PAGE.read_text("utf-8"))
        if s.section.startswith("Treatment")
    )

    def pointed(value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {"section", "sentence"}:
            sentence = next(places)
            return {"section": sentence.section, "sentence": sentence.fingerprint}
        if isinstance(value, dict):
            return {key: pointed(item) for key, item in value.items()}
        return [pointed(item) for item in value] if isinstance(value, list) else value

    for path in target.rglob("*.yaml"):
        path.write_text(
            yaml.safe_dump(pointed(yaml.safe_load(path.read_text("utf-8"))), sort_keys=False),
            "utf-8",
        )
    return target
