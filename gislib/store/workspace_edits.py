"""
Corrections of the workspace's data by people: features added, changed or retired; the imported files stay as they are.

Append-only: an edit is taken back by a row that names it. `edited_tables` applies what stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, RowMapping, insert, select

from gislib.domain.errors import StoreError
from gislib.domain.tables import LAYERS, Column
from gislib.store import audit, labels, plain_text
from gislib.store.audit import Author
from gislib.store.database import Store, reading, writing
from gislib.store.ledger_schema import WORKSPACE_EDITS

ACTIONS: Final = ("add", "change", "retire")
SOURCE: Final = "edits"
"""Source id of features that people added."""
HISTORY: Final = (
    "edit_id", "takes_back", "layer", "feature_id", "action", "sets", "item_id", "reason", "actor", "role", "at",
)  # fmt: skip
_TYPES: Final[dict[str, tuple[type, ...]]] = {"str": (str,), "float64": (int, float), "boolean": (bool,)}
_EARTH: Final = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True)
class NewEdit:
    """
    One feature of a layer.

    ``feature_id``: None for an added one, whose id is given out. ``sets``: value by column, None = unknown; an added
    feature needs every required column but its source. ``geometry``: WGS 84; None leaves it as it is.
    """

    layer: str
    action: str
    feature_id: str | None = None
    sets: Mapping[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Edit:
    """An edit that stands; ``item_id``: the ledger item whose closing made it."""

    edit_id: str
    layer: str
    feature_id: str
    action: str
    sets: Mapping[str, Any]
    geometry: BaseGeometry | None
    item_id: str | None
    actor: str
    at: datetime


def add(store: Store, edits: Sequence[NewEdit], author: Author) -> list[str]:
    """
    Write edits, all or none; their ids.

    Raises
    ------
    StoreError
        ``workspace_edit_layer``, ``workspace_edit_action``, ``workspace_edit_feature`` (a feature named for an addition
        or none for a change), ``workspace_edit_column``, ``workspace_edit_value``, ``workspace_edit_geometry``.
    """
    with writing(store) as connection:
        return add_all(connection, edits, author)


def add_all(
    connection: Connection, edits: Sequence[NewEdit], author: Author, item_serial: int | None = None
) -> list[str]:
    """`add` in the transaction of the caller."""
    if not edits:
        return []
    rows = [_row(edit) for edit in edits]
    last = labels.last(connection, WORKSPACE_EDITS)
    for serial, row in enumerate(rows, start=last + 1):
        row.update({"serial": serial, "item_serial": item_serial, "takes_back": None} | _who(author))
        row["feature_id"] = row["feature_id"] or f"edit:{serial}"
    connection.execute(insert(WORKSPACE_EDITS), rows)
    for row in rows:
        detail = {name: row[name] for name in ("layer", "feature_id", "sets")}
        item = {"item": labels.optional(labels.ITEM, item_serial)}
        subject = labels.text(labels.EDIT, row["serial"])
        audit.add(connection, author, f"workspace.{row['action']}", subject, detail | item)
    return [labels.text(labels.EDIT, row["serial"]) for row in rows]


def take_back(store: Store, edit_ids: Sequence[str], reason: str, author: Author) -> None:
    """
    Undo edits, all or none.

    Raises
    ------
    StoreError
        ``workspace_edit_unknown``, ``workspace_edit_gone`` (taken back already), ``reason_missing``.
    """
    why = plain_text.cleaned(reason)
    if why is None:
        raise StoreError("reason_missing")
    with writing(store) as connection:
        for edit_id in edit_ids:
            _take_back(connection, edit_id, why, author)


def _take_back(connection: Connection, edit_id: str, why: str, author: Author) -> None:
    table, serial = WORKSPACE_EDITS.c, labels.serial(labels.EDIT, edit_id)
    chosen = select(WORKSPACE_EDITS).where(table.serial == serial, table.takes_back.is_(None))
    row = connection.execute(chosen).mappings().one_or_none()
    if row is None:
        raise StoreError("workspace_edit_unknown", id=edit_id)
    if connection.scalar(select(table.serial).where(table.takes_back == serial)) is not None:
        raise StoreError("workspace_edit_gone", id=edit_id)
    new = {"serial": labels.last(connection, WORKSPACE_EDITS) + 1, "takes_back": serial, "reason": why}
    connection.execute(insert(WORKSPACE_EDITS), {**row} | new | _who(author))
    audit.add(connection, author, "workspace.take_back", edit_id, {"reason": why})


def standing(store: Store) -> list[Edit]:
    """Edits that were not taken back, in the order they were made."""
    gone = select(WORKSPACE_EDITS.c.takes_back).where(WORKSPACE_EDITS.c.takes_back.is_not(None))
    table = WORKSPACE_EDITS.c
    chosen = select(WORKSPACE_EDITS).where(table.takes_back.is_(None), table.serial.not_in(gone))
    with reading(store) as connection:
        rows = connection.execute(chosen.order_by(table.serial)).mappings().all()
    return [_edit(row) for row in rows]


def history(store: Store) -> pd.DataFrame:
    """Every row in the order they were written: `HISTORY`."""
    with reading(store) as connection:
        rows = connection.execute(select(WORKSPACE_EDITS).order_by(WORKSPACE_EDITS.c.serial)).mappings().all()
    data = [
        {**row, "edit_id": labels.text(labels.EDIT, row["serial"])}
        | {"takes_back": labels.optional(labels.EDIT, row["takes_back"])}
        | {"item_id": labels.optional(labels.ITEM, row["item_serial"])}
        for row in rows
    ]
    return pd.DataFrame(data, columns=list(HISTORY))


def _row(edit: NewEdit) -> dict[str, Any]:
    if edit.layer not in LAYERS:
        raise StoreError("workspace_edit_layer", layer=edit.layer)
    if edit.action not in ACTIONS:
        raise StoreError("workspace_edit_action", action=edit.action)
    adds = edit.action == "add"
    feature = plain_text.line(edit.feature_id)
    if adds == (feature is not None):
        raise StoreError("workspace_edit_feature", layer=edit.layer, action=edit.action)
    sets = {name: plain_text.cleaned(value) if isinstance(value, str) else value for name, value in edit.sets.items()}
    columns = LAYERS[edit.layer].columns
    if adds and "source_id" in columns:
        sets["source_id"] = SOURCE
    _check_values(edit, sets)
    _check_geometry(edit)
    return {
        "layer": edit.layer,
        "feature_id": feature,
        "action": edit.action,
        "sets": audit.json_ready(sets),
        "geometry": None if edit.geometry is None else shapely.to_wkb(edit.geometry, output_dimension=2, byte_order=1),
        "reason": plain_text.cleaned(edit.reason),
    }


def _check_values(edit: NewEdit, sets: Mapping[str, Any]) -> None:
    columns = LAYERS[edit.layer].columns
    if edit.action == "retire" and sets:
        raise StoreError("workspace_edit_column", layer=edit.layer, column=", ".join(sets))
    if edit.action == "change" and not sets and edit.geometry is None:
        raise StoreError("workspace_edit_value", layer=edit.layer, column="*", value=None)
    for name, value in sets.items():
        column = columns.get(name)
        if column is None or column.dtype not in _TYPES:
            raise StoreError("workspace_edit_column", layer=edit.layer, column=name)
        if not _fits(column, value):
            raise StoreError("workspace_edit_value", layer=edit.layer, column=name, value=value)
    if edit.action == "add":
        absent = [name for name, column in columns.items() if not column.nullable and sets.get(name) is None]
        if absent:
            raise StoreError("workspace_edit_value", layer=edit.layer, column=absent[0], value=None)


def _fits(column: Column, value: object) -> bool:
    if value is None:
        return column.nullable
    numeric = column.dtype == "float64"
    return isinstance(value, _TYPES[column.dtype]) and not (numeric and isinstance(value, bool))


def _check_geometry(edit: NewEdit) -> None:
    schema, shape = LAYERS[edit.layer], edit.geometry
    if shape is None:
        if edit.action == "add" and schema.geometry_required:
            raise StoreError("workspace_edit_geometry", layer=edit.layer, kind="-")
        return
    west, south, east, north = _EARTH
    kind_fits = edit.action != "retire" and shape.geom_type in schema.geometry and not shape.is_empty
    if not kind_fits or not shapely.box(west, south, east, north).covers(shapely.box(*shape.bounds)):
        raise StoreError("workspace_edit_geometry", layer=edit.layer, kind=shape.geom_type)


def _who(author: Author) -> dict[str, Any]:
    return {"actor": author.actor, "role": author.role, "at": author.at}


def _edit(row: RowMapping) -> Edit:
    return Edit(
        edit_id=labels.text(labels.EDIT, row["serial"]),
        layer=row["layer"],
        feature_id=row["feature_id"],
        action=row["action"],
        sets=row["sets"],
        geometry=None if row["geometry"] is None else shapely.from_wkb(row["geometry"]),
        item_id=labels.optional(labels.ITEM, row["item_serial"]),
        actor=row["actor"],
        at=row["at"],
    )
