"""What `--help` says beside the options: groups of commands, examples that run, exit statuses; and
the spellings of before, which go on working.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

Made = TypeVar("Made", bound=Callable[..., Any])
WIDEST = 100  # columns of help, on a terminal that has more
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": WIDEST}
NO_DAY = ("does not match the formats '%Y-%m-%d'", "is no day; give it as YYYY-MM-DD")  # click's
TYPE = re.compile(r" <(str|path)>$")  # typer's, behind the name of an argument
# Spellings of before, each with what it is now: the first that the command has.
BEFORE = {
    "--out": (("--output",),),
    "--to": (("--format",), ("--output",)),
    "--plot": (("--picture",),),
    "--json": (("--format", "json"),),
    "--markdown": (("--format", "markdown"),),
}


@cache
def help_pages() -> dict[str, Any]:
    """`help.yaml`: groups, exit statuses, and each command's examples and exit status 1."""
    from allstatus.record.yaml_file import YamlFile

    file = Path(__file__).parent / "help.yaml"
    data: dict[str, Any] = YamlFile(file, file.parent).data
    return data


def exit_statuses(command: str) -> list[tuple[str, str]]:
    """Each exit status of a command, such as `rules check`, and what it means."""
    return _statuses({"1": one} if (one := page_of(command).get("exit_1")) else {})


def _statuses(own: dict[str, str]) -> list[tuple[str, str]]:
    return sorted((help_pages()["exit_statuses"] | own).items(), key=lambda one: int(one[0]))


def page_of(command: str) -> dict[str, Any]:
    """A command's examples and, where it has one, the meaning of exit status 1."""
    page: dict[str, Any] = help_pages()["commands"].get(command, {"examples": ()})
    return page


class Command(TyperCommand):
    """A command whose help ends with its exit statuses and examples."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse; a spelling of before is read as what it is now."""
        own = {name for parameter in self.params for name in parameter.opts}
        try:
            return super().parse_args(ctx, [part for arg in args for part in _now(arg, own)])
        except typer.BadParameter as refused:
            said = refused.message.removeprefix("Value error, ")  # pydantic's words
            refused.message = said.replace(*NO_DAY)
            raise

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """`[OPTIONS]` and the arguments, but those of before."""
        names = {
            (one.metavar or str(one.name).upper()).strip("[]"): one.required
            for one in self.params
            if isinstance(one, TyperArgument) and not one.hidden
        }
        return ["[OPTIONS]", *(name if must else f"[{name}]" for name, must in names.items())]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The arguments and options, each by its name."""
        for title, kind in (("Arguments", "argument"), ("Options", "option")):
            told = [
                p.get_help_record(ctx) for p in self.get_params(ctx) if p.param_type_name == kind
            ]
            if rows := [(TYPE.sub("", name), text) for name, text in filter(None, told)]:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The exit statuses, and the examples as they are typed."""
        command = _path(ctx)
        _write_end(formatter, exit_statuses(command), page_of(command)["examples"])


class Group(TyperGroup):
    """A group whose help lists its commands below headings, each with its first sentence, and ends
    as theirs do.
    """

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Every command, in the order of the groups."""
        groups = help_pages()["groups"] if ctx.parent is None else {"Commands": self.commands}
        for title, names in groups.items():
            rows = [(name, _summary(self.commands[name].help)) for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """The exit statuses of its commands together, and an example of each of two."""
        above = _path(ctx)
        inner = [page_of(f"{above} {name}") for name in self.commands]
        turns = zip(*(page["examples"] for page in inner), strict=True)
        examples = chain.from_iterable(turns) if above else help_pages()["examples"]
        checks = not above or any("exit_1" in page for page in inner)
        own = {"1": help_pages()["exit_1"]} if checks else {}
        _write_end(formatter, _statuses(own), examples)


class CommandLine(typer.Typer):
    """An app, or a part of it, whose commands have such help."""

    def __init__(self, **options: Any) -> None:
        options = dict[str, Any](cls=Group, no_args_is_help=True, rich_markup_mode=None) | options
        super().__init__(context_settings=SETTINGS, pretty_exceptions_enable=False, **options)

    def command(self, name: str | None = None, **options: Any) -> Callable[[Made], Made]:
        """As typer's, with a class of ours."""
        return super().command(name, **({"cls": Command} | options))


def _write_end(formatter: Any, statuses: list[tuple[str, str]], examples: Iterable[str]) -> None:
    """How help ends: exit statuses, and two examples."""
    with formatter.section("Exit status"):
        formatter.write_dl(statuses)
    with formatter.section("Examples"):
        for example in islice(examples, 2):
            formatter.write(f"{'':{formatter.current_indent}}{example}\n")


def _path(ctx: Any) -> str:
    """A command's name below the program's, such as `rules check`."""
    return "" if ctx.parent is None else f"{_path(ctx.parent)} {ctx.info_name}".strip()


def _summary(text: str | None) -> str:
    return re.split(r"[.;](?: |$)", " ".join((text or "").split()))[0]


def _now(arg: str, own: set[str]) -> list[str]:
    name, mark, value = arg.partition("=")
    ways = BEFORE.get(name, ()) if name not in own else ()
    for spelled in ways:
        if spelled[0] in own:
            return [f"{spelled[0]}{mark}{value}", *spelled[1:]]
    return [arg]
