"""Random rule sets in short: any facts, limits, criteria, constraints, clauses and assumptions that
load.

facts: {cbc: {value: normal, when: c1}, …}      what is assumed when the fact is not reported; {}
for nothing
limits: {limit_1: "5"}                          criteria: {c1: "marrow_blast_percent > limit_1", …}
constraints: [[if, then], …]                    regions: [clause, …]
statuses: {recurrent: [clause, …], …}           each one unless any before it
"""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from allstatus.rules.editions import find_rules
from allstatus.testing.rule_files import RuleFiles

FILES = RuleFiles(find_rules())
FACTS = FILES.data["facts.yaml"]
STATUSES = [data["status"] for data in FILES.folder("statuses").values()]
LIMITS = ["0", "1", "2.5", "5", "5.000000000000000001", "20", "33.3", "99.9", "100"]
OPERATORS = [">", ">=", "<", "<=", "==", "!="]
BLASTS = "marrow_blast_percent"
Short = dict[str, Any]


def conditions(fact: str, limits: list[str]) -> st.SearchStrategy[str]:
    entry = FACTS[fact]
    if entry["type"] == "yes_no":
        return st.just(fact)
    operators, operands = (
        (["==", "!="], entry["values"]) if entry["type"] == "choice" else (OPERATORS, limits)
    )
    return st.tuples(st.sampled_from(operators), st.sampled_from(operands)).map(
        lambda two: f"{fact} {two[0]} {two[1]}"
    )


def clauses(criteria: list[str]) -> st.SearchStrategy[Any]:
    def nest(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        several = st.lists(inner, min_size=1, max_size=3)
        kinds = ({"not": inner}, {"all": several}, {"any": several})
        return st.one_of([st.fixed_dictionaries(kind) for kind in kinds])

    return st.recursive(st.sampled_from(criteria), nest, max_leaves=4)


@st.composite
def short_rules(draw: st.DrawFn) -> Short:
    names = draw(st.lists(st.sampled_from(list(FACTS)), min_size=1, max_size=5, unique=True))
    numbers = draw(st.lists(st.sampled_from(LIMITS), min_size=1, max_size=2, unique=True))
    limits = {f"limit_{place}": number for place, number in enumerate(numbers, 1)}
    asked = [
        draw(conditions(name, list(limits)))
        for name in [*names, *([BLASTS] if BLASTS in names else [])]
    ]
    criteria = {f"c{number}": text for number, text in enumerate(dict.fromkeys(asked), 1)}
    any_clause = clauses(list(criteria))
    return {
        "facts": {name: draw(assumptions(name, any_clause)) for name in names},
        "limits": limits,
        "criteria": criteria,
        "constraints": draw(st.lists(st.tuples(any_clause, any_clause).map(list), max_size=2)),
        "regions": draw(st.lists(any_clause, max_size=2)),
        "statuses": {
            name: draw(st.lists(any_clause, min_size=1, max_size=3))
            for name in draw(st.permutations(STATUSES))
        },
    }


def assumptions(name: str, any_clause: st.SearchStrategy[Any]) -> st.SearchStrategy[Short]:
    entry = FACTS[name]
    values = [True, False] if entry["type"] == "yes_no" else entry.get("values")
    if not values:
        return st.just({})
    value = st.sampled_from(values)
    return st.one_of(
        st.just({}),
        st.fixed_dictionaries({"value": value}),
        st.fixed_dictionaries({"value": value, "when": any_clause}),
    )


def long_rules(short: Short) -> dict[str, Any]:
    """The data of the rule files; what a clinician reads is taken from the shipped ones."""
    model = {
        name: FILES.data[f"{name}.yaml"]
        for name in ("thresholds", "criteria", "constraints", "regions")
    }
    like = {name: next(iter(data.values())) for name, data in model.items()}
    regions = {f"r{number}": clause for number, clause in enumerate(short["regions"], 1)} | {
        "rest": {"any": ["c1", {"not": "c1"}]}
    }
    before: list[str] = []
    changed: dict[str, Any] = {
        "thresholds.yaml": {
            name: {**like["thresholds"], "values": [dated(limit)]}
            for name, limit in short["limits"].items()
        },
        "criteria.yaml": {
            name: {**like["criteria"], "condition": text}
            for name, text in short["criteria"].items()
        },
        "facts.yaml": {name: fact(name, assume) for name, assume in short["facts"].items()},
        "constraints.yaml": {
            f"k{n}": {**like["constraints"], "if": a, "then": b}
            for n, (a, b) in enumerate(short["constraints"], 1)
        },
        "regions.yaml": {
            name: {**like["regions"], "where": [clause]} for name, clause in regions.items()
        },
    }
    for name, body in short["statuses"].items():
        path = f"statuses/{name}.yaml"
        changed[path] = {**FILES.data[path], "all": body, "unless": list(before), "examples": []}
        before.append(name)
    return changed


def dated(limit: str) -> Short:
    return {"from": "2025-12-30", "value": Decimal(limit)}


def fact(name: str, assume: Short) -> Short:
    entry = {key: value for key, value in FACTS[name].items() if key != "assume"}
    return entry | (
        {"assume": {**assume, "because": "It is so.", "reading": "interpretation"}}
        if assume
        else {}
    )
