"""The reference of the command line, made from the app itself: every command, argument, option and
default.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import typer
from pieces import code, table
from typer.models import ArgumentInfo, OptionInfo, TyperInfo

from allstatus.commands import app
from allstatus.commands.help_pages import help_pages, page_of

SIDEBAR = (("Reference", "Command line <reference/cli>"),)
HEAD = """# Command line

Made from the program itself. `allstatus COMMAND --help` prints the same. Decisions and JSON go to
standard output, everything else to standard error.

{statuses}
"""
UNNAMED: Any = inspect.Parameter.empty
TYPES = {str: "text", Path: "path", int: "whole number", float: "number", datetime: "date"}


def pages() -> Iterator[tuple[str, str]]:
    """The one page, by its place."""
    means = {**help_pages()["exit_statuses"], "1": "what a command below says"}
    statuses = [(number, means[number]) for number in sorted(means, key=int)]
    head = HEAD.format(statuses=table(("exit status", "means"), statuses))
    yield "reference/cli.md", "\n".join([head, _root(), *_commands(app, "allstatus")])


def _root() -> str:
    assert app.registered_callback is not None
    assert app.registered_callback.callback is not None
    return _command("allstatus", app.registered_callback.callback, str(_given(app.info.help)))


def _commands(group: typer.Typer, name: str) -> Iterator[str]:
    for command in group.registered_commands:
        assert command.callback is not None
        own = command.name or command.callback.__name__.replace("_", "-")
        yield _command(f"{name} {own}", command.callback, command.help)
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        own = str(_given(inner.name) or _given(inner.typer_instance.info.name))
        yield f"## {name} {own}\n\n{_help(inner)}\n"
        yield from (
            text.replace("\n## ", "\n### ")
            for text in _commands(inner.typer_instance, f"{name} {own}")
        )


def _help(group: TyperInfo) -> str:
    assert group.typer_instance is not None
    return str(_given(group.help) or _given(group.typer_instance.info.help) or "")


def _given(value: Any) -> Any:
    """What was given to typer, without the wrapper it puts around its own defaults."""
    return getattr(value, "value", value)


def _command(name: str, callback: Callable[..., Any], text: str | None) -> str:
    hints = get_type_hints(callback, include_extras=True)
    all_given = inspect.signature(callback).parameters.values()
    parameters = [p for p in (_Parameter(p, hints[p.name]) for p in all_given) if not p.hidden]
    usage = " ".join(
        [
            name,
            *("[OPTIONS]" for _ in [0] if any(p.is_option for p in parameters)),
            *(p.shown for p in parameters if not p.is_option),
        ]
    )
    rows = [
        (code(p.shown), p.takes, p.default, p.help)
        for p in sorted(parameters, key=lambda p: p.is_option)
    ]
    body = table(("", "takes", "default", ""), rows) if rows else ""
    head = f"\n## {name}\n\n{text or inspect.getdoc(callback)}\n\n```text\n{usage}\n```\n\n"
    return head + body + _more(name.partition(" ")[2])


def _more(command: str) -> str:
    """What exit status 1 means, and the examples."""
    page = page_of(command)
    if not page["examples"]:
        return ""
    one = f"\nExit status 1: {page['exit_1']}.\n" if "exit_1" in page else ""
    return f"{one}\n```sh\n{chr(10).join(page['examples'])}\n```\n"


class _Parameter:
    """An argument or option, in the words of a reference."""

    def __init__(self, parameter: inspect.Parameter, hint: Any) -> None:
        kind, *more = get_args(hint)
        self.info: OptionInfo | ArgumentInfo = next(
            entry for entry in more if isinstance(entry, OptionInfo | ArgumentInfo)
        )
        self.is_option = isinstance(self.info, OptionInfo)
        self._name, self._default = parameter.name, parameter.default
        self._type, self._many = _plain(kind)
        self._decls = [
            str(decl)
            for decl in (self.info.default, *(self.info.param_decls or ()))
            if str(decl).startswith("-")
        ]

    @property
    def hidden(self) -> bool:
        """Whether it is a spelling of before."""
        return bool(self.info.hidden)

    @property
    def shown(self) -> str:
        """The option's names, or the argument's."""
        if self.is_option:
            return ", ".join(self._decls or [f"--{self._name.replace('_', '-')}"])
        name = (self.info.metavar or self._name.upper()).strip("[]")
        return name if self.required else f"[{name}]"

    @property
    def required(self) -> bool:
        """Whether it has to be given."""
        return self._default in (UNNAMED, ...)

    @property
    def takes(self) -> str:
        """The values it can take."""
        if issubclass(self._type, Enum):
            return " · ".join(code(member.value) for member in self._type)
        if issubclass(self._type, bool):
            return ""
        span = f", {self.info.min or 0} to {self.info.max}" if self.info.max is not None else ""
        again = ", may be given again" if self._many and "given again" not in self.help else ""
        return (
            (
                code(self.info.metavar)
                if self.info.metavar and self.is_option
                else TYPES.get(self._type, "")
            )
            + span
            + again
        )

    @property
    def default(self) -> str:
        """What it is when it is not given."""
        value = self._default.value if isinstance(self._default, Enum) else self._default
        return "required" if self.required else code(value) if value not in (None, False) else ""

    @property
    def help(self) -> str:
        """The sentence of `--help`."""
        return self.info.help or ""


def _plain(kind: Any) -> tuple[type, bool]:
    """The type of one value, and whether there may be many."""
    if get_origin(kind) in (UnionType, Union):
        kind = next(part for part in get_args(kind) if part is not type(None))
    return (get_args(kind)[0], True) if get_origin(kind) is list else (kind, False)
