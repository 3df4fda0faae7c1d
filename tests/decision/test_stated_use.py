"""A stated use as a table: what its clauses say in every case, and what must still be known."""

from itertools import product

from allstatus.decision.stated_use import IndicationTable, table_csv
from allstatus.rules.condition import Clause
from allstatus.rules.indications import STATUS_FACT
from shipped import RULES

OVERLAY = RULES.applicability.overlay


def test_each_table_says_what_its_clauses_say_in_every_case() -> None:
    for fitting in RULES.applicability.fittings.values():
        table = fitting.condition.table
        for number, case in enumerate(table.cases):
            holds = all(clause.holds(case) for clause in fitting.use.clauses)
            if table.consistent >> number & 1:
                assert fitting.condition.read(case).applicability == (
                    "applies" if holds else "does_not_apply"
                )


def test_needs_data_always_names_facts_with_a_question_and_a_test() -> None:
    for condition in RULES.applicability.conditions():
        for cell in product((True, False, None), repeat=len(condition.table.criteria)):
            known = dict(zip(condition.table.criteria, cell, strict=True))
            if condition.table.cell(cell).completions:
                entry = condition.read(known)
                assert bool(entry.needs) == (entry.applicability == "needs_data")
                assert [ask.fact for ask in entry.asks] == list(entry.needs)
                assert all(
                    ask.question and (ask.answered_by or ask.fact == STATUS_FACT)
                    for ask in entry.asks
                )


def test_a_criterion_that_cannot_matter_is_found() -> None:
    adult = Clause("criterion", "x.1", "adult")
    idle = Clause("any", "x", children=(adult, Clause("not", "x.2", children=(adult,))))
    condition = IndicationTable(OVERLAY, "x", (*OVERLAY.agents["imatinib"].clauses, idle), "here:1")
    assert condition.idle_criteria() == ["adult"]


def test_the_table_has_a_line_for_each_case_that_can_be_and_one_answer_a_line() -> None:
    fittings = RULES.applicability.fittings.values()
    header, *lines = table_csv(fittings).splitlines()
    assert header == "condition,holds,does_not_hold,answer"
    conditions = [one for fitting in fittings for one in fitting.conditions()]
    assert len(lines) == sum(one.table.consistent.bit_count() for one in conditions)
    assert {line.rpartition(",")[2] for line in lines} == {"applies", "does_not_apply"}
    assert len({line.rpartition(",")[0] for line in lines}) == len(lines)
