"""Which public functions of the planning layer write: whatever reaches a write of store, inputs, or a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import gislib

ROOT = Path(gislib.__file__).parent
LAYERS = ("planning", "store", "sources", "reports")
# They say who asks, note refusals and open databases: everything reaches them.
PLUMBING = {"gislib.planning.session", "gislib.planning.authors", "gislib.store.database", "gislib.store.migration"}
WRITES = {
    "gislib.store.database.writing",
    "gislib.reports.files.write_bytes",
    "gislib.reports.files.replacing",
    "gislib.sources.manifest.write",
    "gislib.store.archive.write",
    "gislib.store.backup.restore",
}


def public_writers() -> list[str]:
    """Names such as ``gislib.planning.plans.accept``, sorted."""
    graph = dict(_references())
    reach = set(WRITES)
    while grown := {name for name, used in graph.items() if name not in reach and used & reach}:
        reach |= grown
    own = {name for name in reach if name.startswith("gislib.planning.")}
    return sorted(name for name in own if not name.rpartition(".")[2].startswith("_"))


def _references() -> Iterator[tuple[str, set[str]]]:
    """Every function of the layers, with the functions that it names."""
    for path in (path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))):
        module = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        if module in PLUMBING:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        known = {node.name: f"{module}.{node.name}" for node in functions} | _imported(tree)
        values = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None
            for target in ([node.target] if isinstance(node, ast.AnnAssign) else node.targets)
            if isinstance(target, ast.Name)
        }
        for name, value in values.items():  # tables of functions, such as writers by format
            yield f"{module}.{name}", set(_named(value, known))
        known |= {name: f"{module}.{name}" for name in values}
        for node in functions:
            yield f"{module}.{node.name}", set(_named(node, known))


def _imported(tree: ast.Module) -> dict[str, str]:
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gislib")
        for alias in node.names
    }


def _named(node: ast.AST, known: dict[str, str]) -> Iterator[str]:
    own = {arg.arg for arg in ast.walk(node) if isinstance(arg, ast.arg)}
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in known and part.id not in own:
            yield known[part.id]
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) and part.value.id in known:
            yield f"{known[part.value.id]}.{part.attr}"
