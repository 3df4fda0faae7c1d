"""The reference of the Python library: the public names with their signatures and docstrings."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import is_dataclass
from types import ModuleType
from typing import Any

SIDEBAR = (("Reference", "Python <reference/api>"),)
MODULES = ("allstatus", "allstatus.ehr", "allstatus.testing")
ENTRY_POINTS = {
    "allstatus.render.text": ("render_text",),
    "allstatus.render.html": ("render_html",),
    "allstatus.ehr.out.bundle": ("to_bundle", "definitions"),
    "allstatus.bulk.cells": ("Cells",),
    "allstatus.bulk.batch_run": ("BatchJob", "BatchRun"),
    "allstatus.bulk.sql": ("SqlView", "script"),
    "allstatus.bulk.spark": ("decide",),
    "allstatus.bulk.fhir_export.decide_patient": ("DecideSettings", "decide_patient"),
    "allstatus.decision.schema": ("schema_of",),
    "allstatus.rules.fingerprint": ("fingerprint",),
}
INHERITED = {name for base in (object, Exception, dict, tuple) for name in dir(base)}
HEAD = """# Python

The public names, made from the library itself. Names below *Entry points* are those the command
line calls, for scripts that go beyond it.
"""


def pages() -> Iterator[tuple[str, str]]:
    """The one page, by its place."""
    parts = [HEAD]
    for name in MODULES:
        module = importlib.import_module(name)
        parts.append(_module(module, [name for name in module.__all__ if not name.startswith("_")]))
    parts.append("## Entry points\n")
    for name, names in ENTRY_POINTS.items():
        parts.append(_module(importlib.import_module(name), list(names), level="###"))
    yield "reference/api.md", "\n".join(parts)


def _module(module: ModuleType, names: list[str], level: str = "##") -> str:
    head = (
        f"{level} "
        f"{module.__name__}\n\n{markdown(inspect.getdoc(module))}\n\n```{{py:currentmodule}} "
        f"{module.__name__}\n```\n"
    )
    return "\n".join(
        [head, *(_entry(name, getattr(module, name)) for name in sorted(names, key=str.lower))]
    )


def _entry(name: str, value: Any) -> str:
    if not inspect.isclass(value):
        return _directive("function", name + signature(value), markdown(inspect.getdoc(value)))
    kind = "exception" if issubclass(value, Exception) else "class"
    members = "\n".join(_member(*one) for one in _members(value).items() if _is_public(*one))
    made = (
        signature(value) if is_dataclass(value) or value.__module__ in ENTRY_POINTS else ""
    )  # others are made by functions
    return _directive(kind, name + made, f"{markdown(own_docstring(value))}\n\n{members}", colons=5)


def _members(value: type) -> dict[str, Any]:
    """What a class has of its own and from classes of ours, those of the first ancestor first."""
    ours = [one for one in reversed(value.__mro__) if one.__module__.startswith("allstatus")]
    return {name: member for one in ours for name, member in vars(one).items()}


def _is_public(name: str, value: Any) -> bool:
    return (
        not name.startswith("_")
        and name not in INHERITED
        and not name.startswith("model_")
        and bool(_docstring(value))
    )


def _docstring(value: Any) -> str | None:
    value = getattr(value, "__func__", value)
    shown = inspect.isfunction(value) or isinstance(value, property) or hasattr(value, "attrname")
    return inspect.getdoc(value) if shown else None


def _member(name: str, value: Any) -> str:
    function = getattr(value, "__func__", value)
    if inspect.isfunction(function):
        options = (
            ":classmethod:\n"
            if isinstance(value, classmethod)
            else ":staticmethod:\n"
            if isinstance(value, staticmethod)
            else ""
        )
        return _directive(
            "method", name + signature(function), markdown(_docstring(value)), options=options
        )
    getter: Any = value.fget if isinstance(value, property) else value.func
    options = f":type: {inspect.signature(getter).return_annotation}\n"
    return _directive("property", name, markdown(_docstring(value)), options=options)


def own_docstring(value: type) -> str:
    """A class's docstring, unless it only repeats the signature of a dataclass."""
    text = inspect.getdoc(value) or ""
    return "" if text.startswith(f"{value.__name__}(") else text


def _directive(kind: str, head: str, body: str, *, options: str = "", colons: int = 4) -> str:
    return f"{':' * colons}{{py:{kind}}} {head}\n{options}\n{body}\n{':' * colons}\n"


def signature(value: Any) -> str:
    """The signature as it is written; a default that has no short form stands as `...`."""
    try:
        found = inspect.signature(value)
    except ValueError:
        return "()"
    parts, star = [], False
    for parameter in found.parameters.values():
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            star = True
            parts.append("*")
        parts.append(_parameter(parameter))
    returns = (
        ""
        if found.return_annotation is found.empty or inspect.isclass(value)
        else f" -> {_words(found.return_annotation)}"
    )
    return f"({', '.join(parts)}){returns}"


def _parameter(parameter: inspect.Parameter) -> str:
    kind = "" if parameter.annotation is parameter.empty else f": {_words(parameter.annotation)}"
    if parameter.default is parameter.empty:
        return parameter.name + kind
    default = repr(parameter.default)
    return (
        f"{parameter.name}{kind} = {default if len(default) < 30 and '<' not in default else '...'}"
    )


def _words(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def markdown(text: str | None) -> str:
    """A docstring as Markdown: its examples become code blocks."""
    paragraphs = re.split(r"\n\s*\n", text or "")
    return "\n\n".join(
        f"```pycon\n{part}\n```" if part.startswith(">>>") else part for part in paragraphs
    )
