"""Pieces of QGIS style files: symbols, renderers and labels as XML, as QGIS 3.20 and later read them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree as ET

from gislib.reports.works.archive import xml_text

VERSION: Final = "3.22.16"
"""The oldest QGIS that the files are tested with."""
DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
MM_PER_PX: Final = 25.4 / 96.0
LABEL_FONT: Final = "Noto Sans SC"
_AROUND_POINT, _OVER_POLYGON, _ALONG_LINE = 6, 0, 2  # QgsPalLayerSettings::Placement

Element = ET.Element


@dataclass(frozen=True)
class Stroke:
    """One symbol layer: its QGIS class, its properties, and the pass in which it is drawn (low first)."""

    kind: str
    properties: Mapping[str, object]
    draw_pass: int = 0


@dataclass(frozen=True)
class LabelStyle:
    """Text beside or in a feature: QGIS expression, size in points, colour, and the shape it belongs to."""

    expression: str
    shape: str
    size_pt: float = 8.0
    colour: str = "#1B2530"


@dataclass(frozen=True)
class LayerStyle:
    """How QGIS draws a layer, and what its fields are called."""

    renderer: Element
    label: LabelStyle | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


def rgba(colour: str | None, opacity: float = 1.0) -> str:
    """``#RRGGBB`` as QGIS writes colours; None is fully transparent."""
    if colour is None:
        return "0,0,0,0"
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def svg_marker(svg: str, size_mm: float) -> Stroke:
    """Symbol layer with the picture inside the style itself: nothing to lose when the file is sent on."""
    data = base64.b64encode(svg.encode()).decode("ascii")
    return Stroke("SvgMarker", {"name": f"base64:{data}", "size": size_mm, "size_unit": "MM"})


def disc(size_mm: float, fill: str, line: str, line_mm: float = 0.2) -> Stroke:
    """Filled circle."""
    return Stroke(
        "SimpleMarker",
        {"name": "circle", "size": size_mm, "size_unit": "MM", "color": rgba(fill), "outline_color": rgba(line),
         "outline_width": line_mm, "outline_width_unit": "MM"},
    )  # fmt: skip


def line(colour: str | None, width_mm: float, dash_mm: Sequence[float] = (), draw_pass: int = 0) -> Stroke:
    """Plain or dashed line with round joins."""
    return Stroke(
        "SimpleLine",
        {"line_color": rgba(colour), "line_width": round(width_mm, 3), "line_width_unit": "MM", "capstyle": "round",
         "joinstyle": "round", "use_custom_dash": int(bool(dash_mm)), "customdash_unit": "MM",
         "customdash": ";".join(f"{part:.3f}" for part in dash_mm) or "5;2"},
        draw_pass,
    )  # fmt: skip


def area(fill: str | None, opacity: float, outline: str | None, width_mm: float) -> Stroke:
    """Filled area with an outline; either may be absent."""
    return Stroke(
        "SimpleFill",
        {"color": rgba(fill, opacity), "style": "solid" if fill else "no", "outline_color": rgba(outline),
         "outline_width": round(width_mm, 3), "outline_width_unit": "MM", "outline_style": "solid" if outline else "no",
         "joinstyle": "round"},
    )  # fmt: skip


def symbol(name: str, shape: str, strokes: Sequence[Stroke], opacity: float = 1.0) -> Element:
    """Symbol of a shape (``marker``, ``line``, ``fill``) from its layers, lowest first."""
    out = Element("symbol", type=shape, name=name, alpha=f"{opacity:g}", clip_to_extent="1", force_rhr="0")
    for stroke in strokes:
        layer = ET.SubElement(
            out, "layer", {"class": stroke.kind, "enabled": "1", "locked": "0", "pass": str(stroke.draw_pass)}
        )
        options = ET.SubElement(layer, "Option", type="Map")
        for key, value in stroke.properties.items():
            ET.SubElement(options, "Option", type="QString", name=key, value=str(value))
    return out


def single(drawn: Element) -> Element:
    """Renderer that draws every feature alike."""
    renderer = Element("renderer-v2", type="singleSymbol", symbollevels="0", enableorderby="0", forceraster="0")
    ET.SubElement(renderer, "symbols").append(drawn)
    return renderer


def categorised(attribute: str, cases: Sequence[tuple[str, str, Element]], *, levels: bool = False) -> Element:
    """Renderer by the value of an attribute: (value, legend, symbol); the value "" is for all others."""
    renderer = Element(
        "renderer-v2", type="categorizedSymbol", attr=attribute, symbollevels=str(int(levels)), enableorderby="0",
        forceraster="0",
    )  # fmt: skip
    categories, symbols = ET.SubElement(renderer, "categories"), ET.SubElement(renderer, "symbols")
    for number, (value, legend, drawn) in enumerate(cases):
        ET.SubElement(
            categories, "category", symbol=str(number), value=value, label=xml_text(legend), type="string",
            render="true",
        )  # fmt: skip
        drawn.set("name", str(number))
        symbols.append(drawn)
    return renderer


def spread(renderer: Element, tolerance_mm: float, label: str) -> Element:
    """
    Renderer that sets features of one place side by side on a ring, so that none hides another.

    ``label`` is the attribute written beside each: labels of the layer itself would stand beside the wrong one.
    """
    out = Element(
        "renderer-v2", type="pointDisplacement", symbollevels="0", enableorderby="0", forceraster="0",
        tolerance=f"{tolerance_mm:g}", toleranceUnit="MM", placement="0", circleWidth="0.2",
        circleColor=rgba("#3F4B57"), circleRadiusAddition="0", labelDistanceFactor="0.6", labelAttributeName=label,
        labelColor=rgba("#1B2530"), maxLabelScaleDenominator="-1",
    )  # fmt: skip
    ET.SubElement(out, "labelFontProperties", description=f"{LABEL_FONT},8,-1,5,50,0,0,0,0,0", style="Regular")
    out.append(renderer)
    out.append(symbol("centerSymbol", "marker", [disc(0.8, "#3F4B57", "#3F4B57")]))
    return out


def style_elements(style: LayerStyle, attributes: Sequence[str]) -> list[Element]:
    """Children that a style file and a layer of a project share; ``attributes`` in the order of the layer."""
    aliases = Element("aliases")
    for index, name in enumerate(attributes):
        ET.SubElement(aliases, "alias", field=name, index=str(index), name=xml_text(style.aliases.get(name, "")))
    found = [aliases, style.renderer]
    return found if style.label is None else [*found, _labels(style.label)]


def style_text(style: LayerStyle, attributes: Sequence[str]) -> str:
    """Style file (QML)."""
    root = Element(
        "qgis", version=VERSION, styleCategories="Symbology|Labeling|Fields", labelsEnabled=labels_enabled(style)
    )
    root.extend(style_elements(style, attributes))
    return DOCTYPE + ET.tostring(root, encoding="unicode")


def labels_enabled(style: LayerStyle) -> str:
    """Flag of a layer that has labels."""
    return str(int(style.label is not None))


def _labels(label: LabelStyle) -> Element:
    labeling = Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings, "text-style", fieldName=label.expression, isExpression="1", fontFamily=LABEL_FONT,
        fontSize=f"{label.size_pt:g}", fontSizeUnit="Point", textColor=rgba(label.colour), textOpacity="1",
        namedStyle="Regular", fontWeight="50",
    )  # fmt: skip
    ET.SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM", bufferColor=rgba("#FFFFFF"),
        bufferOpacity="1", bufferJoinStyle="128",
    )  # fmt: skip
    ET.SubElement(text, "text-format", multilineAlign="0", wrapChar="")
    placement = {"marker": _AROUND_POINT, "line": _ALONG_LINE, "fill": _OVER_POLYGON}[label.shape]
    ET.SubElement(
        settings, "placement", placement=str(placement), dist="1.2", distUnits="MM", offsetType="1",
        predefinedPositionOrder="TR,TL,BR,BL,R,L,TSR,BSR",
    )  # fmt: skip
    ET.SubElement(settings, "rendering", scaleVisibility="0", obstacle="1", drawLabels="1", displayAll="0")
    return labeling
