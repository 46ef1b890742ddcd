"""What every device of a plan is on the ground: lines along streets and banks, several points, or the one point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.ops import substring

from gislib.exposure.water import BANK_STEP_M, bank_accesses
from gislib.rules import RuleSet
from gislib.siting.rails import LAID_DECIMALS, laid_rails, lines_of
from gislib.siting.sites import Situation
from gislib.siting.spots import zone_entries

EXTENT_COLUMNS: Final = ("device_id", "part", "parts", "treatment_id", "length_m", "geometry")


def extents(devices: gpd.GeoDataFrame, now: Situation, rules: tuple[RuleSet, date]) -> gpd.GeoDataFrame:
    """
    What every device of a plan is on the ground.

    Rails, no-parking lines and fences are lines, along the centre line of the road or the bank; a zone is a point at
    each of its entries; signs and kits at a water are points along the bank, cameras at the gates. What stands at one
    point is that point.

    Parameters
    ----------
    devices
        Device table of a plan, or candidates, in the working CRS.
    now, rules
        Today, and the rules with their day.

    Returns
    -------
    GeoDataFrame
        Index ``part_id`` (the device's id, with ``/1``, ``/2`` ... where it has several parts), `EXTENT_COLUMNS`, by
        device in their order; ``length_m`` is missing for points.
    """
    rows = [*laid_rails(devices, now.ground.tables, rules)]
    for name, parts in _PARTS.items():
        own = devices[(devices["treatment_id"] == name).to_numpy(bool)]
        rows += [(str(k), n, shape) for k, shapes in parts(own, now, rules) for n, shape in enumerate(shapes, start=1)]
    told = {device_id for device_id, _, _ in rows}
    rows += [(str(k), 1, shape) for k, shape in devices.geometry.items() if str(k) not in told]
    table = pd.DataFrame(rows, columns=["device_id", "part", "geometry"])
    order = {str(k): n for n, k in enumerate(devices.index)}
    table = table.sort_values(["device_id", "part"], key=lambda c: c.map(order) if c.name == "device_id" else c)
    count = table.groupby("device_id")["part"].transform("size")
    treatment = pd.Series(devices["treatment_id"].to_numpy(dtype=object), index=devices.index.astype(str))
    length = shapely.length(table["geometry"].to_numpy())
    table = table.assign(
        parts=count,
        treatment_id=table["device_id"].map(treatment),
        length_m=np.where(length > 0, np.round(length, LAID_DECIMALS), np.nan),
    )
    table.index = pd.Index(
        [k if n == 1 else f"{k}/{p}" for k, n, p in zip(table["device_id"], count, table["part"], strict=True)],
        name="part_id",
    )
    return gpd.GeoDataFrame(table[list(EXTENT_COLUMNS)], geometry="geometry", crs=devices.crs)


_Parts: TypeAlias = Iterator[tuple[Any, Sequence[shapely.Geometry]]]


def _rows(own: gpd.GeoDataFrame) -> Iterator[Any]:
    """Rows with their columns as attributes, whose types are those of the device table."""
    yield from own.itertuples()


def _no_parking(own: gpd.GeoDataFrame, now: Situation, _rules: tuple[RuleSet, date]) -> _Parts:
    """Lines before a gate, half of the quantity on each side as far as the way goes."""
    lines = lines_of(now.ground.tables["roads"], own["segment_id"].to_numpy(dtype=object))
    chain, half = own["chainage_m"].to_numpy(float), own["quantity"].to_numpy(float) / 2
    for device_id, line, low, high in zip(own.index, lines, chain - half, chain + half, strict=True):
        yield device_id, [substring(line, max(low, 0.0), min(high, line.length))]


def _zones(own: gpd.GeoDataFrame, now: Situation, rules: tuple[RuleSet, date]) -> _Parts:
    """Entries of a zone; none known: the zone's own point."""
    for row in _rows(own):
        yield row.Index, zone_entries(now, str(row.school_id), rules) or [row.geometry]


def _cameras(own: gpd.GeoDataFrame, now: Situation, _rules: tuple[RuleSet, date]) -> _Parts:
    """Gates of a campus but those of the fire brigade."""
    gates = now.ground.tables["gates"].sort_index()
    for row in _rows(own):
        mine = (gates["school_id"] == row.school_id).to_numpy(bool) & (gates["role"] != "fire").to_numpy(bool)
        yield row.Index, list(gates.geometry.to_numpy()[mine]) or [row.geometry]


def _banks(own: gpd.GeoDataFrame, now: Situation, rules: tuple[RuleSet, date]) -> dict[str, list[shapely.LineString]]:
    """Lines of the outlines of the devices' waters that can be walked to, the longest first, by id of the water."""
    water = now.ground.tables["water"]
    water = water[water.index.isin(own["segment_id"])]
    if water.empty:
        return {}
    ground = replace(now.ground, tables={**now.ground.tables, "water": water})
    accesses = bank_accesses(ground, rules[0].number("risk.bank_gap_max_m", rules[1]))
    found = {}
    for row, (water_id, shape) in enumerate(water.geometry.items()):
        mine = accesses[(accesses["water"] == row).to_numpy(bool)]
        outline = shape.boundary if shapely.get_dimensions(shape) > 1 else shape
        near = shapely.union_all(shapely.buffer(shapely.points(mine[["x", "y"]].to_numpy(float)), BANK_STEP_M / 2))
        parts = shapely.get_parts(shapely.line_merge(outline.intersection(near)))
        found[str(water_id)] = sorted((part for part in parts if part.length > 0), key=lambda part: -part.length)
    return found


def _fences(own: gpd.GeoDataFrame, now: Situation, rules: tuple[RuleSet, date]) -> _Parts:
    banks = _banks(own, now, rules)
    for row in _rows(own):
        yield row.Index, banks.get(str(row.segment_id)) or [row.geometry]


def _along_banks(own: gpd.GeoDataFrame, now: Situation, rules: tuple[RuleSet, date]) -> _Parts:
    """As many points as the quantity says, evenly along the banks that can be walked to."""
    banks = _banks(own, now, rules)
    for row in _rows(own):
        lines = banks.get(str(row.segment_id), [])
        ends = np.cumsum([line.length for line in lines])
        count = max(int(row.quantity), 1)
        if len(lines):
            at = (np.arange(count) + 0.5) / count * ends[-1]
            line = np.minimum(np.searchsorted(ends, at), len(lines) - 1)
            yield (
                row.Index,
                [lines[k].interpolate(a - (ends[k] - lines[k].length)) for k, a in zip(line, at, strict=True)],
            )


_PARTS: Final = {
    "no_parking": _no_parking, "zone_30": _zones, "camera": _cameras, "water_fence": _fences,
    "rescue_kit": _along_banks, "water_sign": _along_banks,
}  # fmt: skip
"""What is made of the devices of a treatment that are more than one point."""
