"""A drawn town in the planner map, beside a text that says what came back: for tests/ui/test_map_component.py."""

import geopandas as gpd
import shapely
import streamlit as st

from gislib.reports import map_layers
from gislib.ui import charts, document, state, theme
from gislib.ui.map_component import LegendItem, LegendSection, MapFrame, MapLayer, Picked, View, planner_map

WEST, SOUTH, STEP = 105.0, 25.0, 0.002
EVIL = "<img src=x onerror=window.broken=1>小学"


def table(shapes, prefix, **columns):
    return gpd.GeoDataFrame(
        columns, geometry=shapes, index=[f"{prefix}{n}" for n in range(len(shapes))], crs="EPSG:4326"
    )


def town():
    ends = [(WEST + STEP * i, SOUTH + STEP * j) for i in range(9) for j in range(7)]
    across = [shapely.LineString([(WEST, SOUTH + STEP * j), (WEST + STEP * 8, SOUTH + STEP * j)]) for j in range(7)]
    up = [shapely.LineString([(WEST + STEP * i, SOUTH), (WEST + STEP * i, SOUTH + STEP * 6)]) for i in range(9)]
    names = [f"横{'一二三四五六七'[j]}路" for j in range(7)] + [f"纵{'一二三四五六七八九'[i]}街" for i in range(9)]
    classes = ["trunk" if n in (0, 6) else "primary" if n % 3 == 1 else "residential" for n in range(16)]
    roads = table(across + up, "r", road_class=classes, name=names, width_m=[float("nan")] * 16)
    grades = ["red", "orange", "yellow", "blue", "unknown"]
    schools = table(
        [shapely.Point(x + STEP / 2, y + STEP / 2) for x, y in ends[:40:4]], "s",
        grade=[grades[n % 5] for n in range(10)],
        name=[EVIL if n == 3 else f"澜桥第{n + 1}小学" for n in range(10)], rank=list(range(1, 11)),
    )  # fmt: skip
    venues = table(
        [shapely.Point(x + 0.0006, y + 0.0004) for x, y in ends[1:40:3]], "v", kind=["bar"] * 13, name=["拾光酒吧"] * 13
    )
    lake = table([shapely.Point(WEST + 0.011, SOUTH + 0.007).buffer(0.0008)], "w", name=["印月湖"])
    return roads, schools, venues, lake


def many_lines():
    lines = [shapely.LineString([(WEST + 0.0001 * i, SOUTH), (WEST + 0.0001 * i, SOUTH + 0.0002)]) for i in range(160)]
    return table(lines, "t", case=["red", "orange", "yellow", "blue"] * 40)


def afresh():
    """Forget everything that was done here: the next test gets a map of its own."""
    fresh = st.session_state.get("fresh", 0) + 1
    st.session_state.clear()
    st.query_params.clear()
    st.session_state["fresh"] = fresh


st.set_page_config(layout="wide")
fresh = st.session_state.get("fresh", 0)
choices = state.restore()
theme.apply()
document.set_language(choices.lang)
roads, schools, venues, lake = town()
layers = [
    MapLayer("water", "water", "水域", map_layers.water_layer(lake)),
    MapLayer("roads", "roads", "道路", map_layers.roads_layer(roads), swatch_case="primary"),
    MapLayer(
        "risk", "segment_risk", "路段隐患", map_layers.map_layer(many_lines(), case="case"),
        clickable=True, tiled=True, visible=False,
    ),
    MapLayer("venues", "venues", "场所", map_layers.venues_layer(venues, {"bar": "venue-bar"}), clickable=True),
    MapLayer(
        "schools", "schools", "学校", map_layers.map_layer(schools, case="grade", name="name", rank="rank"),
        clickable=True, searchable=True, swatch_case="red",
    ),
]  # fmt: skip
grades = LegendSection(
    "隐患指数等级", tuple(LegendItem("schools", g, t, n) for g, t, n in (("red", "红", "≥ 70"), ("blue", "蓝", "< 30")))
)
frame = MapFrame((grades,), "© OpenStreetMap contributors (ODbL)", "示例数据 · 虚构", 500)
view = View(st.query_params.get("at", "town"), map_layers.bounds_of(schools))
picked = planner_map(
    f"test{fresh}", layers, view, frame, Picked("schools", choices.school) if choices.school else None, choices.lang
)
if picked is not None:
    st.session_state["last"] = f"{picked.layer_id} {picked.id}"
    state.take("school", picked.id if picked.layer_id == "schools" else None)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.html(f'<p id="runs">{st.session_state["runs"]}</p>')
st.html(f'<p id="said">{choices.school}|{st.session_state.get("last", "")}</p>')
st.button("再来一次", key="again")
st.button("从头", on_click=afresh)
st.html(f'<p id="fresh">{fresh}</p>')
pair = charts.Measured(99.1, 188.6, 200, 5)
words = {"straight": "直线 99.1", "walk": "步行 188.6", "limit": "规定 200 m ± 5"}
st.html(charts.number_line(pair, words) + charts.distance_graphic(pair))
