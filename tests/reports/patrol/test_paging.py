"""Where pages end: one where it fits, else few pages with maps that can be read."""

from __future__ import annotations

from dataclasses import replace

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from paper_patrols import station

from gislib.patrol.record import Station
from gislib.reports.patrol.paging import MOST_STATIONS, fits_map, on_map, page_bounds, page_ends

KM = 0.009
"""Degrees of latitude in about a kilometre."""


def stops(*places_km: float) -> list[Station]:
    """Numbered stations along a meridian, so many kilometres up, each reached from the one before."""
    found, before = [], places_km[0] if places_km else 0.0
    for number, here in enumerate(places_km, start=1):
        ends = [(105.0, 25.0 + before * KM), (105.0, 25.0 + here * KM)]
        spot = shapely.Point(ends[1])
        found.append(station("street", (0, 0, 0), spot, number=number, travel=shapely.LineString(ends)))
        before = here
    return found


def test_scattered_places_stay_on_one_page():
    """None of them is nearer to another: parting them would make no map better."""
    assert page_ends(stops(0, 2, 4, 6), [8.0] * 4, 100.0) == [4]


def test_a_start_far_away_is_not_on_the_map():
    near = stops(7, 7.1, 7.3)
    start = station("start", (0, 0, 0), shapely.Point(105.0, 25.0))
    beside = station("return", (0, 0, 0), shapely.Point(105.0, 25.0 + 7.2 * KM))
    assert on_map([start, *near, beside]) == (False, True, True, True, True)
    assert page_bounds([start, *near]) == page_bounds(near)
    assert on_map([start, beside]) == (True, True)


def test_a_detour_is_not_drawn_whole():
    one, other = stops(0, 0.3)
    away = shapely.LineString([one.spot, (105.0, 25.0 + 5 * KM), other.spot])
    assert fits_map(one, other)
    assert not fits_map(one, replace(other, travel=away))


def test_a_page_ends_where_the_rows_do():
    assert page_ends(stops(*[0.0] * 10), [20.0] * 10, 100.0) == [5, 10]


def test_a_page_has_at_most_so_many_numbers():
    assert page_ends(stops(*[0.0] * (MOST_STATIONS + 1)), [1.0] * (MOST_STATIONS + 1), 100.0)[-1] == MOST_STATIONS + 1
    assert len(page_ends(stops(*[0.0] * (MOST_STATIONS + 1)), [1.0] * (MOST_STATIONS + 1), 100.0)) == 2


def test_a_page_ends_before_a_long_way():
    near, far = [0.1 * k for k in range(6)], [9 + 0.1 * k for k in range(6)]
    assert page_ends(stops(*near, *far), [10.0] * 12, 100.0) == [6, 12]


def test_a_row_higher_than_the_page_gets_its_own():
    assert page_ends(stops(0, 0, 0), [10.0, 500.0, 10.0], 100.0) == [1, 2, 3]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 60), st.floats(5, 60)), min_size=1, max_size=40))
def test_every_station_is_on_one_page_and_every_page_fits(rows):
    own, heights = stops(*(place for place, _ in rows)), [height for _, height in rows]
    ends = page_ends(own, heights, 100.0)
    assert ends == sorted(set(ends))
    assert ends[-1] == len(own)
    for first, end in zip([0, *ends[:-1]], ends, strict=True):
        assert end == first + 1 or (sum(heights[first:end]) <= 100.0 and end - first <= MOST_STATIONS)
