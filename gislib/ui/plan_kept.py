"""Tables about the devices of a plan that an edit changes in a few rows only, kept in the browser tab between runs."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import geopandas as gpd
import pandas as pd

from gislib.store.plan_state import Plan
from gislib.ui import state
from gislib.ui.plan_edit import difference

TableT = TypeVar("TableT", bound=pd.DataFrame)


@dataclass(frozen=True, eq=False)
class _Kept:
    """``table`` was made from the devices of ``plan``, on the ground ``now`` (the same object, not an equal one)."""

    now: object
    key: Hashable
    plan: Plan
    table: Any


def by_device(
    slot: str, made_of: tuple[object, Hashable], plan: Plan, make: Callable[[gpd.GeoDataFrame], TableT]
) -> TableT:
    """
    Table of all devices of a plan; after an edit only the rows of those that it touched are made again.

    Parameters
    ----------
    slot
        Name under which the table is kept.
    made_of
        The ground today, and what else the words depend on (language ...): another one makes everything anew.
    plan
        The plan as it is now.
    make
        Rows of some devices: none depends on another device. Names its devices in the column ``device_id``, else in
        the index; a device may have several rows.

    Returns
    -------
    DataFrame
        As ``make`` gives it for all devices; the rows of one device in its order, the devices in any.
    """
    now, also = made_of
    key = (plan.head.plan_id, also)
    kept: _Kept | None = state.noted(slot)
    if kept is None or kept.now is not now or kept.key != key:
        table = make(plan.devices)
    else:
        found = difference(kept.plan, plan)
        again = plan.devices.loc[[*found.added, *found.changed]]
        stays = _devices_of(kept.table).isin(plan.devices.index.difference(again.index))
        table = kept.table[stays]
        if len(again):
            table = cast("TableT", pd.concat([table, make(again)]))
    state.note(slot, _Kept(now, key, plan, table))
    return table


def _devices_of(table: pd.DataFrame) -> pd.Index:
    return pd.Index(table["device_id"]) if "device_id" in table else table.index
