"""The ground of a printed map: water, buildings, campuses and roads, pale enough for what stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.arrays import Flags, Shapes
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
    rows = table.sindex.query(shapely.box(west, south, east, north))
    rows = rows[np.argsort(table.index.to_numpy()[rows], kind="stable")]
    shapes = shapely.simplify(on_paper(frame, table.geometry.to_numpy()[rows]), SIMPLIFIED_MM)
    kept = ~shapely.is_empty(shapes)
    facts = {name: table[name].array.take(rows[kept]) for name in table.columns if name != table.geometry.name}
    return pd.DataFrame({**facts, "shape": shapes[kept]}, index=table.index[rows[kept]])


def _with_widths(frame: Frame, roads: pd.DataFrame) -> pd.DataFrame:
    """Rank and paper width of every road: its own width, else that of its class, never a hairline."""
    looks = LAYERS["roads"].cases
    told = roads["road_class"].tolist() if "road_class" in roads else [""] * len(roads)
    known = [name if name in looks else "" for name in told]
    facts = {
        name: (rank, dict(look.zoom_px).get(FAR_ZOOM, 0.0), look.kind == "line", look.line == looks["trunk"].line)
        for rank, (name, look) in enumerate(looks.items())
    }
    ranks, drawn_m, paths, trunks = np.array([facts[name] for name in known], dtype=float).reshape(-1, 4).T
    own_m = roads["width_m"].to_numpy(float, na_value=np.nan) if "width_m" in roads else np.full(len(roads), np.nan)
    width = np.maximum(np.where(np.isnan(own_m), drawn_m, own_m) * frame.mm_per_m, LEAST_ROAD_MM)
    return roads.assign(width_mm=width, rank=ranks.astype(int), path=paths.astype(bool), trunk=trunks.astype(bool))


def _roads(roads: pd.DataFrame, inks: Inks) -> str:
    """Paths dashed; of the roads first all casings, then all fills, class by class upward."""
    paths = roads[roads["path"]]
    drawn = [
        svg.path(paths["shape"], fill="none", stroke=inks.casing, stroke_width=WALKED_MM, stroke_dasharray=PATH_DASH)
    ]
    wide = roads[~roads["path"]].sort_values(["rank", "width_mm"], kind="stable")
    shapes, widths = wide["shape"].to_numpy(), wide["width_mm"].to_numpy(float)
    fills = np.where(wide["trunk"].to_numpy(bool), inks.trunk, inks.road)
    _, first, kind = np.unique(
        np.column_stack((wide["rank"].to_numpy(float), widths.round(2))), axis=0, return_index=True, return_inverse=True
    )
    alike = [(shapes[kind.ravel() == k], float(widths[at]), str(fills[at])) for k, at in enumerate(first.tolist())]
    drawn += [_stroke(same, inks.casing, width + 2 * CASING_MM, "butt") for same, width, _ in alike]
    drawn += [_stroke(same, fill, width, "round") for same, width, fill in alike]
    return "".join(drawn)


def _stroke(lines: Shapes, ink: str, width: float, cap: str) -> str:
    """Lines of one width."""
    return svg.path(lines, fill="none", stroke=ink, stroke_width=width, stroke_linejoin="round", stroke_linecap=cap)


def _is_line(table: pd.DataFrame) -> Flags:
    shapes: Any = table["shape"].to_numpy()
    return np.asarray(shapely.get_dimensions(shapes) == 1)
