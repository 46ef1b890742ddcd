"""
Map of a campus as one HTML file that needs no network: folium with the vendored Leaflet and our fonts inlined.

Every name is untrusted: what folium puts between back quotes of a script is written in HTML entities. A content policy
in the file forbids the browser any request, and `standalone_html` refuses to return a file that names a URL.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path
from typing import Any, Final

import folium
import shapely

from gislib import rules, wording
from gislib.domain.errors import InputError
from gislib.domain.home import data_folder
from gislib.reports.looks import DEEP_NAVY, FONTS, LAND, LAYERS, LINE, Look
from gislib.reports.metadata import Stamp
from gislib.reports.symbols import data_uri, look_of, swatch_svg, symbol_data_uri
from gislib.reports.web_font import embedded_faces

DRAWN_ZOOM: Final = 16
"""Widths that grow with the zoom are drawn as they are at this one."""

_POLICY: Final = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
_ASSET: Final = re.compile(r'<script src="([^"]+)"></script>|<link rel="stylesheet" href="([^"]+)"\s*/>')
# Whatever makes a browser fetch: attributes, style urls and imports. Data URIs and anchors stay in the file.
_FETCHED: Final = re.compile(
    r"""(?:src|href|action|poster)\s*=\s*\\?["'](?!data:|\#)([^"']+)|url\(\s*['"]?(?!data:|\#)([^)]+)|@import\s+([^;]+)"""
)
_FIGURED: Final = ("routes", "zones")
"""Layers whose lines carry their name (metres)."""
_IN_TEMPLATE: Final = {"`": "&#96;", "$": "&#36;", "\\": "&#92;", "{": "&#123;", "}": "&#125;"}


@dataclass(frozen=True)
class HtmlLayer:
    """One layer: key of the looks table, title, GeoJSON of `gislib.reports.map_layers`, shown at first or not."""

    look: str
    title: str
    content: bytes
    show: bool = True


@dataclass(frozen=True)
class Legend:
    """Lines of the legend as (look, case, text), under a title."""

    title: str
    items: tuple[tuple[str, str, str], ...]


def standalone_html(
    title: str,
    layers: Sequence[HtmlLayer],
    bounds: tuple[float, float, float, float],
    legend: Legend,
    stamp: Stamp,
    lang: str = "zh",
) -> str:
    """
    HTML text of the map with its legend, scale, marking, credits and stamp.

    Parameters
    ----------
    title
        Heading of the sheet, also the title of the document.
    layers
        Drawn in the order of their looks.
    bounds
        West, south, east, north in degrees, all of it in view at first.
    legend, stamp
        What the signs mean; marking, sources and versions behind the map.
    lang
        Language of the document.

    Raises
    ------
    InputError
        ``html_not_offline`` if the file would ask for anything outside itself.
    """
    west, south, east, north = bounds
    chart = folium.Map(tiles=None, prefer_canvas=True, control_scale=True, max_zoom=19, zoom_control=True)
    chart.default_js = [("leaflet", folium.Map.default_js[0][1])]
    chart.default_css = [("leaflet_css", folium.Map.default_css[0][1])]
    for layer in sorted(layers, key=lambda item: LAYERS[item.look].order):
        _add_layer(chart, layer)
    chart.fit_bounds([[south, west], [north, east]])
    folium.LayerControl(collapsed=True).add_to(chart)
    html = chart.get_root().render()
    check_offline(_ASSET.sub("", html))
    html = _ASSET.sub(_inlined, html)
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><title>{escape(title)}</title>'
        f"<style>{embedded_faces(_written(title, layers, legend, stamp, lang))}{_STYLE}</style>"
    )
    html = html.replace("<html>", f'<html lang="{"zh-CN" if lang == "zh" else lang}">', 1)
    html = html.replace("<head>", "<head>" + head, 1)
    return html.replace("<body>", "<body>" + _furniture(title, legend, stamp, lang), 1)


def _written(title: str, layers: Sequence[HtmlLayer], legend: Legend, stamp: Stamp, lang: str) -> str:
    """Every text that the file may show."""
    names = [
        str(feature["properties"].get("name") or "")
        for layer in layers
        for feature in json.loads(layer.content)["features"]
    ]
    shown = [_furniture(title, legend, stamp, lang), *(layer.title for layer in layers), *names]
    return unescape("".join(shown))


def check_offline(html: str) -> None:
    """
    Refuse a text that makes a browser fetch something.

    Raises
    ------
    InputError
        ``html_not_offline`` naming the first address.
    """
    found = _FETCHED.search(html)
    if found:
        raise InputError("html_not_offline", url=next(group for group in found.groups() if group))


def _add_layer(chart: folium.Map, layer: HtmlLayer) -> None:
    content = json.loads(layer.content)
    group = folium.FeatureGroup(name=_plain_text(layer.title), show=layer.show)
    flat = [f for f in content["features"] if f["geometry"]["type"] not in ("Point", "MultiPoint")]
    for draw in ("casing", "line"):
        chosen = [f for f in flat if draw == "line" or look_of(layer.look, f["properties"].get("case", "")).casing]
        if chosen:
            group.add_child(_shapes(layer.look, chosen, draw))
    for feature in content["features"]:
        if feature["geometry"]["type"] == "Point":
            group.add_child(_marker(layer.look, feature))
    if layer.look in _FIGURED:
        for feature in flat:
            group.add_child(_figure(layer.look, feature))
    group.add_to(chart)


def _figure(look_name: str, feature: dict[str, Any]) -> folium.Marker:
    """Name of a line (its metres) at its middle, of an area at its northern end, in its colour."""
    shape = shapely.geometry.shape(feature["geometry"])
    if feature["geometry"]["type"] in ("Polygon", "MultiPolygon"):
        middle = shapely.Point(max(shapely.get_coordinates(shape), key=lambda point: point[1]))
    else:
        middle = shape.interpolate(0.5, normalized=True)
    colour = look_of(look_name, feature["properties"].get("case", "")).line
    text = _plain_text(feature["properties"].get("name", ""))
    icon = folium.DivIcon(
        html=f'<span style="color:{colour}">{text}</span>', icon_size=(0, 0), icon_anchor=(0, 0), class_name="hxt-point"
    )
    return folium.Marker([middle.y, middle.x], icon=icon, interactive=False)


def _shapes(look_name: str, features: list[dict[str, Any]], draw: str) -> folium.GeoJson:
    """Lines and areas; properties are cut to what is drawn, so that nothing else enters the file."""
    kept = [
        {
            "type": "Feature",
            "id": str(position),
            "geometry": feature["geometry"],
            "properties": {
                "case": feature["properties"].get("case", ""),
                "name": _plain_text(feature["properties"].get("name", "")),
            },
        }
        for position, feature in enumerate(features)
    ]
    shapes = folium.GeoJson(
        {"type": "FeatureCollection", "features": kept}, style_function=_style(look_name, draw), smooth_factor=0.5
    )
    if draw == "line" and all(feature["properties"]["name"] for feature in kept):
        shapes.add_child(folium.GeoJsonTooltip(fields=["name"], labels=False))
    return shapes


def _style(look_name: str, draw: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def style(feature: dict[str, Any]) -> dict[str, Any]:
        look = look_of(look_name, feature["properties"]["case"])
        width = _width(look)
        if draw == "casing":
            return {"color": look.casing, "weight": width + look.casing_px, "fill": False, "lineCap": "butt"}
        drawn: dict[str, Any] = {
            "stroke": look.line is not None,
            "color": look.line or "none",
            "weight": width,
            "fill": look.fill is not None,
            "lineCap": "butt",
        }
        if look.fill is not None:
            drawn |= {"fillColor": look.fill, "fillOpacity": look.fill_opacity}
        if look.dash:
            drawn["dashArray"] = " ".join(f"{part:g}" for part in look.dash)
        return drawn

    return style


def _width(look: Look) -> float:
    for (zoom0, width0), (zoom1, width1) in zip(look.zoom_px, look.zoom_px[1:], strict=False):
        if zoom1 >= DRAWN_ZOOM:
            share = (DRAWN_ZOOM - zoom0) / (zoom1 - zoom0)
            return round(width0 * float((width1 / width0) ** share), 2)
    return look.width_px


def _marker(look_name: str, feature: dict[str, Any]) -> folium.Marker:
    properties = feature["properties"]
    look = look_of(look_name, properties.get("case", ""))
    lon, lat = feature["geometry"]["coordinates"][:2]
    size = look.size_px or 6.0
    uri = symbol_data_uri(look.symbol) if look.symbol else data_uri(swatch_svg(look_name, properties.get("case", "")))
    name = properties.get("name", "")
    label = f"<span>{_plain_text(name)}</span>" if name and LAYERS[look_name].label else ""
    icon = folium.DivIcon(
        html=f'<img src="{uri}" width="{size:g}" height="{size:g}" alt="">{label}',
        icon_size=(int(size), int(size)),
        icon_anchor=(int(size / 2), int(size / 2)),
        class_name="hxt-point",
    )
    tooltip = folium.Tooltip(_plain_text(name)) if name else None
    return folium.Marker([lat, lon], icon=icon, tooltip=tooltip)


def _plain_text(text: str) -> str:
    """Text in HTML entities, safe in markup and between the back quotes of a script template."""
    return "".join(_IN_TEMPLATE.get(character, character) for character in escape(text))


def _inlined(found: re.Match[str]) -> str:
    """Vendored file in place of a script or style link."""
    url = found.group(1) or found.group(2)
    vendor = data_folder().parent / "static" / "vendor"
    known: dict[str, str] = json.loads((vendor / "manifest.json").read_text("utf-8"))["urls"]
    if url not in known:
        raise InputError("html_not_offline", url=url)
    file = vendor / known[url]
    text = file.read_text("utf-8")
    if found.group(1):
        return "<script>" + text.replace("</script", "<\\/script") + "</script>" + _NO_PREFIX
    return (
        "<style>"
        + re.sub(r"url\((?!data:|#)([^)]+)\)", lambda link: _image(file.parent / link.group(1)), text)
        + "</style>"
    )


def _image(file: Path) -> str:
    return f"url(data:image/png;base64,{base64.b64encode(file.read_bytes()).decode('ascii')})"


def _furniture(title: str, legend: Legend, stamp: Stamp, lang: str) -> str:
    """Heading, legend, north, marking and credits above the map."""
    items = "".join(
        f'<div><img src="{data_uri(swatch_svg(look, case))}" alt=""><span>{escape(text)}</span></div>'
        for look, case, text in legend.items
    )
    made = " · ".join(
        (
            stamp.area,
            wording.text("ui.as_of", lang, day=stamp.as_of.isoformat()),
            _profile_name(stamp.profile, lang),
            wording.text("ui.data_version", lang, version=stamp.data_version),
            wording.text("ui.rules_version", lang, version=stamp.rules_version),
            wording.text("ui.code_version", lang, version=stamp.code_version),
        )
    )
    return (
        f'<div class="hxt-head"><b>{escape(title)}</b><span>{escape(" · ".join(stamp.marking))}</span></div>'
        f'<div class="hxt-north">{_NORTH}{escape(wording.text("map.north", lang))}</div>'
        f'<div class="hxt-legend"><b>{escape(legend.title)}</b>{items}</div>'
        f'<div class="hxt-foot">{escape("　".join((*stamp.attribution, made)))}</div>'
    )


def _profile_name(profile: str, lang: str) -> str:
    """Name of a rule profile, the id of one that is not ours."""
    found = rules.load().profiles().get(profile)
    if found is None:
        return profile
    return found.title_zh if lang == "zh" else found.title_en


_NORTH: Final = '<svg width="16" height="20" viewBox="0 0 16 20"><path d="M8 1 14 18 8 14 2 18Z" fill="#1B2530"/></svg>'
_NO_PREFIX: Final = "<script>L.Control.Attribution.prototype.options.prefix=false</script>"
_STYLE: Final = f"""
body{{font:13px/19px {FONTS}}}
.folium-map.leaflet-container{{background:{LAND};font:inherit}}
.leaflet-control-scale-line+.leaflet-control-scale-line{{display:none}}
.hxt-head,.hxt-legend,.hxt-foot,.hxt-north{{position:absolute;z-index:800;background:rgba(255,255,255,.95);
border:1px solid {LINE};border-radius:6px;padding:4px 10px}}
.hxt-head{{left:54px;top:10px;right:60px;width:fit-content;max-width:70%}}
.hxt-north{{right:10px;top:64px;padding:2px 6px;text-align:center;font-size:12px}}
.hxt-north svg{{display:block;margin:auto}}
.hxt-head b{{font-size:16px;margin-right:12px;color:{DEEP_NAVY}}}
.hxt-legend{{right:10px;bottom:34px}}
.hxt-legend div{{display:flex;gap:6px;align-items:center}}
.hxt-legend img{{width:26px;height:14px;object-fit:contain}}
.hxt-foot{{left:0;right:0;bottom:0;border:0;border-radius:0;font-size:11px;line-height:16px;padding:2px 10px}}
.hxt-point{{overflow:visible;white-space:nowrap}}
.hxt-point img{{display:block}}
.hxt-point span{{position:absolute;left:100%;top:50%;transform:translateY(-50%);margin-left:3px;
font-weight:600;font-size:12px;text-shadow:0 0 3px #fff,0 0 3px #fff,0 0 3px #fff,0 0 3px #fff}}
.leaflet-bottom.leaflet-left{{margin-bottom:22px}}
.leaflet-control-attribution{{display:none}}
"""
