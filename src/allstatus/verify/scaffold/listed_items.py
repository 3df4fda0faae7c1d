"""The items of a page's lists of treatments, as options of the status whose section is most
alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from allstatus.rules.fingerprint import PageSentence
from allstatus.verify.scaffold.new_citations import same_headings

TREATMENTS = "Treatment of"  # how a section begins that lists them
_OPTION = yaml.safe_load((Path(__file__).parent / "option.yaml").read_text("utf-8"))


class ListedItems:
    """By status: its `options`, and the first sentence of the section that lists them
    (`openings`). A section without a list lists what its first sentence says.
    """

    def __init__(self, statuses: Mapping[str, str], chosen: Sequence[PageSentence]) -> None:
        self.options: dict[str, list[dict[str, Any]]] = {}
        self.openings: dict[str, PageSentence] = {}
        treated = (s for s in chosen if s.section.startswith(TREATMENTS))
        for section, group in groupby(treated, key=lambda sentence: sentence.section):
            sentences = list(group)
            status = max(statuses, key=lambda name: same_headings(section, statuses[name]))
            self.openings.setdefault(status, sentences[0])
            items = self.options.setdefault(status, [])
            for item in [s for s in sentences if s.begins_item] or sentences[:1]:
                name = f"{status.replace('_', '-')}-{len(items) + 1}"
                cite = {"section": section, "sentence": item.fingerprint}
                items.append({"id": name, **_OPTION, "cite": cite})
