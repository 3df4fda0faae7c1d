"""Under `python -OO` the docstrings of this package are kept: schemas, help pages and the service's
OpenAPI are made of them, and say the same whatever Python leaves out.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

PACKAGE = "allstatus."
WITH_DOCSTRINGS = 1  # as -O compiles


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = compile(
            self.get_data(path), path, "exec", dont_inherit=True, optimize=WITH_DOCSTRINGS
        )
        return code


class _Finder:
    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name.startswith(PACKAGE) else None
        if spec and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(name, spec.loader.path)
        return spec


def keep_docstrings() -> None:
    """Have this package's modules that are imported from now on keep their docstrings."""
    sys.meta_path.insert(0, _Finder)
