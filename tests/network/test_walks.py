"""Walks on drawn worlds, every length computed by hand from the drawing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from worlds import device, road, world

# Gate above, door below an arterial:
#
#        G                          y = +12
#   ------------------------------  kerb y = +7
#   ==============================  secondary, x 0..400, y = 0
#   ------------------------------  kerb y = -7
#        D                          y = -12
ARTERIAL = road("secondary", [(0, 0), (200, 0), (400, 0)])
CROSSING = device("crossing", (300, 0))
GATE, DOOR = (250.0, 12.0), (250.0, -12.0)


def metres(*things: object, start: tuple[float, float] = GATE, end: tuple[float, float] = DOOR, legal: bool) -> float:
    roads = [t for t in things if "road_class" in t]
    devices = [t for t in things if "road_class" not in t]
    return world(roads, devices).walk(start, end, legal=legal)[0]


def test_legal_walk_goes_round_by_the_marked_crossing() -> None:
    # 5 to the kerb, 50 along, 14 across, 50 back, 5 to the door
    assert metres(ARTERIAL, CROSSING, legal=True) == pytest.approx(124)


def test_passable_walk_goes_straight_across() -> None:
    assert metres(ARTERIAL, CROSSING, legal=False) == pytest.approx(24)


def test_beyond_the_duty_the_legal_walk_goes_straight_across_too() -> None:
    # 300 - 50 is farther than the duty of 100 m: 5 + 14 + 5, and 10 along
    assert metres(ARTERIAL, CROSSING, start=(50, 12), end=(60, -12), legal=True) == pytest.approx(34)


def test_a_rail_forces_the_passable_walk_to_the_crossing() -> None:
    rail = device("rail", [(0, 1), (400, 1)])
    assert metres(ARTERIAL, CROSSING, rail, legal=False) == pytest.approx(124)


def test_a_rail_on_part_of_the_street_is_walked_round_at_its_end() -> None:
    rail = device("rail", [(220, 0.5), (290, 0.5)])
    # to x = 220: 30 back, across 14, 30 again; to x = 290: 40 each way; the marked crossing at 300 is 50 each way
    assert metres(ARTERIAL, CROSSING, rail, legal=False) == pytest.approx(5 + 30 + 14 + 30 + 5)


def test_a_side_street_joins_the_kerb_on_its_side_only() -> None:
    side = road("residential", [(200, 0), (200, 100)])
    start, north, south = (203.0, 60.0), (240.0, 12.0), (240.0, -12.0)
    # 3 to the side street, 53 down it to the kerb at y = 7, 40 along, 5 to the door
    assert metres(ARTERIAL, CROSSING, side, start=start, end=north, legal=True) == pytest.approx(3 + 53 + 40 + 5)
    # opposite side: the crossing duty begins at x = 200, so one may still cross there
    assert metres(ARTERIAL, CROSSING, side, start=start, end=south, legal=True) == pytest.approx(3 + 53 + 14 + 40 + 5)


def test_signals_open_every_arm_of_their_junction() -> None:
    cross = [road("secondary", [(200, -100), (200, 0)]), road("secondary", [(200, 0), (200, 100)])]
    things = [
        *cross,
        ARTERIAL,
        device("signal", (210, 5)),
        device("rail", [(150, 0), (199, 0)]),
        device("crossing", (390, 0)),
    ]
    # from (180, 12) to (180, -12): kerb corner at x = 193 (13 away), across 14, back 13
    assert metres(*things, start=(180, 12), end=(180, -12), legal=True) == pytest.approx(5 + 13 + 14 + 13 + 5)


def test_dual_carriageway_is_crossed_at_its_marked_crossing_only() -> None:
    #  kerb y = 34, carriageway y = 24 (west), median, carriageway y = 0 (east), kerb y = -10
    east = road("primary", [(0, 0), (400, 0)], oneway="yes")
    west = road("primary", [(400, 24), (0, 24)], oneway="yes")
    for legal in (True, False):
        found = metres(east, west, CROSSING, start=(250, -15), end=(250, 40), legal=legal)
        assert found == pytest.approx(5 + 50 + 44 + 50 + 6)


def test_a_bridge_does_not_meet_what_it_crosses() -> None:
    street = road("residential", [(0, 0), (100, 0)])
    bridge = road("footway", [(50, -50), (50, 50)], bridge=True)
    assert metres(street, bridge, start=(10, 1), end=(51, 30), legal=False) == np.inf


def test_separate_sidewalks_are_the_kerbs() -> None:
    street = road("secondary", [(0, 0), (400, 0)], sidewalk="separate")
    north = road("footway", [(0, 15), (400, 15)], footway="sidewalk")
    south = road("footway", [(0, -15), (400, -15)], footway="sidewalk")
    across = road("footway", [(300, 15), (300, 0), (300, -15)], footway="crossing")
    with_vertex = [
        {**street, "geometry": [(0, 0), (300, 0), (400, 0)]},
        {**north, "geometry": [(0, 15), (300, 15), (400, 15)]},
        {**south, "geometry": [(0, -15), (300, -15), (400, -15)]},
    ]
    found = metres(*with_vertex, across, start=(250, 20), end=(250, -20), legal=True)
    assert found == pytest.approx(5 + 50 + 30 + 50 + 5)


def test_kerbs_end_where_a_street_without_kerbs_goes_on() -> None:
    lane = road("residential", [(400, 0), (500, 0)])
    # 3 to the kerb, 100 along to x = 400, 7 to the centre line, 50 along, 4 to the door
    found = metres(ARTERIAL, lane, start=(300, 10), end=(450, 4), legal=True)
    assert found == pytest.approx(3 + 100 + 7 + 50 + 4)


def test_the_line_of_a_walk_has_its_length_and_its_ends() -> None:
    side = road("residential", [(200, 0), (200, 100)])
    place = world([ARTERIAL, side], [CROSSING])
    for legal in (True, False):
        for start, end in (
            ((203.0, 60.0), DOOR),
            (GATE, DOOR),
            ((50.0, 12.0), (60.0, -12.0)),
            ((20.0, 9.0), (390.0, 9.0)),
        ):
            length, line = place.walk(start, end, legal=legal)
            assert line is not None
            assert line.length == pytest.approx(length, abs=1e-9)
            assert [line.coords[0], line.coords[-1]] == [start, end]


def test_a_walk_longer_than_the_limit_is_infinite() -> None:
    place = world([ARTERIAL])
    assert place.walk((10, 7), (390, 7), legal=True, limit_m=380.0)[0] == pytest.approx(380)
    assert place.walk((10, 7), (390, 7), legal=True, limit_m=379.99)[0] == np.inf


@pytest.mark.parametrize(
    "obstacle",
    [
        {"buildings": [{"geometry": shapely.box(95, 2, 105, 8)}]},
        {"water": [{"kind": "river", "geometry": [(0, 5), (200, 5)]}]},
    ],
    ids=["building", "river"],
)
def test_a_leg_goes_round_what_it_may_not_cross(obstacle: dict[str, list[dict[str, object]]]) -> None:
    near, far = road("residential", [(0, 0), (200, 0)]), road("residential", [(0, 40), (200, 40)])
    free, blocked = world([near, far]), world([near, far], **obstacle)
    assert free.graph.piece[free.snap((100.0, 10.0)).edge].tolist() == [0]
    assert blocked.graph.piece[blocked.snap((100.0, 10.0)).edge].tolist() == [1]


def test_a_point_inside_a_building_may_leave_it() -> None:
    place = world([road("residential", [(0, 0), (200, 0)])], buildings=[{"geometry": shapely.box(90, 5, 110, 25)}])
    snaps = place.snap((100.0, 15.0))
    assert snaps.walked_m.tolist() == [15.0]


def test_beyond_the_snap_limit_there_is_no_snap() -> None:
    place = world([road("residential", [(0, 0), (200, 0)])])
    assert len(place.snap((100.0, 60.0)).point) == 1
    assert len(place.snap((100.0, 60.01)).point) == 0
