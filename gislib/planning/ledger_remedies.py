"""What closing an item changes in the data: a device installed, a venue gone or moved, a water fenced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import geopandas as gpd
import pandas as pd
from shapely import Point

from gislib import rules
from gislib.domain.errors import InputError
from gislib.planning import ledger
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session, require_role
from gislib.store.items import Item, Save
from gislib.store.workspace_edits import NewEdit

DEVICE: Final = "device"
CAMPUS: Final = "campus"
RETIRE: Final = "retire_venue"
MOVE: Final = "move_venue"
FENCE: Final = "fence"
KIT: Final = "kit"
CLOSE: Final = "close"
_WATER: Final = {FENCE: "fenced", KIT: "kit"}
_LOCATED: Final = "located.point_m"
_KEPT_OF_VENUE: Final = ("name", "alt_names", "kind", "licence", "hours")


@dataclass(frozen=True)
class Remedy:
    """
    One way in which a hazard is gone.

    ``kind``: ``device`` (of kind ``value``, installed at the position), ``campus`` (has column ``value`` now),
    ``retire_venue``, ``move_venue`` (to the position), ``fence``, ``kit``. Position: WGS 84, None where none is needed
    or not known yet.
    """

    kind: str
    value: str = ""
    lon: float | None = None
    lat: float | None = None


def remedies(item: Item, on: date) -> list[Remedy]:
    """Ways in which this item can be gone, by its place and the rule in force on a day; empty: closed without data."""
    facts, found = item.facts, list[Remedy]()
    if facts.place_kind == "venue" and facts.place_id is not None:
        found += [Remedy(RETIRE), Remedy(MOVE)]
    if facts.place_kind == "water" and facts.place_id is not None:
        found += [Remedy(KIT), Remedy(FENCE)]
    if facts.rule_id is not None and facts.place_kind not in {"venue", "water"}:
        rule = rules.load().rule(facts.rule_id, on)
        found += [Remedy(DEVICE, kind, facts.lon, facts.lat) for kind in rule.device_kinds]
        if rule.school_column is not None and facts.school_id is not None:
            found.append(Remedy(CAMPUS, rule.school_column))
    return found


def close_with_edit(
    session: Session, at: tuple[str, int], on: date, chosen: Sequence[Remedy], reason: str | None = None
) -> Item:
    """
    Close an item that waits for its check, and write into the data what was done; the imported files stay as they are.

    Parameters
    ----------
    at
        Id of the item, and the version that the page shows.
    on
        Local day of the check.
    chosen
        What was done; empty: nothing that the map shows.

    Raises
    ------
    InputError
        ``ledger_remedy_foreign`` for one that `remedies` does not offer, ``ledger_remedy_place`` without a position
        where one is needed, ``ledger_place_unknown`` if the sources do not bring the feature any more.
    ConflictError, StoreError, RefusedError
        As in `gislib.planning.ledger.save`.
    """
    require_role(session, "planner")
    item_id, version = at
    item = ledger.read(session, item_id)
    offered = {(one.kind, one.value) for one in remedies(item, on)}
    for one in chosen:
        if (one.kind, one.value) not in offered:
            raise InputError("ledger_remedy_foreign", item=item_id, remedy=one.kind)
    tables = tables_of(session.workspace)
    edits = [replace(edit, reason=item_id) for one in chosen for edit in _edits(item, one, tables, on)]
    (closed,) = ledger.save(session, [Save(item_id, version, CLOSE, reason=reason, on=on, edits=edits)])
    return closed


def _edits(item: Item, remedy: Remedy, tables: dict[str, gpd.GeoDataFrame], on: date) -> list[NewEdit]:
    facts = item.facts
    if remedy.kind == DEVICE:
        return [_installed(item, remedy, on)]
    if remedy.kind == CAMPUS:
        return [NewEdit("schools", "change", _present("schools", facts.school_id, tables), {remedy.value: True})]
    if remedy.kind in _WATER:
        return [NewEdit("water", "change", _present("water", facts.place_id, tables), {_WATER[remedy.kind]: True})]
    gone = NewEdit("venues", "retire", _present("venues", facts.place_id, tables))
    return [gone] if remedy.kind == RETIRE else [gone, _moved(item, remedy, tables["venues"], on)]


def _moved(item: Item, remedy: Remedy, venues: gpd.GeoDataFrame, on: date) -> NewEdit:
    """The venue as a new one: outline and doors of the old place would be wrong at the new one."""
    row = venues.loc[item.facts.place_id]
    kept = {name: str(row[name]) for name in _KEPT_OF_VENUE if pd.notna(row[name])}
    return NewEdit("venues", "add", sets=kept | {"located_to_m": _located_to_m(on)}, geometry=_spot(item, remedy))


def _installed(item: Item, remedy: Remedy, on: date) -> NewEdit:
    sets: dict[str, object] = {"kind": remedy.value, "located_to_m": _located_to_m(on)}
    if remedy.value == "crossing":
        sets["marked"] = True
    return NewEdit("devices", "add", sets=sets, geometry=_spot(item, remedy))


def _located_to_m(on: date) -> float:
    return rules.load().number(_LOCATED, on)


def _spot(item: Item, remedy: Remedy) -> Point:
    if remedy.lon is None or remedy.lat is None:
        raise InputError("ledger_remedy_place", item=item.item_id, remedy=remedy.kind)
    return Point(remedy.lon, remedy.lat)


def _present(layer: str, identity: str | None, tables: dict[str, gpd.GeoDataFrame]) -> str:
    if identity is None or identity not in tables[layer].index:
        raise InputError("ledger_place_unknown", layer=layer, id=identity or "")
    return identity
