"""Symbols as CAD shapes: areas and lengths of simple ones, and every symbol that a treatment has."""

from __future__ import annotations

import ezdxf
import numpy as np
import pytest
import shapely
from works_worlds import ON, RS

from gislib.reports.works import dxf_symbols
from gislib.reports.works.dxf_symbols import DISC_SHARE, draw_symbol
from gislib.siting.treatments import catalogue


def block(monkeypatch, body: str):
    monkeypatch.setattr(dxf_symbols, "symbol_svg", lambda _: f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>')
    made = ezdxf.new("R2010").blocks.new("B")
    draw_symbol(made, "drawn", (10.0, 20.0), 24.0)
    return made


def polygons(made) -> list[shapely.Polygon]:
    hatches = made.query("HATCH")[1:]  # the first is the disc
    return [shapely.Polygon([(x, y) for x, y, _ in path.vertices]) for hatch in hatches for path in hatch.paths]


def test_every_treatment_can_be_drawn():
    drawing = ezdxf.new("R2010")
    for name in sorted({treatment.symbol for treatment in catalogue(RS, ON).values()}):
        made = drawing.blocks.new(name)
        draw_symbol(made, name, (0.0, 0.0), 6.0)
        shapes = [e for e in made if e.dxftype() in ("HATCH", "LWPOLYLINE")]
        assert len(shapes) >= 2, name
        for line in made.query("LWPOLYLINE"):
            corners = np.array([(x, y) for x, y, *_ in line.get_points()])
            assert np.abs(corners).max() <= 3.01, name
    assert not drawing.audit().errors


def test_the_disc_is_white_and_behind_everything(monkeypatch):
    made = list(block(monkeypatch, '<rect x="0" y="0" width="6" height="4" fill="#FFC629"/>'))
    assert (made[0].dxftype(), made[0].rgb) == ("HATCH", (255, 255, 255))
    assert made[1].dxf.radius == 12.0 * DISC_SHARE
    assert tuple(made[1].dxf.center)[:2] == (10.0, 20.0)


def test_y_points_up_and_the_fill_has_its_colour(monkeypatch):
    made = block(monkeypatch, '<rect x="0" y="0" width="6" height="4" fill="#FFC629"/>')
    [box] = polygons(made)
    assert box.bounds == (-2.0, 28.0, 4.0, 32.0)
    assert made.query("HATCH")[1].rgb == (0xFF, 0xC6, 0x29)
    assert not made.query("LWPOLYLINE")


def test_a_circle_has_32_corners(monkeypatch):
    [ring] = polygons(block(monkeypatch, '<circle cx="12" cy="12" r="8" fill="#111111"/>'))
    assert ring.area == pytest.approx(16 * 8.0**2 * np.sin(np.pi / 16), rel=1e-3)
    assert ring.centroid.distance(shapely.Point(10, 20)) < 1e-9


def test_strokes_keep_their_width_and_open_paths_stay_open(monkeypatch):
    made = block(monkeypatch, '<path d="M0 0H24M0 24H12V12Z" fill="none" stroke="#1B1F24" stroke-width="1.5"/>')
    lines = made.query("LWPOLYLINE")
    assert [(line.closed, line.dxf.const_width, line.rgb) for line in lines] == [
        (False, 1.5, (0x1B, 0x1F, 0x24)), (True, 1.5, (0x1B, 0x1F, 0x24)),
    ]  # fmt: skip


def test_a_path_without_fill_is_black_as_svg_says(monkeypatch):
    made = block(monkeypatch, '<path d="M0 0H4V4Z"/>')
    assert made.query("HATCH")[1].rgb == (0, 0, 0)


def test_dashes_have_the_length_that_svg_gives_them(monkeypatch):
    body = (
        '<path d="M0 0H20" fill="none" stroke="#111111" stroke-width="1" stroke-dasharray="4 2" stroke-dashoffset="1"/>'
    )
    lines = block(monkeypatch, body).query("LWPOLYLINE")
    found = [sorted(x + 2 for x, *_ in line.get_points()) for line in lines]
    # Pattern of 6 begins 1 before the path: 0-3, 5-9, 11-15, 17-20.
    assert found == [[0.0, 3.0], [5.0, 9.0], [11.0, 15.0], [17.0, 20.0]]


def test_curves_pass_through_their_end(monkeypatch):
    made = block(monkeypatch, '<path d="M2 17Q12 3 22 17" fill="none" stroke="#111111"/>')
    [line] = made.query("LWPOLYLINE")
    points = [(x, y) for x, y, *_ in line.get_points()]
    assert points[0] == (0.0, 15.0)
    assert points[-1] == (20.0, 15.0)
    assert max(y for _, y in points) == pytest.approx(22.0)  # half-way between base and handle
