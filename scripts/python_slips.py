"""Small slips of a module's functions, as code to be put in the place of theirs."""

from __future__ import annotations
import __future__

import ast
import copy
from collections.abc import Container, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

SWAPPED: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or,
    ast.Or: ast.And, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
NOTE = "__reached__"
ENDS = {"first": "last", "last": "first", "begin": "end", "end": "begin"}


class Slip(NamedTuple):
    """A changed function: its dotted name, the lines of the statement, what stood there and what
    stands now; `words`: it changes nothing else.
    """

    function: str
    lines: range
    was: str
    now: str
    code: CodeType
    words: bool


def changes(node: ast.AST) -> Iterator[ast.AST]:  # noqa: PLR0912 (one case a kind)
    """Each small change of this node itself."""
    match node:
        case ast.Compare(ops=ops):
            for place, operator in enumerate(ops):
                if other := SWAPPED.get(type(operator)):
                    yield _with(node, ops=[*ops[:place], other(), *ops[place + 1 :]])
        case ast.BoolOp(op=operator, values=values):
            yield _with(node, op=SWAPPED[type(operator)]())
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                yield _with(node, values=rest) if rest[1:] else rest[0]
        case ast.BinOp(op=operator) if type(operator) in SWAPPED:
            yield _with(node, op=SWAPPED[type(operator)]())
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=operand):
            yield copy.copy(operand)
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Name(id=name) if name in NAMES:
            yield _with(node, id=NAMES[name])
        case ast.Attribute(attr=name) if name in ENDS:
            yield _with(node, attr=ENDS[name])
        case ast.If() | ast.IfExp():
            yield _with(node, test=ast.Constant(False))
        case ast.comprehension(ifs=conditions):
            for place in range(len(conditions)):
                yield _with(node, ifs=conditions[:place] + conditions[place + 1 :])


def _with(node: ast.AST, **fields: Any) -> ast.AST:
    other = copy.copy(node)
    for name, value in fields.items():
        setattr(other, name, value)
    return other


class _Put(ast.NodeTransformer):
    """One node in place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self.new if node is self.old else _with(node, **dict(self._fields(node)))

    def _fields(self, node: ast.AST) -> Iterator[tuple[str, Any]]:
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                yield name, [self.visit(v) if isinstance(v, ast.AST) else v for v in value]
            elif isinstance(value, ast.AST):
                yield name, self.visit(value)


def slips(path: Path, wording: Container[str]) -> Iterator[Slip]:
    """Every small change of a module's functions; those called `wording` only tell of it."""
    tree = ast.parse(path.read_text("utf-8"))
    for name, function, around in _functions(tree.body, ()):
        where = {id(inner): found for found in ast.walk(function) for inner in ast.walk(found)
                 if isinstance(found, ast.stmt)}  # fmt: skip
        worded = {id(inner) for node in ast.walk(function) for inner in _worded(node)}
        for node in (inner for part in function.body for inner in ast.walk(part)):
            for new in changes(node):
                if hasattr(node, "lineno"):
                    ast.copy_location(new, node)
                put = _Put(node, new)
                code = _compiled(put.visit(function), around, path, name)
                statement = where[id(node)]
                was, now = (_head(one) for one in (statement, put.visit(statement)))
                words = id(node) in worded or name.rpartition(".")[2] in wording
                lines = _lines(statement)
                yield Slip(name, lines, was, now, code, words)


def _worded(node: ast.AST) -> Iterator[ast.AST]:
    """What only words are made of: texts, warnings, and types."""
    match node:
        case ast.JoinedStr():
            yield from ast.walk(node)
        case ast.AnnAssign(annotation=annotation):
            yield from ast.walk(annotation)
        case ast.Call(func=ast.Attribute(attr="warn"), args=args):
            yield from (inner for arg in args for inner in ast.walk(arg))


def _lines(statement: ast.stmt) -> range:
    """The lines of a statement, or of the head of a compound one."""
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or statement.lineno
    return range(statement.lineno, max(last, statement.lineno) + 1)


class _Notes(ast.NodeTransformer):
    """Each statement, after a call that notes its line."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            if isinstance(inside := getattr(node, name, None), list):
                setattr(node, name, [part for one in inside for part in (_note(one), one)])
        return node


def _note(statement: ast.stmt) -> ast.stmt:
    call = ast.Call(ast.Name(NOTE, ast.Load()), [ast.Constant(statement.lineno)], [])
    return ast.copy_location(ast.Expr(call), statement)


def noting(path: Path) -> Iterator[tuple[str, CodeType]]:
    """Every function, such that it calls the module's `NOTE` with each line it runs through."""
    for name, function, around in _functions(ast.parse(path.read_text("utf-8")).body, ()):
        yield name, _compiled(_Notes().visit(function), around, path, name)


def _compiled(function: ast.stmt, classes: tuple[str, ...], path: Path, name: str) -> CodeType:
    made = ast.fix_missing_locations(ast.Module([_inside(function, classes)], []))
    flags = __future__.annotations.compiler_flag
    return _code_of(compile(made, str(path), "exec", flags, dont_inherit=True), name)


def _inside(function: ast.stmt, classes: tuple[str, ...]) -> ast.stmt:
    """A function within its classes, of which nothing else is needed."""
    for name in reversed(classes):
        function = ast.ClassDef(name, bases=[], keywords=[], body=[function], decorator_list=[])
    return function


def _head(statement: ast.AST) -> str:
    """A statement, or the first line of a compound one."""
    return ast.unparse(statement).splitlines()[0]


def _functions(
    body: list[ast.stmt], classes: tuple[str, ...]
) -> Iterator[tuple[str, ast.FunctionDef, tuple[str, ...]]]:
    for node in body:
        if isinstance(node, ast.FunctionDef):
            yield ".".join([*classes, node.name]), node, classes
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, (*classes, node.name))


def _code_of(module: CodeType, name: str) -> CodeType:
    inside = [const for const in module.co_consts if isinstance(const, CodeType)]
    for code in inside:
        if code.co_qualname == name:
            return code
        if name.startswith(f"{code.co_qualname}."):
            return _code_of(code, name)
    raise LookupError(name)
