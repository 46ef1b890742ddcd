"""Location sheets of a plan: per campus one map with numbered devices, their table, departments and two QR codes."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from gislib import wording
from gislib.reports.fonts import FAMILY
from gislib.reports.looks import GRADES, INK, MUTED, UNKNOWN_GRADE
from gislib.reports.qr import amap_link, geo_address, qr_svg
from gislib.reports.sheet_campus import NO_CAMPUS, CampusSheet, campus_sheets, map_content, meeting_place
from gislib.reports.sheet_map.drawing import draw_map
from gislib.reports.sheet_rows import (
    DENSE,
    DEPARTMENT_WIDTHS_MM,
    ROW_WIDTHS_MM,
    department_height_mm,
    department_rows,
    device_rows,
    rows_height_mm,
    symbol_file,
)
from gislib.reports.symbols import symbol_svg
from gislib.reports.typesetting import Document, Sheets, missing_in, printable_data, typeset_images
from gislib.reports.works.content import Works
from gislib.reports.works.notes import plan_line

TEMPLATE: Final = "sheets.typ"
MAP_WIDTH_MM: Final = 180.0
LEAST_MAP_MM, FLOWING_MAP_MM, MOST_MAP_MM = 100.0, 130.0, 165.0
LEAST_DENSE_MAP_MM: Final = 80.0
_PAGE_MM: Final = 265.0
"""Between the margins of the template."""
_AROUND_MM: Final = 28.0 + 20.0
"""Head with QR codes; notes and signatures under the tables."""
_INKS: Final = {"text": INK, "pale": MUTED, "shade": "#E4E7EA"}
_PLAIN_INKS: Final = {"text": "#000000", "pale": "#444444", "shade": "#E6E6E6"}


def render_sheets(works: Works, *, mono: bool = False) -> Sheets:
    """
    All location sheets of a plan as one PDF, A4 upright, campuses by district and name; equal plans give equal bytes.

    Parameters
    ----------
    works
        The plan. Without devices the PDF is one page that says so.
    mono
        Symbols and fills for a black-and-white printer; the coloured ones can be told apart in grey as well.

    Raises
    ------
    InputError
        ``fonts_missing`` if ``data/fonts`` is incomplete.
    """
    return _document(works, mono=mono).sheets(TEMPLATE)


def render_pages(works: Works, ppi: float, *, mono: bool = False) -> tuple[bytes, ...]:
    """Pages of `render_sheets` as PNG, for a look before printing."""
    document = _document(works, mono=mono)
    return typeset_images(TEMPLATE, document.data, document.images, ppi)


def _document(works: Works, *, mono: bool) -> Document:
    campuses = list(campus_sheets(works))
    images: dict[str, str] = {}
    sheets: list[dict[str, Any]] = []
    missing: set[str] = set()
    for number, campus in enumerate(campuses):
        sheet, own, lacking = _sheet(works, campus, number, mono=mono)
        sheets.append(sheet)
        images |= own
        missing |= lacking
    data = _frame_data(works, campuses) | {"sheets": sheets, "inks": _PLAIN_INKS if mono else _INKS}
    missing |= missing_in(data)
    data["credits"] = "｜".join([*works.stamp.attribution, *_missing_note(missing)])
    return Document(printable_data(data), images, frozenset(missing))


def _sheet(
    works: Works, campus: CampusSheet, number: int, *, mono: bool
) -> tuple[dict[str, Any], dict[str, str], frozenset[str]]:
    """Data of one sheet, its images, and the characters of its map that the fonts lack."""
    rows, departments = device_rows(campus.devices, campus.labels), department_rows(campus.labels)
    scale, map_mm = _fitted(rows, departments)
    drawn = draw_map(map_content(works, campus, mono=mono), MAP_WIDTH_MM, map_mm, wording.text("sheet.north"))
    lon, lat = meeting_place(works, campus)
    name = "" if campus.school_id == NO_CAMPUS else campus.name
    codes = {"amap": amap_link(lon, lat, name), "geo": geo_address(lon, lat)}
    files = {f"qr-{number}-{kind}.svg": qr_svg(content) for kind, content in codes.items()}
    symbols = {symbol_file(name): symbol_svg(name, mono=mono) for name in sorted(set(campus.labels["symbol"]))}
    refused = bool((campus.labels["refused_titles"].fillna("") != "").any())
    sheet = {
        "campus": campus.name,
        "count": wording.text("sheet.count", count=len(rows)),
        "grade": "" if campus.school_id == NO_CAMPUS else _grade_line("sheet.grade", campus),
        "note": " ".join([*([wording.text("sheet.refused_note")] if refused else []), *_worse(campus)]),
        "codes": [
            {"file": file, "caption": wording.text(f"sheet.qr_{kind}")} for file, kind in zip(files, codes, strict=True)
        ],
        "map": f"map-{number}.svg",
        "map_width": MAP_WIDTH_MM,
        "scale": scale,
        "rows": rows,
        "departments": departments,
    }
    return sheet, files | symbols | {f"map-{number}.svg": drawn.svg}, drawn.missing


def _fitted(rows: list[dict[str, Any]], departments: list[dict[str, str]]) -> tuple[float, float]:
    """Scale of the tables and millimetres of the map that make one page; a middling map where none does."""
    for scale, least in ((1.0, LEAST_MAP_MM), (DENSE, LEAST_DENSE_MAP_MM)):
        room = _PAGE_MM - _AROUND_MM - rows_height_mm(rows, scale) - department_height_mm(departments, scale)
        if room >= least:
            return scale, min(room, MOST_MAP_MM)
    return 1.0, FLOWING_MAP_MM


def _worse(campus: CampusSheet) -> list[str]:
    """Say that a campus is worse off with the plan; nothing where it is not, or where that is unknown."""
    before, after = campus.scores
    if not round(after - before, 1) > 0:
        return []
    return [wording.text("sheet.worse_note", points=f"{after - before:.1f}")]


def _frame_data(works: Works, campuses: list[CampusSheet]) -> dict[str, Any]:
    """What all pages share: words, marking, versions, and the index of campuses."""
    stamp = works.stamp
    sources = [
        wording.text(
            "sheet.source_dated" if one.data_date else "sheet.source_undated", source=one.origin, date=one.data_date
        )
        for one in stamp.sources
    ]
    versions = wording.text(
        "sheet.versions",
        data=stamp.data_version,
        rules=stamp.rules_version,
        code=stamp.code_version,
        as_of=stamp.as_of.isoformat(),
        sources="、".join(sources),
    )
    words = {key: wording.text(f"sheet.{key}") for key in ("title_word", "caution")}
    return words | {
        "font": FAMILY,
        "page": wording.text("sheet.page", page="{page}", pages="{pages}"),
        "title": wording.text("sheet.title", plan=works.plan_id),
        "plan": plan_line(works),
        "marking": "｜".join(stamp.marking),
        "versions": versions,
        "refused_mark": wording.text("sheet.refused"),
        "widths": list(ROW_WIDTHS_MM),
        "department_widths": list(DEPARTMENT_WIDTHS_MM),
        "head": _words("sheet.head_", "label", "title", "place", "from_gate", "quantity", "clauses", "verify"),
        "department_head": _words("sheet.head_", "lead", "main", "support", "labels"),
        "signatures": _words("sheet.sign_", "checked", "built", "accepted", "date"),
        "index": _index(works, campuses),
    }


def _index(works: Works, campuses: list[CampusSheet]) -> dict[str, Any]:
    rows = [
        {"campus": one.name, "grade": _grade_line("sheet.index_grade", one), "count": str(len(one.devices))}
        for one in campuses
    ]
    counted = {"name": works.plan_name, "campuses": len(works.campuses), "devices": len(works.devices)}
    line = wording.text("sheet.index_line" if rows else "sheet.index_empty", **counted)
    head = _words("sheet.index_head_", "row", "campus", "grade", "count", "page")
    return {"title": wording.text("sheet.index_title"), "line": line, "head": head, "rows": rows}


def _words(prefix: str, *names: str) -> list[str]:
    return [wording.text(prefix + name) for name in names]


def _grade_line(key: str, campus: CampusSheet) -> str:
    """Grade with the index before and with the plan; an unknown grade says so."""
    if campus.grade not in GRADES or campus.grade == UNKNOWN_GRADE:
        return wording.text("sheet.grade_unknown")
    before, after = (wording.text("sheet.none") if pd.isna(score) else f"{score:.0f}" for score in campus.scores)
    return wording.text(key, grade=wording.term("grade", campus.grade), before=before, after=after)


def _missing_note(missing: set[str]) -> list[str]:
    """Line that says which characters are printed as 〓; none if all are there."""
    codes = "、".join(f"U+{ord(sign):04X}" for sign in sorted(missing))
    return [wording.text("sheet.missing", codes=codes)] if missing else []
