"""The loaded rules in every language they have texts in, and the one that a caller prefers."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request

from allstatus.decision.classifier import Classifier, load_rules
from allstatus.rules.language_texts import ENGLISH, FOLDER, languages_in
from allstatus.service.accept import preferred_language

HEADERS = {"Vary": "Accept, Accept-Language"}


class Languages:
    """Rules with their texts in other languages, all read when the rules are."""

    def __init__(self, loaded: Iterable[Classifier], engine: str) -> None:
        self._spoken: dict[str, dict[str, Classifier]] = {}
        for classifier in loaded:
            directory = classifier.ruleset.directory
            self._spoken[classifier.ruleset.id] = {ENGLISH: classifier} | {
                language: load_rules(directory, engine=engine, language=language)
                for language in languages_in(directory / FOLDER)
                if language != ENGLISH
            }

    def preferred(self, classifier: Classifier, request: Request) -> Classifier:
        """The same rules in the language that a caller prefers of those they have; in English where
        it prefers none of them.
        """
        spoken = self._spoken[classifier.ruleset.id]
        accepted = ",".join(request.headers.getlist("accept-language"))
        return spoken[preferred_language(accepted, tuple(spoken))]


def language_headers(classifier: Classifier) -> dict[str, str]:
    """The headers of a text in the language of these rules."""
    return {**HEADERS, "Content-Language": classifier.ruleset.language}
