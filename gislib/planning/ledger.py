"""The ledger of hazards as its page and command see it: listed, put down, moved on, for the areas of the actor."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import Point

from gislib import rules
from gislib.domain.errors import ConflictError, InputError, StoreError
from gislib.planning.authors import author_of, store_of
from gislib.planning.loaded import tables_of
from gislib.planning.session import Session, in_scope, require_area, require_role
from gislib.store import audit, item_steps
from gislib.store import ledger as stored
from gislib.store.item_facts import Facts
from gislib.store.items import Added, Item, NewItem, Save

OVERDUE: Final = "overdue"
DUE_SOON: Final = "due_soon"
URGENCIES: Final = (OVERDUE, DUE_SOON)
DEADLINES: Final = "ledger.deadline_days"
LAYERS: Final = {
    "school": "schools", "gate": "gates", "venue": "venues", "water": "water", "rental": "rentals", "device": "devices",
}  # fmt: skip
"""Layer that holds the places of a kind; street pieces are no layer of the sources."""
_DEPARTMENT_COLUMNS: Final = ("department_lead", "departments_main", "departments_support")


@dataclass(frozen=True)
class Filters:
    """
    What is listed; an empty set does not filter.

    ``departments``: in any of the three columns; ``urgency``: of `URGENCIES`; ``text``: part of id, title, measure,
    place or campus, in any case.
    """

    states: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    nets: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    schools: frozenset[str] = frozenset()
    urgency: frozenset[str] = frozenset()
    text: str = ""


@dataclass(frozen=True)
class Counts:
    """Items that are not closed, and of them: past their deadline, due soon, waiting for the check."""

    open: int
    overdue: int
    due_soon: int
    recheck: int


@dataclass(frozen=True)
class Order:
    """Who is to act until when; ``reason``: why an item goes to somebody else than before."""

    department_lead: str
    deadline: date
    departments_main: tuple[str, ...] = ()
    departments_support: tuple[str, ...] = ()
    post: str | None = None
    reason: str | None = None


def table(session: Session, filters: Filters | None = None, on: date | None = None) -> pd.DataFrame:
    """
    The items of the actor's areas, the most urgent first.

    Parameters
    ----------
    session, filters
        Whose ledger, and what of it.
    on
        Local day that deadlines are compared with; None: nothing is urgent.

    Returns
    -------
    DataFrame
        Index ``item_id``; columns of `gislib.store.ledger.table` with ``school`` and ``place`` (names, missing =
        unknown), ``map_lon``, ``map_lat`` (WGS 84: the item's position, else of its place or campus), ``days_left``
        (missing without deadline and for closed items) and ``urgency`` (of `URGENCIES`, else empty).
    """
    items = of_areas(session, stored.table(store_of(session)))
    told = _urgent(_placed(items, tables_of(session.workspace)), on)
    chosen = told[_chosen(told, filters or Filters())]
    order = chosen.assign(closed=chosen["state"] == item_steps.CLOSED).sort_values(
        ["closed", "deadline", "found_on"], na_position="last", kind="stable"
    )
    return order.drop(columns="closed")


def of_areas(session: Session, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose ``area_code`` is one of the actor's areas; all of them for who sees all areas."""
    if session.areas is None:
        return rows
    codes = rows["area_code"].drop_duplicates()
    mine = {code for code in codes if in_scope(session, None if pd.isna(code) else code)}
    return rows[rows["area_code"].isin(mine)]


def whole_area(row: Mapping[Any, Any] | pd.Series) -> bool:
    """Whether an item names no place and so concerns the whole area; ``row``: of a `table`, or of a frozen ledger."""
    return all(pd.isna(row[name]) for name in ("place_id", "school_id", "lon"))


def counts(items: pd.DataFrame) -> Counts:
    """Count items of a `table` that holds all of them."""
    still = items["state"] != item_steps.CLOSED
    return Counts(
        open=int(still.sum()),
        overdue=int((items["urgency"] == OVERDUE).sum()),
        due_soon=int((items["urgency"] == DUE_SOON).sum()),
        recheck=int((items["state"] == item_steps.RECHECK).sum()),
    )


def read(session: Session, item_id: str) -> Item:
    """One item; StoreError ``item_unknown``, RefusedError ``area_not_yours``."""
    item = stored.read(store_of(session), item_id)
    require_area(session, item.facts.area_code)
    return item


def history(session: Session, item_id: str) -> pd.DataFrame:
    """Every step of an item, see `gislib.store.ledger.history`; errors as in `read`."""
    read(session, item_id)
    return stored.history(store_of(session), item_id)


def add_by_hand(session: Session, facts: Facts, found_on: date, source: str = "manual") -> Item:
    """
    Put down a hazard that somebody saw.

    Parameters
    ----------
    facts
        What and where; area, departments and deadline are filled in where they are missing.
    source
        ``manual`` or ``inspection``.

    Raises
    ------
    InputError
        ``ledger_place_unknown``, ``ledger_department_unknown``.
    StoreError
        As in `gislib.store.ledger.add`.
    RefusedError
        ``area_not_yours`` where it lies in another area, ``role_too_low``.
    """
    require_role(session, "planner")
    days = rules.load().table(DEADLINES, found_on)[source]
    deadline = facts.deadline or found_on + timedelta(days=int(days))
    item = NewItem(source, found_on, located(session, replace(facts, deadline=deadline)))
    (item_id,) = add(session, [item]).item_ids
    return stored.read(store_of(session), item_id)


def add(session: Session, items: Sequence[NewItem]) -> Added:
    """Put hazards down, all or none; errors as in `add_by_hand`."""
    require_role(session, "planner")
    return write(session, (), items)[1]


def save(session: Session, saves: Sequence[Save]) -> list[Item]:
    """
    Move items on, all or none.

    Raises
    ------
    ConflictError
        ``items_stale``; noted in the audit, nothing else is written.
    InputError
        ``ledger_department_unknown`` for a department that the rules do not list any more.
    StoreError, RefusedError
        As in `gislib.store.ledger.save` and `read`.
    """
    require_role(session, "planner")
    if not saves:
        raise StoreError("ledger_empty")
    return write(session, saves, ())[0]


def write(session: Session, saves: Sequence[Save], items: Sequence[NewItem]) -> tuple[list[Item], Added]:
    """Move items on and put new ones down, all or none; errors as in `save` and `add`."""
    require_role(session, "planner")
    store, author, known = store_of(session), author_of(session), rules.load().kinds("department")
    saves = [replace(one, changes=_with_area(session, one)) for one in saves]
    for one in saves:
        if "area_code" in one.changes:
            require_area(session, one.changes["area_code"])
        _require_departments(one.changes, known)
    for item in items:
        require_area(session, item.facts.area_code)
        _require_departments(vars(item.facts), known)
    try:
        return stored.write(store, saves, items, author)
    except ConflictError as problem:
        detail = {name: str(value) for name, value in problem.values.items()}
        audit.record(store, author, "item.stale", str(problem.values["item"]), detail)
        raise


def assign(session: Session, chosen: Sequence[tuple[str, int]], order: Order) -> list[Item]:
    """
    Give items to a department, all or none: new ones are assigned, those under way reassigned.

    Parameters
    ----------
    chosen
        Id of every item with the version that the list shows.
    order
        Who acts until when. Main and supporting departments that it leaves empty stay as they are.

    Raises
    ------
    ConflictError, InputError, StoreError, RefusedError
        As in `save`.
    """
    require_role(session, "planner")
    saves = []
    for item_id, version in chosen:
        item = read(session, item_id)
        told = {
            name: getattr(order, name) for name in ("department_lead", "deadline", *_DEPARTMENT_COLUMNS[1:], "post")
        }
        changes = {name: value for name, value in told.items() if value}
        lead = changes["department_lead"]
        for name in _DEPARTMENT_COLUMNS[1:]:
            others = changes.get(name, getattr(item.facts, name))
            changes[name] = tuple(code for code in others if code != lead)
        name = "assign" if item.state == item_steps.FOUND else "reassign"
        saves.append(Save(item_id, version, name, changes, order.reason))
    return save(session, saves)


def located(session: Session, facts: Facts) -> Facts:
    """
    Facts with position and area of their place where these are missing.

    Raises
    ------
    InputError
        ``ledger_place_unknown`` for a place or campus that the data do not hold.
    """
    tables = tables_of(session.workspace)
    spot = None if facts.lon is None or facts.lat is None else Point(facts.lon, facts.lat)
    area = facts.area_code
    for layer, identity in _named(facts):
        if identity not in tables[layer].index:
            raise InputError("ledger_place_unknown", layer=layer, id=identity)
        places = tables[layer]
        spot = spot or Point(places.geometry[identity].representative_point())
        code = places["area_code"][identity] if "area_code" in places.columns else None
        area = area or (str(code) if pd.notna(code) else None)
    if spot is None:
        return facts
    return replace(facts, lon=spot.x, lat=spot.y, area_code=area or area_at(tables["areas"], spot))


def area_at(areas: gpd.GeoDataFrame, spot: Point) -> str | None:
    """Code of the smallest area that holds a position, None outside all of them."""
    outlined = areas[areas.geometry.notna()]
    held = outlined[outlined.intersects(spot)]
    if held.empty:
        return None
    return str(held.index[int(np.argmin(shapely.area(held.geometry.to_numpy())))])


def area_after(session: Session, old: Facts, changes: Mapping[str, Any]) -> str | None:
    """Area of an item after changes: where its new position lies; the old one outside all areas."""
    lon, lat = (changes.get(name, getattr(old, name)) for name in ("lon", "lat"))
    if not {"lon", "lat"} & changes.keys() or lon is None or lat is None:
        return old.area_code
    return area_at(tables_of(session.workspace)["areas"], Point(lon, lat)) or old.area_code


def _with_area(session: Session, save: Save) -> Mapping[str, Any]:
    """Changes of an item of the actor's areas, with the area of its new position; errors as in `read`."""
    old = read(session, save.item_id).facts
    code = save.changes.get("area_code", area_after(session, old, save.changes))
    return save.changes if code == old.area_code else {**save.changes, "area_code": code}


def _named(facts: Facts) -> list[tuple[str, str]]:
    """Layer and id of the place, then of the campus, of an item."""
    found = []
    if facts.place_kind in LAYERS and facts.place_id is not None:
        found.append((LAYERS[facts.place_kind], facts.place_id))
    if facts.school_id is not None:
        found.append(("schools", facts.school_id))
    return found


def _require_departments(told: Mapping[str, Any], known: Collection[str]) -> None:
    lead = told.get("department_lead")
    codes = [*([lead] if lead else []), *(code for name in _DEPARTMENT_COLUMNS[1:] for code in told.get(name) or ())]
    for code in codes:
        if code not in known:
            raise InputError("ledger_department_unknown", department=code)


def _placed(items: pd.DataFrame, tables: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Names and positions of the places; what the sources do not bring any more has none."""
    schools = tables["schools"]
    place = pd.Series(None, items.index, dtype="str")
    lon, lat = items["lon"].copy(), items["lat"].copy()
    for kind, layer in (*LAYERS.items(), ("", "schools")):
        ids = items["place_id"].where(items["place_kind"] == kind) if kind else items["school_id"]
        here = ids[ids.isin(tables[layer].index)]
        rows = tables[layer].loc[here]
        if kind and "name" in rows.columns:
            place.loc[here.index] = rows["name"].to_numpy()
        points = shapely.point_on_surface(rows.geometry.to_numpy())
        lon.loc[here.index] = lon.loc[here.index].where(lon.loc[here.index].notna(), shapely.get_x(points))
        lat.loc[here.index] = lat.loc[here.index].where(lat.loc[here.index].notna(), shapely.get_y(points))
    return items.assign(school=items["school_id"].map(schools["name"]), place=place, map_lon=lon, map_lat=lat)


def _urgent(items: pd.DataFrame, on: date | None) -> pd.DataFrame:
    """Days until the deadline, and what that means."""
    deadline = pd.to_datetime(items["deadline"], errors="coerce")
    still = items["state"] != item_steps.CLOSED
    days = (deadline - pd.Timestamp(on)).dt.days.where(still) if on else pd.Series(np.nan, items.index)
    soon = rules.load().number("ledger.due_soon_days", on) if on else 0.0
    urgency = np.select([(days < 0).to_numpy(bool), (days <= soon).to_numpy(bool)], URGENCIES, "")
    return items.assign(days_left=days.astype("float64"), urgency=urgency)


def _chosen(items: pd.DataFrame, filters: Filters) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which items pass."""
    keep = np.ones(len(items), dtype=bool)
    columns = {
        "states": "state", "sources": "source", "nets": "net", "grades": "grade", "schools": "school_id",
        "urgency": "urgency",
    }  # fmt: skip
    for name, column in columns.items():
        if wanted := getattr(filters, name):
            keep &= items[column].isin(wanted).to_numpy(bool)
    if filters.departments:
        all_three = items[list(_DEPARTMENT_COLUMNS)].fillna("").agg(" ".join, axis=1).str.split()
        keep &= np.array([not filters.departments.isdisjoint(codes) for codes in all_three], dtype=bool)
    if text := filters.text.strip().casefold():
        seen = items[["title", "measure", "place", "school"]].fillna("").agg("\n".join, axis=1)
        hay = items.index.to_series() + "\n" + seen if len(items) else seen
        keep &= hay.str.casefold().str.contains(text, regex=False).to_numpy(bool)
    return keep
