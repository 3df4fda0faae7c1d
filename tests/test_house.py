"""The house as CONTRIBUTING claims it: what is not held here is not claimed there.

`house.yaml` lists what does not hold yet, with how much of it. A number in it is only ever lowered,
and what holds again must leave the list; both are tested.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from sys import stdlib_module_names
from typing import Any

import pytest
import yaml

from allstatus.rules.editions import rule_sets
from allstatus.rules.load import read_rules

ROOT = Path(__file__).parent.parent
SOURCE, TESTS = ROOT / "src" / "allstatus", ROOT / "tests"
HOUSE: dict[str, Any] = yaml.safe_load((TESTS / "house.yaml").read_text("utf-8"))
FILE_LINES, FUNCTION_LINES = 300, 40
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
CORE = {"allstatus", "click", "pydantic", "pydantic_core", "rich", "typer", "yaml"}
EXAMPLES = ROOT / "examples" / "rules"
OF_A_ROOM = ("fixtures", "properties", "agreement", "doors")  # tests of a room as a whole


MODULES = [path.relative_to(SOURCE).as_posix() for path in sorted(SOURCE.rglob("*.py"))]


@cache
def sources() -> Mapping[str, ast.Module]:
    """Every module of the package, parsed, by its path below src/allstatus."""
    return {name: ast.parse((SOURCE / name).read_text("utf-8")) for name in MODULES}


def python_files() -> list[Path]:
    return [*sorted(SOURCE.rglob("*.py")), *sorted(TESTS.rglob("*.py"))]


def holds(found: Mapping[str, int], listed: Mapping[str, int] | None) -> None:
    """Nothing is found that is not listed, no more of it than listed, and no list is stale."""
    allowed = listed or {}
    worse = {name: count for name, count in found.items() if count > allowed.get(name, 0)}
    assert not worse, f"mend these, or say in house.yaml why not: {worse}"
    stale = [name for name in allowed if name not in found]
    assert not stale, f"these hold now; take them out of house.yaml: {stale}"


def test_no_file_is_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8").count("\n")
        for path in python_files()
        if "node_modules" not in path.parts
    }
    holds(
        {name: lines for name, lines in lengths.items() if lines > FILE_LINES},
        HOUSE["long_files"],
    )


def test_no_function_is_long() -> None:
    found = {
        f"{name}:{node.name}": lines
        for name, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }
    holds(found, HOUSE["long_functions"])


def test_nothing_is_left_unformatted() -> None:
    off = re.compile(r"#\s*fmt:\s*(skip|off)")
    files = [path for path in python_files() if path != Path(__file__)]
    assert [path.name for path in files if off.search(path.read_text("utf-8"))] == []


def public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """The public classes, functions and methods of a module."""
    for node in body:
        if isinstance(node, (ast.ClassDef, *FUNCTIONS)) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


def test_every_public_name_has_a_docstring() -> None:
    found = Counter(
        name
        for name, tree in sources().items()
        for _, node in public(tree.body)
        if not ast.get_docstring(node)  # type: ignore[arg-type]
    )
    holds(found, HOUSE["undocumented"])


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_is(name: str) -> None:
    assert ast.get_docstring(sources()[name]) or not sources()[name].body


def imported(tree: ast.Module) -> Iterator[str]:
    """The libraries a module imports, whether at once or lazily."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def test_a_library_is_imported_in_one_package() -> None:
    packages: dict[str, set[str]] = {}
    for name, tree in sources().items():
        for library in set(imported(tree)) - CORE - stdlib_module_names:
            packages.setdefault(library, set()).add(name.partition("/")[0])
    several = {name: sorted(found) for name, found in packages.items() if len(found) > 1}
    assert several == (HOUSE["libraries_in_several_packages"] or {})


def modules(room: str) -> list[str]:
    folder = SOURCE / room
    return [path.stem for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]


@pytest.mark.parametrize("room", HOUSE["mirrored_rooms"])
def test_a_module_that_decides_or_reads_has_a_test_of_its_name(room: str) -> None:
    lacking = [
        f"{room}/{name}"
        for name in modules(room)
        if not list((TESTS / room).glob(f"test_{name}*.py"))
    ]
    listed = [
        name for name in HOUSE["without_a_test_of_their_name"] if Path(name).parent == Path(room)
    ]
    assert lacking == sorted(listed)


def test_a_test_is_named_after_what_it_tests() -> None:
    rooms = {path.parent for path in SOURCE.rglob("*.py")} - {SOURCE}
    odd = [
        path.relative_to(TESTS).as_posix()
        for room in sorted(rooms)
        for path in sorted((TESTS / room.relative_to(SOURCE)).glob("test_*.py"))
        if not path.stem.removeprefix("test_").startswith(
            (*modules(room.relative_to(SOURCE).as_posix()), *OF_A_ROOM)
        )
    ]
    assert odd == (HOUSE["tests_named_otherwise"] or [])


def test_a_module_s_name_stands_for_one_thing() -> None:
    names = Counter(
        Path(name).stem
        for name in sources()
        if not name.startswith("commands/") and not Path(name).stem.startswith("__")
    )
    holds({name: n for name, n in names.items() if n > 1}, HOUSE["module_names_used_twice"])


def test_a_class_s_name_stands_for_one_thing() -> None:
    names = Counter(
        node.name
        for name, tree in sources().items()
        if not name.startswith("commands/")
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    holds({name: n for name, n in names.items() if n > 1}, HOUSE["class_names_used_twice"])


def test_no_comprehension_has_two_loops_and_an_assignment() -> None:
    comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    found = Counter(
        name
        for name, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, comprehensions)
        and len(node.generators) > 1
        and any(isinstance(part, ast.NamedExpr) for part in ast.walk(node))
    )
    holds(found, HOUSE["crowded_comprehensions"])


SLACK = 25  # by how much a ratchet may lag behind before it must be lowered


def ratchet(name: str, count: int) -> None:
    recorded = HOUSE["ratchets"][name]
    assert count <= recorded, f"{name}: {count}, more than {recorded}; say it in the rules instead"
    assert recorded - count <= SLACK, f"{name}: lower it to {count} in tests/house.yaml"


def test_nothing_outside_the_rules_and_code_tables_knows_the_disease() -> None:
    """Statuses, codes and names of the diseases of all rule sets here; the few lines that are
    neutral (an example of a code, what a coded status can assert) are listed in house.yaml.
    """
    sets = [read_rules(folder) for folder in (*rule_sets(), *EXAMPLES.glob("*/"))]
    names = {name for rules in sets for name in (*rules.statuses, rules.disease)}
    parts = {code[:3] for rules in sets for code in rules.population["icd10cm"]}
    parts |= {rules.population["diagnosis"] for rules in sets}
    named = re.compile(
        rf"\b(?:{'|'.join(sorted(names))})\b|(?i:(?<![0-9a-z])(?:{'|'.join(sorted(parts))}))"
    )
    found = Counter(
        path.relative_to(SOURCE).as_posix()
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in (".py", ".js", ".json", ".yaml", ".html", ".md", ".svg", ".css")
        for line in path.read_text("utf-8").splitlines()
        if named.search(line)
    )
    holds(found, HOUSE["lines_that_name_the_disease"])
    assert sum(HOUSE["lines_that_name_the_disease"].values()) <= 15


def test_fewer_and_fewer_texts_for_readers_are_written_in_code() -> None:
    """A text is a string of four words or more that is no docstring."""
    four_words = re.compile(r"(?:[A-Za-z]{2,}[,;:]? +){3}[A-Za-z]{2,}")
    count = 0
    for tree in sources().values():
        documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        count += sum(
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documentation
            and bool(four_words.search(node.value))
            for node in ast.walk(tree)
        )
    ratchet("texts_written_in_code", count)


OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
OF_A_COMMAND_LINE = ("commands/", "service/", "cli.py", "__init__.py", "testing/pytest_plugin.py")
# a parameter whose door gives its own name, and whole commands that are told in parts
NAMED = {
    "ehr/timelines/timeline_picture.py": {"--picture"},
    "rules/lock.py": {"--rules"},
    "verify/coverage.py": {"--format"},
    "verify/drift_report.py": {"--format"},
    "verify/page_map.py": {"--rules", "--update"},
    "verify/recorded_decision.py": {"--format"},
    "verify/scaffold/new_rule_set.py": {"--section"},
    "teach/teaching_page.py": {"--ground-", "--ink-"},  # of a style
}


@pytest.mark.parametrize("name", [n for n in MODULES if not n.startswith(OF_A_COMMAND_LINE)])
def test_what_python_raises_names_no_option_of_the_command_line(name: str) -> None:
    tree = sources()[name]
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = {
        option
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documentation
        for option in OPTION.findall(node.value)
    }
    assert found == NAMED.get(name, set())
