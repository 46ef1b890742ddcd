"""Rows of devices that an edit did not touch are kept, and the table is the one made from all devices at once."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_worlds import REQUEST, RS, town
from shapely import Point

from gislib.reports.works.labels import labels
from gislib.siting.laid import extents
from gislib.ui import plan_kept, state

NOW = object()
PLACES = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3))


@pytest.fixture
def by_device(monkeypatch):
    """The function under test with an empty browser tab."""
    kept = {}
    monkeypatch.setattr(state, "noted", kept.get)
    monkeypatch.setattr(state, "note", kept.__setitem__)
    return plan_kept.by_device


def plan_of(devices, plan_id="P1"):
    return SimpleNamespace(head=SimpleNamespace(plan_id=plan_id), devices=devices)


def version(places, plan_id="P1"):
    """A plan with one hump per name, at a chainage."""
    table = {"treatment_id": "hump", "side": "both", "approach_bearing_deg": np.nan, "quantity": 1.0}
    index = pd.Index(list(places), name="device_id", dtype=object)
    return plan_of(gpd.GeoDataFrame(table, geometry=[Point(x, 0) for x in places.values()], index=index), plan_id)


class Maker:
    """Two rows of each device, and whom it was asked for."""

    def __init__(self, *, column=True):
        self.column, self.asked = column, []

    def __call__(self, devices):
        self.asked = sorted(devices.index)
        rows = [(f"{k}/{n}", k, place.x) for k, place in devices.geometry.items() for n in (1, 2)]
        made = pd.DataFrame(rows, columns=["part_id", "device_id", "x"])
        return made.set_index("part_id" if self.column else "device_id")


@settings(max_examples=60, deadline=None)
@given(st.lists(PLACES, min_size=1, max_size=5), st.booleans())
def test_any_chain_of_edits_equals_the_whole_and_makes_only_what_was_touched(chain, column):
    with pytest.MonkeyPatch.context() as patch:
        kept = {}
        patch.setattr(state, "noted", kept.get)
        patch.setattr(state, "note", kept.__setitem__)
        before = {}
        for places in chain:
            make, plan = Maker(column=column), version(places)
            found = plan_kept.by_device("slot", (NOW, "zh"), plan, make)
            assert make.asked == sorted(k for k in places if before.get(k) != places[k])
            whole = Maker(column=column)(plan.devices)
            order = ["device_id", "x"]
            pd.testing.assert_frame_equal(
                found.reset_index().sort_values(order, kind="stable", ignore_index=True),
                whole.reset_index().sort_values(order, kind="stable", ignore_index=True),
                check_dtype=False,  # of an empty table
            )
            before = places


@pytest.mark.parametrize("other", [("P2", NOW, "zh"), ("P1", object(), "zh"), ("P1", NOW, "en")])
def test_another_plan_ground_or_language_makes_everything_anew(by_device, other):
    plan_id, now, lang = other
    by_device("slot", (NOW, "zh"), version({"a": 0, "b": 1}), Maker())
    make = Maker()
    by_device("slot", (now, lang), version({"a": 0, "b": 1}, plan_id), make)
    assert make.asked == ["a", "b"]


def test_words_and_lines_of_a_device_do_not_depend_on_the_others(by_device):
    """What is kept must be independent: here for all treatments that the town has a place for."""
    drawn = town()
    first = drawn.candidates.groupby("treatment_id").head(2)
    some, more = first.iloc[::2], first.iloc[1:]
    makers = {
        "labels": lambda own: labels(own, drawn.tables, RS, REQUEST.as_of),
        "laid": lambda own: extents(own, drawn.now, (RS, REQUEST.as_of)),
    }
    assert first["treatment_id"].nunique() >= 8
    for slot, make in makers.items():
        by_device(slot, (NOW, "zh"), plan_of(some), make)
        found = by_device(slot, (NOW, "zh"), plan_of(more), make)
        pd.testing.assert_frame_equal(
            pd.DataFrame(found.sort_index()), pd.DataFrame(make(more).sort_index()), check_dtype=False
        )
