"""Labels against sums done by hand on the drawn town."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj
import pytest
from works_worlds import ON, PLAN, RS, devices, row, town, works

from gislib import wording
from gislib.domain.errors import RuleError
from gislib.reports.works.content import LABEL_COLUMNS
from gislib.reports.works.labels import labels
from gislib.siting.treatments import catalogue


@pytest.fixture(scope="module")
def named(full):
    return full.labels


def test_columns_and_order_are_those_of_the_devices(full, named):
    assert tuple(named.columns) == LABEL_COLUMNS
    assert named.index.tolist() == full.devices.index.tolist()


def test_chainage_runs_along_streets_from_the_gate_that_is_not_the_fire_gate(named):
    found = named["chainage_from_gate_m"]
    # Gate foot at (0, 0): 40 m on its own way, 60 m the other way, 150 m over the joint of two ways, 100 + 70 round the
    # corner; the footway is no street.
    assert found[["P3-0002", "P3-0001", "P3-0003", "P3-0005"]].tolist() == [40.0, 60.0, 150.0, 170.0]
    assert found[["P3-0006", "P3-0010"]].isna().all()


def test_the_place_in_words(named):
    words = named["located"]
    assert words["P3-0002"] == "人民路，自南门沿街 40 m（南门东侧），横跨道路"
    assert words["P3-0001"] == "人民路，自南门沿街 60 m（南门西侧），由西向东行车方向右侧"
    assert words["P3-0005"] == "无名道路，自南门沿街 170 m（南门东北侧），横跨道路"
    assert words["P3-0006"] == "莲花塘岸边"
    assert words["P3-0010"] == "该校学校区域各入口"


def test_in_front_of_a_gate_and_without_any_gate():
    rows = [
        row("P3-0001", "grid_marking", (3, 0), segment_id="r1", chainage_m=203.0, side="right"),
        row("P3-0002", "hump", (40, 0), segment_id="r1", chainage_m=240.0, school_id="s2"),
    ]
    words = labels(devices(rows), town(), RS, ON)["located"]
    assert words["P3-0001"] == "人民路，南门前"
    assert words["P3-0002"] == "人民路，横跨道路"


def test_a_gate_beyond_the_snapping_limit_has_no_foot():
    tables = town()
    gates = tables["gates"].to_crs(3857)
    far = gates.set_geometry(gates.geometry.translate(0, 400)).to_crs(4326)
    assert labels(devices(PLAN[:1]), tables | {"gates": far}, RS, ON)["chainage_from_gate_m"].isna().all()


def test_an_inferred_gate_is_called_so():
    tables = town()
    gates = tables["gates"].assign(inferred=True, name=None)
    words = labels(devices(PLAN[:1]), tables | {"gates": gates}, RS, ON)["located"]
    assert words.iloc[0] == "人民路，自推定校门沿街 40 m（推定校门东侧），横跨道路"


def test_offset_is_half_the_road_and_zero_across(named):
    # r1 is 12 m wide; r2 has no width of its own but is crossed anyway.
    assert named["offset_m"][["P3-0001", "P3-0002", "P3-0003"]].tolist() == [6.0, 0.0, 0.0]
    assert named["offset_m"][["P3-0006", "P3-0010"]].isna().all()


def test_side_is_said_on_streets_only(named):
    assert named["side_name"][["P3-0001", "P3-0002", "P3-0006", "P3-0010"]].tolist() == ["右侧", "横跨道路", "", ""]


def test_names_departments_clauses_and_unknowns(named):
    hump = named.loc["P3-0002"]
    assert (hump["title"], hump["symbol"], hump["unit_name"]) == ("减速丘", "speed-hump", "套")
    assert hump["department_lead"] == "公安交管"
    assert hump["departments_main"] == "交通运输、住建"
    assert hump["verify_titles"] == "核对坡度 ≤ 8%；核对车道数 ≤ 2"  # tasks, not titles of rules
    assert named["refused_titles"]["P3-0005"] == RS.rule("siting.junction_clear_m", ON).title
    assert named["refused_titles"]["P3-0002"] == ""
    assert pd.isna(named["school_name"]["P3-0010"])
    assert pd.isna(named["road_name"]["P3-0005"])


def test_survey_coordinates_are_cgcs2000_of_the_right_zone(full, named):
    assert named["gk_epsg"].unique().tolist() == [4544]
    east, north = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:4544", always_xy=True).transform(
        full.devices.geometry.x, full.devices.geometry.y
    )
    assert np.abs(named["x_gk"] - east).max() <= 0.0005
    assert np.abs(named["y_gk"] - north).max() <= 0.0005
    assert named["x_gk"].between(200_000, 800_000).all()
    assert (named["y_gk"] > 2_000_000).all()


def test_a_plan_across_a_zone_border_keeps_one_zone():
    rows = [row("P3-0001", "hump", (0, 0)), row("P3-0002", "hump", (200_000, 0))]
    assert labels(devices(rows), town(), RS, ON)["gk_epsg"].unique().tolist() == [4544]


def test_english_words():
    words = labels(devices(PLAN[:2]), town(), RS, ON, "en")
    assert words["located"].iloc[1] == (
        "人民路, 60 m along the street from 南门 (west of 南门), right of traffic from west to east"
    )
    assert words["department_lead"].iloc[0] == "Traffic police"


def test_empty_plan(empty):
    assert empty.labels.empty
    assert tuple(empty.labels.columns) == LABEL_COLUMNS


def test_a_treatment_of_an_older_rule_set_is_named():
    plan = devices(PLAN[:1]).assign(treatment_id="moat")
    with pytest.raises(RuleError) as caught:
        labels(plan, town(), RS, ON)
    assert str(caught.value) == "rule_unknown: id=treatment.moat"


def test_every_unit_and_place_of_the_catalogue_has_words():
    treatments = catalogue(RS, ON).values()
    rows = [row(f"P1-{n:04d}", t.id, (0, 0), segment_id="nowhere") for n, t in enumerate(treatments)]
    found = works(rows).labels
    assert (found["located"].str.len() > 1).all()
    for unit in {t.unit for t in treatments}:
        assert all(wording.text(f"works.unit.{unit}", lang) for lang in wording.LANGUAGES)
