"""What a rule set needs of a chart, as FHIR."""

from allstatus.ehr.coding.codes import read_yaml
from allstatus.ehr.out.names import system_address
from ehr.out.written import DEFINITIONS, RULES


def test_every_fact_has_a_place_in_a_chart_and_no_code_from_memory() -> None:
    needed = DEFINITIONS[f"Library/{RULES.ruleset.id}"]["dataRequirement"]
    sets = {f"{one['url']}|{one['version']}": one for one in DEFINITIONS.values()}
    assert {entry["codeFilter"][0]["valueSet"] for entry in needed} <= set(sets)
    listed = {
        (part["system"], code["code"])
        for entry in needed
        for part in sets[entry["codeFilter"][0]["valueSet"]]["compose"]["include"]
        for code in part["concept"]
    }
    tables = [read_yaml(name) for name in ("diagnoses", "results", "signs", "treatments")]
    unsure = {
        (system_address(code["system"]), str(code["code"]))
        for topics in tables
        for topic in topics.values()
        for code in topic["codes"]
        if not code["verified"]
    }
    assert not listed & unsure
    assert set(read_yaml("outputs")["requirements"]) == set(RULES.ruleset.facts)
    for fact in RULES.ruleset.facts.values():
        if "loinc" in fact.codes and fact.kind == "percent":
            assert set(fact.codes["loinc"]) <= {code for _, code in listed}
