import geopandas as gpd
from shapely.geometry import box

from gislib.domain.tables import check_table, conform, empty_table
from gislib.sources import area_codes, workspace
from gislib.sources.provenance import Loaded, no_rejections


def areas():
    return conform(
        "areas",
        gpd.GeoDataFrame(
            {"name": ["兴义市", "黄草街道", "无界镇"], "source_id": "areas"},
            geometry=[box(104.8, 25.0, 105.0, 25.2), box(104.89, 25.08, 104.91, 25.10), None],
            crs="EPSG:4326",
            index=["522301", "522301001", "522301002"],
        ),
    )


def test_the_smallest_area_that_holds_a_place_gives_its_code(schools):
    got = area_codes.filled({"areas": areas(), "schools": schools})["schools"]
    assert got["area_code"].tolist() == ["522301001", "522301", "522301"]
    check_table("schools", got)


def test_stated_codes_stay_and_places_outside_stay_unknown(make_venues):
    venues = make_venues([("a", "甲", 0, 0), ("b", "乙", 90_000, 0)])
    assert area_codes.filled({"areas": areas(), "venues": venues})["venues"].equals(venues)
    blank = venues.assign(area_code=venues["area_code"].where([False, False]))
    got = area_codes.filled({"areas": areas(), "venues": blank})["venues"]["area_code"]
    assert got.isna().tolist() == [False, True]


def test_without_outlines_nothing_changes(schools):
    got = area_codes.filled({"areas": empty_table("areas"), "schools": schools})
    assert got["schools"] is schools


def test_the_workspace_fills_them_whatever_came_first(tmp_path, schools, make_provenance):
    ws = workspace.create(tmp_path / "w")
    workspace.put_source(ws, Loaded({"schools": schools}, no_rejections(), make_provenance("osm")))
    workspace.put_source(ws, Loaded({"areas": areas()}, no_rejections(), make_provenance("areas")))
    assert workspace.tables(ws)["schools"]["area_code"].notna().all()
