"""What changed between two versions of a plan, told by device ids."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from gislib.ui.plan_edit import Difference, difference


def version(**places):
    """A plan with one hump per name, at a chainage."""
    return SimpleNamespace(
        devices=gpd.GeoDataFrame(
            {"treatment_id": "hump", "side": "both", "approach_bearing_deg": 90.0, "quantity": 1.0},
            geometry=[Point(x, 0) for x in places.values()],
            index=pd.Index(list(places), name="device_id"),
            crs="EPSG:4326",
        )
    )


def test_nothing_changed():
    assert difference(version(a=0, b=1), version(a=0, b=1)) == Difference((), (), ())


def test_added_removed_and_moved_are_told_apart():
    assert difference(version(a=0, b=1, c=2), version(b=1, c=3, d=4)) == Difference(("d",), ("a",), ("c",))


def test_a_turned_device_is_changed_and_an_unknown_bearing_is_not():
    old, new = version(a=0, b=1), version(a=0, b=1)
    for plan in (old, new):
        plan.devices.loc["b", "approach_bearing_deg"] = float("nan")
    new.devices.loc["a", "approach_bearing_deg"] = 270.0
    assert difference(old, new).changed == ("a",)


PLACES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3), min_size=1)


@settings(max_examples=40, deadline=None)
@given(PLACES, PLACES)
def test_every_difference_is_told_once(old, new):
    found = difference(version(**old), version(**new))
    assert set(found.added) == set(new) - set(old)
    assert set(found.removed) == set(old) - set(new)
    assert set(found.changed) == {name for name in set(old) & set(new) if old[name] != new[name]}
