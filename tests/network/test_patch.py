"""A patched walk graph is the graph built from all streets."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from worlds import PARAMETERS, device, road, table

from gislib.network.graph import WalkGraph, build_walk_graph
from gislib.network.part import around
from gislib.network.patch import carriageway_pairs, patched

CLASSES = ("primary", "secondary", "tertiary", "residential", "footway")
STEP_M = 170.0
ALIKE_M = 1e-4
"""Cuts that nearly coincide are merged from another side in a part: less than a tenth of a millimetre apart."""


def grid(classes: list[str], size: int = 7) -> gpd.GeoDataFrame:
    """Crooked streets, each from junction to junction; more of them than a patch builds again."""
    rng = np.random.default_rng(4)
    xy = np.stack(np.meshgrid(np.arange(size), np.arange(size)), axis=-1) * STEP_M + rng.uniform(
        -30, 30, (size, size, 2)
    )
    rows = []
    for i in range(size):
        for j in range(size):
            for di, dj in ((0, 1), (1, 0)):
                if i + di < size and j + dj < size:
                    a, b = xy[i, j], xy[i + di, j + dj]
                    middle = (a + b) / 2 + rng.uniform(-8, 8, 2)
                    rows.append(road(classes[len(rows) % len(classes)], [tuple(a), tuple(middle), tuple(b)],
                                     id=f"r{len(rows):03d}"))  # fmt: skip
    return table("roads", rows)


def canonical(graph: WalkGraph) -> pd.DataFrame:
    """Edges by what they are, whatever their numbers; nodes that coincide are told apart by what meets there."""
    end = [np.round(graph.node_xy[n], 4) for n in (graph.u, graph.v)]
    degree = np.bincount(np.r_[graph.u, graph.v], minlength=len(graph.node_xy))
    frame = pd.DataFrame(
        {"ux": end[0][:, 0], "uy": end[0][:, 1], "vx": end[1][:, 0], "vy": end[1][:, 1], "m": np.round(graph.length, 4),
         "side": graph.side, "kind": graph.kind, "legal": graph.legal, "road": graph.road_id[graph.piece],
         "u": degree[graph.u], "v": degree[graph.v]}
    )  # fmt: skip
    return frame.sort_values(list(frame.columns), ignore_index=True)


def components(graph: WalkGraph) -> list[int]:
    number = graph.component(legal=True)[np.unique(np.r_[graph.u, graph.v])]
    return sorted(np.bincount(number)[np.bincount(number) > 0].tolist())


def check(roads: gpd.GeoDataFrame, before: list[dict[str, object]], after: list[dict[str, object]]) -> None:
    tables = [table("devices", rows) for rows in (before, after)]
    whole = [build_walk_graph(roads, devices, PARAMETERS) for devices in tables]
    if whole[0].crossing.data_missing != whole[1].crossing.data_missing:
        return
    marks = [Counter((d["kind"], d["geometry"].wkb) for d in rows) for rows in (before, after)]
    changed = (marks[0] - marks[1]) + (marks[1] - marks[0])
    spots = np.array([shapely.from_wkb(shape) for _, shape in changed], dtype=object)
    patch = patched(whole[0], roads, tables[1], PARAMETERS, spots, carriageway_pairs(whole[0]))
    assert patch is not None
    found, wanted = patch.graph, whole[1]
    pd.testing.assert_frame_equal(canonical(found), canonical(wanted))
    assert components(found) == components(wanted)
    for name in ("xy", "ptr", "road", "ends", "kerbed", "wide", "barred", "walkable", "half_width"):
        assert np.array_equal(getattr(found.streets, name), getattr(wanted.streets, name)), name
    assert found.streets.rail_spans == wanted.streets.rail_spans
    assert found.crossing.legal_spans == wanted.crossing.legal_spans
    assert found.crossing.passable_spans == wanted.crossing.passable_spans
    assert np.array_equal(found.crossing.marked.piece, wanted.crossing.marked.piece)
    # edges that are said to be the same are the same
    kept = np.flatnonzero(patch.edge >= 0)
    assert (whole[0].length[kept] == found.length[patch.edge[kept]]).all()
    assert (whole[0].u[kept] == found.u[patch.edge[kept]]).all()
    assert set(patch.fresh.tolist()) == set(range(len(found.u))) - set(patch.edge[kept].tolist())
    told = np.flatnonzero(patch.small_edge >= 0)
    assert shapely.equals_exact(patch.small.lines[told], found.lines[patch.small_edge[told]], ALIKE_M).all()


@pytest.mark.parametrize("kind", ["crossing", "signal", "rail"])
@pytest.mark.parametrize("road_class", CLASSES)
def test_one_device_comes_or_goes(kind: str, road_class: str) -> None:
    roads = grid([road_class, "residential", "secondary", "tertiary"])
    line = roads.geometry.iloc[40]
    shape = shapely.ops.substring(line, 30, 90) if kind == "rail" else line.interpolate(0 if kind == "signal" else 61)
    existing = [device("crossing", roads.geometry.iloc[k].interpolate(50), marked=True) for k in range(0, 80, 3)]
    one = device(kind, shape, marked=True if kind == "crossing" else None)
    check(roads, existing, [*existing, one])
    check(roads, [*existing, one], existing)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(st.data())
def test_any_few_devices(data: st.DataObject) -> None:
    roads = grid(data.draw(st.lists(st.sampled_from(CLASSES), min_size=5, max_size=5)))

    def drawn() -> dict[str, object]:
        line = roads.geometry.iloc[data.draw(st.integers(0, len(roads) - 1))]
        kind = data.draw(st.sampled_from(["crossing", "signal", "rail"]))
        at = data.draw(st.floats(0.0, 0.6)) * line.length
        shape = shapely.ops.substring(line, at, at + 55) if kind == "rail" else line.interpolate(at)
        return device(kind, shape, marked=True if kind == "crossing" else None)

    some = [drawn() for _ in range(data.draw(st.integers(0, 6)))]
    few = [drawn() for _ in range(data.draw(st.integers(1, 3)))]
    check(roads, some, [*some[1:], *few])


def test_a_crossing_of_one_carriageway_goes_on_over_the_other() -> None:
    """A long dual carriageway of two one-way roads: the opposite one lies out of reach of the new crossing."""
    rows = [road("primary", [(0, 0), (2000, 0)], id="r0", oneway="yes"),
            road("primary", [(2000, 21), (1100, 21), (900, 21), (0, 260)], id="r1", oneway="yes"),
            *(road("residential", [(x, -300), (x, 0)], id=f"s{x}") for x in (0, 2000))]  # fmt: skip
    existing = [device("crossing", shapely.Point(x, 0), marked=True) for x in (300, 1000, 1500)]
    roads = table("roads", rows)
    assert len(carriageway_pairs(build_walk_graph(roads, table("devices", existing), PARAMETERS)))
    one = device("crossing", shapely.Point(60, 0), marked=True)
    check(roads, existing, [*existing, one])
    check(roads, [*existing, one], existing)


def test_part_of_a_graph_has_the_same_edges_there() -> None:
    roads = grid(["tertiary", "residential"])
    graph = build_walk_graph(roads, table("devices", []), PARAMETERS)
    disc = shapely.Point(510, 510).buffer(260)
    part = around(graph, disc, roads.index.to_numpy(dtype=object))
    assert 0 < len(part.u) < len(graph.u)
    inside = shapely.intersects(disc, graph.streets.lines())[graph.piece]
    assert (
        canonical(part)
        .drop(columns=["u", "v"])
        .equals(canonical(graph)[inside_rows(graph, inside)].drop(columns=["u", "v"]).reset_index(drop=True))
    )
    assert part.crossing.data_missing == graph.crossing.data_missing


def inside_rows(graph: WalkGraph, inside: np.ndarray) -> np.ndarray:
    """Which rows of the canonical table are edges of the given pieces."""
    own = set(graph.road_id[graph.piece][inside])
    return canonical(graph)["road"].isin(own).to_numpy(bool)


def test_nothing_changed_is_nothing_new() -> None:
    roads = grid(["tertiary", "residential"])
    devices = table("devices", [])
    graph = build_walk_graph(roads, devices, PARAMETERS)
    patch = patched(
        graph, roads, devices, PARAMETERS, np.array([shapely.Point(400, 400)], dtype=object), carriageway_pairs(graph)
    )
    assert patch is not None
    assert (len(patch.gone), len(patch.fresh)) == (0, 0)
    assert (patch.edge >= 0).all()
