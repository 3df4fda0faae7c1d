"""What a chart tells by the way (reasons of orders, answers on forms, messages of kinds not
read) counts for what the code tables know, a site's own included; what it tells by a code that is
oddly written is in doubt.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from allstatus.ehr.chart import Chart, Code, Mention, Result
from allstatus.ehr.coding.codes import CodeTables, Match
from allstatus.record.blood_count import COMPONENTS
from allstatus.rules.ruleset import RELAPSE

ODD = "oddly written: {}"


def with_doubted_codes(chart: Chart, tables: CodeTables) -> Chart:
    """A chart with codes that are oddly written replaced, in doubt, by those that may be meant."""
    told: tuple[list[Any], ...] = chart.results, chart.problems, chart.treatments
    mentioned = [one.statement for one in chart.mentions]
    sent = {one.codes for group in (*told, mentioned) for one in group}
    odd = {codes: meant for codes in sent if (meant := tables.meant(codes)) != codes}
    if not odd:
        return chart

    def doubted(one: Any) -> Any:
        codes = one.codes
        if codes not in odd:
            return one
        why = ODD.format(", ".join(f"{code.system} {code.code}" for code in codes))
        return replace(one, codes=odd[codes], doubt=one.doubt or why)

    results, problems, treatments = ([*map(doubted, group)] for group in told)
    mentions = [one._replace(statement=doubted(one.statement)) for one in chart.mentions]
    return replace(
        chart, results=results, problems=problems, treatments=treatments, mentions=mentions
    )


def with_mentions(chart: Chart, tables: CodeTables) -> Chart:
    """A chart with what it tells by the way among its statements, where these tables know it."""
    if not chart.mentions:
        return chart
    known = [one for one in chart.mentions if _is_known(one, tables)]
    told = {one.whole.number for one in known if one.whole is not None}
    wholes = {one.whole.number: one.whole for one in chart.mentions if one.whole is not None}
    found = replace(
        chart,
        results=[*chart.results],
        problems=[*chart.problems],
        others=[*chart.others, *(one for number, one in wholes.items() if number not in told)],
        mentions=[],
    )
    for one in known:
        found.add(one.statement)
    return found


def _is_known(one: Mention, tables: CodeTables) -> bool:
    return _names_what_counts(one, tables) and not (one.unless and _told_by_others(one, tables))


def _names_what_counts(one: Mention, tables: CodeTables) -> bool:
    codes = one.statement.codes
    if isinstance(one.statement, Result):
        said = one.statement.said
        known = tables.results.find_each(codes) or tables.signs.find_each(codes + said)
        return bool(known) or tells_of_more(said, tables)
    if one.more:
        return tells_of_more(codes, tables)
    return bool(tables.diagnoses.find_each(codes) or tables.signs.find_each(codes))


def _told_by_others(one: Mention, tables: CodeTables) -> bool:
    """Whether one of its parts is known: of a count where it is of one itself, else of no count."""
    own = {_is_count(match) for match in tables.results.find_each(one.statement.codes)}
    parts = (match for other in one.unless for match in tables.results.find_each(other))
    return any(_is_count(match) in own for match in parts)


def _is_count(match: Match) -> bool:
    return match.topic.name in COMPONENTS


def tells_of_more(codes: tuple[Code, ...], tables: CodeTables) -> bool:
    """Whether a diagnosis is that of a relapse, or says that a disease is elsewhere."""
    found = tables.diagnoses.find_each(codes)
    found += tables.results.find_each(codes)
    known = any(one.topic["asserts"] == RELAPSE or one.topic["secondary"] for one in found)
    return known or any(one.topic["site"] for one in tables.signs.find_each(codes))
