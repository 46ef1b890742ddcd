"""Teams as planners ask for them, and teams proposed for an area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from sklearn.cluster import KMeans

from gislib.domain.errors import InputError
from gislib.patrol.clock import Span, read_span
from gislib.patrol.teams import Team
from gislib.planning.patrol_basis import PatrolBasis

POLICE: Final = "police"
NAMES: Final = "甲乙丙丁戊己庚辛壬癸"
"""First signs of the names of proposed teams, in the order that Chinese lists use."""
MOST_TEAMS: Final = 60


@dataclass(frozen=True)
class TeamWish:
    """
    One team as asked for.

    ``depot_id``: row of the depots; ``mode``: foot, ebike or car; ``hours``: ``HH:MM-HH:MM``, "" = the whole shift;
    ``police``: led by a police officer.
    """

    team_id: str
    name: str
    depot_id: str
    mode: str = "ebike"
    headcount: int = 2
    police: bool = False
    break_min: float = 0.0
    hours: str = ""


def teams_of(wishes: Sequence[TeamWish], basis: PatrolBasis, shift: Span) -> tuple[Team, ...]:
    """
    Teams of a shift.

    Raises
    ------
    InputError
        ``patrol_depot_unknown``; ``patrol_hours`` for hours that cannot be read.
    """
    places = basis.depots
    teams = []
    for wish in wishes:
        if wish.depot_id not in places.index:
            raise InputError("patrol_depot_unknown", team=wish.name, depot=wish.depot_id)
        hours = read_span(wish.hours) if wish.hours else shift
        skills = frozenset({POLICE}) if wish.police else frozenset[str]()
        start = shapely.Point(places.geometry[wish.depot_id].coords[0])
        teams.append(
            Team(
                wish.team_id, wish.name, start, wish.mode, hours.begin, hours.end,
                wish.break_min, wish.headcount, skills,
            )
        )  # fmt: skip
    return tuple(teams)


def depot_names(wishes: Sequence[TeamWish], basis: PatrolBasis) -> list[str | None]:
    """Name of every team's depot; None where nameless."""
    told = [basis.depots["name"][wish.depot_id] for wish in wishes]
    return [name if isinstance(name, str) and name else None for name in told]


def proposed(basis: PatrolBasis, count: int) -> tuple[TeamWish, ...]:
    """
    So many teams spread over the area, every second one with police, from the depots nearest to their part's middle.

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
    where = shapely.get_coordinates(places.geometry)
    nearest = [int(np.hypot(*(where - centre).T).argmin()) for centre in centres]
    return tuple(
        TeamWish(f"t{k + 1}", _name(k), str(places.index[nearest[k % parts]]), police=k % 2 == 0) for k in range(count)
    )


def _name(number: int) -> str:
    return f"{NAMES[number]}组" if number < len(NAMES) else f"第{number + 1}组"
