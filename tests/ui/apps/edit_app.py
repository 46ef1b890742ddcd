"""A drawn street with devices that can be edited, beside a text that says what was asked: for test_map_editing.py."""

import geopandas as gpd
import shapely
import streamlit as st

from gislib.reports import map_layers
from gislib.ui import state, theme
from gislib.ui.map_component import LegendItem, LegendSection, MapFrame, MapLayer, View
from gislib.ui.map_editing import Act, Editing, Notice, Tool, editable_map

WEST, SOUTH, STEP = 105.0, 25.0, 0.001
TOOLS = (
    Tool("hump", "减速丘", "speed-hump"),
    Tool("zone_30", "30 km/h 学校区域", "speed-30"),
    Tool("lift_bollard", "升降柱", "rising-bollard"),
)
START = {
    "P1-0001": ("speed-hump", 0.0012, 0.0, 1),
    "P1-0002": ("speed-30", 0.002, 0.0, 2),
    "P1-0003": ("warn-children", 0.002, 0.0, 3),
    "P1-0004": ("guard-rail", 0.003, 0.001, None),
}
ROAD_NORTH = SOUTH + STEP


def table(shapes, prefix, **columns):
    return gpd.GeoDataFrame(
        columns, geometry=shapes, index=[f"{prefix}{n}" for n in range(len(shapes))], crs="EPSG:4326"
    )


def streets():
    across = [shapely.LineString([(WEST, SOUTH + STEP * j), (WEST + STEP * 4, SOUTH + STEP * j)]) for j in (0, 1)]
    return table(across, "r", road_class=["residential", "primary"], name=["书院街", "文昌路"], width_m=[7.0, 24.0])


def devices(store):
    rows = [row for _, row in sorted(store.items())]
    return gpd.GeoDataFrame(
        {
            "symbol": [row[0] for row in rows],
            "number": [row[3] for row in rows],
            "tip": [f"{row[0]} <b>{name}</b>" for name, row in sorted(store.items())],
            "bearing": [90.0] * len(rows),
            "side": ["right"] * len(rows),
            "state": ["refused" if refused(row) else None for row in rows],
        },
        geometry=[shapely.Point(WEST + row[1], SOUTH + row[2]) for row in rows],
        index=sorted(store),
        crs="EPSG:4326",
    )


def refused(row):
    return row[0] == "speed-hump" and row[2] > STEP / 2


def do(act: Act) -> None:
    """Keeps plans as the store would: a list of states and a position in it; ids are never reused."""
    own = st.session_state
    plan = dict(own["states"][own["now"]])
    own["log"].append(act)
    if act.action == "undo":
        own["now"] -= 1
    elif act.action == "redo":
        own["now"] += 1
    else:
        snapped = 0.0 if act.lat is None or abs(act.lat - SOUTH) < STEP / 2 else STEP
        if act.action == "remove":
            del plan[act.id]
        elif act.action == "move":
            plan[act.id] = (plan[act.id][0], act.lon - WEST, snapped, plan[act.id][3])
        elif act.action == "add":
            own["issued"] += 1
            symbol = next(tool.symbol for tool in TOOLS if tool.id == act.treatment)
            plan[f"P1-{own['issued']:04}"] = (symbol, act.lon - WEST, snapped, own["issued"])
        own["states"] = [*own["states"][: own["now"] + 1], plan]
        own["now"] += 1
    own["chosen"] = act.id or own["chosen"]
    own["answered"] = act.serial


def afresh():
    """Forget everything that was done here: the next test gets a map of its own."""
    fresh = st.session_state.get("fresh", 0) + 1
    st.session_state.clear()
    st.query_params.clear()
    st.session_state["fresh"] = fresh


st.set_page_config(layout="wide")
fresh = st.session_state.get("fresh", 0)
state.restore()
theme.apply()
own = st.session_state
for name, value in {"states": [START], "now": 0, "log": [], "issued": 4, "answered": "", "chosen": ""}.items():
    own.setdefault(name, value)
plan = own["states"][own["now"]]
shown = devices(plan)
layers = [
    MapLayer("roads", "roads", "道路", map_layers.roads_layer(streets()), swatch_case="primary"),
    MapLayer(
        "treatments", "treatments", "方案设施",
        map_layers.map_layer(
            shown, case="symbol", rank="number", tip="tip", **{name: name for name in ("bearing", "side", "state")}
        ),
        clickable=True, swatch_case="mark-device",
    ),
]  # fmt: skip
legend = LegendSection(
    "",
    (
        LegendItem("treatments", "mark-device", "新增（带编号）"),
        LegendItem("treatments", "mark-refused", "不可设"),
        LegendItem("treatments", "mark-conflict", "相互冲突"),
    ),
)
chosen = own["chosen"] if own["chosen"] in plan else ""
notice = None
if chosen and refused(plan[chosen]):
    notice = Notice(
        "refused",
        "此处不能设减速丘",
        ("文昌路是主干路。",),
        "规则 siting.calming_not_on_arterial",
        "可改设减速垫。",
        chosen,
    )
editing = Editing(
    "treatments", TOOLS, undo=own["now"] > 0, redo=own["now"] < len(own["states"]) - 1, answered=own["answered"],
    notice=notice, selected=chosen,
)  # fmt: skip
picked = editable_map(
    layers, View("street", (WEST, SOUTH - STEP, WEST + STEP * 4, SOUTH + 2 * STEP), 17),
    MapFrame((legend,), height_px=420), editing, do, f"test{fresh}",
)  # fmt: skip
if picked is not None and picked.id != own["chosen"]:
    own["chosen"] = picked.id
    st.rerun()
own["runs"] = own.get("runs", 0) + 1
said = " ".join(f"{act.action}:{act.id or act.treatment}" for act in own["log"])
st.html(f'<p id="said">{said}|{chosen}</p><p id="runs">{own["runs"]}</p><p id="ids">{" ".join(plan)}</p>')
where = " ".join(f"{name}={row[1]:.6f},{row[2]:.6f}" for name, row in sorted(plan.items()))
st.html(f'<p id="where">{where}</p>')
st.button("从头", on_click=afresh)
st.html(f'<p id="fresh">{fresh}</p>')
