"""Venues in ground floors along the streets, and registered rentals in houses."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

import shapely
from shapely.geometry import Point
from shapely.ops import nearest_points

from demo import names, planted
from demo.county import County
from demo.plane import Xy, chance
from demo.streets import RANK

# how planners type it, word patterns of the sign, number, opening hours, pull of the centre (0 none, 1 strong)
_KINDS: Final[tuple[tuple[str, tuple[str, ...], int, tuple[str, ...], float], ...]] = (
    ("网吧", ("{}网吧", "{}网咖", "{}电竞馆"), 40, ("08:00-24:00", "00:00-24:00", "09:00-02:00"), 0.6),
    ("KTV", ("{}KTV", "{}量贩KTV", "{}歌厅"), 28, ("13:00-02:00", "18:00-02:00"), 0.8),
    ("歌舞厅", ("{}歌舞厅",), 4, ("19:00-24:00",), 0.8),
    ("酒吧", ("{}酒吧", "{}清吧"), 20, ("18:00-02:00", "17:30-01:30"), 0.9),
    ("游艺厅", ("{}电玩城", "{}游戏厅"), 12, ("10:00-23:00",), 0.8),
    ("台球室", ("{}台球室", "{}桌球俱乐部"), 20, ("10:00-24:00", "09:00-23:00"), 0.5),
    ("剧本杀", ("{}剧本推理馆", "{}密室逃脱"), 12, ("12:00-24:00",), 0.9),
    ("烟酒店", ("{}烟酒店", "{}烟酒行", "{}便利店"), 150, ("07:30-22:30", "08:00-22:00"), 0.25),
    ("电子烟", ("{}电子烟",), 10, ("10:00-22:00",), 0.8),
    ("酒行", ("{}酒行", "{}酒业"), 34, ("08:30-21:30",), 0.3),
    ("彩票", ("{}福彩站", "{}体彩站"), 42, ("09:00-21:00", "09:00-20:30"), 0.3),
    ("成人用品", ("{}成人用品店",), 6, ("00:00-24:00",), 0.5),
)  # fmt: skip
_PERMITS: Final = (("有效", 78), ("已过期", 8), ("无证", 4), ("", 10))
_LOCATED_M: Final = ((0.5, 8), (5.0, 27), (20.0, 55), (60.0, 10))
RENTALS: Final = 1680
LAST_DAY: Final = dt.date(2026, 11, 16)
_T = TypeVar("_T")
_RENTAL_KINDS: Final = (("出租房", 70), ("群租房", 9), ("日租房", 7), ("陪读房", 14))


@dataclass(frozen=True)
class Venue:
    """One venue: code, name, kind as typed, hours and permit ("" = not stated), door, 1-sigma position error."""

    code: str
    name: str
    kind: str
    hours: str
    permit: str
    at: Xy
    located_m: float


@dataclass(frozen=True)
class Rental:
    """One registered rental: code, kind, beds and last visit (None, "" = not stated), position."""

    code: str
    kind: str
    beds: int | None
    last_visit: str
    at: Xy
    located_m: float


def _drawn(options: Sequence[tuple[_T, int]], rng: random.Random) -> _T:
    return rng.choices([value for value, _ in options], [weight for _, weight in options])[0]


def shopfronts(county: County) -> list[tuple[Xy, float]]:
    """Doors of houses on streets, with a weight by street class, higher near school gates."""
    lines = [e.line for e in county.network.edges]
    tree = shapely.STRtree(lines)
    pull = {
        RANK["primary"]: 2.0,
        RANK["secondary"]: 3.0,
        RANK["tertiary"]: 2.6,
        RANK["residential"]: 0.8,
        RANK["footway"]: 0.5,
    }
    houses = [h for h in county.houses if county.towns.intersects(h.outline)]
    nearest = tree.nearest([h.outline for h in houses])
    gates = [Point(gate.at) for campus in county.campuses for gate in campus.gates]
    from_gate = shapely.STRtree(gates).query_nearest(
        [h.outline for h in houses], return_distance=True, all_matches=False
    )[1]
    out = []
    for house, number, gate_m in zip(houses, nearest, from_gate, strict=True):
        edge = county.network.edges[number]
        on_house, on_street = nearest_points(house.outline, lines[number])
        gap = on_house.distance(on_street)
        if gap > edge.street.clear_m + 9 or edge.rank not in pull or gap < 1:
            continue
        step = 0.3 / gap
        door = (on_house.x + (on_street.x - on_house.x) * step, on_house.y + (on_street.y - on_house.y) * step)
        out.append((door, pull[edge.rank] * (1 + 0.9 * math.exp(-gate_m / 130))))
    return out


def _sampler(places: Sequence[Xy], weights: Sequence[float], rng: random.Random) -> Callable[[], Xy]:
    """Draws places by weight, each at most once."""
    total = list(itertools.accumulate(weights))
    used: set[int] = set()

    def draw() -> Xy:
        while True:
            number = bisect.bisect(total, rng.random() * total[-1])
            if number not in used:
                used.add(number)
                return places[number]

    return draw


def venues(county: County) -> list[Venue]:
    """Planted doors first, then the others by kind."""
    rng, signs = chance("venues"), names.shops()
    out = [
        Venue(d.code, d.name, d.kind, "08:00-24:00", "有效", d.at, planted.SURVEYED_M) for d in planted.DOORS
    ]  # fmt: skip
    reserved = [Point(d.at).buffer(12) for d in planted.DOORS]
    fronts = [f for f in shopfronts(county) if not any(r.contains(Point(f[0])) for r in reserved)]
    places = [place for place, _ in fronts]
    number = itertools.count(1)
    for kind, patterns, count, hours, centre_pull in _KINDS:
        weights = [
            w * (1 - centre_pull + centre_pull * 2.5 * math.exp(-math.hypot(x - 60, y - 60) / 900))
            for (x, y), w in fronts
        ]
        draw = _sampler(places, weights, rng)
        for _ in range(count):
            opened = rng.choice(hours) if rng.random() < 0.82 else ""
            title = rng.choice(patterns).format(next(signs))
            out.append(
                Venue(
                    f"V{next(number):04d}", title, kind, opened, _drawn(_PERMITS, rng), draw(), _drawn(_LOCATED_M, rng)
                )
            )
    return out


def _visit(rng: random.Random) -> str:
    """Day of the last visit between September 2025 and November 2026, more often recent; "" for 12 %."""
    if rng.random() < 0.12:
        return ""
    days = min(int(rng.expovariate(1 / 75)), 430)
    return (LAST_DAY - dt.timedelta(days=days)).isoformat()


def rentals(county: County) -> list[Rental]:
    """Draw registered rentals: most in old lanes and around larger schools."""
    rng = chance("rentals")
    schools = [Point(c.at) for c in county.campuses if c.kind in ("high", "vocational", "middle")]
    tree = shapely.STRtree(schools)
    homes = [
        h
        for h in county.houses
        if h.kind in ("residential", "apartments", "house", "yes") and county.towns.contains(h.outline)
    ]
    places = [h.outline.representative_point() for h in homes]
    near = tree.query_nearest(places, return_distance=True, all_matches=False)[1]
    weights = []
    for house, place, metres in zip(homes, places, near, strict=True):
        old = math.exp(-math.hypot(place.x - 60, place.y - 60) / 700)
        weights.append((0.25 + 2 * old + 2.5 * math.exp(-metres / 220)) * (0.6 if house.kind == "apartments" else 1.0))
    draw = _sampler([(p.x, p.y) for p in places], weights, rng)
    out = []
    for number in range(1, RENTALS + 1):
        kind = _drawn(_RENTAL_KINDS, rng)
        beds = rng.randint(8, 24) if kind == "群租房" else rng.randint(1, 9)
        out.append(
            Rental(
                f"R{number:05d}",
                kind,
                None if rng.random() < 0.1 else beds,
                _visit(rng),
                draw(),
                rng.choice((5.0, 20.0, 20.0)),
            )
        )
    return out
