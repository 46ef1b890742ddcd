"""What a table holds, as hashes: the difference between two versions of a source and the digest of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from gislib.sources.provenance import Provenance


@dataclass(frozen=True)
class LayerDifference:
    """Ids of one layer that are new, have other content, or are gone (retired); each sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]


def row_hashes(table: gpd.GeoDataFrame) -> pd.Series:
    """64-bit hash of each row's values and geometry (WKB), by id, sorted by id; column order does not matter."""
    plain = pd.DataFrame(table.to_wkb())
    plain = plain[sorted(plain.columns)].sort_index()
    return pd.util.hash_pandas_object(plain, index=True)


def layer_difference(before: gpd.GeoDataFrame | None, after: gpd.GeoDataFrame | None) -> LayerDifference:
    """Compare two versions of one layer by id; None = the version has no such layer."""
    none = pd.Series(dtype="uint64")
    old = none if before is None else row_hashes(before)
    new = none if after is None else row_hashes(after)
    common = old.index.intersection(new.index)
    changed = common[old[common].to_numpy() != new[common].to_numpy()]
    return LayerDifference(
        added=tuple(sorted(new.index.difference(old.index))),
        changed=tuple(sorted(changed)),
        gone=tuple(sorted(old.index.difference(new.index))),
    )


def digest(layers: Mapping[str, gpd.GeoDataFrame], attachments: Mapping[str, str], provenance: Provenance) -> str:
    """
    SHA-256 over everything of a source that can change a result.

    Parameters
    ----------
    layers
        Tables with final ids; row order does not matter.
    attachments
        File name to SHA-256 of files stored beside the tables (the elevation raster).
    provenance
        Of it, what results depend on: claims, coverage, date of the data. Never the time of reading or file names.
    """
    whole = hashlib.sha256()
    stated = {
        "attachments": dict(sorted(attachments.items())),
        "claims": sorted(provenance.claims),
        "covers_area": provenance.covers_area,
        "data_date": provenance.data_date,
    }
    whole.update(json.dumps(stated, sort_keys=True).encode())
    for layer in sorted(layers):
        hashes = row_hashes(layers[layer])
        whole.update(f"{layer}:{len(hashes)}".encode())
        whole.update(hashes.to_numpy().tobytes())
    return whole.hexdigest()
