"""Whatever is imported, computed or taken out of the small town leaves exactly one row in the audit."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
import town_workspace
from plan_worlds import REQUEST

from gislib.domain.errors import GislibError, InputError, RefusedError, StoreError
from gislib.planning import assess, checklists, exports, imports, results, users
from gislib.planning.authors import has_store, store_of
from gislib.planning.imports import ImportOptions
from gislib.planning.loaded import tables_of
from gislib.planning.overview import overview
from gislib.planning.session import DATABASE_URL
from gislib.sources import overpass, workspace
from gislib.sources.provenance import Loaded, no_rejections
from gislib.sources.workspace import Meta
from gislib.store import audit

VENUES = "代码,名称,类型,经度,纬度\nv1,星空网吧,网吧,104.905,25.09\n"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The town, assessed and judged by somebody."""
    session = town_workspace.build(tmp_path_factory.mktemp("audited") / "town", "张三")
    assert not has_store(session.workspace)
    assess.assess(session, REQUEST)
    assess.comply(session, REQUEST)
    return session


def rows_of(session):
    return audit.entries(store_of(session))


def test_a_run_leaves_a_row(town):
    rows = rows_of(town).iloc[:2]
    assert list(rows["action"]) == ["assess", "comply"]
    assert set(rows["actor"]) == {"张三"}
    assert rows["detail"][0]["data_version"] == results.read_run(town)["school_risk"]["data_version"]


def test_a_row_in_the_audit_changes_no_result(town):
    def digests():
        files = (town.workspace.root / "results").glob("*.parquet")
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    before = digests()
    assess.assess(town, REQUEST)
    assess.comply(town, REQUEST)
    assert digests() == before
    assert len(before) == len(results.RISK_TABLES) + len(results.COMPLIANCE_TABLES)


TAKEN = {
    **{
        f"export.{name}": ("export", lambda s, out, name=name: exports.export(s, out, [name]))
        for name in exports.FORMATS
    },
    "campus": ("export.campus", lambda s, _: exports.campus_file(s, tables_of(s.workspace)["schools"].index[0])),
    **{
        f"ranking.{name}": (
            "export.ranking",
            lambda s, _, name=name: exports.ranking_file(s, overview(s), stamp(s), name),
        )
        for name in exports.RANKING_FORMATS
    },
    "checklist": ("checklist.export", lambda s, _: checklists.blank(s, REQUEST.as_of)),
}


def stamp(session):
    return results.stamp(session, REQUEST)


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_out_leaves_one_row(town, tmp_path, name):
    action, take = TAKEN[name]
    before = len(rows_of(town))
    assert take(town, tmp_path)
    rows = rows_of(town).iloc[before:]
    assert list(rows["action"]) == [action]
    assert list(rows["actor"]) == ["张三"]


def test_an_export_that_is_refused_writes_no_file(town, tmp_path):
    some = replace(town, role="planner", areas=frozenset({"529901"}))
    with pytest.raises(RefusedError, match="areas_not_all"):
        exports.export(some, tmp_path / "out", ["csv"])
    with pytest.raises(RefusedError, match="role_too_low"):
        exports.export(replace(town, role="viewer"), tmp_path / "out", ["csv"])
    with pytest.raises(InputError, match="format_unknown"):
        exports.ranking_file(town, overview(town), stamp(town), "pdf")
    assert not (tmp_path / "out").exists()


def test_a_first_import_makes_workspace_and_audit(tmp_path, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "李工")
    file = tmp_path / "v.csv"
    file.write_text(VENUES, "utf-8")
    session = users.starting(tmp_path / "ws", Meta("测试县", demo=True))
    assert not (tmp_path / "ws").exists()
    imports.import_file(session, "venues", file, ImportOptions(datum="wgs84"))
    assert workspace.open_workspace(tmp_path / "ws").meta == Meta("测试县", demo=True)
    again = users.starting(tmp_path / "ws")
    imports.import_file(again, "venues", file, ImportOptions(name="mine", datum="wgs84"))
    imports.undo(again, "mine")
    rows = rows_of(again)
    assert list(rows["action"]) == ["import", "import", "import.undo"]
    assert list(rows["subject"]) == ["venues", "mine", "mine"]
    assert set(rows["actor"]) == {"李工"}
    assert rows["detail"][0] == {"layer": "venues", "rows": 1, "rejected": 0}


def test_a_place_that_is_fetched_leaves_one_row(tmp_path, monkeypatch):
    session = town_workspace.build(tmp_path / "town")
    told = workspace.provenances(session.workspace)["town"]
    monkeypatch.setattr(overpass, "read_place", lambda *_: Loaded({}, no_rejections(), told))
    imports.import_place(session, "贵阳市")
    assert list(rows_of(session)["action"]) == ["import"]


def test_a_failed_first_import_leaves_nothing(tmp_path, monkeypatch):
    file = tmp_path / "v.csv"
    file.write_text(VENUES, "utf-8")
    with pytest.raises(GislibError):
        imports.import_file(users.starting(tmp_path / "ws"), "venues", tmp_path / "absent.csv")
    monkeypatch.setenv(DATABASE_URL, "postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreError, match="store_unreachable"):
        imports.import_file(users.starting(tmp_path / "ws"), "venues", file, ImportOptions(datum="wgs84"))
    assert not (tmp_path / "ws").exists()


def test_imports_are_for_all_areas(town, tmp_path):
    some = replace(town, role="planner", areas=frozenset({"529901"}))
    for write in (
        lambda: imports.import_file(some, "venues", tmp_path / "v.csv"),
        lambda: imports.import_place(some, "贵阳市"),
        lambda: imports.undo(some, "town"),
    ):
        with pytest.raises(RefusedError, match="areas_not_all"):
            write()
