"""The printed map: round scale, true scale bar, nothing hidden, every name escaped, grey when asked."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import paper_works
import pytest
import shapely
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib.domain.errors import CrsError
from gislib.reports.sheet_map.boxes import around, covered_area, inside, no_boxes, overlap
from gislib.reports.sheet_map.content import LegendEntry, MapContent, Mark
from gislib.reports.sheet_map.drawing import MARGIN_MM, draw_map
from gislib.reports.sheet_map.frame import LARGEST_SCALE, Frame, extent, fit, on_paper, points_on_paper, round_scale
from gislib.reports.sheet_map.furniture import bar_length_m, draw_north, draw_scale_bar, north_box, strip_height
from gislib.reports.sheet_map.ground import lay_out
from gislib.reports.sheet_map.marks import DISC_MM, DOT_MM, Obstacles, place_marks, taken_by
from gislib.reports.sheet_map.names import draw_names
from gislib.reports.sheet_map.svg import symbol_title
from gislib.reports.sheet_map.ways import LAID_RUNGS

WIDTH, HEIGHT = 180.0, 140.0
NO_AREA = shapely.Polygon()
SVG = "{http://www.w3.org/2000/svg}"


def metric(layers: dict[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    return {name: table.to_crs(paper_works.CRS) for name, table in layers.items()}


def content(**changes: object) -> MapContent:
    marks = (
        Mark(*paper_works.at(20, -10), "0001", "speed-hump"),
        Mark(*paper_works.at(50, -10), "0002", "guard-rail", toward_deg=180.0),
    )
    plain = MapContent(
        marks, paper_works.moved(shapely.box(0, 0, 100, 80)), "示例县㵲阳小学", metric(paper_works.context())
    )
    return replace(plain, **changes)


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("needed", "scale"), [(1.0, 1000), (1000.0, 1000), (1000.1, 1250), (1999, 2000), (7600, 10_000), (61_000, 75_000)]
)
def test_round_scale(needed: float, scale: float):
    assert round_scale(needed) == scale


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 20_000), st.floats(0, 20_000), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_frame_shows_everything_inside_the_margin_at_the_largest_round_scale(
    wide: float, high: float, x: float, y: float
):
    frame = fit((x, y, x + wide, y + high), WIDTH, HEIGHT, MARGIN_MM)
    corners = points_on_paper(frame, np.array([(x, y), (x + wide, y + high)]))
    slack = 1e-6
    assert (corners[:, 0] >= MARGIN_MM - slack).all()
    assert (corners[:, 0] <= WIDTH - MARGIN_MM + slack).all()
    assert (corners[:, 1] >= MARGIN_MM - slack).all()
    assert (corners[:, 1] <= HEIGHT - MARGIN_MM + slack).all()
    needed = max(wide / (WIDTH - 2 * MARGIN_MM), high / (HEIGHT - 2 * MARGIN_MM)) * 1000
    assert frame.scale == LARGEST_SCALE or frame.scale <= needed * 1.34


def test_metres_become_millimetres_with_north_up():
    frame = Frame(500.0, 1000.0, 2000.0, 100.0, 80.0)
    found = points_on_paper(frame, np.array([(500.0, 1000.0), (520.0, 1000.0), (500.0, 1030.0)]))
    assert found == pytest.approx(np.array([(50.0, 40.0), (60.0, 40.0), (50.0, 25.0)]))
    assert extent(frame) == (400.0, 920.0, 600.0, 1080.0)


def test_shapes_are_cut_to_the_frame_and_those_outside_are_empty():
    frame = Frame(0.0, 0.0, 1000.0, 100.0, 80.0)
    lines = np.array(
        [shapely.LineString([(-900, 0), (900, 0)]), shapely.LineString([(900, 900), (901, 901)])], dtype=object
    )
    cut = on_paper(frame, lines, spare_mm=2.0)
    assert shapely.bounds(cut[0]).tolist() == [-2.0, 40.0, 102.0, 40.0]
    assert shapely.is_empty(cut[1])


@pytest.mark.parametrize(
    ("scale", "metres"), [(1000, 50), (2000, 100), (2500, 100), (3000, 100), (7500, 200), (1e5, 5000)]
)
def test_scale_bar_is_as_long_as_it_says(scale: float, metres: float):
    frame = Frame(0, 0, scale, WIDTH, HEIGHT)
    assert bar_length_m(frame) == metres
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'>{draw_scale_bar(frame, 4.0, 10.0)}</svg>"
    parts = [
        (float(r.get("x")), float(r.get("width")), r.get("fill"))
        for r in ElementTree.fromstring(svg).iter(f"{SVG}rect")
    ]
    assert parts[-1][0] + parts[-1][1] - parts[0][0] == pytest.approx(metres * 1000 / scale, abs=0.05)
    assert [fill for *_, fill in parts] == ["#000", "#fff", "#000", "#fff"]
    assert texts(svg) == ["0", f"{metres / 2:g}", f"{metres:g} m", f"1:{scale:g}"]


def test_north_arrow_points_up_and_keeps_off_the_places():
    frame = Frame(0, 0, 1000, 100, 80)
    assert north_box(frame, np.empty((0, 2)))[0, 0] > 80
    box = north_box(frame, np.array([(94.0, 8.0), (6.0, 8.0)]))
    assert box[0].tolist() == [89.0, 66.0, 98.0, 78.0]
    drawn = draw_north(box, "北")
    tip, foot = (float(v) for v in re.search(r'd="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)', drawn).groups())
    assert tip < foot


def test_boxes():
    boxes = around(np.array([(5.0, 5.0), (20.0, 5.0)]), 4.0, 2.0)
    assert boxes.tolist() == [[3, 4, 7, 6], [18, 4, 22, 6]]
    assert overlap(boxes, np.array([[6.0, 5.0, 30.0, 30.0]])).tolist() == [1.0, 4.0]
    assert overlap(boxes, no_boxes()).tolist() == [0.0, 0.0]
    assert inside(boxes, 21.0, 10.0).tolist() == [True, False]
    assert covered_area(boxes, shapely.box(5, 0, 100, 100)) == pytest.approx([4.0, 8.0])


places = st.lists(st.tuples(st.integers(14, 166), st.integers(14, 126)), min_size=1, max_size=9)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(places)
def test_symbols_and_numbers_hide_no_place_and_stay_on_the_sheet(spots: list[tuple[int, int]]):
    marks = [Mark(0, 0, f"{k:04d}", "speed-hump") for k in range(len(spots))]
    dots = np.array(spots, dtype=float)
    found = place_marks(marks, dots, Obstacles(WIDTH, HEIGHT, no_boxes(), no_boxes(), NO_AREA, NO_AREA))
    assert found == place_marks(marks, dots, Obstacles(WIDTH, HEIGHT, no_boxes(), no_boxes(), NO_AREA, NO_AREA))
    boxes = taken_by(marks, found)[: 2 * len(marks)]
    assert inside(boxes, WIDTH, HEIGHT).all()
    assert overlap(around(dots, 2 * DOT_MM, 2 * DOT_MM), boxes).sum() == pytest.approx(0, abs=1e-9)
    for k in range(len(boxes)):
        assert overlap(boxes[[k]], np.delete(boxes, k, axis=0)).sum() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("bearing", "side"), [(90.0, (1, 0)), (180.0, (0, 1)), (270.0, (-1, 0)), (0.0, (0, -1))])
def test_a_symbol_lies_on_the_side_of_its_device(bearing: float, side: tuple[int, int]):
    nothing = Obstacles(WIDTH, HEIGHT, no_boxes(), no_boxes(), NO_AREA, NO_AREA)
    [spot] = place_marks([Mark(0, 0, "0001", "gate", bearing)], np.array([(90.0, 70.0)]), nothing)
    step = np.array(spot.symbol) - 90.0 * np.array([1, 0]) - 70.0 * np.array([0, 1])
    assert step / np.hypot(*step) == pytest.approx(side, abs=1e-9)
    assert np.hypot(*step) > DISC_MM + DOT_MM


def test_a_mark_without_symbol_is_a_numbered_disc_on_its_place():
    drawn = draw_map(content(marks=(Mark(*paper_works.at(50, -10), "12"),)), WIDTH, HEIGHT, "北")
    root = ElementTree.fromstring(drawn.svg)
    [number] = [node for node in root.iter(f"{SVG}text") if node.text == "12"]
    [place] = points_on_paper(drawn.frame, np.array([paper_works.at(50, -10)]))
    assert (float(number.get("x")), float(number.get("y"))) == pytest.approx(tuple(place), abs=0.01)


def test_the_map_names_what_it_shows_once():
    drawn = draw_map(content(), WIDTH, HEIGHT, "北")
    found = texts(drawn.svg)
    assert {"0001", "0002", "北", "向阳路", "青坝塘", "正门", "示例县㵲阳小学"} <= set(found)
    assert found.count("向阳路") == 1
    assert drawn.missing == frozenset()
    assert drawn.svg == draw_map(content(), WIDTH, HEIGHT, "北").svg


def test_a_steep_street_has_upright_stacked_characters():
    found = texts(draw_map(content(), WIDTH, HEIGHT, "北").svg)
    assert "人民中路" not in found
    start = found.index("人")
    assert found[start : start + 4] == list("人民中路")


def test_exact_places_are_where_the_devices_are():
    drawn = draw_map(content(), WIDTH, HEIGHT, "北")
    dots = [
        (float(node.get("cx")), float(node.get("cy")))
        for node in ElementTree.fromstring(drawn.svg).iter(f"{SVG}circle")
        if node.get("r") == f"{DOT_MM:g}"
    ]
    expected = points_on_paper(drawn.frame, np.array([paper_works.at(20, -10), paper_works.at(50, -10)]))
    assert np.array(dots) == pytest.approx(expected, abs=0.01)


def test_a_name_that_finds_no_free_place_is_left_out_but_never_the_campus():
    ground = lay_out(
        Frame(*paper_works.at(50, 40), 1500, WIDTH, HEIGHT), metric(paper_works.context()), content().focus
    )
    everything = np.array([[0.0, 0.0, WIDTH, HEIGHT]])
    assert re.findall(r">([^<>]+)</text>", draw_names(ground, everything, "示例小学", mono=False)) == ["示例小学"]


def test_a_long_campus_name_is_set_in_two_lines():
    found = texts(draw_map(content(focus_name="示例县第一实验小学（城东校区）"), WIDTH, HEIGHT, "北").svg)
    assert {"示例县第一实验小学", "（城东校区）"} <= set(found)


def test_names_cannot_break_out():
    layers = metric(paper_works.context())
    layers["roads"]["name"] = '<script>alert("&")</script>'
    drawn = draw_map(content(layers=layers, focus_name="</svg>&"), WIDTH, HEIGHT, "北")
    tags = {node.tag.removeprefix(SVG) for node in ElementTree.fromstring(drawn.svg).iter()}
    assert tags <= {"svg", "defs", "clipPath", "rect", "g", "path", "circle", "line", "text"}
    assert "</svg>&" in texts(drawn.svg)


def test_missing_characters_are_marked_and_told():
    drawn = draw_map(content(focus_name="龘小学"), WIDTH, HEIGHT, "北")
    assert drawn.missing == {"龘"}
    assert "〓小学" in texts(drawn.svg)


def test_mono_is_without_colour():
    def colours(*, mono: bool) -> set[str]:
        drawn = draw_map(content(mono=mono, legend=(LegendEntry("本校"),)), WIDTH, HEIGHT, "北").svg
        values = {value.upper() for value in re.findall(r'(?:fill|stroke)="#([0-9a-fA-F]{6})"', drawn)}
        return {v for v in values if len({v[0:2], v[2:4], v[4:6]}) > 1}

    assert colours(mono=True) == set()
    assert len(colours(mono=False)) > 3


def test_a_refused_place_is_ringed_and_struck_through():
    mark = replace(content().marks[0], refused=True)
    drawn = draw_map(content(marks=(mark,)), WIDTH, HEIGHT, "北").svg
    assert drawn.count('stroke-dasharray="1 0.7"') == 1
    assert drawn.count("#A3161F") == 2


def test_what_is_laid_is_a_ladder_as_long_as_it_is_on_the_ground():
    line = shapely.LineString([paper_works.at(-60, -10), paper_works.at(140, -10)])
    drawn = draw_map(content(laid=(line,)), WIDTH, HEIGHT, "北")
    (path,) = (node for node in ElementTree.fromstring(drawn.svg).iter(f"{SVG}path")
               if node.get("stroke-dasharray") == LAID_RUNGS)  # fmt: skip
    ends = np.array([[float(v) for v in pair] for pair in re.findall(r"([-\d.]+) ([-\d.]+)", path.get("d"))])
    assert ends == pytest.approx(points_on_paper(drawn.frame, shapely.get_coordinates(line)), abs=0.01)
    assert MARGIN_MM - 0.01 <= ends[:, 0].min() < ends[:, 0].max() <= WIDTH - MARGIN_MM + 0.01
    assert LAID_RUNGS not in draw_map(content(), WIDTH, HEIGHT, "北").svg


def test_existing_devices_come_into_the_legend():
    words = texts(draw_map(content(existing_text="现有{kind}"), WIDTH, HEIGHT, "北").svg)
    assert f"现有{symbol_title('crossing')}" in words
    assert symbol_title("crossing") == "人行横道"


def test_a_long_legend_takes_a_second_row():
    entry = LegendEntry("拟设措施的位置", kind="place")
    assert strip_height(WIDTH, [entry] * 9) > strip_height(WIDTH, [entry])


def test_a_campus_without_outline_and_a_map_without_ground():
    point = shapely.Point(*paper_works.at(50, 40))
    assert "示例小学" in texts(draw_map(content(focus=point, focus_name="示例小学"), WIDTH, HEIGHT, "北").svg)
    bare = draw_map(content(focus=None, focus_name="", layers={}), WIDTH, HEIGHT, "北")
    assert texts(bare.svg)[0] == "0001"
    assert math.isclose(bare.frame.scale, LARGEST_SCALE)


def test_many_marks_at_one_place_keep_apart():
    marks = tuple(Mark(*paper_works.at(50, -10), f"{k:04d}", "speed-hump") for k in range(8))
    found = texts(draw_map(content(marks=marks), WIDTH, HEIGHT, "北").svg)
    assert [f"{k:04d}" in found for k in range(8)] == [True] * 8


def test_nothing_to_show_and_foreign_coordinates_are_refused():
    with pytest.raises(ValueError, match="nothing to show"):
        draw_map(content(marks=(), focus=None), WIDTH, HEIGHT, "北")
    with pytest.raises(CrsError):
        draw_map(content(layers=paper_works.context()), WIDTH, HEIGHT, "北")
