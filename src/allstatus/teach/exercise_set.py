"""A set of exercises with what a reader must know of it: its seed, its rules and its notice."""

from __future__ import annotations

from dataclasses import dataclass

from allstatus.decision.classifier import Classifier
from allstatus.rules.ruleset import RuleSet
from allstatus.teach.exercise_words import Worded, word
from allstatus.teach.exercises import make_pool
from allstatus.teach.sampling import draw
from allstatus.teach.strings import about, page_title, texts


@dataclass(frozen=True, slots=True)
class Sheet:
    """Exercises drawn by a seed, easy ones first."""

    classifier: Classifier
    seed: int
    exercises: tuple[Worded, ...]

    @property
    def rules(self) -> RuleSet:
        """The rules that decide on them."""
        return self.classifier.ruleset

    @property
    def title(self) -> str:
        """A title that names the seed."""
        said = texts(self.rules)
        return f"{page_title(self.rules)} ({said['exercise']['seed'].format(seed=self.seed)})"

    @property
    def source(self) -> str:
        """Rule set id, version and digest, the page it reads, and the notice."""
        return f"{about(self.rules)} {self.rules.notice}"


def make_sheet(classifier: Classifier, seed: int, count: int) -> Sheet:
    """`count` exercises for a seed below 2^32; the same for the same rules, here and on the
    page.
    """
    return Sheet(
        classifier,
        seed,
        tuple(word(classifier, exercise) for exercise in draw(make_pool(classifier), seed, count)),
    )
