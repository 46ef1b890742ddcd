"""Teams as planners ask for them, and teams proposed for an area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from sklearn.cluster import KMeans

from gislib.domain.errors import InputError
from gislib.patrol.clock import DAY_MIN, Span, clock, read_span
from gislib.patrol.parameters import break_min
from gislib.patrol.teams import Team
from gislib.planning.patrol_basis import PatrolBasis

POLICE: Final = "police"
POLICE_STATION: Final = "police_station"
NAMES: Final = "甲乙丙丁戊己庚辛壬癸"
"""First signs of the names of proposed teams, in the order that Chinese lists use."""
MOST_TEAMS: Final = 60


@dataclass(frozen=True)
class TeamWish:
    """
    One team as asked for.

    ``depot_id``: row of the depots; ``mode``: foot, ebike or car; ``hours``: ``HH:MM-HH:MM``, "" = the whole shift;
    ``police``: led by a police officer; ``speed_kmh``: None = that of the mode; ``overtime_min``: how much later than
    the end of its hours it may be back, None = by the rules.
    """

    team_id: str
    name: str
    depot_id: str
    mode: str = "ebike"
    headcount: int = 2
    police: bool = False
    break_min: float = 0.0
    hours: str = ""
    speed_kmh: float | None = None
    overtime_min: float | None = None


def teams_of(wishes: Sequence[TeamWish], basis: PatrolBasis, shift: Span) -> tuple[Team, ...]:
    """
    Teams of a shift.

    Raises
    ------
    InputError
        ``patrol_depot_unknown``; ``patrol_hours`` for hours that cannot be read; ``patrol_team_hours`` for hours that
        have no time in common with the shift.
    """
    places = basis.depots
    allowed = float(basis.rs.table("patrol.overtime", basis.request.as_of)["allowed_min"])
    teams = []
    for wish in wishes:
        if wish.depot_id not in places.index:
            raise InputError("patrol_depot_unknown", team=wish.name, depot=wish.depot_id)
        hours = _hours(wish, shift)
        skills = frozenset({POLICE}) if wish.police else frozenset[str]()
        start = shapely.Point(places.geometry[wish.depot_id].coords[0])
        teams.append(
            Team(
                wish.team_id, wish.name, start, wish.mode, hours.begin, hours.end,
                wish.break_min, wish.headcount, skills, wish.speed_kmh,
                allowed if wish.overtime_min is None else max(wish.overtime_min, 0.0),
            )
        )  # fmt: skip
    return tuple(teams)


def _hours(wish: TeamWish, shift: Span) -> Span:
    """Hours of a team within the shift, on whichever day they have most time in common with it."""
    if not wish.hours:
        return shift
    told = read_span(wish.hours)
    days = (Span(told.begin + day, told.end + day) for day in (0.0, DAY_MIN, -DAY_MIN))
    own = max(
        (Span(max(span.begin, shift.begin), min(span.end, shift.end)) for span in days),
        key=lambda span: span.end - span.begin,
    )
    if own.end <= own.begin:
        told_shift = f"{clock(shift.begin)}-{clock(shift.end)}"
        raise InputError("patrol_team_hours", team=wish.name, hours=wish.hours, shift=told_shift)
    return own


def depot_names(wishes: Sequence[TeamWish], basis: PatrolBasis) -> list[str | None]:
    """Name of every team's depot; None where nameless."""
    told = [basis.depots["name"][wish.depot_id] for wish in wishes]
    return [name if isinstance(name, str) and name else None for name in told]


def proposed(basis: PatrolBasis, count: int, shift: Span | None = None) -> tuple[TeamWish, ...]:
    """
    So many teams spread over the area, every second one with police, from the depots nearest to their part's middle.

    Teams with police start from police stations where there are any. ``shift``: its usual rest is given to every team.

    Raises
    ------
    InputError
        ``patrol_no_team`` for none, ``patrol_teams_many`` for more than `MOST_TEAMS`, ``patrol_no_depot`` where there
        is no place to start from.
    """
    if count < 1:
        raise InputError("patrol_no_team")
    if count > MOST_TEAMS:
        raise InputError("patrol_teams_many", count=count, most=MOST_TEAMS)
    places = basis.depots
    if places.empty:
        raise InputError("patrol_no_depot")
    xy = shapely.get_coordinates(basis.ground.tables["schools"].representative_point())
    parts = min(count, len(np.unique(xy, axis=0)))
    centres = KMeans(parts, n_init=4, random_state=1).fit(xy).cluster_centers_
    centres = centres[np.lexsort((centres[:, 0], -centres[:, 1]))]
    stations = places[(places["kind"] == POLICE_STATION).to_numpy(bool)]
    rest = 0.0 if shift is None else break_min(*basis.rules, shift)
    police = [k % 2 == 0 for k in range(count)]
    near = [_nearest(stations if led and len(stations) else places, centres[k % parts]) for k, led in enumerate(police)]
    return tuple(
        TeamWish(f"t{k + 1}", _name(k), near[k], police=led, break_min=rest) for k, led in enumerate(police)
    )  # fmt: skip


def _nearest(places: gpd.GeoDataFrame, centre: np.ndarray) -> str:
    where = shapely.get_coordinates(places.geometry)
    return str(places.index[int(np.hypot(*(where - centre).T).argmin())])


def _name(number: int) -> str:
    return f"{NAMES[number]}组" if number < len(NAMES) else f"第{number + 1}组"
