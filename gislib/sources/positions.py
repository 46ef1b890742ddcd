"""Where the rows of an imported table lie: shapes in WGS 84, with every row refused that cannot be placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gislib.domain.arrays import Flags, Shapes
from gislib.domain.tables import AREA, LAYERS, POINT, WGS84
from gislib.geo.datum import SHIFTED, shapes_to_wgs84
from gislib.sources import coordinates as co
from gislib.sources import datum_test
from gislib.sources.columns import Mapped
from gislib.sources.provenance import Message
from gislib.sources.raw_table import RawTable
from gislib.sources.refusals import Refusals

TRACKS = "tracks"
_DEFINES_AREA = frozenset({"areas", "schools"})
"""Layers that say where the area is, so that they cannot lie outside it."""


@dataclass(frozen=True)
class Placed:
    """Shapes in WGS 84 by row position (None where missing or refused), the datum they came in, what to tell."""

    shapes: gpd.GeoSeries
    datum: str
    warnings: tuple[Message, ...]


@dataclass(frozen=True)
class Setting:
    """
    What placing needs to know: layer, file name, the planner's datum, known layers in WGS 84.

    ``layer`` is one of the schema, or `TRACKS`: points that are kept beside the layers.
    """

    layer: str
    file: str
    datum: str | None
    known: Mapping[str, gpd.GeoDataFrame]

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of geometry that a row may have."""
        return POINT if self.layer == TRACKS else LAYERS[self.layer].geometry

    @property
    def required(self) -> bool:
        """Whether a row without geometry is refused."""
        return self.layer == TRACKS or LAYERS[self.layer].geometry_required


def _from_columns(table: RawTable, mapped: Mapped, refusals: Refusals) -> Shapes:
    """Points of the coordinate columns; rows with a blank or unreadable cell are refused."""
    out = np.full(len(table.rows), None, dtype=object)
    if "lonlat" in mapped.position and not {"lon", "lat"} <= mapped.position.keys():
        return _from_joint(table, mapped.position["lonlat"], refusals)
    if not {"lon", "lat"} <= mapped.position.keys():
        return out
    values = np.full((len(table.rows), 2), np.nan)
    for axis, field in enumerate(("lon", "lat")):
        at_column = mapped.position[field]
        for at, cell in enumerate(table.column(at_column)):
            value = None if cell is None else co.degrees(cell)
            if value is None:
                code = "coordinate_missing" if cell is None else "coordinate_unreadable"
                refusals.row(at, table.headers[at_column], code, cell)
            else:
                values[at, axis] = value
    good = np.isfinite(values).all(axis=1)
    out[good] = shapely.points(values[good])
    return out


def _from_joint(table: RawTable, at_column: int, refusals: Refusals) -> Shapes:
    out = np.full(len(table.rows), None, dtype=object)
    for at, cell in enumerate(table.column(at_column)):
        found = None if cell is None else co.pair(cell)
        if found is None:
            code = "coordinate_missing" if cell is None else "coordinate_unreadable"
            refusals.row(at, table.headers[at_column], code, cell)
        else:
            out[at] = shapely.Point(found)
    return out


def _fitting(setting: Setting, shapes: Shapes, refusals: Refusals) -> tuple[Shapes, int]:
    """Shapes of the kinds the layer may hold, mended where a ring crosses itself; count of mended ones."""
    allowed = setting.kinds
    out, mended = shapes.copy(), 0
    for at, shape in enumerate(shapes):
        if shape is None or shape.is_empty:
            out[at] = None
            if setting.required:
                refusals.row(at, "geometry", "geometry_missing", None)
            continue
        fit = shape.geoms[0] if shape.geom_type.startswith("Multi") and len(shape.geoms) == 1 else shape
        if not fit.is_valid and fit.geom_type in AREA:
            fit, mended = _mended(fit), mended + 1
        if fit.geom_type not in allowed:
            refusals.row(at, "geometry", "geometry_kind", fit.geom_type)
            fit = None
        out[at] = fit
    return out, mended


def _mended(shape: BaseGeometry) -> BaseGeometry:
    """Return the valid polygons of a broken one; lines and points that are left over fall away."""
    whole = shapely.make_valid(shape)
    parts = [part for part in shapely.get_parts(whole) if part.geom_type in AREA]
    return shapely.union_all(parts) if parts else whole


def _exchanged(shapes: Shapes) -> Shapes:
    """Shapes with x and y exchanged."""
    return np.asarray(shapely.transform(shapes, lambda xy: xy[:, ::-1]), dtype=object)


def _centres(shapes: Shapes) -> tuple[co.Degrees, co.Degrees]:
    spots = shapely.point_on_surface(shapes)
    return np.asarray(shapely.get_x(spots)), np.asarray(shapely.get_y(spots))


def _refuse_where(shapes: Shapes, bad: Flags, code: str, refusals: Refusals) -> None:
    """Refuse the rows that hold a shape and are marked bad; their shapes become None."""
    for at in np.flatnonzero(bad):
        spot = shapes[at].representative_point()
        refusals.row(int(at), "geometry", code, f"{spot.x:.6f}, {spot.y:.6f}")
        shapes[at] = None


def _spread(bad_of_present: Flags, shapes: Shapes) -> Flags:
    """Turn marks of the present shapes into marks of all rows."""
    out = np.zeros(len(shapes), dtype=bool)
    out[[shape is not None for shape in shapes]] = bad_of_present
    return out


def place(
    table: RawTable, mapped: Mapped, names: Sequence[object] | None, setting: Setting, refusals: Refusals
) -> Placed:
    """
    Place every row.

    Parameters
    ----------
    table, mapped
        The raw rows and their columns.
    names
        Campus names by row for the datum test, None for other layers.
    setting
        Layer, file, datum, known layers.
    refusals
        Takes the rows that cannot be placed.

    Raises
    ------
    DatumError
        As `datum_test.decide`.
    """
    if table.shapes is not None:
        shapes, mended = _fitting(setting, table.shapes.to_numpy(), refusals)
    elif setting.kinds & POINT:
        shapes, mended = _from_columns(table, mapped, refusals), 0
    else:
        shapes, mended = np.full(len(table.rows), None, dtype=object), 0
    box = co.area_box(setting.known)
    warnings: list[Message] = [Message("geometry_mended", {"count": mended})] if mended else []
    if co.columns_swapped(*_centres(_present(shapes)), box):
        shapes = _exchanged(shapes)
        warnings.append(Message("coordinates_swapped", {"rows": len(_present(shapes))}))
    _refuse_impossible(shapes, box, refusals)
    present = _present(shapes)
    if not len(present):
        return Placed(gpd.GeoSeries(shapes, crs=WGS84), setting.datum or "wgs84", tuple(warnings))
    row_names = None if names is None else [names[at] for at, shape in enumerate(shapes) if shape is not None]
    datum, told = datum_test.decide(
        setting.file,
        gpd.GeoSeries(present, crs=WGS84),
        row_names,
        datum_test.Stated(setting.datum, mapped.datum or table.datum),
        setting.known,
    )
    warnings.extend(told)
    if datum in SHIFTED:
        warnings.append(Message("datum_converted", {"datum": datum, "rows": len(present)}))
    placed = shapes_to_wgs84(datum, gpd.GeoSeries(shapes, crs=WGS84)).to_numpy()
    if setting.layer not in _DEFINES_AREA and box is not None:
        outside = _spread(~box.holds(*_centres(_present(placed))), placed)
        _refuse_where(placed, outside, "coordinate_outside_area", refusals)
    return Placed(gpd.GeoSeries(placed, crs=WGS84), datum, tuple(warnings))


def _present(shapes: Shapes) -> Shapes:
    return shapes[[shape is not None for shape in shapes]]


def _refuse_impossible(shapes: Shapes, box: co.Box | None, refusals: Refusals) -> None:
    """Refuse single swapped positions, ones off the globe, and ones in another province than the rest."""
    lon, lat = _centres(_present(shapes))
    swapped = ~co.plausible(lon, lat, box) & co.plausible(lat, lon, box)
    _refuse_where(shapes, _spread(swapped, shapes), "coordinate_swapped", refusals)
    possible = co.in_range(*_centres(_present(shapes)))
    _refuse_where(shapes, _spread(~possible, shapes), "coordinate_out_of_range", refusals)
    far = co.far_from_middle(*_centres(_present(shapes)))
    _refuse_where(shapes, _spread(far, shapes), "coordinate_far_away", refusals)
