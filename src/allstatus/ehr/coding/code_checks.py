"""The checks of code tables, ours and a site's alike: codes are well formed, said once, cited,
marked as verified or not, and in a topic whose words are known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from allstatus.ehr.coding.code_systems import CodeSystems, plain
from allstatus.ehr.coding.code_table import broader_of
from allstatus.ehr.coding.codes import read_yaml
from allstatus.ehr.coding.site_codes import FILES, TABLES, SiteCodes
from allstatus.errors import nearest
from allstatus.record.code_files import CodesFile
from allstatus.rules.ruleset import RELAPSE, REMISSION, Asserted

YES_NO = (True, False)
SITES = ("blood", "cns", "testes", "other")
ATTRIBUTES: dict[str, dict[str, tuple[Any, ...]]] = {
    "diagnoses": {
        "all": YES_NO,
        "lineage": ("B", "T"),
        "asserts": get_args(Asserted),
        "spread": SITES,
        "hint": SITES,
        "reason": ("treatment",),
        **dict.fromkeys(("unspecific", "modifier", "skin", "secondary", "history"), YES_NO),
        "with": (),
    },
    "results": {
        "site": ("marrow", *SITES),
        "specimen": ("marrow", "other_person", *SITES),
        "grade": ("M1", "M2", "M3"),
        "asserts": (REMISSION, RELAPSE),
        "says": ("present", "absent"),
    },
    "signs": {"site": SITES, "suggests": SITES, "cleared": YES_NO, "other_cause": YES_NO},
    "treatments": {
        "purpose": ("directed", "relief", "depends", "none"),
        "intent": ("directed", "relief"),
        "route": ("intrathecal",),
        "supports_counts": YES_NO,
        "history": YES_NO,
    },
}
OF_A_TOPIC = ("title", "words", "names", "codes", "broader")
OF_A_CODE = ("system", "code", "verified", "cite")
_ICD = re.compile(r"[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?")
# The tables of Verhoeff's check digit, in which SNOMED CT identifiers end.
_TURN = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def check_site(folder: Path) -> Iterator[str]:
    """What is wrong with a site's tables, each problem with its file, line and remedy."""
    ours = {name: read_yaml(name) for name in FILES}
    files = {path.stem: CodesFile(path, folder) for path in sorted(folder.glob("*.yaml"))}
    if not files:
        yield f"{folder}: holds no table; write one of {', '.join(f'{n}.yaml' for n in FILES)}"
    broken = False
    for name, file in files.items():
        yield from file.problems
        if name not in FILES:
            yield file.at((), f"is no table of ours{nearest(name, FILES)}; use {', '.join(FILES)}")
        broken = broken or bool(file.problems) or name not in FILES
    if not broken:
        yield from check_tables(files, ours)


def check_tables(files: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    """The same of tables read already, each with `data` and `at(path, problem)`."""
    problems = [*_system_problems(files["systems"])] if "systems" in files else []
    problems += [p for n, f in files.items() if n != "systems" for p in _table_problems(n, f, ours)]
    yield from problems
    if not problems:
        yield from _meanings(files, ours)


def _system_problems(file: Any) -> Iterator[str]:
    if not isinstance(file.data, dict):
        yield file.at((), "is not a mapping; write each system as name: {names: [address, ...]}")
        return
    for name, entry in file.data.items():
        names = entry.get("names") if isinstance(entry, dict) else None
        if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
            yield file.at((name,), f"'{name}' has no names; write names: [its address, ...]")
        elif unknown := set(entry) - {"names", "family"}:
            problem = f"'{name}' has a key that is not known ({min(unknown)}); leave it out"
            yield file.at((name,), problem)


def _table_problems(table: str, file: Any, ours: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(file.data, dict):
        yield file.at((), "is not a mapping; write each topic as name: {title: ..., codes: [...]}")
        return
    for name, entry in file.data.items():
        if not isinstance(entry, dict):
            yield file.at((name,), f"'{name}' is not a topic; give it codes")
            continue
        known = ours[table].get(name)
        yield from _topic_problems(table, file, name, known, ours)
        codes = entry.get("codes", [])
        if not isinstance(codes, list):
            yield file.at((name, "codes"), "codes are not a list; write - {system: ..., code: ...}")
            continue
        for place, code in enumerate(codes):
            for problem in _code_problems(code):
                yield file.at((name, "codes", place), problem)


def _topic_problems(
    table: str, file: Any, name: str, known: Mapping[str, Any] | None, ours: Mapping[str, Any]
) -> Iterator[str]:
    entry = file.data[name]
    if known is None and not isinstance(entry.get("title"), str):
        strange = f"'{name}' is no topic of {table}{nearest(name, ours[table])}"
        yield file.at((name,), f"{strange}; use one of ours, or give this one a title")
    for key, value in entry.items():
        if key in OF_A_TOPIC:
            continue
        allowed = ATTRIBUTES[table].get(key)
        if allowed is None:
            valid = (*OF_A_TOPIC, *ATTRIBUTES[table])
            yield file.at((name, key), f"'{key}' is no key of a topic{nearest(key, valid)}")
        elif allowed and value not in allowed:
            words = ", ".join(str(one).lower() for one in allowed)
            yield file.at((name, key), f"{key} is not one of: {words}")
        elif known is not None and known.get(key) != value:
            told = f"'{name}' has {key} {known.get(key)} in our table"
            yield file.at((name, key), f"{told}; leave the key out, or make a topic of your own")


def _code_problems(code: Any) -> Iterator[str]:
    if not isinstance(code, dict):
        yield "is not a code; write {system: ..., code: ..., verified: yes, cite: ...}"
        return
    missing = [key for key in OF_A_CODE if code.get(key) in (None, "")]
    unknown = sorted(set(code) - {*OF_A_CODE, "below"})
    if missing or unknown:
        what = f"has no {missing[0]}" if missing else f"has a key that is not known ({unknown[0]})"
        yield f"{what}; a code has system, code, verified and cite"
        return
    if not isinstance(code["code"], str):
        yield f"the code {code['code']} is read as a number; write it in quotes"
    if not isinstance(code["verified"], bool):
        yield "verified is neither yes nor no; write yes when you have read it in its source"


def _meanings(files: Mapping[str, Any], ours: Mapping[str, Any]) -> Iterator[str]:
    """What shapes do not tell: systems, check digits, broader topics, doubles."""
    site = SiteCodes("", (), "")
    site.__dict__["data"] = {name: file.data for name, file in files.items()}
    known = CodeSystems(site.systems_over(ours.get("systems", {})))
    for name in (name for name in TABLES if name in files):
        topics, seen = {**ours[name], **files[name].data}, _placed_codes(ours[name])
        for topic, entry in files[name].data.items():
            for wider in broader_of(entry):
                if wider not in topics or topic in _wider(wider, topics):
                    problem = f"'{wider}' is no topic, or goes in a circle"
                    yield files[name].at((topic, "broader"), problem)
            for place, code in enumerate(entry.get("codes", ())):
                at = topic, "codes", place
                for problem in _one_meaning(code, topic, known, seen):
                    yield files[name].at(at, problem)


def _one_meaning(
    code: Mapping[str, Any], topic: str, known: CodeSystems, seen: dict[tuple[str, str], str]
) -> Iterator[str]:
    sent, value = str(code["system"]), str(code["code"])
    system = sent if known.is_known(sent) else known.name(sent)
    if not known.is_known(system) and ":" not in plain(sent):
        yield f"system '{sent}' is not known; use an address, or name it in systems.yaml"
    if problem := ill_formed(system, value):
        yield f"the code {value} {problem}; look it up again"
    other = seen.setdefault((system, known.written(system, value)), topic)
    if other != topic:
        yield f"{system} {value} stands in '{other}' already; a code has one meaning in a table"


def _placed_codes(topics: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    return {(c["system"], str(c["code"])): n for n, entry in topics.items() for c in entry["codes"]}


def _wider(name: str, topics: Mapping[str, Any]) -> set[str]:
    found, waiting = set[str](), [name]
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += broader_of(topics.get(one, {}))
    return found


def ill_formed(system: str, code: str) -> str:
    """Why a code cannot be one of its system, or empty."""
    snomed = system != "snomed" or (code.isdecimal() and verhoeff_holds(code))
    loinc = system != "loinc" or not code[:1].isdigit() or loinc_holds(code)
    if not (snomed and loinc):
        return "has a check digit that does not hold"
    if system in ("icd10cm", "icd10", "icd10gm") and not _ICD.fullmatch(code.upper()):
        return "is not written as this system writes codes"
    return ""


def verhoeff_holds(number: str) -> bool:
    """Whether Verhoeff's check digit, the last one, holds."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit)
        for _ in range(place % 8):
            value = _TURN[value]
        total = _dihedral(total, value)
    return total == 0


def _dihedral(one: int, other: int) -> int:
    """The product in the dihedral group of ten elements."""
    if one < 5:
        return (one + other) % 5 if other < 5 else 5 + (one + other) % 5
    return 5 + (one - other) % 5 if other < 5 else (one - other) % 5


def loinc_holds(code: str) -> bool:
    """Whether a LOINC code's check digit, by Luhn's algorithm, holds."""
    number, _, check = code.partition("-")
    if not (number.isdecimal() and check.isdecimal()):
        return False
    digits = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(number)))
    total = sum(sum(divmod(digit, 10)) for digit in digits)
    return (10 - total % 10) % 10 == int(check)
