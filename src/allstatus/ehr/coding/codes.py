"""The code tables of `codes/`: what a system and code mean, never what a display says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from allstatus.ehr.chart import ITSELF, TEXT, Code
from allstatus.ehr.coding.code_systems import CodeSystems, plain
from allstatus.ehr.coding.code_table import Match, Table, Topic
from allstatus.ehr.coding.comments import MARROW, RESULT, SHARE, Kinds
from allstatus.ehr.coding.medicine_names import MedicineNames
from allstatus.ehr.coding.site_codes import TABLES, SiteCodes
from allstatus.ehr.coding.specimen_words import topics_named
from allstatus.record.code_files import codes_home, read_yaml
from allstatus.record.remembered import remembered
from allstatus.rules.once import once_for_rules
from allstatus.rules.ruleset import RuleSet

OTHERS = "other_person"  # whose specimen it is, of those that are not the patient's
OF_MARROW = ("marrow_blasts", "marrow_report")
SHARES = ("blood_blasts", "csf_blasts", "fluid_blasts", "blasts")
__all__ = ["Match", "Table", "Topic", "codes_home", "read_yaml"]


@dataclass(frozen=True, slots=True, eq=False)
class CodeTables:
    """What codes mean: our tables, with a site's own laid over them."""

    diagnoses: Table
    results: Table
    signs: Table
    treatments: Table
    medicines: MedicineNames
    systems: CodeSystems
    site: SiteCodes | None = None

    def table(self, name: str) -> Table:
        """A table by its file's name: `diagnoses`, `results`, `signs` or `treatments`."""
        found: Table = getattr(self, name)
        return found

    def system_of(self, code: Code) -> str:
        """The short name of a code's system, empty when it is not known here."""
        name = code.system if self.systems.is_known(code.system) else self.systems.name(code.system)
        return name if self.systems.is_known(name) else ""

    def meant(self, codes: tuple[Code, ...]) -> tuple[Code, ...]:
        """Codes of one concept with those that tables know in the place of what is oddly written;
        as they are where one of them is known as it is written.
        """
        within = [self._known(self.systems.parts(code)) for code in codes]
        if not any(within) or self._known(c for c, w in zip(codes, within, strict=True) if not w):
            return codes
        return tuple(one for c, w in zip(codes, within, strict=True) for one in w or (c,))

    def _known(self, codes: Iterable[Code]) -> tuple[Code, ...]:
        each = self.results, self.signs, self.diagnoses, self.treatments
        return tuple(code for code in codes if any(table.known(code) for table in each))

    def specimen_in_words(self, code: Code) -> tuple[Topic, ...]:
        """What a specimen is called whose code no table names, or names oddly written; of one that
        a table names, whether it is another person's.
        """
        if code.system == ITSELF:
            return ()
        if self.results.find([code]):
            called = [self.results.topics[name] for name in topics_named(code.display)]
            return tuple([one for one in called if one["specimen"] == OTHERS])
        if within := self.results.find_each(self.systems.parts(code)):
            return tuple(match.topic for match in within)
        words = code.code if code.system == TEXT else code.display
        return tuple([self.results.topics[name] for name in topics_named(words)])


class Population(NamedTuple):
    """Whom a rule set is about: what the disease is called, and its codes with their systems."""

    title: str
    codes: tuple[tuple[str, str], ...]

    @staticmethod
    @once_for_rules
    def of(ruleset: RuleSet) -> Population:
        """The population that a rule set declares."""
        said = ruleset.population
        codes = [(system, code) for system in ("icd10cm", "snomed") for code in said[system]]
        return Population(said["diagnosis"], tuple(codes))


def code_tables(site: SiteCodes | None = None) -> CodeTables:
    """Our tables, with a site's laid over them; made once for each digest."""
    return _made(site)


@lru_cache(maxsize=8)
def _made(site: SiteCodes | None) -> CodeTables:  # to a cache `f()` is another than `f(None)`
    ours = {name: read_yaml(name) for name in TABLES}
    systems = CodeSystems(read_yaml("systems"))
    rename = None
    if site is not None:
        systems = CodeSystems(site.systems_over(read_yaml("systems")))
        ours = {name: site.laid_over(name, topics, systems) for name, topics in ours.items()}
        rename = _renamer(systems)
    tables = {name: Table.of(topics, rename) for name, topics in ours.items()}
    names = {
        name: tables["treatments"].topics[topic]
        for topic, entry in ours["treatments"].items()
        for name in entry.get("names", ())
    }
    beside = [word for words in read_yaml("medicine-words").values() for word in words]
    return CodeTables(**tables, medicines=MedicineNames(names, beside), systems=systems, site=site)


@lru_cache(maxsize=8)
def population_tables(population: Population, site: SiteCodes | None = None) -> CodeTables:
    """The tables as a rule set reads them: its population's diagnoses are its own."""
    tables = code_tables(site)
    codes = [make_code(system, code) for system, code in population.codes]
    return replace(tables, diagnoses=tables.diagnoses.of_population(codes, population.title))


def _renamer(systems: CodeSystems) -> Any:
    """Gives a code sent under a name that only the site knows its system's short name."""

    def rename(code: Code) -> Code | None:
        name = systems.name(code.system)
        name = plain(name) if name == code.system and not systems.is_known(name) else name
        return None if name == code.system else Code(name, systems.written(name, code.code))

    return rename


def heard_of(codes: tuple[Code, ...]) -> Kinds:
    """The kinds of words by which comments take a result of these codes back."""
    found = table("results").find(codes)
    name = found.topic.name if found is not None else ""
    return MARROW if name in OF_MARROW else SHARE if name in SHARES else RESULT


def table(name: str) -> Table:
    """One of our own tables of topics: `diagnoses`, `results`, `treatments` or `signs`."""
    return code_tables().table(name)


@remembered(4096)
def make_code(system: str, code: str, display: str = "") -> Code:
    """A code with its system by its short name, written as that system writes its codes."""
    return code_tables().systems.code(system, code, display)
