"""One patient of an export: the resources gathered for it to a row of plain values, with its
evidence.

Nothing here needs a library of the `bulk` extra, and everything given and returned can be sent to
another process.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from pydantic_core import to_json

from allstatus.bulk.answer_texts import ANSWER, TRACE, VERDICT
from allstatus.bulk.cells import CellAnswer, CellTrace
from allstatus.bulk.fhir_export.ndjson_pieces import why_spoilt
from allstatus.decision.answer import NOT_APPLICABLE
from allstatus.decision.classifier import Classifier, load_rules
from allstatus.decision.decision import Decision
from allstatus.ehr.chart import REFUSED, SAID_SO, Chart
from allstatus.ehr.chart_options import ChartOptions
from allstatus.ehr.facts_table import facts_document
from allstatus.ehr.fhir.fhir_bundles import is_resource, no_resource
from allstatus.ehr.fhir.fhir_reader import PART, read_fhir, read_patients
from allstatus.ehr.fhir.fhir_standing import may_modify
from allstatus.ehr.fhir.fhir_withdrawals import record_of
from allstatus.ehr.timelines.timeline import decide_chart
from allstatus.errors import InvalidRecord
from allstatus.record.exact_json import parse_json
from allstatus.record.frozen import plain

Row = dict[str, str | None]
HOLDERS = ("Bundle", "Parameters")  # types that hold resources
NO_HOLDER = "is a {}; an export has one resource a line, and `allstatus classify` reads it"


@dataclass(frozen=True, slots=True)
class DecideSettings:
    """By which rules patients are decided, and how their charts are read."""

    rules: str | None = None
    engine: str = "auto"
    as_of: date | None = None
    options: ChartOptions = field(default_factory=ChartOptions)
    explain: bool = False

    @property
    def classifier(self) -> Classifier:
        """The rules, loaded once in each process; raises RulesError."""
        return _load(self.rules, self.engine)

    @property
    def reading(self) -> ChartOptions:
        """How charts are read, with the rules' population."""
        return self.options.of(self.classifier.ruleset)

    def mark_part(self, chart: Chart, refused: int) -> None:
        """Make a chart a part where so many of its lines were refused, or it is said to be one."""
        if refused or self.options.partial:
            chart.partial = True
            chart.warnings.append(PART.format(REFUSED.format(refused) if refused else SAID_SO))

    def decide(self, chart: Chart) -> Decision:
        """What is decided on a chart."""
        return decide_chart(self.classifier, chart, as_of=self.as_of, options=self.options)

    @property
    def columns(self) -> list[str]:
        """The names of a row's values, in order."""
        criteria = [f"criterion.{name}" for name in self.classifier.ruleset.criteria]
        return ["id", "as_of", *ANSWER, *((*TRACE, *criteria) if self.explain else ()), "ruleset"]


@dataclass(frozen=True, slots=True)
class ExportContext:
    """What an export holds beside a patient: `alone` when it is about nobody else, how many
    resources name no patient, and which are said to be gone: `Type/id`, and the type of the record
    that says so with the address as sent.
    """

    alone: bool = False
    nameless: int = 0
    withdrawn: dict[str, str] = field(default_factory=dict)

    def records_of(self, resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What takes some of these back, as records."""
        if not self.withdrawn:
            return []
        keys = (f"{one['resourceType']}/{one.get('id')}" for one in resources)
        said = (self.withdrawn[key].partition(" ") for key in keys if key in self.withdrawn)
        return [record_of(kind, address) for kind, _, address in said]


@dataclass(slots=True)
class Decided:
    """A patient's row and evidence, None without a diagnosis of the population that counts;
    lines that are no resource, by place, with why. `unread` counts statements by the coding that
    no table names; `unclear`: no diagnosis is known as the disease, and one is not understood.
    """

    row: Row | None = None
    evidence: bytes | None = None
    refused: dict[int, str] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)
    unclear: bool = False


def decide_patient(
    how: DecideSettings,
    patient: str,
    lines: Iterable[bytes | str],
    others: ExportContext = ExportContext(),
) -> list[Decided]:
    """Decide on one patient from the NDJSON lines about it, those linked to it, and those they
    refer to, as on one bundle that holds them: on each where they are several people, at least on
    one. What was refused is told of the first; the chart is then a part.
    """
    resources, refused, unmodified = [], dict[int, str](), True
    for place, line in enumerate(lines):
        unmodified = unmodified and not may_modify(line)
        try:
            resource = read_resource(line)
            refuse_holder(resource)
            resources.append(resource)
        except InvalidRecord as error:
            refused[place] = error.problem
    found = []
    told = decide_resources(how, patient, resources, others, len(refused), unmodified=unmodified)
    for decision in told:
        found.append(Decided())
        tell(how, str(decision.record.id or patient), decision, found[-1])
    found = found or [Decided()]
    found[0].refused = refused
    return found


def tell(how: DecideSettings, patient: str, decision: Decision, decided: Decided) -> None:
    """Add to what is written of a patient what a decision says, and its evidence."""
    if decision.chart is not None and decision.chart.account is not None:
        account = decision.chart.account
        for code in account.codes:
            decided.unread[f"{code['system']} {code['code']}".strip()] += code["count"]
        decided.unclear = bool(account.diagnoses) and not decision.chart.applicable
    if decision.outcome != NOT_APPLICABLE:
        decided.row, decided.evidence = row_of(how, patient, decision), to_json(_evidence(decision))


def decide_resources(
    how: DecideSettings,
    patient: str,
    resources: list[dict[str, Any]],
    others: ExportContext = ExportContext(),
    refused: int = 0,
    *,
    unmodified: bool = False,
) -> list[Decision]:
    """The same as decisions, beside lines that were refused; none when there is no resource."""
    if not resources:
        return []
    resources = resources + others.records_of(resources)
    if others.alone:
        charts = read_fhir(resources, unmodified=unmodified)
    else:
        charts = read_patients(resources, patient, others.nameless, unmodified=unmodified)
    for chart in charts:
        how.mark_part(chart, refused)
    return [how.decide(chart) for chart in charts]


def read_resource(line: bytes | str) -> dict[str, Any]:
    """A line as a FHIR resource; raises InvalidRecord, whose `problem` holds nothing of the
    line.
    """
    try:
        value = parse_json(line)
    except InvalidRecord as error:
        if isinstance(line, bytes) and (why := why_spoilt(line)):
            raise InvalidRecord("line", why, "export it again") from None
        problem = error.problem.replace("at line 1 column", "at column")
        raise InvalidRecord("line", problem, error.remedy) from None
    if not isinstance(value, dict) or not is_resource(value):
        raise no_resource("line")
    return value


def refuse_holder(resource: dict[str, Any]) -> None:
    """Raise InvalidRecord for a line that holds other resources."""
    if (kind := resource["resourceType"]) in HOLDERS:
        raise InvalidRecord("line", NO_HOLDER.format(kind), "")


def row_of(how: DecideSettings, patient: str, decision: Decision) -> Row:
    """A decision as the values of `how.columns`."""
    day, answer = decision.record.as_of, CellAnswer.of(decision)
    row: Row = {"id": patient, "as_of": None if day is None else day.isoformat()}
    row.update((name, say(answer)) for name, say in ANSWER.items())
    if how.explain:
        verdicts = decision.verdicts
        trace = CellTrace.of(decision, tuple(verdicts.values()))
        row.update((name, tell(trace)) for name, tell in TRACE.items())
        row.update((f"criterion.{name}", VERDICT[verdict]) for name, verdict in verdicts.items())
    row["ruleset"] = decision.rules.digest
    return row


def _evidence(decision: Decision) -> dict[str, Any]:
    """Each fact with what it was read from and what was set aside, so that the row can be
    explained.
    """
    day = decision.record.as_of
    document = facts_document(decision)
    return {
        "id": document.pop("id"),
        "as_of": None if day is None else day.isoformat(),
        "outcome": decision.outcome,
        "status": decision.status,
        **document,
        "assumptions": plain(decision.assumptions),
        "conflicts": plain(decision.conflicts),
    }


@cache
def _load(rules: str | None, engine: str) -> Classifier:
    return load_rules(rules, engine=engine)
