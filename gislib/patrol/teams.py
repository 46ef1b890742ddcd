"""Who patrols: where a team starts, how it moves, its hours, break, headcount and authority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gislib.domain.errors import InputError
from gislib.exposure.ground import Ground
from gislib.network.drive import Mode

_STATION_KINDS: Final = ("police_booth",)
_MIN_PER_H: Final = 60.0


@dataclass(frozen=True)
class Team:
    """
    One team of a shift.

    Attributes
    ----------
    team_id, name
        Id and the name that is printed.
    depot
        Where it starts and returns, working CRS.
    mode
        ``foot``, ``ebike`` or ``car``.
    begins_min, ends_min
        Shift in minutes since midnight of its first day.
    break_min
        Rest to be taken once within the shift.
    headcount
        People; printed, not planned with.
    skills
        Authority: ``police``.
    speed_kmh
        None: the speed of the mode in the rules.
    overtime_min
        Minutes after the end of the shift that the way back and what was begun may take.
    """

    team_id: str
    name: str
    depot: shapely.Point
    mode: str
    begins_min: float
    ends_min: float
    break_min: float = 0.0
    headcount: int = 2
    skills: frozenset[str] = frozenset()
    speed_kmh: float | None = None
    overtime_min: float = 0.0

    @property
    def latest_min(self) -> float:
        """When it must be back, overtime included."""
        return self.ends_min + self.overtime_min

    def pace(self, modes: Mapping[str, Mode]) -> float:
        """Minutes per metre."""
        speed = self.speed_kmh if self.speed_kmh is not None else modes[self.mode].speed_kmh
        return _MIN_PER_H / (1000.0 * speed)


def check_teams(teams: Sequence[Team], modes: Mapping[str, Mode], least_dwell_min: float) -> None:
    """
    Refuse teams that cannot patrol at all.

    Raises
    ------
    InputError
        ``patrol_no_team``, ``patrol_team_twice``, ``patrol_mode_unknown``, ``patrol_team_speed``, or
        ``patrol_shift_short`` for a shift that has no time for one stop after its break.
    """
    if not teams:
        raise InputError("patrol_no_team")
    ids = [team.team_id for team in teams]
    for team in teams:
        if ids.count(team.team_id) > 1:
            raise InputError("patrol_team_twice", team=team.team_id)
        if team.mode not in modes:
            raise InputError("patrol_mode_unknown", team=team.name, mode=team.mode, known=", ".join(modes))
        if team.speed_kmh is not None and not team.speed_kmh > 0:
            raise InputError("patrol_team_speed", team=team.name, speed=team.speed_kmh)
        left = team.ends_min - team.begins_min - team.break_min
        if left <= 0 or left < least_dwell_min:
            raise InputError("patrol_shift_short", team=team.name, minutes=round(left), least=round(least_dwell_min))


def depots(ground: Ground) -> gpd.GeoDataFrame:
    """
    Places a team can start from: depots, then police booths, then the gates of the campuses.

    Depots are those imported, and the police stations of the map.

    Returns
    -------
    GeoDataFrame
        Index ``depot_id``: ``kind`` (of the kinds of depots, ``police_booth`` or ``gatehouse``), ``name`` (of a gate
        its campus's; missing where nameless), point.
    """
    own, devices, gates, schools = (ground.tables[name] for name in ("depots", "devices", "gates", "schools"))
    booths = devices[devices["kind"].isin(_STATION_KINDS).to_numpy(bool)]
    campus = schools["name"].reindex(gates["school_id"]).to_numpy(dtype=object)
    parts = (
        (own, own["kind"].to_numpy(dtype=object), own["name"]),
        (booths, booths["kind"].to_numpy(dtype=object), booths["name"]),
        (gates, np.full(len(gates), "gatehouse", dtype=object), campus),
    )
    return gpd.GeoDataFrame(
        {
            "kind": np.concatenate([kind for _, kind, _ in parts]),
            "name": np.concatenate([np.asarray(name, dtype=object) for _, _, name in parts]),
        },
        geometry=np.concatenate([table.geometry.representative_point().to_numpy() for table, _, _ in parts]),
        index=pd.Index(np.concatenate([table.index.to_numpy(dtype=object) for table, _, _ in parts]), name="depot_id"),
        crs=schools.crs,
    )
