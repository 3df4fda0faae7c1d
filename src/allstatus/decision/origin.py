"""Where a pickled decision comes from, so that it can be explained in words in another process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from allstatus.errors import RulesError
from allstatus.record.value_class import value_class
from allstatus.rules.editions import find_edition

if TYPE_CHECKING:
    from allstatus.decision.classifier import Classifier
    from allstatus.decision.decision import Decision


@value_class
class Origin:
    """The folders of the rules and of the overlay (None: the shipped one), how it was asked, and
    the language of its texts.
    """

    rules: str
    id: str
    version: str
    digest: str
    overlay: str | None
    with_uses: bool
    adult_ranges: bool
    language: str

    @classmethod
    def of(cls, decision: Decision) -> Origin:
        """That of a decision made in this process."""
        rules, uses = decision.rules, decision._applicability
        return cls(
            rules=str(rules.directory),
            id=rules.id,
            version=rules.version,
            digest=rules.digest,
            overlay=None if uses is None or uses.folder is None else str(uses.folder),
            with_uses=uses is not None,
            adult_ranges=decision._stated.adult_ranges,
            language=rules.language,
        )

    def decide(self, decision: Decision) -> Decision:
        """The same decision made again; raises RulesError where its rules are not kept."""
        return _load(self).classify(
            decision.record,
            chart=decision.chart,
            applicability=self.with_uses,
            adult_ranges=self.adult_ranges,
        )


@lru_cache(maxsize=8)
def _load(origin: Origin) -> Classifier:
    from allstatus.decision.classifier import load_rules

    for folder in (Path(origin.rules), find_edition(origin.id, origin.version)):
        if folder is not None and (folder / "ruleset.yaml").is_file():
            uses = True if origin.overlay is None else Path(origin.overlay)
            found = load_rules(
                folder,
                engine="builtin",
                locked=False,
                applicability=uses,
                language=origin.language,
            )
            if found.ruleset.digest == origin.digest:
                return found
    raise RulesError(
        [
            f"{origin.id} {origin.version}: the rules of this decision are not kept here, so it "
            f"cannot be put in words; its values and its JSON can be read"
        ]
    )
