"""Layers of the works GeoPackage, top first, each with the look that the planner map gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import shapely

from gislib import wording
from gislib.reports.looks import DEEP_NAVY, INK, LAYERS, NAVY, Look
from gislib.reports.symbols import look_of, symbol_svg
from gislib.reports.works.attributes import SHAPEFILE_FIELDS, device_table, field_name
from gislib.reports.works.content import Works
from gislib.reports.works.laid import LAID, laid_table
from gislib.reports.works.qgis_xml import (
    MM_PER_PX,
    Element,
    LabelStyle,
    LayerStyle,
    area,
    categorised,
    disc,
    line,
    single,
    spread,
    svg_marker,
    symbol,
)
from gislib.reports.works.surroundings import KIND_NAME, by_shape

SYMBOL_MM: Final = 6.0
EXISTING_MM: Final = 4.2
EXISTING_OPACITY: Final = 0.8
SAME_PLACE_MM: Final = 2.0
"""Devices that would be drawn nearer than this to each other are set side by side."""
DRAWN_AT_ZOOM: Final = 17
"""Zoom of the planner map whose road widths the project takes: that of works on a street."""
_DISC_MM, _GATE_MM, _POINT_MM, _LAID_MM = 7.4, 4.8, 2.4, 0.9
_SHAPES: Final = {
    "points": ("Point", "marker"),
    "lines": ("MultiLineString", "line"),
    "areas": ("MultiPolygon", "fill"),
}
# Layer of the works -> the look of the planner map and the shape whose layer carries the plain name; top first.
_CONTEXT: Final = {
    "existing": ("devices", "points"), "gates": ("gates", "points"), "campuses": ("campuses", "areas"),
    "roads": ("roads", "lines"), "buildings": ("buildings", "areas"), "water": ("water", "areas"),
}  # fmt: skip


@dataclass(frozen=True)
class MapLayer:
    """One layer: its name in the GeoPackage, its title, its table in WGS 84, its one geometry type, and its look."""

    name: str
    title: str
    table: gpd.GeoDataFrame
    geometry_type: str
    style: LayerStyle


def map_layers(works: Works) -> list[MapLayer]:
    """``devices`` and what is around them, top first; a layer of mixed shapes becomes one per shape."""
    layers = [_devices(works), *_laid(works)]
    for name, (look, main) in _CONTEXT.items():
        for shape, rows in by_shape(_table(works, name)).items():
            title = wording.text(f"works.layer.{name}")
            layers.append(_layer(name if shape == main else f"{name}_{shape}", title, rows, look, shape))
    return layers


def _laid(works: Works) -> list[MapLayer]:
    """What devices are on the ground, below their symbols: lines, and the points of what has several."""
    found = []
    for shape, rows in by_shape(laid_table(works)).items():
        geometry_type, drawn_as = _SHAPES[shape]
        drawn = line(NAVY, _LAID_MM) if drawn_as == "line" else disc(_POINT_MM, NAVY, "#FFFFFF")
        table = rows if shape == "points" else _multi(rows)
        style = LayerStyle(single(symbol("0", drawn_as, [drawn])))
        found.append(MapLayer(f"{LAID}_{shape}", wording.text("works.layer.laid"), table, geometry_type, style))
    return found


def _table(works: Works, name: str) -> gpd.GeoDataFrame:
    if name == "campuses":
        return works.campuses
    key = "devices" if name == "existing" else name
    table = works.context.get(key, works.campuses.iloc[:0])
    return table.rename_axis("existing_id") if name == "existing" else table


def _devices(works: Works) -> MapLayer:
    table = device_table(works)
    kinds = table[["treatment_id"]].join(works.labels[["title", "symbol"]]).drop_duplicates("treatment_id")
    kinds = kinds.sort_values("title")
    cases = [
        (str(treatment_id), str(title), _on_disc(str(name)))
        for treatment_id, title, name in kinds.itertuples(index=False, name=None)
    ]
    aliases = {name: field_name(name) for name in SHAPEFILE_FIELDS}
    renderer = spread(categorised("treatment_id", cases), SAME_PLACE_MM, "device_id")
    style = LayerStyle(renderer, aliases=aliases)
    return MapLayer("devices", wording.text("works.layer.devices"), table, "Point", style)


def _on_disc(name: str) -> Element:
    return symbol("0", "marker", [disc(_DISC_MM, "#FFFFFF", INK), svg_marker(symbol_svg(name), SYMBOL_MM)])


def _layer(name: str, title: str, rows: gpd.GeoDataFrame, look: str, shape: str) -> MapLayer:
    geometry_type, drawn_as = _SHAPES[shape]
    label = _label(look, drawn_as)
    if look == "roads":
        renderer = _roads(rows)
    elif look == "devices" and shape == "points":
        renderer = _existing(rows)
    else:
        renderer = single(_plain(look_of(look, "line" if shape == "lines" else ""), drawn_as))
    table = rows if shape == "points" else _multi(rows)
    return MapLayer(name, title, table, geometry_type, LayerStyle(renderer, label))


def _label(look: str, drawn_as: str) -> LabelStyle | None:
    """Names of gates, campuses, roads and waters."""
    found = LAYERS[look].label
    if found is None or (look == "campuses" and drawn_as == "marker"):
        return None
    return LabelStyle('"name"', drawn_as, found.size_px * 0.75, found.colour)


def _multi(rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Every line as a MultiLineString, every area as a MultiPolygon: a layer has one type."""
    return rows.set_geometry(gpd.GeoSeries([_as_multi(s) for s in rows.geometry], index=rows.index, crs=rows.crs))


def _as_multi(shape: shapely.Geometry) -> shapely.Geometry:
    if isinstance(shape, shapely.Polygon):
        return shapely.MultiPolygon([shape])
    return shapely.MultiLineString([shape]) if isinstance(shape, shapely.LineString) else shape


def _existing(rows: gpd.GeoDataFrame) -> Element:
    """Existing devices: the one-colour symbol, paler; kinds without a symbol as dots."""
    looks = LAYERS["devices"].cases
    cases = []
    for kind, title in _kinds(rows, "kind").items():
        name = looks[kind].symbol if kind in looks else None
        if name is not None:
            marker = svg_marker(symbol_svg(name), EXISTING_MM)
            cases.append((kind, title, symbol("0", "marker", [marker], EXISTING_OPACITY)))
    other = symbol("0", "marker", [disc(_POINT_MM, "#777777", "#FFFFFF")], EXISTING_OPACITY)
    return categorised("kind", [*cases, ("", wording.text("works.layer.existing"), other)])


def _kinds(rows: gpd.GeoDataFrame, column: str) -> dict[str, str]:
    """Kinds that occur, with their names for people, in the order of their ids."""
    return dict(sorted(zip(rows[column], rows[KIND_NAME], strict=True)))


def _roads(rows: gpd.GeoDataFrame) -> Element:
    """Roads by class, all casings below all fills."""
    titles = _kinds(rows, "road_class")
    classes = [name for name in LAYERS["roads"].cases if name in titles]
    cases = [(name, titles[name], _road(look_of("roads", name), rank)) for rank, name in enumerate(classes)]
    rest = ("", wording.text("works.layer.roads"), _road(look_of("roads", ""), 0))
    return categorised("road_class", [*cases, rest], levels=True)


def _road(look: Look, rank: int) -> Element:
    width_mm = _width_px(look) * MM_PER_PX
    if look.casing is None:
        return symbol("0", "line", [line(look.line, width_mm, [part * MM_PER_PX for part in look.dash])])
    fills_from = len(LAYERS["roads"].cases)
    casing = line(look.casing, width_mm + look.casing_px * MM_PER_PX, draw_pass=rank)
    return symbol("0", "line", [casing, line(look.line, width_mm, draw_pass=fills_from + rank)])


def _width_px(look: Look) -> float:
    return dict(look.zoom_px).get(DRAWN_AT_ZOOM, look.width_px)


def _plain(look: Look, drawn_as: str) -> Element:
    if drawn_as == "line":
        dash_mm = [part * MM_PER_PX for part in look.dash]
        return symbol("0", "line", [line(look.line, _width_px(look) * MM_PER_PX, dash_mm)])
    if drawn_as == "fill":
        return symbol("0", "fill", [area(look.fill, look.fill_opacity, look.line, look.width_px * MM_PER_PX)])
    if look.symbol is not None:
        return symbol("0", "marker", [svg_marker(symbol_svg(look.symbol), _GATE_MM)])
    return symbol("0", "marker", [disc(_POINT_MM, look.fill or "#FFFFFF", look.line or DEEP_NAVY)])
