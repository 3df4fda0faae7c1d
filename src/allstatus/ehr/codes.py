"""The code tables of `codes/`: what a system and code mean, never what a display says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from allstatus.ehr.chart import Code

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Topic:
    """A meaning: its name, title, the words a fitting display holds, and what its table says of
    it.
    """

    name: str
    title: str
    words: tuple[str, ...]
    more: dict[str, Any]

    def __getitem__(self, key: str) -> Any:
        return self.more.get(key)


class Match(NamedTuple):
    """A topic found, by which code, and what a reader should check about it."""

    topic: Topic
    code: Code
    caution: str = ""


class Table:
    """One file of topics, looked up by system and code."""

    def __init__(self, topics: dict[str, Any]) -> None:
        self.by_code: dict[tuple[str, str], tuple[Topic, bool]] = {}
        self.by_name: dict[str, Topic] = {}
        for name, entry in topics.items():
            topic = Topic(name, entry["title"], tuple(entry.get("words", ())), entry)
            for code in entry["codes"]:
                self.by_code[code["system"], str(code["code"])] = topic, code["verified"]
            self.by_name.update(dict.fromkeys(entry.get("names", ()), topic))

    def find(self, codes: Iterable[Code]) -> Match | None:
        """The topic of a coded concept; None when no coding is known or two disagree."""
        found = None
        for code in codes:
            known = self.by_code.get((code.system, code.code))
            if known is None:
                continue
            if found is not None and found.topic is not known[0]:
                return None
            if found is None:
                found = Match(known[0], code, _caution(code, *known))
        return found

    def torn(self, codes: Iterable[Code]) -> bool:
        """Whether a concept's known codings name different topics."""
        return (
            len(
                {
                    self.by_code[code.system, code.code][0].name
                    for code in codes
                    if (code.system, code.code) in self.by_code
                }
            )
            > 1
        )

    def find_name(self, texts: Iterable[str]) -> Topic | None:
        """The topic whose name stands as a word in a medicine's name."""
        for text in texts:
            for word in _WORD.findall(text.lower()):
                if topic := self.by_name.get(word):
                    return topic
        return None


def _caution(code: Code, topic: Topic, verified: bool) -> str:
    if (
        code.display
        and topic.words
        and not any(word in f" {code.display.lower()} " for word in topic.words)
    ):
        return (
            f"the code {code.code} is sent with a display that does not fit it ({topic.title}); it "
            f"is read by its code"
        )
    return (
        ""
        if verified
        else f"the code {code.code} ({topic.title}) is not checked against its source; please verify it"
    )


def codes_home() -> Path:
    """The folder of the code tables: packed into the wheel, or the checkout's `codes/`."""
    packed = Path(__file__).parents[1] / "codes"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "codes"


@cache
def read_yaml(name: str) -> Any:
    """A code table as data."""
    return yaml.load(
        (codes_home() / f"{name}.yaml").read_text("utf-8"), _Loader
    )  # a safe loader, in C where there is one


@cache
def table(name: str) -> Table:
    """A code table of topics: `diagnoses`, `results`, `treatments` or `signs`."""
    return Table(read_yaml(name))


@cache
def _systems() -> dict[str, str]:
    return {
        _plain(alias): name for name, aliases in read_yaml("systems").items() for alias in aliases
    }


def _plain(system: str) -> str:
    return system.strip().rstrip("/").lower().replace("https://", "http://")


@lru_cache(maxsize=4096)
def make_code(system: str, code: str, display: str = "") -> Code:
    """A code with its system by its short name; ICD-10 codes with their dot."""
    name = _systems().get(_plain(system), system)
    code = code.strip()
    if name in ("icd10cm", "icd10"):
        code = code.upper()
        if len(code) > 3 and code[3] != ".":
            code = f"{code[:3]}.{code[3:]}"
    return Code(name, code, display.strip())


def is_malignant(code: Code) -> bool:
    """An ICD-10 code of a malignant neoplasm (C00 to C97)."""
    return code.system in ("icd10cm", "icd10") and code.code[:1] == "C"
