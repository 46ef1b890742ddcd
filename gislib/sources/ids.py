"""
Serial ids for rows that bring no official code: issued on first sight, kept, found again, never reused.

A row is found again by area code and name key; failing that by a like name within `NEAR_M`. The register keeps one
row per id ever issued (``inputs/ids.parquet``), so that the id of a place that is gone is not given to another one.
Neither row order nor coordinates enter an id; rows are sorted by content before serials are issued.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gislib.sources.names import name_key, similarity

NEAR_M: Final = 100.0
"""Two rows of like names within this distance are the same place."""
LIKE_NAME: Final = 0.75
"""Names at least this alike (`names.similarity`) may be the same place."""
_M_PER_DEG: Final = 111_195.0
"""Metres per degree of latitude on the mean sphere; precise enough to tell 100 m from a kilometre."""
_PROVISIONAL: Final = "new:"
_DTYPES: Final = {
    "layer": "str",
    "source_id": "str",
    "serial": "int64",
    "area_code": "str",
    "name_key": "str",
    "lon": "float64",
    "lat": "float64",
}


def provisional(row: int) -> str:
    """Mark of a row that waits for its serial; `issue` replaces it before anything is stored."""
    return f"{_PROVISIONAL}{row}"


def coded(source_id: str, code: str) -> str:
    """Id of a row with an official code."""
    return f"{source_id}:{code}"


def _serial_id(source_id: str, serial: int) -> str:
    return f"{source_id}~{serial}"


def empty_register() -> pd.DataFrame:
    """Register before the first id."""
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _DTYPES.items()})


@dataclass(frozen=True)
class _Places:
    """Rows or register entries side by side: keys, positions in metres on a local plane."""

    area: list[str]
    name: list[str]
    xy: NDArray[np.float64]

    def key(self, at: int) -> tuple[str, str]:
        return self.area[at], self.name[at]


def _places(frame: pd.DataFrame) -> _Places:
    lat0 = float(np.nan_to_num(frame["lat"].median())) if len(frame) else 0.0
    return _Places(
        frame["area_code"].tolist(),
        frame["name_key"].tolist(),
        np.column_stack([frame["lon"] * _M_PER_DEG * np.cos(np.radians(lat0)), frame["lat"] * _M_PER_DEG]),
    )


def _described(layer: str, source_id: str, table: gpd.GeoDataFrame) -> pd.DataFrame:
    """Register columns of the rows of ``table``, in an order that depends on their content alone."""
    spots = table.geometry.representative_point()
    blank = pd.Series([""] * len(table), index=table.index)
    area = table["area_code"].fillna("") if "area_code" in table.columns else blank
    names = table["name"] if "name" in table.columns else blank
    frame = pd.DataFrame(
        {
            "layer": layer,
            "source_id": source_id,
            "area_code": area,
            "name_key": [name_key(name) for name in names],
            # A place without a position is found by name only.
            "lon": spots.x,
            "lat": spots.y,
            "content": pd.util.hash_pandas_object(pd.DataFrame(table.to_wkb()), index=False),
        },
        index=table.index,
    )
    return frame.sort_values(["area_code", "name_key", "lon", "lat", "content"], kind="stable")


def _groups(keys: Sequence[object]) -> dict[object, list[int]]:
    out: dict[object, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        out[key].append(at)
    return out


def _located(places: _Places, used: set[int]) -> list[int]:
    """Positions of the places that are free and have coordinates."""
    return [at for at in np.flatnonzero(np.isfinite(places.xy).all(axis=1)).tolist() if at not in used]


class _Pairing:
    """One-to-one pairs of rows and register entries, filled rule by rule."""

    def __init__(self, rows: _Places, entries: _Places) -> None:
        self.rows, self.entries = rows, entries
        self.entry_of: dict[int, int] = {}
        self.taken: set[int] = set()

    def take(self, row: int, entry: int) -> None:
        if row not in self.entry_of and entry not in self.taken:
            self.entry_of[row] = entry
            self.taken.add(entry)

    def same_spot(self) -> None:
        """Pair equal keys at the very same position, in content order."""
        known = _groups([(self.entries.key(at), *self.entries.xy[at].round(2)) for at in range(len(self.entries.name))])
        for row in range(len(self.rows.name)):
            for entry in known.get((self.rows.key(row), *self.rows.xy[row].round(2)), ()):
                self.take(row, entry)

    def same_key(self) -> None:
        """Pair equal area code and name that are unique on both sides, however far the position was corrected."""
        known = _groups([self.entries.key(at) for at in range(len(self.entries.name))])
        for key, rows in _groups([self.rows.key(at) for at in range(len(self.rows.name))]).items():
            entries = known.get(key, [])
            named = isinstance(key, tuple) and key[1] != ""
            if named and len(rows) == 1 and len(entries) == 1:
                self.take(rows[0], entries[0])

    def near_and_like(self) -> None:
        """Pair what is left within `NEAR_M` if the names are alike, the likest and nearest first."""
        for _, _, row, entry in sorted(self._candidates()):
            self.take(row, entry)

    def _candidates(self) -> Iterator[tuple[float, float, int, int]]:
        """Free pairs within reach: minus likeness, distance in metres, row, entry."""
        rows = _located(self.rows, set(self.entry_of))
        entries = _located(self.entries, self.taken)
        if not rows or not entries:
            return
        near = cKDTree(self.rows.xy[rows]).sparse_distance_matrix(
            cKDTree(self.entries.xy[entries]), NEAR_M, output_type="ndarray"
        )
        for row_at, entry_at, distance_m in near.tolist():
            row, entry = rows[row_at], entries[entry_at]
            like = similarity(self.rows.name[row], self.entries.name[entry])
            if like >= LIKE_NAME:
                yield -like, distance_m, row, entry


def issue(
    register: pd.DataFrame, layer: str, source_id: str, table: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Replace provisional ids by serials.

    Parameters
    ----------
    register
        All ids ever issued (`empty_register`).
    layer, source_id
        Where the rows belong; ids are looked for among earlier rows of the same layer and source only.
    table
        WGS 84 rows; those with an id that is not `provisional` are left alone.

    Returns
    -------
    table, register
        The rows in the same order with final ids, and the register with new rows and latest names and positions.
    """
    waiting = table.index.str.startswith(_PROVISIONAL)
    if not waiting.any():
        return table, register
    rows = _described(layer, source_id, table[waiting])
    ours = register[(register["layer"] == layer) & (register["source_id"] == source_id)]
    entry_of = _paired(rows, ours)
    of_source = register.loc[register["source_id"] == source_id, "serial"]
    following = int(of_source.max()) + 1 if len(of_source) else 1
    fresh = [at for at in range(len(rows)) if at not in entry_of]
    serial = np.empty(len(rows), dtype="int64")
    serial[list(entry_of)] = ours["serial"].to_numpy()[list(entry_of.values())]
    serial[fresh] = np.arange(following, following + len(fresh))
    rows["serial"] = serial
    names = dict(zip(rows.index, (_serial_id(source_id, int(number)) for number in serial), strict=True))
    rest = register.drop(index=ours.index[list(entry_of.values())])
    whole = pd.concat([rest, rows[list(_DTYPES)]], ignore_index=True).astype(_DTYPES)
    return table.rename(index=names), whole.sort_values(["source_id", "serial"], ignore_index=True)


def _paired(rows: pd.DataFrame, entries: pd.DataFrame) -> dict[int, int]:
    """Position in ``rows`` to position in ``entries`` of the places found again."""
    both = _places(pd.concat([rows, entries], ignore_index=True)[["area_code", "name_key", "lon", "lat"]])
    cut = len(rows)
    pairing = _Pairing(
        _Places(both.area[:cut], both.name[:cut], both.xy[:cut]),
        _Places(both.area[cut:], both.name[cut:], both.xy[cut:]),
    )
    pairing.same_spot()
    pairing.same_key()
    pairing.near_and_like()
    return pairing.entry_of
