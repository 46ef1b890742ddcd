"""The ground of a printed map: water, buildings, campuses and roads, pale enough for what stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.arrays import Flags
from gislib.reports.looks import LAYERS
from gislib.reports.sheet_map import svg
from gislib.reports.sheet_map.frame import Frame, extent, on_paper

SIMPLIFIED_MM: Final = 0.04
"""Less than a printer's dot at 600 dpi."""
FAR_ZOOM: Final = 17
"""At this zoom a pixel is about a metre: the look's width there is drawn as metres where a road has no width."""
LEAST_ROAD_MM: Final = 0.8
CASING_MM: Final = 0.14
OUTLINE_MM: Final = 0.55
"""Line around the campus in question."""
POINT_CAMPUS_MM: Final = 5.0
"""Symbol of a campus whose outline is unknown."""
WALKED_MM: Final = 0.22
PATH_DASH: Final = "0.9 0.7"
BUILDINGS_UP_TO: Final = 6000.0
"""At smaller scales buildings are noise."""


@dataclass(frozen=True)
class Inks:
    """Colours of the ground, of lettering, of the rim of a symbol and of the mark of a refused place."""

    building: str
    building_line: str
    water: str
    water_line: str
    campus: str
    campus_line: str
    trunk: str
    road: str
    casing: str
    text: str
    water_text: str
    rim: str
    refused: str


COLOUR: Final = Inks(
    "#E6E8EA", "#CDD1D5", "#C4DAEA", "#7FAAC9", "#DCE6F0", "#000000", "#F7E7BE", "#FFFFFF", "#8F979F",
    text="#1B2530", water_text="#24557A", rim="#5F6B76", refused="#A3161F",
)  # fmt: skip
MONO: Final = Inks(
    "#EFEFEF", "#CFCFCF", "#D2D2D2", "#8A8A8A", "#E4E4E4", "#000000", "#FFFFFF", "#FFFFFF", "#7A7A7A",
    text="#000000", water_text="#333333", rim="#666666", refused="#000000",
)  # fmt: skip


@dataclass(frozen=True)
class Ground:
    """Layers on paper: the same rows as in the content, shapes in millimetres cut to the frame, empty ones dropped."""

    frame: Frame
    roads: pd.DataFrame
    water: pd.DataFrame
    buildings: pd.DataFrame
    campuses: pd.DataFrame
    gates: pd.DataFrame
    devices: pd.DataFrame
    focus: shapely.Geometry | None


def lay_out(frame: Frame, layers: Mapping[str, gpd.GeoDataFrame], focus: shapely.Geometry | None) -> Ground:
    """Bring all layers to paper; ``roads`` get ``width_mm``, ``rank`` (high on top), ``path`` and ``trunk``."""
    tables = {name: _placed(frame, layers.get(name)) for name in ("water", "buildings", "campuses", "gates", "devices")}
    roads = _placed(frame, layers.get("roads"))
    own = None if focus is None else on_paper(frame, np.array([focus], dtype=object))[0]
    return Ground(frame=frame, roads=_with_widths(frame, roads), focus=own, **tables)


def draw_ground(ground: Ground, *, mono: bool) -> str:
    """SVG of everything below the lettering."""
    inks = MONO if mono else COLOUR
    lines = ground.water[_is_line(ground.water)]
    pools = ground.water[~_is_line(ground.water)]
    parts = [
        svg.path(pools["shape"], fill=inks.water, stroke=inks.water_line, stroke_width=0.15),
        svg.path(lines["shape"], fill="none", stroke=inks.water, stroke_width=0.9, stroke_linejoin="round"),
    ]
    if ground.frame.scale <= BUILDINGS_UP_TO:
        parts.append(
            svg.path(ground.buildings["shape"], fill=inks.building, stroke=inks.building_line, stroke_width=0.1)
        )
    parts.append(svg.path(ground.campuses["shape"], fill=inks.campus, stroke=inks.campus_line, stroke_width=0.2))
    if ground.focus is not None:
        parts.append(svg.path([ground.focus], fill=inks.campus, stroke="none"))
    parts.append(_roads(ground.roads, inks))
    if ground.focus is not None and shapely.get_dimensions(ground.focus) == 0:
        middle = shapely.centroid(ground.focus)
        parts.append(svg.symbol("school", middle.x, middle.y, POINT_CAMPUS_MM, mono=mono))
    elif ground.focus is not None:
        parts.append(
            svg.path(
                [ground.focus], fill="none", stroke=inks.campus_line, stroke_width=OUTLINE_MM, stroke_linejoin="round"
            )
        )
    return "".join(parts)


def road_surface(ground: Ground) -> shapely.Geometry:
    """Paper that roads cover, in millimetres."""
    wide = ground.roads[~ground.roads["path"].to_numpy(dtype=bool)]
    buffered = shapely.buffer(wide["shape"].to_numpy(), wide["width_mm"].to_numpy(float) / 2, cap_style="flat")
    return shapely.union_all(buffered)


def focus_outline(ground: Ground) -> shapely.Geometry:
    """Paper that the outline of the focus covers, in millimetres; empty without focus."""
    shape = shapely.Polygon() if ground.focus is None else ground.focus
    return shapely.buffer(shapely.boundary(shape), OUTLINE_MM)


def _placed(frame: Frame, table: gpd.GeoDataFrame | None) -> pd.DataFrame:
    if table is None or table.empty:
        return pd.DataFrame({"shape": np.empty(0, dtype=object), "name": np.empty(0, dtype=object)})
    west, south, east, north = extent(frame, spare_mm=2.0)
    near = table.iloc[np.sort(table.sindex.query(shapely.box(west, south, east, north)))].sort_index()
    shapes = shapely.simplify(on_paper(frame, near.geometry.to_numpy()), SIMPLIFIED_MM)
    facts = pd.DataFrame(near.drop(columns=near.geometry.name))
    return facts.assign(shape=shapes)[~shapely.is_empty(shapes)]


def _with_widths(frame: Frame, roads: pd.DataFrame) -> pd.DataFrame:
    """Rank and paper width of every road: its own width, else that of its class, never a hairline."""
    looks = LAYERS["roads"].cases
    order = {name: rank for rank, name in enumerate(looks)}
    classes = roads["road_class"] if "road_class" in roads else pd.Series("", index=roads.index, dtype=str)
    known = classes.where(classes.isin(list(looks)), "")
    drawn_m = known.map({name: dict(look.zoom_px).get(FAR_ZOOM, 0.0) for name, look in looks.items()}).astype(float)
    own_m = roads["width_m"].astype(float) if "width_m" in roads else pd.Series(np.nan, index=roads.index)
    width = np.maximum(own_m.fillna(drawn_m) * frame.mm_per_m, LEAST_ROAD_MM)
    path = known.map({name: look.kind == "line" for name, look in looks.items()}).astype(bool)
    trunk = known.map({name: look.line == looks["trunk"].line for name, look in looks.items()}).astype(bool)
    return roads.assign(width_mm=width, rank=known.map(order).astype(int), path=path, trunk=trunk)


def _roads(roads: pd.DataFrame, inks: Inks) -> str:
    """Paths dashed; of the roads first all casings, then all fills, class by class upward."""
    paths = roads[roads["path"]]
    drawn = [
        svg.path(paths["shape"], fill="none", stroke=inks.casing, stroke_width=WALKED_MM, stroke_dasharray=PATH_DASH)
    ]
    wide = roads[~roads["path"]].sort_values(["rank", "width_mm"], kind="stable")
    alike = [same for _, same in wide.groupby(["rank", wide["width_mm"].round(2)], sort=True)]
    drawn += [_stroke(same, inks.casing, 2 * CASING_MM, "butt") for same in alike]
    drawn += [_stroke(same, inks.trunk if same["trunk"].iloc[0] else inks.road, 0.0, "round") for same in alike]
    return "".join(drawn)


def _stroke(roads: pd.DataFrame, ink: str, more_mm: float, cap: str) -> str:
    """Lines of one width, ``more_mm`` wider."""
    width = float(roads["width_mm"].iloc[0]) + more_mm
    return svg.path(
        roads["shape"], fill="none", stroke=ink, stroke_width=width, stroke_linejoin="round", stroke_linecap=cap
    )


def _is_line(table: pd.DataFrame) -> Flags:
    shapes: Any = table["shape"].to_numpy()
    return np.asarray(shapely.get_dimensions(shapes) == 1)
