"""JSON Schemas of what goes in and comes out: record, decision and rule files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints

from pydantic import Field, create_model
from pydantic.json_schema import DEFAULT_REF_TEMPLATE, GenerateJsonSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(what: str, rules: str | None = None) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record (of `rules`, where they have facts of their own), a
    decision, or the rule files by name.
    """
    if what == "record":
        from allstatus.record.model import Record
        from allstatus.rules.editions import find_rules
        from allstatus.rules.load import read_rules

        model = Record if rules is None else read_rules(find_rules(rules)).record_model
        schema = model.model_json_schema()
    elif what == "decision":
        schema = decision_schema()
    else:
        from allstatus.rules.rule_shapes import SHAPES

        parts = {
            name: shape.model_json_schema(ref_template=f"#/$defs/{name}/$defs/{{model}}")
            for name, shape in SHAPES.items()
        }
        schema = {"title": "allstatus rule files", "$defs": parts}
    return {"$schema": DIALECT, **schema}


def schema_files(what: str, rules: str | None = None) -> dict[str, dict[str, Any]]:
    """Schemas by file name: one for a record or a decision, one for each kind of rule file."""
    if what != "rules":
        return {f"{what}.schema.json": schema_of(what, rules)}
    from allstatus.rules.rule_shapes import SHAPES

    return {
        f"{name}.schema.json": {"$schema": DIALECT, **shape.model_json_schema()}
        for name, shape in SHAPES.items()
    }


def decision_schema(ref_template: str = DEFAULT_REF_TEMPLATE) -> dict[str, Any]:
    """A decision's document, from the types of its parts; later versions only add to it. Its
    parts stand in `$defs`, to which it refers as `ref_template` says.
    """
    from allstatus.decision.decision import Decision
    from allstatus.decision.document import PARTS

    parts: dict[str, Any] = {name: _typed(getattr(Decision, name).func) for name in PARTS}
    model = create_model("Decision", **parts)
    schema = model.model_json_schema(
        ref_template=ref_template, mode="serialization", schema_generator=_Whole
    )
    return {**schema, "title": "allstatus decision"}


class _Whole(GenerateJsonSchema):
    """Every key is always written, whether or not its field has a default."""

    def field_is_required(self, *_: Any, **__: Any) -> bool:
        return True


def _typed(part: Callable[..., Any]) -> tuple[Any, Any]:
    return get_type_hints(part, include_extras=True)["return"], Field(
        description=" ".join(str(part.__doc__).split())
    )
