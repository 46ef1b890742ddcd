"""A printed map, from its content to SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely

from gislib.geo.crs import require_same_crs
from gislib.reports.fonts import FAMILY, missing_characters
from gislib.reports.looks import LAYERS
from gislib.reports.sheet_map import svg
from gislib.reports.sheet_map.boxes import Boxes, around, no_boxes
from gislib.reports.sheet_map.content import LegendEntry, MapContent
from gislib.reports.sheet_map.exits import draw_exits
from gislib.reports.sheet_map.frame import Frame, fit, points_on_paper
from gislib.reports.sheet_map.furniture import (
    draw_border,
    draw_north,
    draw_strip,
    north_box,
    strip_height,
)
from gislib.reports.sheet_map.ground import COLOUR, MONO, Ground, draw_ground, focus_outline, lay_out, road_surface
from gislib.reports.sheet_map.marks import Obstacles, draw_marks, place_marks, taken_by
from gislib.reports.sheet_map.names import draw_names
from gislib.reports.sheet_map.ways import draw_laid, draw_ways
from gislib.reports.symbols import symbol_exists

MARGIN_MM: Final = 13.0
"""Room between the outermost place and the border: a symbol with its leader."""
GATE_SYMBOL_MM: Final = 4.4
EXISTING_MM: Final = 3.6
EXISTING_OPACITY: Final = 0.8


@dataclass(frozen=True)
class DrawnMap:
    """SVG of a map with its strip, the frame it shows, and the characters of its names that the fonts lack."""

    svg: str
    frame: Frame
    missing: frozenset[str]


def draw_map(content: MapContent, width_mm: float, height_mm: float, north: str) -> DrawnMap:
    """
    Map of exactly that size, strip included, at the largest round scale that shows all marks and the focus.

    Parameters
    ----------
    content
        What to show; at least one mark or a focus.
    width_mm, height_mm
        Size on paper.
    north
        Word over the north arrow.

    Raises
    ------
    CrsError
        If the layers differ in CRS, or it is not metric.
    ValueError
        Without any mark and focus: there is nothing to fit the frame to.
    """
    if content.layers:
        require_same_crs(*content.layers.values())
    legend = _legend(content, _sized(content, width_mm, height_mm))
    strip_mm = strip_height(width_mm, legend)
    frame = _sized(content, width_mm, height_mm - strip_mm)
    ground = lay_out(frame, content.layers, content.focus)
    drawn = _drawn(content, ground, north)
    strip = draw_strip(frame, legend, mono=content.mono)
    names = [ground.roads, ground.water, ground.gates, ground.campuses]
    lettering = "".join(str(name) for table in names if "name" in table for name in table["name"].dropna())
    lettering += "".join(way.beyond for way in content.ways)
    missing = missing_characters(lettering + content.focus_name + "".join(entry.text for entry in legend))
    ink = (MONO if content.mono else COLOUR).text
    return DrawnMap(_page(frame, drawn, (strip, strip_mm), ink), frame, missing)


def _drawn(content: MapContent, ground: Ground, north: str) -> list[str]:
    """Layers of the map in drawing order; marks are placed before names, which then avoid them."""
    frame, mono = ground.frame, content.mono
    ways, arrows = draw_ways(frame, content.ways)
    places = points_on_paper(frame, np.array([(mark.x_m, mark.y_m) for mark in content.marks]).reshape(-1, 2))
    corner = north_box(frame, places)
    gates = _gate_boxes(ground)
    existing, existing_boxes = _existing(ground, mono=mono)
    obstacles = Obstacles(
        frame.width_mm,
        frame.height_mm,
        boxes=np.vstack((corner, gates)),
        existing=existing_boxes,
        # numbered discs may cover a road: only symbols are kept off it
        roads=road_surface(ground) if any(mark.symbol for mark in content.marks) else shapely.Polygon(),
        outline=focus_outline(ground),
    )
    spots = place_marks(content.marks, places, obstacles)
    discs = taken_by(content.marks, spots)
    edges, edge_boxes = draw_exits(frame, content.ways, np.vstack((corner, discs)))
    taken = np.vstack((corner, gates, existing_boxes, arrows, discs, edge_boxes))
    return [
        draw_ground(ground, mono=mono),
        ways,
        draw_laid(frame, content.laid),
        existing,
        "".join(svg.symbol("gate", shape.x, shape.y, GATE_SYMBOL_MM, mono=mono) for shape in ground.gates["shape"]),
        draw_names(ground, taken, content.focus_name, mono=mono, first=content.first_names),
        edges,
        draw_marks(content.marks, spots, mono=mono),
        draw_north(corner, north),
    ]


def _legend(content: MapContent, frame: Frame) -> tuple[LegendEntry, ...]:
    """Legend of the content and of the existing devices in the frame, in the order of their symbols."""
    if not content.existing_text or "devices" not in content.layers:
        return content.legend
    ground = lay_out(frame, {"devices": content.layers["devices"]}, None)
    kinds = sorted({name for name, _ in _existing_points(ground)})
    words = [content.existing_text.format(kind=svg.symbol_title(name)) for name in kinds]
    return content.legend + tuple(LegendEntry(word, name, mono=True) for word, name in zip(words, kinds, strict=True))


def _sized(content: MapContent, width_mm: float, height_mm: float) -> Frame:
    points = [shapely.Point(mark.x_m, mark.y_m) for mark in content.marks]
    lines = [way.line for way in content.ways if way.fitted]
    shapes = [*points, *lines, *content.laid, *([content.focus] if content.focus is not None else [])]
    if not shapes:
        raise ValueError("nothing to show")
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object)).tolist()
    return fit((west, south, east, north), width_mm, height_mm, MARGIN_MM)


def _page(frame: Frame, drawn: list[str], strip: tuple[str, float], ink: str) -> str:
    strip_drawn, strip_mm = strip
    clip = svg.element("rect", x=0, y=0, width=frame.width_mm, height=frame.height_mm)
    defs = svg.element("defs", svg.element("clipPath", clip, id="map"))
    ground = svg.element("rect", x=0, y=0, width=frame.width_mm, height=frame.height_mm, fill="#fff")
    body = svg.group([ground, *drawn], clip_path="url(#map)") + strip_drawn + draw_border(frame, strip_mm)
    wide, high = svg.number(frame.width_mm), svg.number(frame.height_mm + strip_mm)
    return svg.element(
        "svg",
        defs + svg.group([body], font_family=FAMILY, fill=ink),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {wide} {high}",
        width=f"{wide}mm",
        height=f"{high}mm",
    )


def _gate_boxes(ground: Ground) -> Boxes:
    shapes = ground.gates["shape"].to_numpy()
    if not len(shapes):
        return no_boxes()
    return around(shapely.get_coordinates(shapes), GATE_SYMBOL_MM, GATE_SYMBOL_MM)


def _existing(ground: Ground, *, mono: bool) -> tuple[str, Boxes]:
    """Existing devices small and pale at their places, barriers as dotted lines; boxes of the symbols."""
    points = _existing_points(ground)
    shapes = ground.devices["shape"].to_numpy()
    lines = shapes[shapely.get_dimensions(shapes) > 0] if len(shapes) else shapes
    look = LAYERS["devices"].cases["line"]
    dotted = svg.path(
        lines, fill="none", stroke="#333" if mono else look.line, stroke_width=0.35, stroke_dasharray="0.3 0.7"
    )
    drawn = [svg.symbol(name, at.x, at.y, EXISTING_MM, mono=True) for name, at in points]
    centres = np.array([(at.x, at.y) for _, at in points]).reshape(-1, 2)
    boxes = around(centres, EXISTING_MM, EXISTING_MM) if points else no_boxes()
    return dotted + svg.group(drawn, opacity=EXISTING_OPACITY), boxes


def _existing_points(ground: Ground) -> list[tuple[str, shapely.Point]]:
    devices: pd.DataFrame = ground.devices
    cases = LAYERS["devices"].cases
    found = []
    for kind, shape in zip(devices.get("kind", pd.Series(dtype=object)), devices["shape"], strict=True):
        name = (cases[kind].symbol or "").removesuffix("-mono") if kind in cases else ""
        if shape.geom_type == "Point" and symbol_exists(name):
            found.append((name, shape))
    return found
