"""The command line's commands, one module each: `app` has them all, `app_for` those asked for."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from allstatus.commands.help_pages import CommandLine
    from allstatus.commands.shared import app

MODULES = (
    "about",
    "audit",
    "batch",
    "classify",
    "codes",
    "columns",
    "conformance",
    "facts",
    "fhir",
    "mutate",
    "page",
    "plot",
    "quiz",
    "replay",
    "rules",
    "rules_author",
    "rules_export",
    "rules_page",
    "schema",
    "serve",
    "sql",
    "texts",
    "timeline",
    "vectors",
    "verify",
)
__all__ = ["MODULES", "app", "app_for"]


def app_for(arguments: Sequence[str]) -> "CommandLine":
    """The app with the commands of the first argument alone, where it names some, else with all.

    Each module registers its commands, so that typer builds only what is loaded.
    """
    first = arguments[0] if arguments else ""
    named = [name for name in MODULES if name == first or name.startswith(f"{first}_")]
    for name in named or MODULES:
        import_module(f"{__name__}.{name}")
    from allstatus.commands.shared import app

    return app


def __getattr__(name: str) -> Any:
    """`app` on first use."""
    if name != "app":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return app_for(())
