"""
Shapefiles of the devices: ASCII field names, UTF-8 and a twin in GB 18030, and the dictionary of the fields.

A Shapefile holds ten bytes of a field's name and 254 of a text; GDAL would cut Chinese in the middle of a character.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import geopandas as gpd
import pyogrio

from gislib import wording
from gislib.reports.files import write_bytes
from gislib.reports.tables import csv_text
from gislib.reports.works.attributes import SHAPEFILE_FIELDS, device_table, field_dictionary
from gislib.reports.works.content import Works
from gislib.reports.works.shifted import approximate_line, file_suffix, in_datum, is_shifted

TEXT_BYTES: Final = 254
TWIN_ENCODING: Final = "GB18030"
"""What older CAD and GIS programs of a Chinese Windows expect; it holds characters that GBK lacks."""
TWIN_SUFFIX: Final = "_GBK"
_CUT: Final = "…"


def write_shapefiles(works: Works, folder: Path, datum: str = "wgs84") -> list[Path]:
    """
    Write ``devices`` and ``devices_GBK`` (``.shp .shx .dbf .cpg .prj``) and the field dictionary; returns all files.

    In a shifted datum the names end with it and there is no ``.prj``.

    Raises
    ------
    DatumError
        ``datum_unknown``.
    """
    devices = in_datum(device_table(works, approximate_line(datum)), datum)
    stem = f"devices{file_suffix(datum)}"
    tagged = not is_shifted(datum)
    paths = [
        *_write(folder / f"{stem}.shp", devices, works, "UTF-8", tagged=tagged),
        *_write(folder / f"{stem}{TWIN_SUFFIX}.shp", devices, works, TWIN_ENCODING, tagged=tagged),
    ]
    return [*paths, _write_dictionary(folder)]


def _write(path: Path, devices: gpd.GeoDataFrame, works: Works, encoding: str, *, tagged: bool) -> list[Path]:
    table = devices.reset_index().rename(columns=SHAPEFILE_FIELDS)
    for name in table.select_dtypes(include=["object", "str"]).columns:
        table[name] = [cut_text(value) if isinstance(value, str) else None for value in table[name]]
    with tempfile.TemporaryDirectory() as scratch:
        pyogrio.write_dataframe(
            table,
            Path(scratch) / path.name,
            driver="ESRI Shapefile",
            geometry_type="Point",
            encoding=encoding,
            DBF_DATE_LAST_UPDATE=works.stamp.as_of.isoformat(),
        )
        parts = sorted(part for part in Path(scratch).iterdir() if tagged or part.suffix != ".prj")
        return [write_bytes(path.with_suffix(part.suffix), part.read_bytes()) for part in parts]


def cut_text(text: str, limit: int = TEXT_BYTES) -> str:
    """``text`` if it fits into so many bytes of UTF-8, else its beginning and an ellipsis, never half a character."""
    if len(text.encode()) <= limit:
        return text
    return text.encode()[: limit - len(_CUT.encode())].decode(errors="ignore") + _CUT


def _write_dictionary(folder: Path) -> Path:
    notes = [wording.text(f"works.file.{name}") for name in ("axes", "cut")]
    text = csv_text(field_dictionary()) + "".join(f"{note}\r\n" for note in notes)
    return write_bytes(folder / f"{wording.text('works.file.dictionary')}.csv", text.encode("utf-8-sig"))
