"""How a chart is to be read: the assumptions a caller may name and switch."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from allstatus.ehr.coding.codes import CodeTables, Population, code_tables, population_tables
from allstatus.ehr.coding.site_codes import SiteCodes, read_site_codes
from allstatus.errors import InvalidRecord, nearest
from allstatus.record.value_class import value_class
from allstatus.rules.ruleset import RuleSet

SYMPTOMS_ABSENT = "symptoms-absent-unless-recorded"
KNOWN = (SYMPTOMS_ABSENT,)


@value_class
class ChartOptions:
    """`window_days`: how far a blood count may lie from its marrow. `adult_ranges`: use the default
    table where a laboratory sends none. `codes`: a site's own code tables, laid over ours.
    `population`: whose diagnoses are the rule set's; the one that decides sets it. `partial`: of an
    export, what is known to be a part is read, and what is not here is unknown.
    """

    window_days: int = 14
    adult_ranges: bool = True
    symptoms_absent: bool = False
    codes: SiteCodes | None = None
    population: Population | None = None
    partial: bool = False

    @property
    def tables(self) -> CodeTables:
        """The code tables: ours, with the site's laid over them, for the rule set's population."""
        if self.population is None:
            return code_tables(self.codes)
        return population_tables(self.population, self.codes)

    def of(self, ruleset: RuleSet) -> ChartOptions:
        """The same for a rule set, whose population decides which diagnoses are its own."""
        return _of_population(self, Population.of(ruleset))


@lru_cache(maxsize=32)
def _of_population(options: ChartOptions, population: Population) -> ChartOptions:
    return replace(options, population=population)


DEFAULT_OPTIONS = ChartOptions()


def make_reader(
    assume: list[str] | tuple[str, ...] = (),
    *,
    window_days: int = 14,
    adult_ranges: bool = True,
    codes: str | Path | None = None,
    partial: bool = False,
) -> ChartOptions:
    """The options from the names a caller gave; `codes` is the folder of a site's own tables.
    Raises InvalidRecord for a name that is no assumption, RulesError for tables that do not hold.
    """
    for name in assume:
        if name not in KNOWN:
            raise InvalidRecord(
                "assume",
                f"is not an assumption that can be made{nearest(name, KNOWN)}",
                f"use {', '.join(KNOWN)}",
            )
    site = None if codes is None else read_site_codes(codes)
    absent = SYMPTOMS_ABSENT in assume
    return ChartOptions(window_days, adult_ranges, absent, site, partial=partial)
