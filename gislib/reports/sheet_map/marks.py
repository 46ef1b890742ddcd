"""Where the symbol and the number of every mark go, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gislib.domain.arrays import Floats, Shapes
from gislib.reports.fonts import printable, width_em
from gislib.reports.looks import TagShape, tag_outline
from gislib.reports.sheet_map import svg
from gislib.reports.sheet_map.boxes import Boxes, around, covered_area, inside, no_boxes, overlap, polygons
from gislib.reports.sheet_map.content import Mark
from gislib.reports.sheet_map.ground import COLOUR, MONO

SYMBOL_MM: Final = 5.0
DISC_MM: Final = 3.6
"""Radius of the white disc under a symbol."""
DOT_MM: Final = 0.62
LETTER_MM: Final = 2.55
BADGE_MM: Final = 2.6
"""Radius of a numbered disc that lies on its place."""
TAG_MM: Final = 4.2
"""Height of a tag."""
_TAG_PAD_MM: Final = 1.1
_REFUSED_SHARE: Final = 0.85
_GAP_MM: Final = 0.5
_AIR_MM: Final = 0.5
"""Kept free around a number."""
_RINGS_MM: Final = (6.0, 8.0, 10.5, 13.5, 17.0, 21.0, 26.0, 32.0)
_DIRECTIONS: Final = 24
_DISC_RINGS: Final = (1.3, 2.05, 2.8, 3.6, 4.5, 6.0)
"""Distances of a moved disc from its place, in its radii."""
_DISC_DIRECTIONS: Final = 16
_PASSES: Final = 3
_LEADER_STEPS: Final = 9

# Price of a placement, in millimetres of leader.
_PER_HIDDEN_MM2: Final = 60.0
_HIDDEN_AT_ALL: Final = 30.0
_PER_ROAD_MM2: Final = 0.35
_PER_OUTLINE_MM2: Final = 1.5
_PER_EXISTING_MM2: Final = 4.0
_PER_CROSSED_LEADER: Final = 40.0
_PER_CROSSED_BOX: Final = 60.0
_PER_EXISTING_STRUCK: Final = 4.0
_WRONG_SIDE: Final = 5.0
_LABEL_LEFT: Final = 0.3
_OFF_THE_SHEET: Final = 1e6


@dataclass(frozen=True)
class Spot:
    """Middle of a mark's symbol and of its label, in millimetres; ``led``: drawn beside the place with a leader."""

    place: tuple[float, float]
    symbol: tuple[float, float]
    label: tuple[float, float]
    led: bool


@dataclass(frozen=True)
class Obstacles:
    """What a symbol must not hide (``boxes``) and should not (``existing`` devices, areas), on a sheet of a size."""

    width_mm: float
    height_mm: float
    boxes: Boxes
    existing: Boxes
    roads: shapely.Geometry
    outline: shapely.Geometry


@dataclass(frozen=True)
class _Choices:
    """Placements of one mark: rows of symbol middles, label middles, their boxes, leaders and own price."""

    symbol: Floats
    label: Floats
    symbol_box: Boxes
    label_box: Boxes
    leader: Shapes
    price: Floats


def place_marks(marks: Sequence[Mark], places: Floats, obstacles: Obstacles) -> list[Spot]:
    """
    Place every mark at the cheapest spot around its place, given the others; three rounds.

    Prices: length of the leader, what is hidden (other places, symbols, numbers, ``obstacles``), crossed leaders,
    covered road, the wrong side of the street. The same input gives the same spots.

    Discs lie on their places as long as they hide no earlier one; then on the nearest free spot, with a leader.
    """
    dots = around(places, 2 * DOT_MM, 2 * DOT_MM)
    led = np.array([mark.symbol is not None for mark in marks], dtype=bool)
    discs = places.copy()
    discs[~led] = _apart(places[~led], obstacles)
    fixed = around(discs[~led], 2 * BADGE_MM, 2 * BADGE_MM) if (~led).any() else no_boxes()
    still = np.vstack((obstacles.boxes, fixed, dots))
    choices = {k: _choices(marks[k], places[k], obstacles) for k in np.flatnonzero(led).tolist()}
    spots = polygons(dots)
    alone = {
        k: own.price + _hidden(own, still) + _PER_CROSSED_LEADER * _count(own.leader, spots)
        for k, own in choices.items()
    }
    taken: dict[int, int] = {}
    for _ in range(_PASSES):
        for k, own in choices.items():
            others = [(choices[other], row) for other, row in taken.items() if other != k]
            taken[k] = int(np.argmin(alone[k] + _against(own, others)))
    return [_spot(tuple(places[k]), tuple(discs[k]), choices.get(k), taken.get(k)) for k in range(len(marks))]


def _apart(places: Floats, obstacles: Obstacles) -> Floats:
    """Middles of numbered discs that hide no other: their places, else the nearest of rings around them."""
    angle = np.arange(_DISC_DIRECTIONS) * 2 * np.pi / _DISC_DIRECTIONS
    around_it = np.column_stack((np.sin(angle), -np.cos(angle)))
    rings = np.vstack([np.zeros((1, 2)), *(ring * BADGE_MM * around_it for ring in _DISC_RINGS)])
    size = np.array([obstacles.width_mm, obstacles.height_mm]) - BADGE_MM
    found: list[Floats] = []
    for place in places:
        tries = place + rings
        inner = ((tries >= BADGE_MM) & (tries <= size)).all(axis=1)
        away = np.ones(len(tries), bool)
        if found:
            gaps = np.hypot(*(tries[:, None, :] - np.array(found)[None, :, :]).transpose(2, 0, 1))
            away = gaps.min(axis=1) >= 2 * BADGE_MM
        free = np.flatnonzero(inner & away)
        found.append(tries[free[0]] if len(free) else place)
    return np.array(found).reshape(-1, 2)


def taken_by(marks: Sequence[Mark], spots: Sequence[Spot]) -> Boxes:
    """Boxes of all symbols, numbers, places and, as chains of small boxes, leaders."""
    if not spots:
        return no_boxes()
    middles = np.array([spot.symbol for spot in spots])
    sides = np.array([2 * (DISC_MM if spot.led else BADGE_MM) for spot in spots])
    labels = np.array([spot.label for spot in spots])
    widths = np.array([_label_width(mark.label) for mark in marks])
    places = np.array([spot.place for spot in spots])
    steps = np.linspace(0, 1, _LEADER_STEPS)[:, None, None]
    leaders = around((places + steps * (middles - places)).reshape(-1, 2), 2 * DOT_MM, 2 * DOT_MM)
    return np.vstack((around(middles, sides, sides), around(labels, widths, LETTER_MM), leaders))


def draw_marks(marks: Sequence[Mark], spots: Sequence[Spot], *, mono: bool) -> str:
    """Leaders, then places, then symbols and numbers: nothing covers a symbol."""
    pairs = list(zip(marks, spots, strict=True))
    away = [spot for _, spot in pairs if spot.symbol != spot.place]
    leaders = "".join(_leader(spot) for spot in away)
    dots = "".join(draw_place(*spot.place) for spot in away)
    return leaders + dots + "".join(_mark(mark, spot, mono=mono) for mark, spot in pairs)


def draw_place(x_mm: float, y_mm: float) -> str:
    """Dot of an exact place."""
    return svg.element("circle", cx=x_mm, cy=y_mm, r=DOT_MM, fill="#000", stroke="#fff", stroke_width=0.25)


def draw_tag(x_mm: float, y_mm: float, label: str, shape: TagShape) -> str:
    """Black tag of a shape around a point, the label in white."""
    wide = max(_label_width(label) + 2 * _TAG_PAD_MM, TAG_MM)
    left, top = x_mm - wide / 2, y_mm - TAG_MM / 2
    look = {"fill": "#000", "stroke": "#fff", "stroke_width": 0.35}
    if shape == "pill":
        body = svg.element("rect", x=left, y=top, width=wide, height=TAG_MM, rx=TAG_MM / 2, **look)
    else:
        corners = [(left + across, top + down) for across, down in tag_outline(shape, wide, TAG_MM)]
        body = svg.path([shapely.Polygon(corners)], **look)
    return body + svg.lettering(x_mm, y_mm, label, LETTER_MM, font_weight=700, stroke="none", fill="#fff")


def _choices(mark: Mark, place: Floats, obstacles: Obstacles) -> _Choices:
    """Every ring and direction, the label right or left, that stays on the sheet; all of them if none does."""
    angle = np.arange(_DIRECTIONS) * 2 * np.pi / _DIRECTIONS
    ring, turn, side = (
        grid.ravel() for grid in np.meshgrid(np.array(_RINGS_MM), angle, np.array([1.0, -1.0]), indexing="ij")
    )
    symbol = place + np.column_stack((np.sin(turn), -np.cos(turn))) * ring[:, None]
    width = _label_width(mark.label)
    label = symbol + np.column_stack((side * (DISC_MM + _GAP_MM + width / 2), np.zeros(len(side))))
    symbol_box, label_box = (
        around(symbol, 2 * DISC_MM, 2 * DISC_MM),
        around(label, width + 2 * _AIR_MM, LETTER_MM + _AIR_MM),
    )
    start = np.broadcast_to(place, symbol.shape)
    leader = np.asarray(shapely.linestrings(np.stack((start, symbol), axis=1)), dtype=object)
    price = ring + np.where(side < 0, _LABEL_LEFT, 0.0)
    if mark.toward_deg is not None:
        price = price + _WRONG_SIDE * (1 - np.cos(turn - np.radians(mark.toward_deg)))
    both = np.vstack((symbol_box, label_box))
    covered = _PER_EXISTING_MM2 * overlap(both, obstacles.existing)
    for area, per_mm2 in ((obstacles.roads, _PER_ROAD_MM2), (obstacles.outline, _PER_OUTLINE_MM2)):
        covered = covered + per_mm2 * covered_area(both, area)
    away = ~(inside(both, obstacles.width_mm, obstacles.height_mm).reshape(2, -1).all(axis=0))
    price = price + _PER_CROSSED_BOX * _count(leader, polygons(obstacles.boxes))
    price = price + _PER_EXISTING_STRUCK * _count(leader, polygons(obstacles.existing))
    price = price + covered.reshape(2, -1).sum(axis=0) + np.where(away, _OFF_THE_SHEET, 0.0)
    return _Choices(symbol, label, symbol_box, label_box, leader, price)


def _hidden(own: _Choices, boxes: Boxes) -> Floats:
    """Price of what each placement would hide; even a sliver has one, or it would be taken for a shorter leader."""
    area = overlap(own.symbol_box, boxes) + overlap(own.label_box, boxes)
    return np.where(area > 0, _HIDDEN_AT_ALL, 0.0) + _PER_HIDDEN_MM2 * area


def _against(own: _Choices, others: Sequence[tuple[_Choices, int]]) -> Floats:
    """Price of every placement given where the others are now."""
    if not others:
        return np.zeros(len(own.price))
    boxes = np.vstack([np.vstack((c.symbol_box[row], c.label_box[row])) for c, row in others])
    leaders = np.array([c.leader[row] for c, row in others], dtype=object)
    shapes = polygons(boxes)
    own_boxes = polygons(own.symbol_box), polygons(own.label_box)
    crossed = _count(own.leader, leaders)
    struck = _count(own.leader, shapes) + sum(_count(part, leaders) for part in own_boxes)
    return _hidden(own, boxes) + _PER_CROSSED_LEADER * crossed + _PER_CROSSED_BOX * struck


def _count(shapes: Shapes, others: Shapes) -> Floats:
    """How many of the others each shape meets."""
    met = np.zeros(len(shapes))
    rows, _ = shapely.STRtree(others).query(shapes, predicate="intersects")
    np.add.at(met, rows, 1.0)
    return met


def _spot(place: tuple[float, ...], disc: tuple[float, ...], own: _Choices | None, row: int | None) -> Spot:
    at = (float(place[0]), float(place[1]))
    if own is None or row is None:
        moved = (float(disc[0]), float(disc[1]))
        return Spot(at, moved, moved, led=False)
    symbol, label = own.symbol[row], own.label[row]
    return Spot(at, (float(symbol[0]), float(symbol[1])), (float(label[0]), float(label[1])), led=True)


def _label_width(label: str) -> float:
    return width_em(printable(label), bold=True) * LETTER_MM


def _leader(spot: Spot) -> str:
    ends = {"x1": spot.place[0], "y1": spot.place[1], "x2": spot.symbol[0], "y2": spot.symbol[1]}
    rim = svg.element("line", **ends, stroke="#fff", stroke_width=0.6)
    return rim + svg.element("line", **ends, stroke="#000", stroke_width=0.2)


def _mark(mark: Mark, spot: Spot, *, mono: bool) -> str:
    x, y = spot.symbol
    if mark.symbol is None and mark.shape:
        return draw_tag(x, y, mark.label, mark.shape)
    if mark.symbol is None:
        disc = svg.element("circle", cx=x, cy=y, r=BADGE_MM, fill="#fff", stroke="#000", stroke_width=0.45)
        return disc + svg.lettering(x, y, mark.label, LETTER_MM, font_weight=700, stroke="none")
    inks = MONO if mono else COLOUR
    line = inks.refused if mark.refused else inks.rim
    disc = svg.element(
        "circle",
        cx=x,
        cy=y,
        r=DISC_MM,
        fill="#fff",
        stroke=line,
        stroke_width=0.4 if mark.refused else 0.15,
        stroke_dasharray="1 0.7" if mark.refused else None,
    )
    drawn = disc + svg.symbol(mark.symbol, x, y, SYMBOL_MM * (_REFUSED_SHARE if mark.refused else 1.0), mono=mono)
    if mark.refused:
        reach = DISC_MM * 0.71
        slash = f"M{svg.number(x - reach)} {svg.number(y + reach)}L{svg.number(x + reach)} {svg.number(y - reach)}"
        drawn += svg.element("path", d=slash, stroke=line, stroke_width=0.5)
    return drawn + svg.lettering(*spot.label, mark.label, LETTER_MM, font_weight=700)
