import ast
import re
from pathlib import Path

import pytest

import gislib.sources
from gislib import wording
from gislib.domain.errors import InputError

MODULES = (
    "archive", "columns", "datum_test", "duplicates", "fields", "gate_rows", "limits", "manifest", "positions",
    "gpx", "raster", "spreadsheets", "tabular", "tracks", "text_files", "vector_files", "version_files", "workspace",
)  # fmt: skip
HOME = Path(gislib.sources.__file__).parent
CALLS = {"InputError", "DatumError", "WorkspaceError", "Message"}


def raised():
    """Code and value names of every error and message that is built with literal arguments."""
    for name in MODULES:
        for node in ast.walk(ast.parse((HOME / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    given = {word.arg for word in node.keywords}
                    if len(node.args) > 1 and isinstance(node.args[1], ast.Dict):
                        keys = node.args[1].keys
                        given |= {key.value if key else None for key in keys}
                    yield name, first.value, given


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_message_has_a_text_whose_placeholders_are_given(lang):
    found = list(raised())
    assert len(found) > 50
    for module, code, given in found:
        text = wording.catalogue(lang)[f"errors.{code}"]
        if None not in given and code != "datum_doubtful":
            assert set(re.findall(r"{(\w+)}", text)) <= given, (module, code)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_of_a_refused_row_has_a_text(lang):
    for module in ("fields", "gate_rows", "positions", "tabular"):
        for node in ast.walk(ast.parse((HOME / f"{module}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"row", "cell"} and len(node.args) == 4:
                for part in ast.walk(node.args[2]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and "_" in part.value:
                        assert f"errors.{part.value}" in wording.catalogue(lang)


def test_an_error_reads_as_one_line():
    problem = InputError(
        "table_all_rejected",
        file="a.csv",
        rows=3,
        row=2,
        column="经度",
        value="106.936593N/A",
        why=(InputError("coordinate_unreadable"),),
    )
    assert wording.error(problem) == (
        "a.csv 的 3 行都不能用。如第 2 行“经度”列“106.936593N/A”：坐标读不出来。请写成 104.9012 或 104°54′04″。"
    )
