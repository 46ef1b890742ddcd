"""
CAD drawing of a plan: DXF R2010 in the survey CRS, one layer per treatment, symbols as blocks, ids in XDATA.

A block is inserted exactly at the place of its device. Devices of one place stand in a row that begins at it.
GDAL's DXF writer is not used: it mixes encodings, and Chinese comes out broken.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import ezdxf
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from ezdxf.document import Drawing
from ezdxf.entities.dxfgfx import DXFGraphic
from ezdxf.filemanagement import new
from ezdxf.layouts.layout import Modelspace
from ezdxf.tools.codepage import tocodepage
from ezdxf.units import M

from gislib import wording
from gislib.reports.files import write_bytes
from gislib.reports.works.attributes import device_table
from gislib.reports.works.content import Works
from gislib.reports.works.dxf_symbols import DISC_SHARE, draw_symbol
from gislib.reports.works.laid import laid_table
from gislib.reports.works.notes import note_lines
from gislib.reports.works.survey import survey_crs

VERSION: Final = "R2010"
"""The first whose text is UTF-8 in AutoCAD, and which every CAD program of the last fifteen years reads."""
CODE_PAGE: Final = "ANSI_65001"
"""
UTF-8, in the header. The text of this version is UTF-8 whatever stands there and AutoCAD asks no more, but GDAL and
QGIS believe it: under ANSI_936 they read Chinese text wrongly.
"""
APPLICATION: Final = "HUXUETU"
TEXT_STYLE: Final = "HUXUETU"
FONT_FILE, FONT_FAMILY = "simhei.ttf", "SimHei"
"""Comes with every Chinese Windows; other systems take their own for an unknown family."""
TEXT_M: Final = 2.5
"""2.5 mm on a sheet 1:1000."""
SYMBOL_M: Final = 6.0
SAME_PLACE_M: Final = 0.5
POINT_CROSS, POINT_M = 3, 1.5
NOTES_PER_HEIGHT: Final = 80.0
"""Lines of notes that would fill the height of the drawing."""
LINE_PITCH: Final = 1.6
_DEVICE_COLOURS: Final = (1, 30, 92, 142, 6, 32, 202, 232, 52, 132, 12)
"""Colour indices that are dark enough for white paper and bright enough for a black screen."""
_GREY, _NAVY, _BLUE = 8, 150, 140
_CONTEXT_COLOURS: Final = {
    "roads": _GREY, "buildings": _GREY, "water": _BLUE, "campuses": _NAVY, "gates": _NAVY, "existing": _GREY,
}  # fmt: skip
_FORBIDDEN: Final = re.compile(r'[<>/\\":;?*|=`,\x00-\x1f]')
_WHITE_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f]+")
_META_DATA: Final = threading.Lock()
_OPTIONS: Final = ezdxf.options  # type: ignore[attr-defined]  # re-exported without saying so

Spot = tuple[float, float]


def write_dxf(works: Works, folder: Path) -> list[Path]:
    """Write ``devices.dxf``, in metres of the CGCS2000 Gauss-Krueger zone of the plan, easting first."""
    return [write_bytes(folder / "devices.dxf", dxf_bytes(works))]


def dxf_bytes(works: Works) -> bytes:
    """Text of the drawing; the same plan gives the same bytes."""
    with _same_meta_data():
        drawing = _empty_drawing()
        space = drawing.modelspace()
        _context(drawing, space, works)
        _laid(drawing, space, works)
        _devices(drawing, space, works)
        _notes(drawing, space, works)
        _view(drawing, works)
        memory = io.StringIO(newline="")
        drawing.write(memory)
    return memory.getvalue().replace(tocodepage(drawing.encoding), CODE_PAGE, 1).encode("utf-8")


def _empty_drawing() -> Drawing:
    drawing = new(VERSION, units=M)
    drawing.header["$PDMODE"], drawing.header["$PDSIZE"] = POINT_CROSS, POINT_M
    style = drawing.styles.new(TEXT_STYLE, dxfattribs={"font": FONT_FILE})
    style.set_extended_font_data(FONT_FAMILY)
    drawing.appids.new(APPLICATION)
    classes = drawing.classes
    classes.add_required_classes(drawing.dxfversion)
    classes.classes = dict(sorted(classes.classes.items()))  # ezdxf adds them in the order of a set
    return drawing


def cad_text(value: object) -> str:
    """One line of text in which no character is a command of CAD (``%%`` begins one)."""
    return _WHITE_SPACE.sub(" ", str(value)).replace("%%", "％％").replace("\\U+", "＼U+").strip()


def layer_name(title: str) -> str:
    """Name of the layer of a treatment, without the characters that CAD forbids in names."""
    return _FORBIDDEN.sub("_", wording.text("works.cad.device", title=cad_text(title)))


def _devices(drawing: Drawing, space: Modelspace, works: Works) -> None:
    table = device_table(works)
    titles = sorted(set(table["title"]))
    for number, title in enumerate(titles):
        drawing.layers.add(layer_name(title), color=_DEVICE_COLOURS[number % len(_DEVICE_COLOURS)])
    symbols = works.labels["symbol"].reindex(table.index)
    ranks, counts = _in_row(table)
    rows = table.assign(symbol=symbols, rank=ranks, together=counts).reset_index().to_dict("records")
    for row in rows:
        _device(drawing, space, {str(name): value for name, value in row.items()})


def _in_row(table: gpd.GeoDataFrame) -> tuple[pd.Series, pd.Series]:
    """Rank of each device among those of its place, and how many they are."""
    cell = (table[["x_gk", "y_gk"]] / SAME_PLACE_M).round().astype("int64")
    places = table.groupby([cell["x_gk"], cell["y_gk"]])["title"]
    return places.cumcount(), places.transform("size")


def _device(drawing: Drawing, space: Modelspace, row: dict[str, Any]) -> None:
    """Symbol and label of one device, both with its id in XDATA."""
    place = (row["x_gk"], row["y_gk"])
    layer = {"layer": layer_name(row["title"])}
    block = _block(drawing, row["symbol"], row["rank"])
    symbol = space.add_blockref(block, place, dxfattribs=layer)
    quantity = f"{row['quantity']:g}"
    told = {"ID": row["device_id"], "TITLE": row["title"], "QUANTITY": f"{quantity} {row['unit_name']}"}
    for tag, value in (told | {"PLACE": row["located"]}).items():
        attribute = symbol.add_attrib(tag, cad_text(value), place, dxfattribs={"height": TEXT_M, "style": TEXT_STYLE})
        attribute.is_invisible = True
    words = wording.text(
        "works.cad.label", id=row["device_id"], title=row["title"], quantity=quantity, unit=row["unit_name"]
    )
    pitch = SYMBOL_M * DISC_SHARE
    right = place[0] + (row["together"] - 0.5) * pitch + TEXT_M / 2.0
    up = place[1] + ((row["together"] - 1) / 2.0 - row["rank"]) * TEXT_M * LINE_PITCH - TEXT_M / 2.0
    label = _text(space, words, (right, up), TEXT_M, layer["layer"])
    for entity in (symbol, label):
        entity.set_xdata(
            APPLICATION, [(1000, cad_text(row[name])) for name in ("device_id", "treatment_id", "plan_id")]
        )


def _block(drawing: Drawing, symbol: str, rank: int) -> str:
    """Block of a symbol that stands at a rank of its row, made at first use."""
    name = f"HUXUETU_{symbol.upper()}" + (f"_{rank + 1}" if rank else "")
    if name not in drawing.blocks:
        block = drawing.blocks.new(name)
        centre = (rank * SYMBOL_M * DISC_SHARE, 0.0)
        draw_symbol(block, symbol, centre, SYMBOL_M)
    return name


def _context(drawing: Drawing, space: Modelspace, works: Works) -> None:
    """What is there: outlines and centre lines, existing devices and gates as small crosses, names."""
    crs = survey_crs(works)
    tables = {name: works.context[name] for name in ("buildings", "water", "roads", "gates") if name in works.context}
    tables |= {"campuses": works.campuses}
    if "devices" in works.context:
        tables["existing"] = works.context["devices"]
    for name, table in tables.items():
        layer = wording.text(f"works.cad.{name}")
        drawing.layers.add(layer, color=_CONTEXT_COLOURS[name])
        drawn = table.to_crs(crs)
        for shape in shapely.get_parts(drawn.geometry.to_numpy()):
            _outline(space, shape, layer)
        if name in ("campuses", "roads", "gates"):
            _names(space, drawn, layer)


def _laid(drawing: Drawing, space: Modelspace, works: Works) -> None:
    """What devices are on the ground, with their ids in XDATA."""
    table = laid_table(works)
    if table.empty:
        return
    layer = wording.text("works.cad.laid")
    drawing.layers.add(layer, color=_NAVY)
    for part_id, device_id, shape in zip(
        table.index, table["device_id"], table.geometry.to_crs(survey_crs(works)), strict=True
    ):
        for piece in shapely.get_parts(shape):
            entity = _outline(space, piece, layer)[0]
            entity.set_xdata(APPLICATION, [(1000, cad_text(part_id)), (1000, cad_text(device_id))])


def _outline(space: Modelspace, shape: shapely.Geometry, layer: str) -> list[DXFGraphic]:
    style = {"layer": layer}
    if isinstance(shape, shapely.Point):
        return [space.add_point((shape.x, shape.y), dxfattribs=style)]
    found: list[DXFGraphic] = []
    rings = [shape.exterior, *shape.interiors] if isinstance(shape, shapely.Polygon) else [shape]
    for ring in rings:
        points = shapely.get_coordinates(ring).round(3)
        closed = bool(shapely.is_closed(ring))
        path = (points[:-1] if closed else points).tolist()
        found.append(space.add_lwpolyline(path, format="xy", close=closed, dxfattribs=style))
    return found


def _names(space: Modelspace, table: gpd.GeoDataFrame, layer: str) -> None:
    named = table[table["name"].notna()]
    spots = shapely.get_coordinates(shapely.point_on_surface(named.geometry.to_numpy()))
    for name, (x, y) in zip(named["name"], spots.tolist(), strict=True):
        _text(space, name, (x, y), TEXT_M, layer)


def _notes(drawing: Drawing, space: Modelspace, works: Works) -> None:
    """Plan, CRS, what the points are, marking and credits, below the drawing."""
    layer = wording.text("works.cad.notes")
    drawing.layers.add(layer)
    west, south, _, north = _extent(works)
    height = max(TEXT_M, (north - south) / NOTES_PER_HEIGHT / LINE_PITCH)
    for number, words in enumerate(note_lines(works)):
        _text(space, words, (west, south - (number + 2) * height * LINE_PITCH), height, layer)


def _text(space: Modelspace, words: object, spot: Spot, height: float, layer: str) -> Any:  # noqa: ANN401 - ezdxf's own
    style = {"layer": layer, "style": TEXT_STYLE, "insert": spot}
    return space.add_text(cad_text(words), height=height, dxfattribs=style)


def _extent(works: Works) -> tuple[float, float, float, float]:
    """West, south, east and north of devices and campuses in the survey CRS; the origin for an empty plan."""
    shapes = pd.concat([works.devices.geometry, works.campuses.geometry])
    if shapes.empty:
        return (0.0, 0.0, 0.0, 0.0)
    bounds = gpd.GeoSeries(shapes, crs=works.devices.crs).to_crs(survey_crs(works)).total_bounds
    west, south, east, north = np.asarray(bounds, dtype=float).tolist()
    return west, south, east, north


def _view(drawing: Drawing, works: Works) -> None:
    """Zoom to the plan on opening."""
    west, south, east, north = _extent(works)
    tall = max(north - south, (east - west) / 2.0, 20 * SYMBOL_M)
    drawing.set_modelspace_vport(height=tall * 1.2, center=((west + east) / 2.0, (south + north) / 2.0))


@contextmanager
def _same_meta_data() -> Iterator[None]:
    """Without clock and random ids in the file: ezdxf has a switch for the whole process."""
    with _META_DATA:
        before = _OPTIONS.write_fixed_meta_data_for_testing
        _OPTIONS.write_fixed_meta_data_for_testing = True
        try:
            yield
        finally:
            _OPTIONS.write_fixed_meta_data_for_testing = before
