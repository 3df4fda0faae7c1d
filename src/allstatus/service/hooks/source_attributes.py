"""Intended use and source attributes, answered from one file and the rule set itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

import allstatus
from allstatus.record.yaml_file import YamlFile
from allstatus.render.messages import definitions_word
from allstatus.rules.ruleset import RuleSet
from allstatus.service.rest_types import About

FILE = Path(__file__).parent / "source_attributes.yaml"
OF_THE_DISEASE = ("intended_use", "intended_users", "intended_population")
OF_THE_FACTS = ("known_limits", "inputs")


def attributes(rules: RuleSet) -> About:
    """What a rule set is for and for whom, with every source attribute answered."""
    about = YamlFile(FILE, FILE.parent).data
    said = {**rules.population, "definitions": definitions_word(rules)}
    about |= {name: about[name].format(**said) for name in OF_THE_DISEASE}
    about |= {name: list(_of_the_facts(about[name], rules)) for name in OF_THE_FACTS}
    about["inputs"] += [fact.question for fact in rules.facts.values() if fact.own]
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


def _of_the_facts(entries: Sequence[str | Mapping[str, Any]], rules: RuleSet) -> Iterator[str]:
    """What holds of any rules, and of rules that ask for some facts where these do."""
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        elif not rules.facts.keys().isdisjoint(entry["of"]):
            yield entry["say"]
