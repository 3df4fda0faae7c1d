"""allstatus: by NCI's patient page on adult ALL, is the disease untreated, in remission or recurrent, and why?

Decision support for clinicians and teaching, not medical advice.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from allstatus.classify import Classifier, classify, load_rules
    from allstatus.decision import Decision
    from allstatus.errors import AllstatusError, InvalidRecord, MissingExtra, RulesError
    from allstatus.record import Record

__version__ = "0.1.0"

_HOME = {
    "load_rules": "classify", "Classifier": "classify", "Decision": "decision", "Record": "record",
    "AllstatusError": "errors", "InvalidRecord": "errors", "MissingExtra": "errors", "RulesError": "errors",
}  # fmt: skip

__all__ = [
    "AllstatusError", "Classifier", "Decision", "InvalidRecord", "MissingExtra", "Record", "RulesError",
    "__version__", "classify", "load_rules",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import on first use, so that `allstatus --version` loads nothing it does not need."""
    if name not in _HOME:
        raise AttributeError(f"module 'allstatus' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(f"allstatus.{_HOME[name]}"), name)
    return value


class _Package(ModuleType):
    """Keeps `allstatus.classify` the function although a module of that name is imported below it."""

    @property
    def classify(self) -> Any:
        return import_module("allstatus.classify").classify

    @classify.setter
    def classify(self, module: Any) -> None:
        pass


sys.modules[__name__].__class__ = _Package
