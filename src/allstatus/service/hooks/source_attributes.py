"""Intended use and source attributes, answered from one file and the rule set itself."""

from __future__ import annotations

from pathlib import Path

from pydantic import TypeAdapter

import allstatus
from allstatus.record.yaml_file import YamlFile
from allstatus.render.messages import definitions_word
from allstatus.rules.ruleset import RuleSet
from allstatus.service.rest_types import About

FILE = Path(__file__).parent / "source_attributes.yaml"
OF_THE_DISEASE = ("intended_use", "intended_users", "intended_population")


def attributes(rules: RuleSet) -> About:
    """What a rule set is for and for whom, with every source attribute answered."""
    about = YamlFile(FILE, FILE.parent).data
    said = {**rules.population, "definitions": definitions_word(rules)}
    about |= {name: about[name].format(**said) for name in OF_THE_DISEASE}
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
