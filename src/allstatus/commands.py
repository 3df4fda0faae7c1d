"""The commands: arguments to calls, decisions to standard output, refusals to standard error.

Exit status: 0 a decision was made, whatever its outcome; 2 usage; 3 the input was refused;
4 the rules were refused.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

import allstatus
from allstatus.errors import InvalidRecord, MissingExtra, RulesError

if TYPE_CHECKING:
    from allstatus.classify import Classifier
    from allstatus.decision import Decision


class Format(StrEnum):
    """How a decision is written."""

    text = "text"
    json = "json"


class EngineName(StrEnum):
    """Which engine fires the rules."""

    auto = "auto"
    durable = "durable"
    builtin = "builtin"


class Schema(StrEnum):
    """What `allstatus schema` describes."""

    record = "record"
    decision = "decision"
    rules = "rules"


app = typer.Typer(
    help="By NCI's patient page on adult ALL: untreated, in remission or recurrent, what the page lists for it, and why. "
    "Decision support for clinicians and teaching, not medical advice.",
    no_args_is_help=True, pretty_exceptions_enable=False,
)  # fmt: skip
rules_app = typer.Typer(help="Check, lock and show rule sets.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")
RulesOption = typer.Option("--rules", metavar="DIR", help="A rule set's folder or name.")
RulesArgument = typer.Argument(metavar="[DIR]", help="A rule set's folder or name.")


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    if version:
        print(f"allstatus {allstatus.__version__}")
        raise typer.Exit


@app.command()
def classify(
    path: Annotated[str, typer.Argument(metavar="PATH|-", help="A JSON record, an array, or NDJSON; - is standard input.")],
    format: Annotated[Format | None, typer.Option("--format", help="text for one record, else json, unless given.")] = None,
    engine: Annotated[EngineName, typer.Option("--engine", help="Which engine fires the rules.")] = EngineName.auto,
    rules: Annotated[str | None, RulesOption] = None,
) -> None:
    """Decide on one or many records; many in, many out, one JSON decision a line."""
    _exit(_classify(path, format, engine.value, rules))


@app.command()
def schema(what: Annotated[Schema, typer.Argument(help="record, decision or rules")]) -> None:
    """Print a JSON Schema."""
    from allstatus.schema import schema_of

    print(json.dumps(schema_of(what.value), indent=2, ensure_ascii=False))


@rules_app.command("check")
def rules_check(rules: Annotated[str | None, RulesArgument] = None) -> None:
    """Check a rule set: shape, names, examples, the decision table and the lock."""
    _exit(_guard(lambda: _rules_check(rules)))


@rules_app.command("lock")
def rules_lock(rules: Annotated[str | None, RulesArgument] = None) -> None:
    """Write decision-table.csv and lock.json of a rule set."""
    _exit(_guard(lambda: _rules_lock(rules)))


@rules_app.command("show")
def rules_show(rules: Annotated[str | None, RulesArgument] = None) -> None:
    """Print a rule set as a page to read."""
    _exit(_guard(lambda: _rules_show(rules)))



def _exit(code: int) -> NoReturn:
    raise SystemExit(code)


def _guard(action: Callable[[], int]) -> int:
    try:
        return action()
    except InvalidRecord as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    except (RulesError, MissingExtra) as error:
        print(f"error: {error}", file=sys.stderr)
        return 4


def _classify(path: str, format: Format | None, engine: str, rules: str | None) -> int:
    def run() -> int:
        from allstatus.classify import load_rules
        from allstatus.inputs import read_records

        records = list(read_records(path))
        classifier = load_rules(rules, engine=engine)
        single = len(records) == 1 and records[0][0] is None
        return _answer(classifier, records, format or (Format.text if single else Format.json))

    return _guard(run)


def _answer(classifier: Classifier, records: Iterable[tuple[int | None, Any]], format: Format) -> int:
    refused = 0
    for number, value in records:
        try:
            if isinstance(value, InvalidRecord):
                raise value
            decision = classifier.classify(value)
        except InvalidRecord as error:
            refused += 1
            where = "" if number is None else f"record {number}: "
            print(f"error: {where}{error}", file=sys.stderr)
            continue
        _write(decision, classifier, format)
    return 3 if refused else 0


def _write(decision: Decision, classifier: Classifier, format: Format) -> None:
    if format is Format.json:
        sys.stdout.write(decision.to_json().decode() + "\n")
        return
    from allstatus.explain.text import render_text

    titles = {name: status.title for name, status in classifier.ruleset.statuses.items()}
    sys.stdout.write(render_text(decision.to_dict(), titles, colour=sys.stdout.isatty()))


def _rules_check(rules: str | None) -> int:
    from allstatus.classify import load_rules
    from allstatus.rules.examples import failing_examples

    classifier = load_rules(rules)
    failures = failing_examples(classifier)
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    if failures:
        return 4
    ruleset, table = classifier.ruleset, classifier.table
    cases = bin(table.consistent).count("1")
    print(
        f"{ruleset.id} {ruleset.version}: {len(ruleset.criteria)} criteria, {len(ruleset.statuses)} statuses, "
        f"{len(ruleset.regions)} regions, {len(table.cases)} cases of which {cases} can be; all checks hold"
    )
    return 0


def _rules_lock(rules: str | None) -> int:
    from allstatus.classify import load_rules
    from allstatus.rules.lock import write_lock

    classifier = load_rules(rules, locked=False)
    ruleset = classifier.ruleset
    write_lock(ruleset.directory, ruleset.digest, classifier.table.csv)
    print(f"{ruleset.id}: locked {ruleset.digest[:12]}, table {classifier.table.digest[:12]}")
    return 0


def _rules_show(rules: str | None) -> int:
    from allstatus.classify import load_rules
    from allstatus.explain.rules_text import render_rules

    sys.stdout.write(render_rules(load_rules(rules).ruleset))
    return 0
