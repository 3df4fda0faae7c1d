"""One YAML file read strictly and checked against its shape."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from allstatus.errors import RulesError
from allstatus.rules.yaml_file import YamlFile

_Shape = TypeVar("_Shape", bound=BaseModel)


def read_shaped(path: Path, root: Path, shape: type[_Shape]) -> tuple[YamlFile, _Shape]:
    """The file and its data in shape; raises RulesError with every place where it is not."""
    file = YamlFile(path, root)
    try:
        return file, shape.model_validate(file.data)
    except ValidationError as error:
        raise RulesError([file.at(problem["loc"], f"{problem['msg']}; correct the entry") for problem in error.errors()]) from None
