"""Edits of the workspace's data: kept in order, taken back, applied to tables that stay as they were."""

import geopandas as gpd
import pytest
from geopandas.testing import assert_geodataframe_equal
from shapely import MultiPoint, Point, Polygon
from store_plans import LI, WANG
from store_refusals import refused

from gislib.domain.tables import WGS84, conform, empty_table
from gislib.store import audit, edited_tables, workspace_edits
from gislib.store.workspace_edits import NewEdit

HERE = Point(104.9, 25.1)
HUMP = NewEdit("devices", "add", None, {"kind": "hump", "located_to_m": 0.5}, HERE, "H-00007 销号")


def venues():
    rows = {
        "kind": ["net_bar", "ktv", "net_bar"], "name": ["甲", "乙", None], "hours": ["08:00-24:00", None, None],
        "source_id": ["osm"] * 3, "located_to_m": [5.0, 20.0, 5.0], "doors": [MultiPoint([HERE]), None, None],
    }  # fmt: skip
    shapes = [HERE.buffer(0.001), HERE, Point(105, 25)]
    return conform("venues", gpd.GeoDataFrame(rows, geometry=shapes, crs=WGS84, index=["osm:n1", "osm:n2", "t:3"]))


def apply(store, layer, table):
    return edited_tables.edited(layer, table, workspace_edits.standing(store))


def test_edits_come_back_as_they_were_made(store):
    ids = workspace_edits.add(
        store, [HUMP, NewEdit("venues", "change", "osm:n1", {"hours": None, "kind": "billiards"})], LI
    )
    assert ids == ["E-00001", "E-00002"]
    first, second = workspace_edits.standing(store)
    assert (first.feature_id, first.geometry, first.sets) == (
        "edit:1", HERE, {"kind": "hump", "located_to_m": 0.5, "source_id": "edits"},
    )  # fmt: skip
    assert (second.feature_id, second.geometry, second.sets) == ("osm:n1", None, {"hours": None, "kind": "billiards"})
    assert (second.item_id, second.actor, second.at) == (None, "李工", LI.at)
    assert audit.entries(store)["action"].tolist() == ["workspace.add", "workspace.change"]


def test_taking_back(store):
    workspace_edits.add(store, [HUMP, HUMP], LI)
    refused("reason_missing", workspace_edits.take_back, store, ["E-00001"], " ", LI)
    workspace_edits.take_back(store, ["E-00001"], "装错位置", WANG)
    refused("workspace_edit_gone", workspace_edits.take_back, store, ["E-00001"], "再撤", LI)
    refused("workspace_edit_unknown", workspace_edits.take_back, store, ["E-00003"], "撤销撤销", LI)
    refused("workspace_edit_unknown", workspace_edits.take_back, store, ["E-00009"], "无", LI)
    refused("workspace_edit_gone", workspace_edits.take_back, store, ["E-00002", "E-00001"], "都撤", LI)
    assert [edit.edit_id for edit in workspace_edits.standing(store)] == ["E-00002"]
    log = workspace_edits.history(store)
    assert log["edit_id"].tolist() == ["E-00001", "E-00002", "E-00003"]
    assert (log["takes_back"].iloc[2], log["reason"].iloc[2], log["actor"].iloc[2]) == ("E-00001", "装错位置", "王工")
    workspace_edits.add(store, [HUMP], LI)
    assert workspace_edits.standing(store)[-1].feature_id == "edit:4", "no id is given twice"


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (NewEdit("treatments", "retire", "P1-0001"), "workspace_edit_layer"),
        (NewEdit("venues", "delete", "osm:n1"), "workspace_edit_action"),
        (NewEdit("venues", "change", None, {"kind": "ktv"}), "workspace_edit_feature"),
        (NewEdit("devices", "add", "mine", dict(HUMP.sets), HERE), "workspace_edit_feature"),
        (NewEdit("venues", "retire", "osm:n1", {"kind": "ktv"}), "workspace_edit_column"),
        (NewEdit("venues", "change", "osm:n1", {"owner": "某人"}), "workspace_edit_column"),
        (NewEdit("venues", "change", "osm:n1", {"doors": "x"}), "workspace_edit_column"),
        (NewEdit("venues", "change", "osm:n1"), "workspace_edit_value"),
        (NewEdit("venues", "change", "osm:n1", {"kind": None}), "workspace_edit_value"),
        (NewEdit("venues", "change", "osm:n1", {"kind": 3}), "workspace_edit_value"),
        (NewEdit("water", "change", "osm:n1", {"fenced": 1}), "workspace_edit_value"),
        (NewEdit("water", "change", "osm:n1", {"located_to_m": True}), "workspace_edit_value"),
        (NewEdit("devices", "add", None, {"kind": "hump"}, HERE), "workspace_edit_value"),
        (NewEdit("devices", "add", None, dict(HUMP.sets)), "workspace_edit_geometry"),
        (NewEdit("venues", "change", "osm:n1", {}, HERE.buffer(1).exterior), "workspace_edit_geometry"),
        (NewEdit("venues", "change", "osm:n1", {}, Point(500000, 2800000)), "workspace_edit_geometry"),
        (NewEdit("venues", "retire", "osm:n1", {}, HERE), "workspace_edit_geometry"),
        (NewEdit("venues", "change", "osm:n1", {}, Polygon()), "workspace_edit_geometry"),
    ],
)
def test_unusable_edits_write_nothing(file_store, edit, code):
    refused(code, workspace_edits.add, file_store, [HUMP, edit], LI)
    assert workspace_edits.history(file_store).empty


def test_tables_without_edits_are_the_inputs(store):
    table = venues()
    workspace_edits.add(store, [HUMP], LI)
    assert apply(store, "venues", table) == edited_tables.Edited(table, ())
    assert edited_tables.version([]) == ""


def test_tables_with_edits(store):
    table, before = venues(), venues()
    workspace_edits.add(
        store,
        [
            NewEdit("venues", "change", "osm:n1", {"hours": None}),
            NewEdit("venues", "retire", "osm:n2"),
            NewEdit("venues", "add", None, {"kind": "bar", "located_to_m": 5.0, "name": "新"}, Point(105.1, 25.2)),
            NewEdit("venues", "change", "edit:3", {"name": "改"}, Point(105.2, 25.2)),
            NewEdit("venues", "change", "osm:n2", {"name": "x"}),
            NewEdit("venues", "change", "gone:9", {"name": "x"}),
        ],
        LI,
    )
    found = apply(store, "venues", table)
    assert found.lost == ("E-00005", "E-00006")
    assert found.table.index.tolist() == ["osm:n1", "t:3", "edit:3"]
    assert found.table["name"].tolist()[0::2] == ["甲", "改"]
    assert found.table["hours"].isna().all()
    assert found.table["doors"].iloc[0] == MultiPoint([HERE])
    assert found.table.geometry.iloc[2] == Point(105.2, 25.2)
    assert found.table.loc["edit:3", "source_id"] == "edits"
    assert_geodataframe_equal(table, before)
    edits = workspace_edits.standing(store)
    workspace_edits.take_back(store, ["E-00004"], "撤", LI)
    assert edited_tables.version(edits) != edited_tables.version(workspace_edits.standing(store)) != ""
    assert apply(store, "venues", table).table.loc["edit:3", "name"] == "新"


def test_an_empty_layer_gets_its_first_feature(store):
    workspace_edits.add(store, [HUMP], LI)
    found = apply(store, "devices", empty_table("devices")).table
    assert found["kind"].tolist() == ["hump"]
    assert found["marked"].isna().all()
    workspace_edits.add(store, [NewEdit("devices", "retire", "edit:1")], LI)
    assert apply(store, "devices", empty_table("devices")).table.empty
