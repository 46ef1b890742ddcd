"""Where a source comes from and what reading it did: the record kept beside every stored table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import pandas as pd

REJECTED_COLUMNS: Final = ("row", "column", "code", "value")


@dataclass(frozen=True)
class Message:
    """
    Something to tell the planner: a code of the catalogues (``[errors]``) and the values it names.

    Parameters
    ----------
    code
        Key under ``[errors]`` in ``data/text/errors/*.toml``.
    values
        Plain numbers and texts (JSON), never a translated sentence.
    """

    code: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Provenance:
    """
    Origin of one source.

    Parameters
    ----------
    source_id
        Name of the source in the workspace (``osm``, ``venues``, the ``--as`` name).
    origin
        File name or service that was read; no folder, since results must not name the machine.
    read_at
        ISO 8601 time in UTC; never enters ``data_version``.
    data_date
        ISO date the data describe, None when the source does not say.
    licence
        Licence text or empty when unknown.
    datum
        Datum the coordinates came in: ``wgs84``, ``cgcs2000``, ``gcj02`` or ``bd09``.
    sha256
        Hash of the file that was read, empty for a service.
    rows_read, rows_kept
        Rows (objects) found and kept; the difference is in ``Loaded.rejected`` or ``counts``.
    covers_area
        True when the source claims to be complete over its area.
    counts
        Named counts: dropped columns, masked cells, broken objects.
    warnings
        Messages the planner must see.
    claims
        Families (``traffic``, ``water``, ``venues``, ``rentals``) for which the source claims to cover the area, so
        that "none in the data" is a known zero; a family nobody claims is unknown.
    """

    source_id: str
    origin: str
    read_at: str
    data_date: str | None
    licence: str
    datum: str
    sha256: str
    rows_read: int
    rows_kept: int
    covers_area: bool
    counts: dict[str, int]
    warnings: tuple[Message, ...]
    claims: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Loaded:
    """
    What a reader returns.

    Parameters
    ----------
    layers
        Layer name to table in WGS 84, conformed to ``domain.tables.LAYERS``.
    rejected
        Columns ``row`` (number in the file, 1 = first line), ``column``, ``code``, ``value``; one row per refusal.
    provenance
        The record of the source.
    """

    layers: dict[str, gpd.GeoDataFrame]
    rejected: pd.DataFrame
    provenance: Provenance


def no_rejections() -> pd.DataFrame:
    """Empty table of rejected rows."""
    return pd.DataFrame({name: pd.Series(dtype="object") for name in REJECTED_COLUMNS})
