"""The original 24 x 24 symbols of ``data/symbols`` (colour and ``-mono``), and swatches of looks, as SVG text."""

from __future__ import annotations

import base64
from functools import lru_cache

from gislib.domain.home import data_folder
from gislib.reports.looks import LAYERS, Look, tag_outline

_SWATCH_WIDTH_PX, _SWATCH_HEIGHT_PX = 26, 14
_SWATCH_LINE_MAX_PX = 7.0
_TAG_SWATCH_WIDTH_PX, _TAG_WIDTH_PX = 46, 18


@lru_cache(maxsize=256)
def symbol_svg(name: str, *, mono: bool = False) -> str:
    """
    SVG text of a symbol, 24 x 24, with a Chinese ``<title>``.

    Raises
    ------
    KeyError
        If ``data/symbols`` has no such file (a programming error: names come from `gislib.reports.looks`).
    """
    file = data_folder() / "symbols" / f"{name}{'-mono' if mono else ''}.svg"
    if not file.is_file():
        raise KeyError(name)
    return file.read_text("utf-8").strip()


def symbol_exists(name: str) -> bool:
    """Whether ``data/symbols`` has a symbol of that name."""
    return (data_folder() / "symbols" / f"{name}.svg").is_file()


def data_uri(svg: str) -> str:
    """Embed an SVG text as a ``data:`` URI."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode("utf-8")).decode("ascii")


@lru_cache(maxsize=256)
def symbol_data_uri(name: str, *, mono: bool = False) -> str:
    """Symbol as a ``data:`` URI."""
    return data_uri(symbol_svg(name, mono=mono))


def look_of(layer: str, case: str) -> Look:
    """Look of a case of a layer, else the layer's default case."""
    cases = LAYERS[layer].cases
    return cases.get(case, cases.get("", next(iter(cases.values()))))


@lru_cache(maxsize=256)
def swatch_svg(layer: str, case: str = "") -> str:
    """Legend swatch of a look: the symbol itself, a piece of line, or a box, as SVG text."""
    look = look_of(layer, case)
    if look.kind == "symbol" and look.symbol is not None:
        return symbol_svg(look.symbol)
    width, height = _SWATCH_WIDTH_PX, _SWATCH_HEIGHT_PX
    if look.kind == "tag":
        width, body = _TAG_SWATCH_WIDTH_PX, _tag(look, case)
        return _drawing(width, height, body)
    middle = height / 2
    if look.kind in ("line", "road"):
        stroke = min(look.width_px if look.kind == "line" else 5.0, _SWATCH_LINE_MAX_PX)
        path = f'd="M0 {middle:g}H{width}" fill="none"'
        body = f'<path {path} stroke="{look.line}" stroke-width="{stroke:g}"{_dash(look)}/>'
        if look.casing and look.kind == "road":
            body = f'<path {path} stroke="{look.casing}" stroke-width="{stroke + look.casing_px:g}"/>' + body
    elif look.kind == "dot" and look.outline:
        half = look.size_px / 2
        corners = " ".join(f"{width / 2 + half * x:.1f},{middle + half * y:.1f}" for x, y in look.outline)
        body = f'<polygon points="{corners}" fill="{look.fill}" stroke="{look.line}"/>'
    elif look.kind == "dot":
        side = look.size_px + 3
        body = _box((width - side) / 2, (height - side) / 2, side, side, look)
    else:
        body = _box(1, 1, width - 2, height - 2, look)
    return _drawing(width, height, body)


def _drawing(width: float, height: float, body: str) -> str:
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{body}</svg>'


def _tag(look: Look, case: str) -> str:
    """Tag of a team on a piece of its line."""
    line = look_of("patrols", case)
    top, high = 0.5, _SWATCH_HEIGHT_PX - 1.0
    left = (_TAG_SWATCH_WIDTH_PX - _TAG_WIDTH_PX) / 2
    run = (
        f'<path d="M0 {_SWATCH_HEIGHT_PX / 2:g}H{_TAG_SWATCH_WIDTH_PX}" fill="none" stroke="{line.line}" '
        f'stroke-width="2.6"{_dash(line)}/>'
    )
    if look.shape == "pill":
        size = f'x="{left:g}" y="{top:g}" width="{_TAG_WIDTH_PX}" height="{high:g}" rx="{high / 2:g}"'
        return f'{run}<rect {size} fill="{look.fill}" stroke="#FFFFFF"/>'
    corners = tag_outline(look.shape, _TAG_WIDTH_PX, high)
    points = " ".join(f"{left + x:.1f},{top + y:.1f}" for x, y in corners)
    return f'{run}<polygon points="{points}" fill="{look.fill}" stroke="#FFFFFF"/>'


def _dash(look: Look) -> str:
    return f' stroke-dasharray="{" ".join(f"{part:g}" for part in look.dash)}"' if look.dash else ""


def _box(x: float, y: float, width: float, height: float, look: Look) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        f'fill="{look.fill or "none"}" fill-opacity="{look.fill_opacity:g}" '
        f'stroke="{look.line or "none"}" stroke-width="{look.width_px:g}"{_dash(look)}/>'
    )
