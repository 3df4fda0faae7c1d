"""Code systems by every name they are sent under, and how their codes are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from allstatus.ehr.chart import Code

OWN = "https://allstatus.example/fhir"
"""Where our own addresses begin: under a name reserved by RFC 2606, which nobody can own."""
BLANKS = "".join(chr(sign) for sign in range(0x3001) if chr(sign).isspace())
UNSEEN = f"{BLANKS}\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Signs that nobody sees around what was copied."""

_OID = re.compile(r"\d+(\.\d+)+")
_MARKS = "+*!†#-."  # which ICD-10 adds where two codes are one disease, or one is cut short
_JOINTS = re.compile(r"[\s_®™-]|(?:19|20)\d\d$")
_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFF0D], "-")  # typed for one
_SNOMED_EDITION = "http://snomed.info/sct/"
_ICD9_MALIGNANT = range(140, 209)  # CMS file v32: malignant neoplasms with leukemia and lymphoma
DOTTED = ("icd10", "icd9")
_RELEASE = re.compile(r"[(\[]|\bv(?:ersion)?[. ]*\d|\s\d", re.IGNORECASE)  # where it begins
_SIGN = re.compile(r"[:|]")  # between a system and its code
_BARE = re.compile(r"\w(?:.*\w)?", re.DOTALL)
_PART = re.compile(r"[A-Za-z\d](?:[A-Za-z\d./-]*[A-Za-z\d])?")
_LOOKED_AT = 20  # parts of what may be a code


class CodeSystems:
    """The systems of `codes/systems.yaml`, with those a site adds or names otherwise."""

    def __init__(self, systems: Mapping[str, Any]) -> None:
        self._names = {
            plain(alias): name for name, entry in systems.items() for alias in entry["names"]
        }
        self._families = {name: entry.get("family", "") for name, entry in systems.items()}
        self._addresses = {name: str(entry["names"][0]) for name, entry in systems.items()}

    def name(self, system: str) -> str:
        """A system's short name, else the system as sent."""
        sent = plain(system)
        if sent.startswith(_SNOMED_EDITION):
            return "snomed"
        return self._names.get(sent, system)

    def address(self, name: str) -> str:
        """A system's address in FHIR, by its short name; raises KeyError."""
        return self._addresses[name]

    def is_known(self, system: str) -> bool:
        """Whether a short name is that of a system here, or an address that of one of our own."""
        return system in self._families or system.startswith(f"{OWN}/CodeSystem/")

    def code(self, system: str, code: str, display: str = "") -> Code:
        """A code with its system by its short name, written as that system writes its codes."""
        name = self.name(system)
        return Code(name, self.written(name, typed(code)), display.strip())

    def written(self, name: str, code: str) -> str:
        """A code as its system writes it: capitals, and its dot after three signs."""
        family = self._families.get(name, "")
        if not family:
            return code
        code = code.upper()
        if family == "icd10":
            code = code.rstrip(_MARKS)
        dotted = family in DOTTED and len(code) > 3 and code[3] != "." and "." not in code
        return f"{code[:3]}.{code[3:]}" if dotted else code

    def parts(self, code: Code) -> tuple[Code, ...]:
        """The codes there may be in one that is not written as its system writes its codes, or
        whose system is sent with its release or in the code; none in any other.
        """
        system, sent = code.system, code.code
        if self.is_known(system):
            if _PART.fullmatch(sent):
                name, _, rest = sent.partition("-") if sent[0].isalpha() else ("", "", "")
                own = rest and self.name(name) == system
                return (Code(system, self.written(system, rest), code.display),) if own else ()
        elif system and (release := _RELEASE.search(system)):
            system = self.name(_bare(system[: release.start()]))
        elif not system and (sign := _SIGN.search(sent)):
            system, sent = self.name(_bare(sent[: sign.start()])), sent[sign.end() :]
        if not self.is_known(system):
            return ()
        parts = _PART.findall(sent)[:_LOOKED_AT]
        return tuple(Code(system, self.written(system, part), code.display) for part in parts)

    def is_of_icd(self, code: Code) -> bool:
        """Whether a code is of an edition of ICD, whose chapters tell diseases apart."""
        return self._families.get(code.system, "") in DOTTED and bool(code.code)

    def is_malignant(self, code: Code) -> bool:
        """Whether a code is that of a malignant neoplasm in an edition of ICD-10 or ICD-9."""
        family = self._families.get(code.system, "")
        if family == "icd10":
            return code.code[:1] == "C"
        return (
            family == "icd9" and code.code[:3].isdecimal() and int(code.code[:3]) in _ICD9_MALIGNANT
        )


def typed(text: str) -> str:
    """A code or a system as it was meant, where a program for texts has set its own dashes in it,
    or signs around it that nobody sees.
    """
    return text.strip() if text.isascii() else text.translate(_DASHES).strip(UNSEEN)


def plain(system: str) -> str:
    """A system's name without what does not tell systems apart: case, https, a last slash, a
    version, `urn:oid:` before an OID, and what joins the words of an abbreviation or its year.
    """
    name = typed(system.partition("|")[0]).rstrip("/").lower().replace("https://", "http://")
    if _OID.fullmatch(name):
        return f"urn:oid:{name}"
    return name if ":" in name else _JOINTS.sub("", name)


def _bare(text: str) -> str:
    """A name without the signs around it."""
    found = _BARE.search(text)
    return found[0] if found else ""
