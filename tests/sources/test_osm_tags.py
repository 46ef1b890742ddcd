"""Readings of single OSM tags, with hand-computed values."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gislib.sources import osm_tags

ZONES = {"walk": 7.0, "CN:urban": 50.0}


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        (None, None),
        ("40", 40.0),
        ("40 km/h", 40.0),
        ("20 mph", 32.18688),
        ("20mph", 32.18688),
        ("5 knots", 9.26),
        ("walk", 7.0),
        ("CN:urban", 50.0),
        ("XX:rural", None),
        ("60;40", 40.0),
        ("80|60", 60.0),
        ("none", None),
        ("signals", None),
        ("0", None),
        ("-30", None),
        ("5O", None),
    ],
)
def test_maxspeed(text, kmh):
    assert osm_tags.maxspeed_kmh(text, ZONES) == (None if kmh is None else pytest.approx(kmh))


@pytest.mark.parametrize(
    ("text", "count"), [(None, None), ("2", 2.0), ("0", None), ("1.5", None), ("2;3", None), ("二", None), ("²", None)]
)
def test_lanes(text, count):
    assert osm_tags.lanes(text) == count


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        (None, None),
        ("7", 7.0),
        ("7.5 m", 7.5),
        ("7,5", 7.5),
        ("3 米", 3.0),
        ("10'", 3.048),
        ("24'6\"", 7.4676),
        ("wide", None),
    ],
)
def test_width(text, metres):
    assert osm_tags.width_m(text) == (None if metres is None else pytest.approx(metres))


@pytest.mark.parametrize(
    ("tags", "side"),
    [
        ({}, None),
        ({"sidewalk": "yes"}, "both"),
        ({"sidewalk": "none"}, "no"),
        ({"sidewalk": "left"}, "left"),
        ({"sidewalk:both": "yes"}, "both"),
        ({"sidewalk:both": "no"}, "no"),
        ({"sidewalk:both": "separate"}, "separate"),
        ({"sidewalk:left": "yes", "sidewalk:right": "no"}, "left"),
        ({"sidewalk:right": "yes"}, "right"),
    ],
)
def test_sidewalk(tags, side):
    assert osm_tags.sidewalk(tags) == side


@pytest.mark.parametrize(
    ("tags", "marked"),
    [
        ({}, None),
        ({"crossing": "zebra"}, True),
        ({"crossing": "uncontrolled"}, True),
        ({"crossing": "traffic_signals"}, True),
        ({"crossing": "unmarked"}, False),
        ({"crossing": "island"}, None),
        ({"crossing": "zebra", "crossing:markings": "no"}, False),
        ({"crossing:markings": "zebra"}, True),
        ({"crossing_ref": "zebra"}, True),
        ({"crossing:signals": "yes"}, True),
    ],
)
def test_crossing_marked(tags, marked):
    assert osm_tags.crossing_marked(tags) is marked


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({}, None),
        ({"foot": "no"}, False),
        ({"access": "private"}, False),
        ({"access": "private", "foot": "designated"}, True),
        ({"motorroad": "yes"}, False),
        ({"foot": "use_sidepath"}, False),
    ],
)
def test_walkable(tags, walked):
    assert osm_tags.walkable(tags) is walked


def test_median_and_flags():
    assert osm_tags.median({"dual_carriageway": "yes"}) is True
    assert osm_tags.median({"divider": "no"}) is False
    assert osm_tags.median({}) is None
    assert [osm_tags.flag(text) for text in (None, "yes", "24/7", "no", "disused")] == [None, True, True, False, False]
    assert osm_tags.levels("3;5") == 5.0
    assert osm_tags.levels("3.5") == 3.5
    assert osm_tags.levels("three") is None


def test_names():
    tags = {
        "name": "Changjiang Road Primary School",
        "name:zh": "长江路小学",
        "name:en": "Changjiang Road Primary School",
        "alt_name": "长小; 长江小",
        "name:etymology:wikidata": "Q1",
    }
    assert osm_tags.display_name(tags) == "长江路小学"
    assert osm_tags.alt_names(tags) == "Changjiang Road Primary School;长小;长江小"
    assert osm_tags.display_name({}) is None
    assert osm_tags.alt_names({"name": "A"}) is None


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_read_or_missing(text):
    speed = osm_tags.maxspeed_kmh(text, ZONES)
    assert speed is None or speed > 0
    width = osm_tags.width_m(text)
    assert width is None or width >= 0
    count = osm_tags.lanes(text)
    assert count is None or count >= 1
