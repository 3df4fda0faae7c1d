"""The examples inside the status files hold."""

from allstatus.decision.classifier import Classifier
from allstatus.verify.rule_examples import failing_examples


def test_every_example_in_the_rule_files_gives_what_it_says(classifier: Classifier) -> None:
    assert failing_examples(classifier) == []


def test_each_status_has_examples_under_at_and_over_the_threshold(classifier: Classifier) -> None:
    for status in classifier.ruleset.statuses.values():
        names = {example["name"] for example in status.examples}
        assert {"just under the limit", "exactly at the limit", "just over the limit"} <= names
