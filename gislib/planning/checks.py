"""Data quality: what is missing, doubtful or contradictory in the loaded data; problems are rows, not errors."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from gislib import rules, wording
from gislib.planning import edited
from gislib.planning.assess import bases_of, claims
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session
from gislib.risk.family import FAMILIES
from gislib.risk.score import NOT_A_SCHOOL
from gislib.sources import workspace

COLUMNS: Final = ("severity", "code", "layer", "id", "value")
SERIOUS, DOUBT, NOTE = "serious", "doubt", "note"


@dataclass(frozen=True)
class CheckReport:
    """
    Data-quality report.

    Attributes
    ----------
    rows
        ``severity`` (serious, doubt, note), message ``code``, ``layer``, ``id`` (empty: the whole layer), ``value``.
    counts
        Rows per layer. ``by_kind``: schools per kind.
    unknown_families
        Families that no source claims to cover: unknown, not zero.
    """

    rows: pd.DataFrame
    counts: Mapping[str, int]
    by_kind: Mapping[str, int]
    unknown_families: tuple[str, ...]


def check(session: Session, as_of: date) -> CheckReport:
    """
    Check the loaded data of a workspace.

    Never refuses: a workspace without campuses gives a report that says so.
    """
    ws = session.workspace
    tables, provenances = tables_of(ws), workspace.provenances(ws)
    known = claims(provenances).families
    rows = [(DOUBT, "family_unknown", "", "", family) for family in FAMILIES if family not in known]
    for source_id, provenance in provenances.items():
        rows += [(NOTE, message.code, source_id, "", _values(message.values)) for message in provenance.warnings]
        refused = len(workspace.rejected(ws, source_id))
        rows += [(DOUBT, "rows_rejected", source_id, "", str(refused))] * (refused > 0)
    rows += [(DOUBT, "edit_lost", edit.layer, edit.feature_id, edit.edit_id) for edit in edited.lost(ws)]
    for layer, code, severity, test in _TESTS:
        rows += [(severity, code, layer, str(i), "") for i in tables[layer].index[test(tables[layer])]]
    if tables["schools"].empty:
        rows.append((SERIOUS, "no_schools", "schools", "", ""))
    else:
        rows += _ground_rows(session, as_of)
    schools = tables["schools"]["kind"].value_counts().sort_index()
    return CheckReport(
        rows=pd.DataFrame(rows, columns=list(COLUMNS)).astype("str").drop_duplicates(ignore_index=True),
        counts={layer: len(table) for layer, table in tables.items() if len(table)},
        by_kind={str(k): int(v) for k, v in schools.items()},
        unknown_families=tuple(f for f in FAMILIES if f not in known),
    )


def sentence(row: Mapping[Hashable, Any], lang: str) -> str:
    """Sentence of a row of a report, or of the message of an import that it passes on."""
    values: dict[str, object] = {name: row[name] for name in ("layer", "id", "value")}
    if row["code"] == "family_unknown":
        values["value"] = wording.term("family", row["value"], lang)
    for key in (f"check.{row['code']}", f"errors.{row['code']}"):
        try:
            stated = dict(part.split("=", 1) for part in row["value"].split("; ") if "=" in part)
            return wording.text(key, lang, **(values | in_words(stated, lang)))
        except KeyError:
            continue
    return " ".join(str(row[name]) for name in ("code", "id", "value") if row[name])


def in_words(values: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Values of a message with the layer that it names in words."""
    layer = wording.catalogue(lang).get(f"term.layer.{values.get('layer')}")
    return dict(values) if layer is None else {**values, "layer": layer}


def _values(values: Mapping[str, object]) -> str:
    """Values of a message as one cell."""
    return "; ".join(f"{key}={value}" for key, value in values.items())


def _ground_rows(session: Session, as_of: date) -> list[tuple[str, str, str, str, str]]:
    """Problems that only the walk graphs show: unsnapped gates, inferred gates, unbelievable crossing data."""
    rows = []
    for ground in (basis.ground for basis in bases_of(session.workspace, as_of)):
        gates = ground.tables["gates"]
        kinds = gates["school_id"].map(ground.tables["schools"]["kind"])
        gates = gates[(kinds != NOT_A_SCHOOL).to_numpy(bool)]
        snapped = ground.tables["gates"].index[sorted(set(ground.gate_snaps.point.tolist()))]
        rows += [(SERIOUS, "gate_unsnapped", "gates", str(i), "") for i in gates.index.difference(snapped)]
        rows += [(DOUBT, "gate_inferred", "gates", str(i), "") for i in gates.index[gates["inferred"].to_numpy(bool)]]
        crossing = ground.graph.crossing
        if crossing.data_missing:
            rows.append((DOUBT, "crossing_data_missing", "roads", "", f"{crossing.per_km:.2f}"))
    return rows


def _without_boundary(schools: gpd.GeoDataFrame) -> pd.Series:
    return pd.Series(shapely.get_dimensions(schools.geometry.to_numpy()) == 0, index=schools.index)


_TESTS: Final[tuple[tuple[str, str, str, Callable[[gpd.GeoDataFrame], pd.Series]], ...]] = (
    ("schools", "school_without_boundary", DOUBT, _without_boundary),
    ("schools", "school_without_name", DOUBT, lambda t: t["name"].isna()),
    ("schools", "not_ranked", NOTE, lambda t: t["kind"] == NOT_A_SCHOOL),
    ("schools", "pupils_unknown", NOTE, lambda t: t["pupils"].isna() & (t["kind"] != NOT_A_SCHOOL)),
    ("venues", "position_uncertain", DOUBT, lambda t: t["located_to_m"] > _no_rank_above_m()),
)


def _no_rank_above_m() -> float:
    return rules.load().number("located.no_rank_above_m", date.max)
