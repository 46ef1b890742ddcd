"""Benchmarks run seldom: that each still imports, and that the caches it clears are still there, is asked here."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
FILES = sorted(FOLDER.glob("*.py"))


def loaded(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"benchmarks_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def cleared(tree: ast.AST) -> set[str]:
    """Dotted names whose ``cache_clear`` is called."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {ast.unparse(call.value) for call in calls if isinstance(call, ast.Attribute) and call.attr == "cache_clear"}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_benchmark_imports_and_the_caches_it_clears_exist(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    module = loaded(file)
    for name in cleared(ast.parse(file.read_text("utf-8"))):
        target: object = module
        for part in name.split("."):
            target = getattr(target, part)
        assert callable(getattr(target, "cache_clear", None)), name


def test_the_county_is_measured_from_disk() -> None:
    assert cleared(ast.parse((FOLDER / "test_county.py").read_text("utf-8"))) == {"loaded._tables", "assessing._bases"}
