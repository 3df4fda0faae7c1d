"""allstatus: which status does a patient's leukemia have by the definitions of NCI's page on it,
and why?

classify(record) -> Decision       one record, by the shipped rules
load_rules(...)  -> Classifier     its `classify` decides on many, by rules of one's choice

Decision support for clinicians and teaching, not medical advice.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from allstatus.decision.classifier import Classifier, classify, load_rules
    from allstatus.decision.decision import Decision
    from allstatus.errors import AllstatusError, InvalidRecord, MissingExtra, RulesError
    from allstatus.record.model import Record

__version__ = "0.1.0"

_HOME = {
    "classify": "decision.classifier",
    "load_rules": "decision.classifier",
    "Classifier": "decision.classifier",
    "Decision": "decision.decision",
    "Record": "record.model",
    "AllstatusError": "errors",
    "InvalidRecord": "errors",
    "MissingExtra": "errors",
    "RulesError": "errors",
}

__all__ = [
    "AllstatusError",
    "Classifier",
    "Decision",
    "InvalidRecord",
    "MissingExtra",
    "Record",
    "RulesError",
    "__version__",
    "classify",
    "load_rules",
]


def __getattr__(name: str) -> Any:
    """Import on first use, so that `allstatus --version` loads nothing it does not need."""
    if name not in _HOME:
        raise AttributeError(f"module 'allstatus' has no attribute '{name}'")
    value = globals()[name] = getattr(import_module(f"allstatus.{_HOME[name]}"), name)
    if name == "Record" and "hypothesis" in sys.modules:
        import_module("allstatus.testing.hypothesis_entry").register()
    return value


def __dir__() -> list[str]:
    """The public names, whether or not they have been imported yet."""
    return __all__


if sys.flags.optimize > 1:
    from allstatus.kept_docstrings import keep_docstrings

    keep_docstrings()
