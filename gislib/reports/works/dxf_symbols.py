"""
The symbols of ``data/symbols`` as CAD blocks: the same shapes as polylines and fills in true colour on a white disc.

The disc makes them readable on the dark ground of a CAD screen and on paper alike. Curves become polylines.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

import ezdxf.colors
import numpy as np
from defusedxml.ElementTree import fromstring
from ezdxf.layouts.blocklayout import BlockLayout
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from fontTools.svgLib.path.shapes import PathBuilder

from gislib.domain.arrays import Floats
from gislib.reports.symbols import symbol_svg

BOX: Final = 24.0
"""Side of a symbol's own coordinates."""
DISC_SHARE: Final = 1.24
"""Diameter of the disc over the side of the symbol, as in the QGIS project."""
CURVE_PIECES: Final = 8
"""A quarter circle as eight pieces is off by less than two thousandths of the symbol's side."""
_WHITE: Final = (255, 255, 255)
_BLACK_OR_WHITE: Final = 7
_EVEN_ODD: Final = 0


@dataclass(frozen=True)
class _Ring:
    """One subpath in the symbol's coordinates."""

    points: Floats
    closed: bool


def draw_symbol(block: BlockLayout, name: str, centre: tuple[float, float], side: float) -> None:
    """
    Draw a symbol into a block.

    Parameters
    ----------
    block
        Where to; entities go to layer "0", so that they follow the layer of the insertion.
    name
        Symbol of ``data/symbols``.
    centre, side
        Middle and side length in the units of the drawing.

    Raises
    ------
    KeyError
        If there is no such symbol.
    """
    radius = side * DISC_SHARE / 2.0
    disc = block.add_hatch()
    disc.rgb = _WHITE
    disc.paths.add_edge_path().add_arc(centre, radius=radius, start_angle=0, end_angle=360)
    block.add_circle(centre, radius, dxfattribs={"color": _BLACK_OR_WHITE})
    scale = side / BOX
    for element in fromstring(symbol_svg(name)).iter():
        rings = [_Ring(_placed(ring.points, centre, scale), ring.closed) for ring in _rings(element)]
        if rings:
            _draw(block, rings, element.attrib, scale)


def _draw(block: BlockLayout, rings: list[_Ring], style: Mapping[str, str], scale: float) -> None:
    fill, stroke = _rgb(style.get("fill", "#000000")), _rgb(style.get("stroke", "none"))
    if fill is not None:
        hatch = block.add_hatch(dxfattribs={"hatch_style": _EVEN_ODD})
        hatch.rgb = fill
        for ring in rings:
            hatch.paths.add_polyline_path(ring.points.tolist(), is_closed=True)
    if stroke is None:
        return
    width = float(style.get("stroke-width", "1")) * scale
    dash = [float(part) * scale for part in style.get("stroke-dasharray", "").split()]
    start = float(style.get("stroke-dashoffset", "0")) * scale
    for ring in rings:
        pieces = [ring] if not dash else _dashes(ring, dash, start)
        for piece in pieces:
            line = block.add_lwpolyline(piece.points.tolist(), format="xy", close=piece.closed)
            line.dxf.const_width = width
            line.rgb = stroke


def _rgb(colour: str) -> tuple[int, int, int] | None:
    if colour == "none":
        return None
    found = ezdxf.colors.RGB.from_hex(colour)
    return found.r, found.g, found.b


def _placed(points: Floats, centre: tuple[float, float], scale: float) -> Floats:
    """From the symbol's coordinates, y down, to the drawing's, y up."""
    middle = BOX / 2.0
    return np.column_stack([centre[0] + (points[:, 0] - middle) * scale, centre[1] - (points[:, 1] - middle) * scale])


def _rings(element: Element) -> Iterator[_Ring]:
    """Subpaths of one shape of an SVG; none for what is not a shape."""
    builder = PathBuilder()
    builder.add_path_from_element(element)
    for definition in builder.paths:
        pen = RecordingPen()
        parse_path(definition, pen)
        yield from _subpaths(pen.value)


def _subpaths(commands: list[tuple[str, tuple[tuple[float, float], ...]]]) -> Iterator[_Ring]:
    points: list[tuple[float, float]] = []
    for command, arguments in commands:
        if command == "moveTo":
            points = [arguments[0]]
        elif command == "lineTo":
            points.append(arguments[0])
        elif command in ("curveTo", "qCurveTo"):
            points.extend(_curve(points[-1], arguments))
        elif len(points) > 1:
            yield _Ring(np.array(points), closed=command == "closePath")


def _curve(start: tuple[float, float], handles: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Points of a Bezier curve of any degree after its start."""
    hull = np.array([start, *handles])
    degree = len(handles)
    t = np.linspace(0.0, 1.0, CURVE_PIECES + 1)[1:, None]
    weights = [math.comb(degree, k) * t**k * (1 - t) ** (degree - k) for k in range(degree + 1)]
    at = sum(weight * point for weight, point in zip(weights, hull, strict=True))
    return [(float(x), float(y)) for x, y in np.asarray(at)]


def _dashes(ring: _Ring, dash: list[float], offset: float) -> Iterator[_Ring]:
    """Drawn pieces of a dashed line; an odd number of lengths is repeated, as SVG says."""
    points = np.vstack([ring.points, ring.points[:1]]) if ring.closed else ring.points
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    position = -offset
    for length, drawn in zip(itertools.cycle(dash), itertools.cycle([True, False]), strict=False):
        low, high = max(position, 0.0), min(position + length, along[-1])
        if drawn and high > low:
            inner = along[(along > low) & (along < high)]
            stops = np.concatenate([[low], inner, [high]])
            piece = np.column_stack([np.interp(stops, along, points[:, axis]) for axis in (0, 1)])
            yield _Ring(piece, closed=False)
        position += length
        if position >= along[-1]:
            return
