"""Names on a printed map: along roads and rivers, upright on steep ones, inside campuses and ponds; none on another."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from gislib.domain.arrays import Floats, Shapes
from gislib.reports.fonts import printable, width_em
from gislib.reports.sheet_map import svg
from gislib.reports.sheet_map.boxes import Boxes, around, inside, overlap, polygons
from gislib.reports.sheet_map.ground import COLOUR, MONO, Ground, Inks

ROAD_MM, WATER_MM, CAMPUS_MM, FOCUS_MM, GATE_MM = 2.5, 2.5, 2.5, 3.4, 2.2
STEEP_DEG: Final = 55.0
"""From here on a Chinese name is set with stacked upright characters."""
GATE_REACH_MM: Final = 3.1
"""From the middle of a gate's symbol to the edge of its name."""
_STRAIGHT: Final = 0.985
"""Chord over length of the line under a name: less is too bent."""
_FRACTIONS: Final = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88)
_SPACED_EM: Final = 1.12
_LINE_EM: Final = 1.25
_LONG_NAME: Final = 9
"""Characters from which a campus name is set in two lines."""
_GRID: Final = 9
_OUTSIDE_EM: Final = 1.2
_AIR: Final = np.array([-0.5, -0.5, 0.5, 0.5])
"""Millimetres kept free around a name."""


@dataclass(frozen=True)
class Name:
    """A name as it could be placed: what draws its SVG, asked only where it is placed, and the boxes that it takes."""

    draw: Callable[[], str]
    boxes: Boxes


@dataclass(frozen=True)
class _Wanted:
    """Placements of one name, best first; ``must``: printed even where it lies on something."""

    choices: Iterable[Name]
    must: bool = False


def draw_names(
    ground: Ground, taken: Boxes, focus_name: str, *, mono: bool, first: frozenset[str] = frozenset()
) -> str:
    """
    Names in the order of their weight, each at its first place where nothing is taken, else left out.

    ``first``: names of roads and campuses that come before all others.
    """
    sheet = ground.frame.width_mm, ground.frame.height_mm
    drawn = []
    for wanted in _all_names(ground, focus_name, first, MONO if mono else COLOUR):
        chosen = _first_free(wanted, taken, sheet)
        if chosen is not None:
            drawn.append(chosen.draw())
            taken = np.vstack((taken, chosen.boxes))
    return svg.group(drawn, font_weight=500)


def _first_free(wanted: _Wanted, taken: Boxes, sheet: tuple[float, float]) -> Name | None:
    best: tuple[float, Name] | None = None
    for name in wanted.choices:
        if not inside(name.boxes, *sheet).all():
            continue
        hidden = float(overlap(name.boxes + _AIR, taken).sum())
        if hidden == 0:
            return name
        if wanted.must and (best is None or hidden < best[0]):
            best = hidden, name
    return best[1] if best is not None else None


def _all_names(ground: Ground, focus_name: str, first: frozenset[str], inks: Inks) -> Iterator[_Wanted]:
    if ground.focus is not None and focus_name:
        yield _Wanted(_campus_name(ground.focus, focus_name, FOCUS_MM, inks.text), must=True)
    campuses = _named(ground.campuses)
    yield from (_Wanted(_campus_name(shape, name, CAMPUS_MM, inks.text)) for shape, name in campuses if name in first)
    yield from (_Wanted(_gate_name(shape, name, inks.text)) for shape, name in _named(ground.gates))
    roads = ground.roads[~ground.roads["path"].to_numpy(dtype=bool)]
    yield from (_Wanted(_line_name(line, name, ROAD_MM, inks.text)) for line, name in _streets(roads, first))
    for shape, name in _named(ground.water):
        if shapely.get_dimensions(shape) == 1:
            yield _Wanted(_line_name(_longest(shape), name, WATER_MM, inks.water_text))
        else:
            yield _Wanted(_inside_name(shape, [name], WATER_MM, fill=inks.water_text))
    for shape, name in campuses:
        if name not in first:
            yield _Wanted(_inside_name(shape, _in_lines(name), CAMPUS_MM, fill=inks.text))


def _named(table: pd.DataFrame) -> list[tuple[Any, str]]:
    """Shapes that have a name, in the order of their ids."""
    rows = table[table["name"].notna()] if "name" in table else table.iloc[:0]
    return [(shape, str(name)) for shape, name in zip(rows["shape"], rows["name"], strict=True) if str(name).strip()]


def _streets(roads: pd.DataFrame, first: frozenset[str]) -> list[tuple[Any, str]]:
    """One line per road name, its longest stretch; ``first``, then main roads, then long ones."""
    named = roads[roads["name"].notna()] if "name" in roads else roads.iloc[:0]
    found = []
    shapes, ranks = named["shape"].to_numpy(), named["rank"].to_numpy()
    for name, rows in named.groupby("name", sort=True).indices.items():
        line = _longest(shapely.multilinestrings(_lines_of(shapes[rows])))
        found.append((str(name) not in first, -int(ranks[rows].max()), -float(line.length), str(name), line))
    return [(line, name) for *_, name, line in sorted(found, key=lambda one: one[:4])]


def _lines_of(shapes: Shapes) -> Shapes:
    """Lines of which shapes consist."""
    parts = shapely.get_parts(shapes)
    return np.asarray(parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING], dtype=object)


def _longest(shape: Any) -> Any:  # noqa: ANN401 - any shapely line
    merged = shapely.line_merge(shape)
    return max(getattr(merged, "geoms", [merged]), key=lambda part: float(part.length))


def _campus_name(shape: Any, name: str, size: float, ink: str) -> Iterator[Name]:  # noqa: ANN401 - area or point
    """Inside the campus, else above, below or beside it."""
    lines = _in_lines(name)
    yield from _inside_name(shape, lines, size, font_weight=700, fill=ink)
    half_x = max(width_em(line, bold=True) for line in lines) * size / 2
    half_y = len(lines) * _LINE_EM * size / 2
    left, top, right, bottom = shape.bounds
    x, y, away = (left + right) / 2, (top + bottom) / 2, _OUTSIDE_EM * size
    for at_x, at_y in (
        (x, top - half_y - away),
        (x, bottom + half_y + away),
        (right + half_x + away, y),
        (left - half_x - away, y),
        (x, y),
    ):
        yield _block(at_x, at_y, lines, size, font_weight=700, fill=ink)


def _inside_name(shape: Any, lines: list[str], size: float, **look: object) -> Iterator[Name]:  # noqa: ANN401 - area
    """Wholly inside an area, the roomiest place first."""
    if shapely.get_dimensions(shape) != 2:  # noqa: PLR2004 - an area
        return
    left, top, right, bottom = shape.bounds
    steps = (np.arange(_GRID) + 0.5) / _GRID
    x, y = (grid.ravel() for grid in np.meshgrid(left + steps * (right - left), top + steps * (bottom - top)))
    pole = shapely.get_point(shapely.maximum_inscribed_circle(shape), 0)
    middles = np.vstack(([pole.x, pole.y], np.column_stack((x, y))))
    width = max(width_em(printable(line), bold=True) for line in lines) * size
    whole = around(middles, width, len(lines) * _LINE_EM * size)
    fits = shapely.contains(shape, polygons(whole))
    far = np.hypot(*(middles - middles[0]).T)
    for k in np.flatnonzero(fits)[np.argsort(far[fits], kind="stable")]:
        yield _block(float(middles[k, 0]), float(middles[k, 1]), lines, size, **look)


def _block(x: float, y: float, lines: list[str], size: float, **look: object) -> Name:
    """Lines of lettering around a point."""
    offsets = (np.arange(len(lines)) - (len(lines) - 1) / 2) * _LINE_EM * size

    def draw() -> str:
        rows = zip(offsets.tolist(), lines, strict=True)
        return "".join(svg.lettering(x, y + dy, line, size, **look) for dy, line in rows)

    widths = np.array([width_em(printable(line), bold=True) * size for line in lines])
    middles = np.column_stack((np.full(len(lines), x), y + offsets))
    return Name(draw, around(middles, widths, size * _LINE_EM))


def _in_lines(name: str) -> list[str]:
    """One line, or two of about equal length with a bracket kept together."""
    clean = printable(name)
    if len(clean) < _LONG_NAME:
        return [clean]
    bracket = max(clean.find("（"), clean.find("("))
    middle = bracket if bracket > 1 else (len(clean) + 1) // 2
    return [clean[:middle].strip(), clean[middle:].strip()]


def _gate_name(shape: Any, name: str, ink: str) -> Iterator[Name]:  # noqa: ANN401 - a point
    half = width_em(printable(name)) * GATE_MM / 2
    for dx, dy in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        x = shape.x + dx * (GATE_REACH_MM + half)
        yield _block(x, shape.y + dy * (GATE_REACH_MM + GATE_MM / 2), [printable(name)], GATE_MM, fill=ink)


def _line_name(line: Any, name: str, size: float, ink: str) -> Iterator[Name]:  # noqa: ANN401 - a line
    """On straight enough stretches of a line, the middle first."""
    clean = printable(name)
    stacked = any(unicodedata.east_asian_width(sign) in "WF" for sign in clean)
    need = len(clean) * size * _SPACED_EM if stacked else width_em(clean) * size
    middles = np.array(_FRACTIONS) * line.length
    middles = middles[(middles >= need / 2) & (middles + need / 2 <= line.length)]
    if not len(middles):
        return
    chains = np.column_stack((middles - need / 2, middles + need / 2))
    stretches = shapely.get_coordinates(shapely.line_interpolate_point(line, chains.ravel())).reshape(-1, 2, 2)
    runs = stretches[:, 1] - stretches[:, 0]
    for ends, (across, down) in zip(stretches, runs.tolist(), strict=True):
        if math.hypot(across, down) < _STRAIGHT * need:
            continue
        angle = (math.degrees(math.atan2(down, across)) + 90) % 180 - 90
        if stacked and abs(angle) > STEEP_DEG:
            yield _stacked(ends if down > 0 else ends[::-1], clean, size, ink)
        else:
            yield _slanted(ends, clean, size, (angle, ink))


def _signs(ends: Floats, count: int) -> Floats:
    """Middles of ``count`` characters spread evenly between two points."""
    shares = (np.arange(count) + 0.5) / count
    return np.asarray(ends[0] + shares[:, None] * (ends[1] - ends[0]))


def _stacked(ends: Floats, name: str, size: float, ink: str) -> Name:
    middles = _signs(ends, len(name))

    def draw() -> str:
        return "".join(
            svg.lettering(x, y, sign, size, fill=ink) for (x, y), sign in zip(middles.tolist(), name, strict=True)
        )

    return Name(draw, around(middles, size, size))


def _slanted(ends: Floats, name: str, size: float, look: tuple[float, str]) -> Name:
    angle, ink = look
    x, y = ends.mean(axis=0).tolist()

    def draw() -> str:
        turn = f"rotate({svg.number(angle)} {svg.number(x)} {svg.number(y)})"
        return svg.lettering(x, y, name, size, fill=ink, transform=turn)

    return Name(draw, around(_signs(ends, len(name)), size, size))
