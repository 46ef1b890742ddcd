"""Plain tables: CSV that a spreadsheet opens without running anything in it, and Parquet with fixed bytes."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gislib.reports.files import replacing, write_bytes
from gislib.reports.metadata import Stamp

# What spreadsheet programs take for the start of a formula, the full-width twins included, and the white space
# they skip before it.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_STAMP_KEY: Final = b"huxuetu"


def safe_cell(text: str) -> str:
    """``text``, with an apostrophe before it if a spreadsheet program could take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_text(table: pd.DataFrame) -> str:
    """
    CSV of ``table`` without its geometry columns, header first; missing = empty cell.

    The index is written when it has a name. Text cells go through `safe_cell`; numbers stay numbers.
    """
    plain = _plain(table)
    text = plain.select_dtypes(include=["object", "string", "str", "category"]).columns
    safe = {name: plain[name].astype(object).map(_safe_object, na_action="ignore") for name in text}
    out = io.StringIO()
    plain.assign(**safe).to_csv(out, index=False, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    return out.getvalue()


def write_csv(path: Path, table: pd.DataFrame) -> Path:
    """Write `csv_text` to ``path`` as UTF-8 with byte-order mark, which Chinese Excel needs."""
    return write_bytes(path, csv_text(table).encode("utf-8-sig"))


def write_parquet(path: Path, table: pd.DataFrame, stamp: Stamp | None = None) -> Path:
    """
    Write ``table`` to ``path`` as Parquet (GeoParquet if it has a geometry), the stamp in the file's metadata.

    The same table and stamp give the same bytes: nothing in the file depends on clock or machine.
    """
    if isinstance(table, gpd.GeoDataFrame):
        memory = io.BytesIO()
        table.to_parquet(memory)
        arrow = pq.read_table(memory)
    else:
        arrow = pa.Table.from_pandas(table)
    if stamp is not None:
        arrow = arrow.replace_schema_metadata({**(arrow.schema.metadata or {}), _STAMP_KEY: stamp.as_json().encode()})
    with replacing(path) as draft:
        pq.write_table(arrow, draft, compression="zstd")
    return path


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    named = table.reset_index() if table.index.name is not None else table
    geometries = [name for name in named.columns if named[name].dtype == "geometry"]
    return pd.DataFrame(named.drop(columns=geometries))


def _safe_object(value: object) -> object:
    return safe_cell(value) if isinstance(value, str) else value
