"""What a rule set needs of a chart, as FHIR."""

from allstatus.decision.classifier import load_rules
from allstatus.ehr.coding.codes import read_yaml
from allstatus.ehr.out.data_requirements import requirements_of
from allstatus.ehr.out.names import Names, system_address
from ehr.out.written import DEFINITIONS, RULES
from page_rules import PLASMA_RULES


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


def test_a_fact_of_a_rule_set_s_own_is_asked_for_by_its_codes() -> None:
    names = Names(load_rules(PLASMA_RULES, engine="builtin").ruleset)
    code = {"system": "http://loinc.org", "code": "99901-1"}
    filters = [{"path": "code", "code": [code]}]
    assert list(requirements_of(names, "m_protein")) == [
        {"type": "Observation", "codeFilter": filters}
    ]
    assert not list(requirements_of(names, "any_treatment"))
