"""The command line acts with the rights of the local user's account, and the audit tells the role they really had."""

from __future__ import annotations

import pytest
import town_workspace
from plan_worlds import REQUEST
from typer.testing import CliRunner

from gislib.cli.app import app
from gislib.planning import users
from gislib.planning.authors import store_of
from gislib.store import audit
from gislib.store.users import Rights

DAY = ("--as-of", REQUEST.as_of.isoformat())


@pytest.fixture
def town(tmp_path, monkeypatch):
    """The town, in which 王五, who runs the program, is a viewer of one county."""
    session = town_workspace.build(tmp_path / "town", "管理员")
    users.put(session, "管理员", 0, Rights("admin", None))
    users.put(session, "王五", 0, Rights("viewer", frozenset({"529901"})))
    monkeypatch.setattr("getpass.getuser", lambda: "王五")
    return session


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def last(session):
    row = audit.entries(store_of(session)).iloc[-1]
    return row["actor"], row["role"], row["action"], row["subject"]


def test_a_viewer_looks_and_writes_nothing(town, tmp_path):
    root, before = town.workspace.root, sorted(town.workspace.inputs.rglob("*"))
    file = tmp_path / "v.csv"
    file.write_text("代码,名称,类型,经度,纬度\nv1,星空网吧,网吧,105.0,25.0\n", "utf-8")
    assert invoke("check", root, *DAY, "--json").exit_code == 0
    for asked, function in (
        (("import", root, "venues", file), "imports.import_file"),
        (("import", root, "--undo", "town"), "imports.undo"),
        (("assess", root, *DAY), "assess.assess"),
        (("ledger", root, "export", tmp_path / "l.xlsx"), "ledger_book.workbook"),
        (("export", root, "--out", tmp_path / "out", "--formats", "csv"), "exports.export"),
        (("backup", root, tmp_path / "b.zip"), "backups.backup"),
    ):
        refused = invoke(*asked)
        assert refused.exit_code == 2, asked
        assert "王五" in refused.stderr
        assert last(town) == ("王五", "viewer", "refused.role", function)
    assert sorted(town.workspace.inputs.rglob("*")) == before
    assert not {"l.xlsx", "out", "b.zip"} & {path.name for path in tmp_path.iterdir()}


def test_a_planner_takes_the_ledger_of_one_county_and_imports_nothing(town, tmp_path):
    users.put(town, "王五", 1, Rights("planner", frozenset({"529901"})))
    root = town.workspace.root
    assert invoke("ledger", root, "export", tmp_path / "l.xlsx").exit_code == 0
    assert last(town) == ("王五", "planner", "ledger.export", "ledger")
    assert invoke("import", root, "--undo", "town").exit_code == 2
    assert last(town) == ("王五", "planner", "refused.area", "imports.undo")
    users.put(town, "王五", 2, Rights("planner", None, active=False))
    assert invoke("check", root, *DAY).exit_code == 2
