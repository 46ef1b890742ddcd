"""The shape of the code that import-linter cannot see: pages, lengths, names, homes of numbers and screens."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted((ROOT / "pages").rglob("*.py"))
SCREENS = [ROOT / "app.py", *PAGES]
MODULES = sorted((ROOT / "gislib").rglob("*.py"))
CODE = [*SCREENS, *MODULES, *sorted((ROOT / "tools").rglob("*.py"))]
LOCKS = [ROOT / "requirements-lock.txt", ROOT / "requirements-dev-lock.txt"]

PAGE_LINES = 120
MODULE_LINES = 400
MEDIAN_LINES = 200
FUNCTION_LINES = 60
PAGE_IMPORTS = ("streamlit", "gislib.ui", "gislib.planning", "gislib.domain")
GRAB_BAGS = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "core"}
ADDRESSES = r"://|--index-url|--find-links|--trusted-host|@ |^-e|(?<![\w.])/[a-z]+/"
TEST_TOOLS = {"pytest", "mypy", "ruff", "hypothesis", "playwright", "pip-tools", "pyrosm", "import-linter"}
SAYS_THAT_IT_FAILED = "gislib/ui/guard.py"  # a defect is told in one line on the page, its trace goes to the log
EPSG_HOMES = ("geo", "domain")


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function from its ``def`` to its end, less the docstring."""
    first, end = function.body[0], function.end_lineno or function.lineno
    documented = ast.get_docstring(function, clean=False) is not None
    return end - function.lineno + 1 - (((first.end_lineno or 0) - first.lineno + 1) if documented else 0)


def imported(tree: ast.Module) -> Iterator[str]:
    """Full names of what a module imports, ``from a import b`` as ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the layer"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def strings(tree: ast.Module) -> Iterator[str]:
    """String constants that are code: docstrings left out."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def page_may_import(module: str) -> bool:
    own = any(module == allowed or module.startswith(f"{allowed}.") for allowed in PAGE_IMPORTS)
    return own or module.split(".", maxsplit=1)[0] in sys.stdlib_module_names


def test_there_is_something_to_check() -> None:
    assert len(PAGES) >= 5
    assert len(MODULES) >= 50


@pytest.mark.parametrize("page", SCREENS, ids=name)
def test_a_page_is_short_and_only_composes(page: Path) -> None:
    assert lines(page) <= PAGE_LINES
    assert [m for m in imported(parsed(page)) if not page_may_import(m)] == []


def test_page_files_live_one_folder_down() -> None:
    """Directly in ``pages/`` Streamlit would discover them itself and skip app.py on deep links."""
    assert [name(p) for p in PAGES if len(p.relative_to(ROOT / "pages").parts) != 2] == []


def test_modules_are_short() -> None:
    assert [name(m) for m in CODE if lines(m) > MODULE_LINES] == []
    assert statistics.median(lines(m) for m in MODULES) <= MEDIAN_LINES


def test_functions_are_short() -> None:
    long = [
        f"{name(m)}:{f.lineno} {f.name} {body_lines(f)}"
        for m in CODE
        for f in functions(parsed(m))
        if body_lines(f) > FUNCTION_LINES
    ]
    assert long == []


def test_no_module_is_a_grab_bag() -> None:
    parts = {name(m): {*m.with_suffix("").relative_to(ROOT / "gislib").parts} for m in MODULES}
    assert [m for m, words in parts.items() if words & GRAB_BAGS or any("manager" in w for w in words)] == []


def test_coordinate_systems_are_named_in_one_place() -> None:
    elsewhere = [*SCREENS, *(m for m in MODULES if _layer(m) not in EPSG_HOMES)]
    found = [f"{name(m)}: {s}" for m in elsewhere for s in strings(parsed(m)) if "EPSG:" in s.upper()]
    assert found == []


def test_the_screen_library_stays_in_ui() -> None:
    below = [m for m in MODULES if _layer(m) != "ui"]
    users = [name(m) for m in below if any(i.split(".")[0] == "streamlit" for i in imported(parsed(m)))]
    calls = [
        f"{name(m)}:{node.lineno}"
        for m in below
        for node in ast.walk(parsed(m))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "st"
    ]
    assert users + calls == []


def test_no_broad_except_no_print_no_row_loop() -> None:
    found = []
    for m in MODULES:
        for node in ast.walk(parsed(m)):
            broad = isinstance(node, ast.ExceptHandler) and (node.type is None or _called(node.type) == "Exception")
            if broad and name(m) != SAYS_THAT_IT_FAILED:
                found.append(f"{name(m)}:{node.lineno} broad except")
            if isinstance(node, ast.Call) and (_called(node.func) == "iterrows" or _is_print(node.func)):
                found.append(f"{name(m)}:{node.lineno} {_called(node.func)}")
    assert found == []


@pytest.mark.parametrize("lock", LOCKS, ids=name)
def test_locks_pin_and_hash_everything_and_name_no_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert (
        re.findall(r"://|--index-url|--find-links|--trusted-host|@ |^-e|(?<![\w.])/[a-z]+/", text, re.MULTILINE) == []
    )
    blocks = [b for b in re.split(r"(?m)^(?=[A-Za-z0-9])", text) if re.match(r"[A-Za-z0-9]", b)]
    assert len(blocks) > 50
    assert [b.splitlines()[0] for b in blocks if "==" not in b.splitlines()[0] or "--hash=sha256:" not in b] == []


def test_the_development_lock_holds_the_runtime_lock_and_the_runtime_lock_no_test_tool() -> None:
    runtime, dev = (set(re.findall(r"(?m)^[A-Za-z0-9][\w.-]*==\S+", lock.read_text("utf-8"))) for lock in LOCKS)
    assert runtime < dev
    names = {pin.split("==")[0] for pin in runtime}
    assert (
        names & {"pytest", "mypy", "ruff", "hypothesis", "playwright", "pip-tools", "pyrosm", "import-linter"} == set()
    )


def _called(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_print(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "print"


def _layer(module: Path) -> str:
    parts = module.relative_to(ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "gislib" and len(parts) > 1 else ""
