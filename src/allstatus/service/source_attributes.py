"""Intended use and source attributes, answered from one file and the rule set itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

import allstatus
from allstatus.record.yaml_file import YamlFile
from allstatus.rules.editions import find_rules
from allstatus.rules.load import read_rules
from allstatus.service.rest_types import About

FILE = Path(__file__).parent / "source_attributes.yaml"


@cache
def attributes() -> About:
    """What this is and for whom, with every source attribute answered."""
    about = YamlFile(FILE, FILE.parent).data
    rules = read_rules(find_rules())
    source = rules.source
    own = {
        "bibliographic_citation": (
            f"{source['title']}. {source['url']}. Reviewed {source['last_reviewed']}."
        ),
        "release_date": rules.effective_from,
        "revision_dates": [source["last_reviewed"]],
    }
    told = {
        "name": "allstatus",
        "version": allstatus.__version__,
        **about,
        "attributes": {**own, **about["attributes"]},
        "ruleset": {"id": rules.id, "version": rules.version, "digest": rules.digest},
        "notice": rules.notice,
    }
    return TypeAdapter(About).validate_python(told)
