"""
Incidents of three school years, drawn from a stated inhomogeneous point process (see `PROCESS`).

Conditional on the totals, places and days are independent draws from the normalised intensities.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry import Point

from demo.county import County
from demo.plane import Xy, chance
from demo.venues import Rental, Venue

FIRST_DAY: Final = dt.date(2023, 9, 1)
DAYS: Final = 1096
TOTALS: Final = {"交通事故": 620, "治安": 240, "出租房案件": 84, "溺水": 16}
PER_KM: Final = {
    "trunk": 3.0, "primary": 4.5, "secondary": 3.6, "tertiary": 2.2, "unclassified": 0.5, "residential": 0.7,
    "service": 0.15, "footway": 0.1, "steps": 0.02, "path": 0.02,
}  # fmt: skip
GATE_FACTOR: Final = 2.0
GATE_REACH_M: Final = 150.0
VENUE_PULL: Final = {"网吧": 2.0, "KTV": 3.0, "歌舞厅": 3.0, "酒吧": 4.0, "游艺厅": 1.5, "台球室": 2.0, "剧本杀": 0.5}
VENUE_SPREAD_M: Final = 45.0
_RATES: Final = ", ".join(f"{road} {rate:g}" for road, rate in PER_KM.items())
_PULLS: Final = ", ".join(f"{kind} {pull:g}" for kind, pull in VENUE_PULL.items())
PROCESS: Final = f"""\
事件生成过程（虚构，种子固定；给定各类总数后，地点与日期独立抽取）

- 交通事故 {TOTALS["交通事故"]} 起：沿路网的非齐次泊松过程，每公里强度
  λ = r(道路等级) × (1 + {GATE_FACTOR:g}·exp(−d/{GATE_REACH_M:g} m))，d 为到最近校门的直线距离，
  r = {_RATES}；位置再加 σ = 6 m 的误差。
- 治安 {TOTALS["治安"]} 起：以场所为母点的簇过程，母点权重按类型（{_PULLS}，其余 0.15），
  子点为各向同性正态偏移，σ = {VENUE_SPREAD_M:g} m。
- 出租房案件 {TOTALS["出租房案件"]} 起：以出租房为母点，权重 = 床位数（未知按 4），偏移 σ = 12 m。
- 溺水 {TOTALS["溺水"]} 起：均匀落在水塘、水库岸线内侧 3 m。
- 日期：{FIRST_DAY} 起 {DAYS} 天，权重 = 月系数（开学 3、9 月 1.25，7、8 月交通 0.75、溺水 6.0，其余 1），
  周末交通 0.8、治安 1.4。
"""


@dataclass(frozen=True)
class Incident:
    """One incident: code, kind and severity as typed, day, position, 1-sigma position error."""

    code: str
    kind: str
    severity: str
    day: str
    at: Xy
    located_m: float


def _day(kind: str, rng: random.Random) -> str:
    while True:
        day = FIRST_DAY + dt.timedelta(days=rng.randrange(DAYS))
        weight = {3: 1.25, 9: 1.25}.get(day.month, 1.0)
        if day.month in (7, 8):
            weight = {"溺水": 6.0, "交通事故": 0.75}.get(kind, 1.0)
        if day.weekday() >= 5:
            weight *= {"交通事故": 0.8, "治安": 1.4}.get(kind, 1.0)
        if rng.random() * 6.0 < weight:
            return day.isoformat()


def _on_roads(county: County, rng: random.Random) -> list[Xy]:
    gates = [Point(g.at) for c in county.campuses for g in c.gates]
    tree = shapely.STRtree(gates)
    spots, weights = [], []
    for edge in county.network.edges:
        line = edge.line
        parts = max(1, round(line.length / 40))
        for number in range(parts):
            spot = line.interpolate((number + 0.5) / parts, normalized=True)
            spots.append((line, number / parts, 1 / parts))
            metres = spot.distance(gates[int(tree.nearest(spot))])
            factor = 1 + GATE_FACTOR * math.exp(-metres / GATE_REACH_M)
            weights.append(PER_KM[edge.street.road_class] * factor * line.length / parts / 1000)
    out = []
    for line, start, share in rng.choices(spots, weights, k=TOTALS["交通事故"]):
        spot = line.interpolate(start + share * rng.random(), normalized=True)
        out.append((spot.x + rng.gauss(0, 6), spot.y + rng.gauss(0, 6)))
    return out


def _about(parents: list[Xy], weights: list[float], count: int, spread_m: float, rng: random.Random) -> list[Xy]:
    chosen = rng.choices(parents, weights, k=count)
    return [(x + rng.gauss(0, spread_m), y + rng.gauss(0, spread_m)) for x, y in chosen]


def incidents(county: County, venues: list[Venue], rentals: list[Rental]) -> list[Incident]:
    """All incidents, sorted by day."""
    rng = chance("incidents")
    shores = [w.outline.buffer(-3).exterior for w in county.waters if w.kind in ("pond", "reservoir")]
    drowned = []
    for shore in rng.choices(shores, [s.length for s in shores], k=TOTALS["溺水"]):
        spot = shore.interpolate(rng.random(), normalized=True)
        drowned.append((spot.x, spot.y))
    places = {
        "交通事故": _on_roads(county, rng),
        "治安": _about(
            [v.at for v in venues], [VENUE_PULL.get(v.kind, 0.15) for v in venues], TOTALS["治安"], VENUE_SPREAD_M, rng
        ),
        "出租房案件": _about(
            [r.at for r in rentals], [float(r.beds or 4) for r in rentals], TOTALS["出租房案件"], 12.0, rng
        ),
        "溺水": drowned,
    }
    severities = {"交通事故": (("财损", 60), ("受伤", 36), ("死亡", 4)), "溺水": (("获救", 5), ("死亡", 3))}
    drawn = []
    for kind, spots in places.items():
        options = severities.get(kind, (("一般", 80), ("较重", 12), ("", 8)))
        for at in spots:
            severity = rng.choices([o for o, _ in options], [w for _, w in options])[0]
            drawn.append((_day(kind, rng), kind, severity, at, rng.choice((5.0, 20.0, 20.0, 60.0))))
    drawn.sort()
    return [
        Incident(f"J{n:05d}", kind, sev, day, at, err) for n, (day, kind, sev, at, err) in enumerate(drawn, start=1)
    ]
