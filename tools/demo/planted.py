"""
Planted cases: places drawn to the centimetre whose distances can be worked out by hand.

All lie in the straight part of the new district, where `shapes.bend` moves nothing. Local metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from shapely.geometry import LineString, Polygon

from demo.campuses import Campus, Gate
from demo.plane import Xy
from demo.shapes import block_box
from demo.streets import Street

SURVEYED_M: Final = 0.5
LIMIT_M: Final = 200.0
_KIND_OF_LAND: Final = {"围墙": "是", "视频监控": "是", "护学岗": "", "防冲撞设施": "否"}


@dataclass(frozen=True)
class Door:
    """A venue of a planted case: surveyed door position."""

    code: str
    name: str
    kind: str
    at: Xy


def _campus(number: int, name: str, kind: str, outline: Polygon | None, at: Xy, pupils: int) -> Campus:
    code = f"9952990{number:03d}"
    gate = Gate(f"{code}-1", "正门", "学生", at, counts=True, surveyed=True)
    centre = at if outline is None else (outline.centroid.x, outline.centroid.y)
    return Campus(code, name, kind, outline, centre, SURVEYED_M, pupils, 0, dict(_KIND_OF_LAND), (gate,))


STRAIGHT: Final = _campus(901, "澜桥县新城实验小学", "primary", block_box(-2740, 350, 150, 190), (-2610, 350), 1460)
KERBS: Final = _campus(902, "澜桥县第六中学", "middle", block_box(-2680, -86, 200, 166), (-2560, -86), 1720)
RIVERSIDE: Final = _campus(903, "澜桥县江北小学", "primary", block_box(-2510, 789, 120, 105), (-2450, 789), 980)
_POINT_GATE: Final[Xy] = (-2600, -509)
POINT_ONLY: Final = Campus(
    "9952990904", "澜桥县星星幼儿园", "kindergarten", None, (-2600, -490), SURVEYED_M, 210, 0, dict(_KIND_OF_LAND),
    (Gate("9952990904-1", "正门", "学生", _POINT_GATE, counts=True, surveyed=True),),
)  # fmt: skip
LAKESIDE: Final = _campus(905, "澜桥县白石湖小学", "primary", block_box(-3330, -484, 114, 100), (-3290, -484), 640)
CAMPUSES: Final = (STRAIGHT, KERBS, RIVERSIDE, POINT_ONLY, LAKESIDE)
POINT_ONLY_GROUND: Final = block_box(-2625, -509, 50, 38)
"""Where the point-only campus really is: kept free of houses, never written to a file."""

_EAST_SIDE: Final = -2590.0
DOORS: Final = (
    Door("P-1999", "飞驰网吧", "网吧", (_EAST_SIDE + 199.9, 430)),
    Door("P-2000", "云端网吧", "网吧", (_EAST_SIDE + 200.0, 455)),
    Door("P-2001", "晨曦网咖", "网吧", (_EAST_SIDE + 200.1, 480)),
    Door("P-KERB", "街角网吧", "网吧", (-2560, -112)),
    Door("P-RAIL", "大道网吧", "网吧", (-2610, 311)),
    Door("P-RIVER", "南岸网吧", "网吧", (-2450, 657)),
    Door("P-POINT", "星河网吧", "网吧", (-2480, -509)),
)
# Marked crossings that the hand computation uses: street, place on its centre line (a dual carriageway has two).
CROSSINGS: Final[tuple[tuple[str, Xy], ...]] = (
    ("科创路", (-2470, -100)),
    ("科创路", (-2656, -100)),
    ("澜江大道", (-2460, 338)),
    ("澜江大道", (-2460, 322)),
)
CROSSING_FREE: Final = block_box(-2770, -150, 364, 520)
"""No other mid-block crossing is drawn here."""
MEDIAN_GAPS: Final[tuple[Xy, ...]] = ((-2460, 330),)

LAKE_PATH: Final = Street("footway", "水库便道", LineString([(-3200, -490), (-3432, -490)]), {"surface": "unpaved"})
LAKE_BANK_X: Final = -3435.0
_LAKE_RING: Final[tuple[Xy, ...]] = (
    (-3435, -360), (-3435, -620), (-3530, -760), (-3790, -830), (-4040, -640), (-3980, -390), (-3720, -240),
)  # fmt: skip


def lake() -> Polygon:
    """白石水库: rounded, with a straight bank at ``LAKE_BANK_X`` where the path meets it."""
    ring = list(_LAKE_RING)
    for _ in range(3):
        ring = [
            (f * ax + (1 - f) * bx, f * ay + (1 - f) * by)
            for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True)
            for f in (0.75, 0.25)
        ]
    return Polygon(ring)


def shop(door: Door) -> Polygon:
    """House behind a planted door, on the side away from the street."""
    x, y = door.at
    if door.code in ("P-1999", "P-2000", "P-2001"):
        return block_box(x - 12.5, y - 7, 12, 14)
    if door.code in ("P-KERB", "P-RAIL"):
        return block_box(x - 8, y - 12.5, 16, 12)
    return block_box(x - 8, y + 0.5, 16, 11)


def cases() -> list[dict[str, object]]:
    """State, per planted pair, the method, the expected answer, and how it follows from the drawing."""
    along = "A = boundary_straight, B = gate_straight, D = gate_walk_legal, E = door_walk"
    out: list[dict[str, object]] = []
    for door, metres in zip(DOORS[:3], (199.9, 200.0, 200.1), strict=True):
        out.append(_case(
            f"straight_{metres}", STRAIGHT, door, {"boundary_straight": _exact(metres, 0.005)},
            "remeasure", f"East side of the campus is straight; the door lies {metres} m due east of it. {along}",
        ))  # fmt: skip
    out += [_kerb_case(), _rail_case(), _river_case(), _point_case(), _lake_case()]
    return out


def _exact(metres: float, tolerance_m: float) -> dict[str, float]:
    return {"distance_m": metres, "tolerance_m": tolerance_m}


def _case(
    case: str, campus: Campus, door: Door | None, expected: dict[str, object], verdict: str, why: str
) -> dict[str, object]:
    """One entry; ``verdict`` is that of method A against a 200 m limit with both ends surveyed (k = 2)."""
    return {
        "case": case, "school_code": campus.code, "school": campus.name,
        "gate_code": campus.gates[0].code, "venue_code": door.code if door else None, "limit_m": LIMIT_M,
        "expected": expected, "verdict_boundary_straight": verdict, "why": why,
    }  # fmt: skip


def _kerb_case() -> dict[str, object]:
    return _case(
        "opposite_kerbs", KERBS, DOORS[3],
        {"boundary_straight": _exact(26.0, 0.02), "gate_straight": _exact(26.0, 0.02),
         "gate_walk_legal": _exact(14 + 12 + 2 * 90, 2.0), "door_walk": _exact(26.0, 2.0)},
        "suspected",
        "Gate 14 m north and door 12 m south of the centre line of 科创路 (secondary, no median). Marked crossings "
        "90 m east and 96 m west, so all of the street between lies within 100 m of one: D = 14 + 90 + 90 + 12. "
        "E crosses at the gate. A is inside 200 m, D is not: A passes, D fails.",
    )  # fmt: skip


def _rail_case() -> dict[str, object]:
    return _case(
        "median_rail", STRAIGHT, DOORS[4],
        {"boundary_straight": _exact(39.0, 0.02), "gate_walk_legal": _exact(20 + 19 + 2 * 150, 2.0),
         "door_walk": _exact(20 + 19 + 2 * 150, 2.0)},
        "suspected",
        "Gate 20 m north and door 19 m south of the median of 澜江大道 (dual carriageway, rail between). The only "
        "way over is the marked crossing 150 m east, where the rail has a gap: D = E = 20 + 150 + 150 + 19.",
    )  # fmt: skip


def _river_case() -> dict[str, object]:
    return _case(
        "across_river", RIVERSIDE, DOORS[5],
        {"boundary_straight": _exact(132.0, 0.02), "gate_walk_legal": {"at_least_m": 800.0},
         "door_walk": {"at_least_m": 800.0}},
        "suspected",
        "Campus on the north bank, door on the south bank of 澜江, 132 m apart; the nearest bridge (新城三路) is 350 m "
        "west: no walk is shorter than 800 m.",
    )  # fmt: skip


def _point_case() -> dict[str, object]:
    return _case(
        "no_boundary", POINT_ONLY, DOORS[6],
        {"boundary_straight": {"reason": "no_boundary"}, "gate_straight": _exact(120.0, 0.02),
         "gate_walk_legal": _exact(6.5 + 120 + 6.5, 2.0), "door_walk": _exact(6.5 + 120 + 6.5, 2.0)},
        "not_measurable",
        "The campus is known by a point and a surveyed gate only. Gate and door both lie 11 m north of the centre line "
        "of 创业路 (tertiary, kerb 4.5 m off its centre line), 120 m apart: D answers where A cannot (the reverse of "
        "A passes, D fails; "
        "with the same ends D is never shorter than A).",
    )  # fmt: skip


def _lake_case() -> dict[str, object]:
    return _case(
        "unfenced_reservoir", LAKESIDE, None,
        {"walk_to_bank_m": {"at_most_m": 155.0, "at_least_m": 100.0}, "water": "白石水库"},
        "not_applicable",
        "From the gate 6 m to 水库便道, 142 m west along it, 3 m to the bank: 151 m. The rest of the shore has a "
        "fence, this side has none. A bank counts as reached a few metres early, hence the lower bound.",
    )  # fmt: skip


def reserved() -> list[Polygon]:
    """Ground that nothing else may use."""
    outlines = [c.outline for c in CAMPUSES if c.outline is not None]
    return [*outlines, POINT_ONLY_GROUND, *(shop(door).buffer(2) for door in DOORS)]
