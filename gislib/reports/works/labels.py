"""Everything in words about the devices of a plan: names, departments, clauses, the place, and survey coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from gislib import wording
from gislib.compliance.streets import STREET_GROUPS, half_width_m
from gislib.domain.errors import RuleError
from gislib.geo.crs import metric_crs, transform
from gislib.reports.works.chainage import from_gate
from gislib.reports.works.content import LABEL_COLUMNS
from gislib.reports.works.survey import middle_deg, survey_coordinates
from gislib.rules import RuleSet
from gislib.siting.treatments import PREFIX, Treatment, catalogue

METRE_DECIMALS: Final = 1
AT_GATE_M: Final = 5.0
"""Nearer to the foot of a gate than this, a place is in front of the gate and not so many metres beside it."""
_OCTANT_DEG, _OCTANTS = 45.0, 8
_OFF_STREET: Final = frozenset({"zone", "bank", "campus"})
_BETWEEN: Final = "；"
_SITING: Final = "siting."
_BETWEEN_DEPARTMENTS: Final = "、"


@dataclass(frozen=True)
class _Place:
    """One device as its place in words needs it; texts empty and numbers NaN where unknown or not on a street."""

    place: str
    on_street: bool
    road: str
    school: str
    water: str
    gate: str
    from_gate_m: float
    from_gate_deg: float
    side: str
    heading_deg: float


def labels(
    devices: gpd.GeoDataFrame, tables: Mapping[str, gpd.GeoDataFrame], rs: RuleSet, on: date, lang: str = "zh"
) -> pd.DataFrame:
    """
    Labels of the devices of a plan, as `content.Works.labels` describes them.

    Parameters
    ----------
    devices
        Table ``treatments``, WGS 84; may be empty.
    tables
        Layers ``schools``, ``gates``, ``roads`` and ``water`` of the area, any CRS; those of the assessment hold the
        gates that were inferred, which sources do not.
    rs, on
        Rules and the day they are in force: treatments, departments, titles of clauses, widths of roads.
    lang
        Language of all words but ``title`` and ``title_en``.

    Raises
    ------
    RuleError
        ``rule_unknown`` for a treatment or clause that the rules do not hold on that day.
    """
    known = catalogue(rs, on)
    found = [_treatment(known, treatment_id) for treatment_id in devices["treatment_id"]]
    street = _on_streets(devices, tables, (rs, on), lang)
    where = _names(devices, tables)
    places = _places(devices, found, street, where)
    east, north, epsg = survey_coordinates(devices)
    out = pd.DataFrame(
        {
            "title": [t.title for t in found],
            "title_en": [t.title_en for t in found],
            "symbol": [t.symbol for t in found],
            "unit_name": [wording.text(f"works.unit.{unit}", lang) for unit in devices["unit"]],
            "department_lead": [_departments(rs, [t.departments.lead], lang) for t in found],
            "departments_main": [_departments(rs, t.departments.main, lang) for t in found],
            "departments_support": [_departments(rs, t.departments.support, lang) for t in found],
            "clause_titles": _titles(devices["clauses"], rs, on, lang),
            "verify_titles": _tasks(devices["verify_on_site"], rs, on, lang),
            "refused_titles": _titles(devices["refused_by"], rs, on, lang),
            "school_name": where["school"].to_numpy(dtype=object),
            "road_name": where["road"].to_numpy(dtype=object),
            "side_name": [wording.text(f"works.side.{p.side}", lang) if p.on_street else "" for p in places],
            "located": [_in_words(p, lang) for p in places],
            "chainage_from_gate_m": street["from_gate_m"].round(METRE_DECIMALS).to_numpy(float),
            "offset_m": street["offset_m"].round(METRE_DECIMALS).to_numpy(float),
            "life_years": np.array([t.life_years for t in found], dtype=float),
            "x_gk": east,
            "y_gk": north,
            "gk_epsg": np.full(len(devices), epsg, dtype=np.int64),
        },
        index=devices.index,
    )
    return out[list(LABEL_COLUMNS)]


def _treatment(known: Mapping[str, Treatment], treatment_id: str) -> Treatment:
    if treatment_id not in known:
        raise RuleError("rule_unknown", id=PREFIX + treatment_id)
    return known[treatment_id]


def _titles(ids: pd.Series, rs: RuleSet, on: date, lang: str) -> list[str]:
    def title(rule_id: str) -> str:
        rule = rs.rule(rule_id, on)
        return rule.title if lang == "zh" else rule.title_en

    return [_BETWEEN.join(title(rule_id) for rule_id in str(text).split()) for text in ids]


def _tasks(ids: pd.Series, rs: RuleSet, on: date, lang: str) -> list[str]:
    """What to look at on site, one task per clause with its figure."""
    return [_BETWEEN.join(_task(rs, rule_id, on, lang) for rule_id in str(text).split()) for text in ids]


def _task(rs: RuleSet, rule_id: str, on: date, lang: str) -> str:
    rule = rs.rule(rule_id, on)
    key = f"works.verify.{rule_id.removeprefix(_SITING)}"
    if key not in wording.catalogue(lang):
        return wording.text("works.verify.other", lang, title=rule.title if lang == "zh" else rule.title_en)
    figure = float(rule.value) if isinstance(rule.value, int | float) else 0.0
    return wording.text(key, lang, value=f"{figure:g}", percent=f"{100 * figure:g}")


def _departments(rs: RuleSet, ids: Iterable[str], lang: str) -> str:
    kinds = rs.kinds("department")
    named = [kinds[one] for one in ids if one]
    return _BETWEEN_DEPARTMENTS.join(kind.zh if lang == "zh" else kind.en for kind in named)


def _names(devices: gpd.GeoDataFrame, tables: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """``school``, ``road`` and ``water`` of each device, missing = unknown."""
    keys = {"school": ("schools", "school_id"), "road": ("roads", "segment_id"), "water": ("water", "segment_id")}
    return pd.DataFrame(
        {
            name: tables[layer]["name"].reindex(devices[key].to_numpy(dtype=object)).to_numpy(dtype=object)
            for name, (layer, key) in keys.items()
        },
        index=devices.index,
    )


def _on_streets(
    devices: gpd.GeoDataFrame, tables: Mapping[str, gpd.GeoDataFrame], rules: tuple[RuleSet, date], lang: str
) -> pd.DataFrame:
    """``on_street``, ``from_gate_m``, ``from_gate_deg``, ``gate`` (what it is called) and ``offset_m``."""
    rs, on = rules
    crs = metric_crs(middle_deg(devices)[0])
    reach_m = rs.number("network.walk_search_m", on)
    points = transform(devices, crs)
    streets = _near(_streets(tables["roads"], rs), points.geometry.buffer(reach_m)).to_crs(crs)
    gates = _gates(tables["gates"], devices, lang).to_crs(crs)
    found = from_gate(points, gates, streets, rs.number("network.snap_limit_m", on), reach_m)
    half = pd.Series(half_width_m(streets, rs.table("network.road_width_m", on)), index=streets.index)
    half_m = half.reindex(devices["segment_id"].to_numpy(dtype=object)).to_numpy(float)
    on_street = devices["segment_id"].isin(tables["roads"].index).to_numpy(bool)
    across = (devices["side"] == "both").to_numpy(bool)
    at_gate = gates.geometry.get_coordinates().reindex(found["gate_id"].to_numpy(dtype=object))
    step = points.geometry.get_coordinates().to_numpy() - at_gate.to_numpy()
    return pd.DataFrame(
        {
            "on_street": on_street,
            "from_gate_m": found["chainage_from_gate_m"],
            "from_gate_deg": np.degrees(np.arctan2(step[:, 0], step[:, 1])),
            "gate": gates["called"].reindex(found["gate_id"].to_numpy(dtype=object)).to_numpy(dtype=object),
            "offset_m": np.where(on_street & across, 0.0, half_m),
        },
        index=devices.index,
    )


def _streets(roads: gpd.GeoDataFrame, rs: RuleSet) -> gpd.GeoDataFrame:
    """Roads that carry traffic, drives to the gate included."""
    kinds = rs.kinds("road")
    return roads[roads["road_class"].isin([name for name, kind in kinds.items() if kind.group in STREET_GROUPS])]


def _near(streets: gpd.GeoDataFrame, around: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Streets that meet one of the areas."""
    if around.empty or streets.empty:
        return streets.iloc[:0]
    tree = shapely.STRtree(list(around.to_crs(pyproj.CRS.from_user_input(streets.crs))))
    near = np.unique(tree.query(streets.geometry.to_numpy(), predicate="intersects")[0])
    return streets.iloc[near]


def _gates(gates: gpd.GeoDataFrame, devices: gpd.GeoDataFrame, lang: str) -> gpd.GeoDataFrame:
    """Gates to measure from, fire gates only where a campus has no other, with what they are ``called``."""
    own = gates[gates["school_id"].isin(devices["school_id"])]
    fire = own["role"] == "fire"
    others = own.loc[~fire, "school_id"]
    own = own[~fire | ~own["school_id"].isin(others)]
    unnamed = [wording.text("works.place.gate_inferred" if i else "works.place.gate", lang) for i in own["inferred"]]
    return own.assign(called=own["name"].astype(object).where(own["name"].notna(), pd.Series(unnamed, own.index)))


def _places(
    devices: gpd.GeoDataFrame, found: list[Treatment], street: pd.DataFrame, where: pd.DataFrame
) -> list[_Place]:
    texts = {name: ["" if pd.isna(value) else str(value) for value in where[name]] for name in where}
    gates = ["" if pd.isna(value) else str(value) for value in street["gate"]]
    return [
        _Place(*row)
        for row in zip(
            [t.place for t in found], street["on_street"], texts["road"], texts["school"], texts["water"], gates,
            street["from_gate_m"], street["from_gate_deg"], devices["side"], devices["approach_bearing_deg"],
            strict=True,
        )
    ]  # fmt: skip


def _in_words(p: _Place, lang: str) -> str:
    def name(given: str, key: str) -> str:
        return given or wording.text(f"works.place.{key}", lang)

    if p.place in _OFF_STREET:
        return wording.text(
            f"works.place.{p.place}", lang, school=name(p.school, "school"), water=name(p.water, "water")
        )
    road, gate = name(p.road, "road"), name(p.gate, "gate")
    if np.isnan(p.from_gate_m):
        start = wording.text("works.place.on_street_far", lang, road=road)
    elif p.from_gate_m < AT_GATE_M:
        start = wording.text("works.place.on_street_at_gate", lang, road=road, gate=gate)
    else:
        metres = f"{p.from_gate_m:.0f}"
        heading = _heading(p.from_gate_deg, lang)
        start = wording.text("works.place.on_street", lang, road=road, gate=gate, metres=metres, heading=heading)
    return start + _side_in_words(p, lang)


def _side_in_words(p: _Place, lang: str) -> str:
    if p.side == "both":
        return wording.text("works.place.across", lang)
    if np.isnan(p.heading_deg):
        return ""
    origin, heading = _heading(p.heading_deg + 180.0, lang), _heading(p.heading_deg, lang)
    side = wording.text(f"works.side.{p.side}", lang)
    return wording.text("works.place.along", lang, origin=origin, heading=heading, side=side)


def _heading(degrees: float, lang: str) -> str:
    octant = round(degrees / _OCTANT_DEG) % _OCTANTS
    return wording.text(f"works.heading.{octant}", lang)
