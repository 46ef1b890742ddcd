"""
The one table of colour, dash, width and shape: of every layer, grade, hazard family, verdict and distance.

Used by the planner map, the standalone map, legends, charts and prints. Widths and sizes are CSS pixels. Every state
differs in shape, dash or pattern as well as in colour, so that it survives a black-and-white printer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

INK: Final = "#1B2530"
SOFT_INK: Final = "#3F4B57"
MUTED: Final = "#52606D"
LINE: Final = "#D9DEE4"
HAIRLINE: Final = "#E9EDF0"
FILL: Final = "#F4F6F8"
SELECTED: Final = "#EAF1F7"
NAVY: Final = "#1D4F7C"
DEEP_NAVY: Final = "#163B5C"
LAND: Final = "#F3F4F3"
GRID: Final = "#E3E8EC"

FONTS: Final = "'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei','PingFang SC','HuXueTu Sans',sans-serif"

LookKind = Literal["area", "line", "road", "dot", "symbol", "tag", "veil"]
TagShape = Literal["", "pill", "box", "hexagon", "slant", "pentagon", "notched"]


@dataclass(frozen=True)
class Look:
    """
    How one case of a layer is drawn.

    ``area``: ``fill`` and outline ``line``. ``line``: ``line`` over a ``casing`` that is ``casing_px`` wider. ``road``:
    as line, the width interpolated between the zooms of ``zoom_px``. ``dot``: a square of ``size_px``, or its
    ``outline`` (corners from -1 to 1); a legend shows its ``symbol`` where it has one and no outline. ``symbol``: the
    file ``symbol`` of data/symbols at ``size_px``. ``tag``: the feature's name in white on a ``shape`` of ``fill``,
    ``size_px`` high; what would cover another one is left out.
    ``veil``: all that lies *outside* the area is paled. ``arrows_px``: pixels between the arrowheads of a line.
    """

    kind: LookKind
    fill: str | None = None
    fill_opacity: float = 1.0
    line: str | None = None
    width_px: float = 1.0
    dash: tuple[float, ...] = ()
    casing: str | None = None
    casing_px: float = 1.7
    zoom_px: tuple[tuple[int, float], ...] = ()
    symbol: str | None = None
    size_px: float = 0.0
    min_zoom: float = 0.0
    shape: TagShape = ""
    outline: tuple[tuple[float, float], ...] = ()
    arrows_px: float = 0.0


@dataclass(frozen=True)
class Label:
    """Text beside or along a feature, drawn from its ``name``; ``along`` a line, else beside its point."""

    size_px: float
    colour: str
    weight: int = 500
    min_zoom: float = 0.0
    along: bool = False
    halo_px: float = 3.0
    first_ranks: int = 0
    """Only features with ``rank`` up to this are labelled (and the selected one); 0 = all."""
    inside: bool = False
    """An area carries its name in its middle instead of on its outline."""


@dataclass(frozen=True)
class LayerLook:
    """All cases of a layer, its place in the drawing order (low first) and its label. ``""`` is the default case."""

    order: int
    cases: dict[str, Look]
    label: Label | None = None
    label_min_zoom: dict[str, float] = field(default_factory=dict)


def _road(fill: str, casing: str, z13: float, z15: float, z17: float, min_zoom: float) -> Look:
    zoom_px = ((11, z13 * 0.6), (13, z13), (15, z15), (17, z17), (19, z17 * 2))
    return Look("road", line=fill, casing=casing, zoom_px=zoom_px, min_zoom=min_zoom)


_TRUNK = _road("#F7E7BE", "#C2A860", 3.5, 6, 12, 9)
_PRIMARY = _road("#FFFFFF", "#B4BBC2", 3, 5.5, 11, 10)
_SECONDARY = _road("#FFFFFF", "#B4BBC2", 2, 4, 8, 11.5)
_TERTIARY = _road("#FFFFFF", "#B4BBC2", 1.2, 2.6, 5, 12.5)
_STREET = _road("#FFFFFF", "#B4BBC2", 0.8, 1.5, 4, 14)
_PATH = Look("line", line="#8B96A1", width_px=1.2, dash=(2, 3), min_zoom=16)

# OSM classes in drawing order: what comes later lies on top.
_ROADS: Final = {
    "footway": _PATH, "path": _PATH, "steps": _PATH, "cycleway": _PATH, "track": _PATH, "bridleway": _PATH,
    "corridor": _PATH, "platform": _PATH,
    "": _STREET, "service": _STREET, "living_street": _STREET, "pedestrian": _STREET, "residential": _STREET,
    "unclassified": _STREET, "road": _STREET,
    "tertiary_link": _TERTIARY, "tertiary": _TERTIARY,
    "secondary_link": _SECONDARY, "secondary": _SECONDARY,
    "primary_link": _PRIMARY, "primary": _PRIMARY,
    "trunk_link": _TRUNK, "motorway_link": _TRUNK, "trunk": _TRUNK, "motorway": _TRUNK,
}  # fmt: skip
_ROAD_LABEL_ZOOM: Final[dict[str, float]] = {
    "motorway": 13, "trunk": 13, "primary": 13, "secondary": 13.5, "tertiary": 15, "": 16,
}  # fmt: skip

UNKNOWN_GRADE: Final = "unknown"
GRADES: Final = ("red", "orange", "yellow", "blue", UNKNOWN_GRADE)
_GRADE_SIZE: Final = {"red": 22, "orange": 18, "yellow": 14, "blue": 12, "unknown": 13}


def grade_symbol(grade: str | None) -> str:
    """Name of a grade's symbol; anything that is not a grade is unknown."""
    return f"grade-{grade}" if grade in GRADES else "grade-unknown"


_SEGMENT = {
    "red": Look("line", line="#A3161F", width_px=7, casing="#FFFFFF", casing_px=2.4),
    "orange": Look("line", line="#E2761B", width_px=5.5, casing="#FFFFFF", casing_px=2.4),
    "yellow": Look("line", line="#C9A215", width_px=4, dash=(7, 3), casing="#FFFFFF", casing_px=2.4),
    "blue": Look("line", line="#7FA9CE", width_px=3, dash=(2, 3), casing="#FFFFFF", casing_px=2.4),
}

_VENUE_SYMBOLS: Final = (
    "venue-netbar", "venue-ktv", "venue-bar", "venue-tobacco", "venue-alcohol", "venue-lottery", "venue-arcade",
    "venue-billiards", "venue-script", "hazard-hotel", "hazard-goods", "venue-other",
)  # fmt: skip
_DEVICE_SYMBOLS: Final = {
    "crossing": "crossing", "signal": "signal", "hump": "speed-hump", "cushion": "speed-cushion",
    "table": "raised-crossing", "island": "refuge-island", "rumble": "rumble", "bollard": "bollard",
    "lift_bollard": "rising-bollard", "barricade": "bollard",
    "rail": "guard-rail", "fence": "guard-rail", "lamp": "street-light", "speed_camera": "speed-camera",
    "camera": "camera",
    "sign_speed_limit": "speed-30", "sign_children": "warn-children", "sign_school": "school-zone",
    "sign_no_parking": "no-parking", "line_no_parking": "no-parking", "grid_marking": "box-marking",
    "sign_water": "water-warning", "kit": "rescue-kit", "police_booth": "guard-post",
}  # fmt: skip
_TREATMENT_SYMBOLS: Final = (
    "speed-hump", "speed-cushion", "raised-crossing", "crossing", "flasher", "signal", "speed-30", "warn-children",
    "no-parking", "box-marking", "guard-rail", "bollard", "rising-bollard", "refuge-island", "rumble", "street-light",
    "speed-camera", "camera", "water-warning", "water-fence", "rescue-kit", "mark-device", "mark-refused",
    "mark-conflict",
)  # fmt: skip
_LEDGER_OUTLINES: Final = {
    "venue-other": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "school-zone": ((0, -1.1), (1.1, 0.85), (-1.1, 0.85)),
    "hazard-water": ((0, 1.1), (1.1, -0.85), (-1.1, -0.85)),
    "school": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "guard-post": (
        (-0.5, -1.1), (0.5, -1.1), (1.1, -0.5), (1.1, 0.5), (0.5, 1.1), (-0.5, 1.1), (-1.1, 0.5), (-1.1, -0.5),
    ),
    "hazard-incident": (
        (-0.4, -1.1), (0.4, -1.1), (0.4, -0.4), (1.1, -0.4), (1.1, 0.4), (0.4, 0.4), (0.4, 1.1), (-0.4, 1.1),
        (-0.4, 0.4), (-1.1, 0.4), (-1.1, -0.4), (-0.4, -0.4),
    ),
    "warn-children": ((-1.2, -1.1), (1.2, -1.1), (0.5, 0), (1.2, 1.1), (-1.2, 1.1), (-0.5, 0)),
}  # fmt: skip
"""Shape of every source of ledger items by its symbol: square, triangles, rhomb, octagon, cross, hourglass."""


@dataclass(frozen=True)
class TeamLook:
    """Colour, dash and tag of a team: after three the colours come again, any two differ in dash and in shape."""

    colour: str
    dash: tuple[float, ...]
    shape: TagShape


TEAMS: Final[dict[str, TeamLook]] = {
    "a": TeamLook("#0B3C6B", (), "pill"),
    "b": TeamLook("#8A4B00", (10, 4), "box"),
    "c": TeamLook("#0F6B5C", (2, 4), "hexagon"),
    "d": TeamLook("#0B3C6B", (14, 4, 2, 4), "slant"),
    "e": TeamLook("#8A4B00", (5, 4), "pentagon"),
    "f": TeamLook("#0F6B5C", (12, 3, 2, 3, 2, 3), "notched"),
}


def tag_outline(shape: TagShape, width: float, height: float) -> tuple[tuple[float, float], ...]:
    """Corners of a tag from its top left, clockwise; a pill is drawn with round ends, here it is their box."""
    half, cut = height / 2, height / 3
    return {
        "hexagon": ((half / 2, 0.0), (width - half / 2, 0.0), (width, half), (width - half / 2, height),
                    (half / 2, height), (0.0, half)),
        "slant": ((cut, 0.0), (width, 0.0), (width - cut, height), (0.0, height)),
        "pentagon": ((0.0, 0.0), (width - half / 1.5, 0.0), (width, half), (width - half / 1.5, height),
                     (0.0, height)),
        "notched": ((0.0, 0.0), (width, 0.0), (width - cut, half), (width, height), (0.0, height), (cut, half)),
    }.get(shape, ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height)))  # fmt: skip


def _patrolled(team: TeamLook) -> Look:
    return Look("line", line=team.colour, width_px=3.4, dash=team.dash, casing="#FFFFFF", casing_px=2.6, arrows_px=90)


def _between(team: TeamLook) -> Look:
    return Look("line", line=team.colour, width_px=1.3, dash=team.dash, casing="#FFFFFF", casing_px=1.6, arrows_px=140)


def _zone(dash: tuple[float, ...], width_px: float, fill: str | None = None) -> Look:
    return Look("area", fill=fill, fill_opacity=0.25, line="#26313B", width_px=width_px, dash=dash)


LAYERS: Final[dict[str, LayerLook]] = {
    "built": LayerLook(10, {"": Look("area", fill="#ECEDED")}),
    "green": LayerLook(20, {"": Look("area", fill="#E2EBDB")}),
    "water": LayerLook(
        30,
        {
            "": Look("area", fill="#C4DAEA", line="#9FC0D9"),
            "line": Look("road", line="#C4DAEA", zoom_px=((10, 1.0), (13, 2.0), (15, 4.0), (17, 8.0))),
        },
        Label(12, "#24557A", 500, min_zoom=12, along=True),
    ),
    "buildings": LayerLook(35, {"": Look("area", fill="#E0E2E4", line="#CDD1D5", width_px=0.8, min_zoom=15.5)}),
    "rentals": LayerLook(
        40, {"": Look("dot", fill="#D9B26A", line="#6B4E12", width_px=0.9, size_px=6, min_zoom=13.5),
             "area": Look("area", fill="#D9B26A", line="#6B4E12", width_px=0.9, min_zoom=13.5)},
    ),
    "veil": LayerLook(50, {"": Look("veil", fill="#FFFFFF", fill_opacity=0.5)}),
    "catchment": LayerLook(60, {"": Look("area", fill="#1D6FA5", fill_opacity=0.15, line="#1D6FA5", width_px=1.2)}),
    "zones": LayerLook(
        70,
        {
            "gate": _zone((1.5, 3), 1.3, "#FFFFFF"),
            "patrol": _zone((5, 4), 1.3),
            "venue": _zone((10, 5), 1.8),
            "water": _zone((14, 4, 2, 4), 1.3),
            "": _zone((5, 4), 1.3),
        },
        Label(11, "#26313B", 600, halo_px=4, along=True),
    ),
    "rails": LayerLook(78, {"": Look("line", line="#8B96A1", width_px=1.6, dash=(6, 4), min_zoom=13)}),
    "roads": LayerLook(
        80, dict(_ROADS), Label(11, "#3A444E", 500, min_zoom=13, along=True), _ROAD_LABEL_ZOOM
    ),
    "segment_risk": LayerLook(90, {**_SEGMENT, "": Look("line", line="#7FA9CE", width_px=3, dash=(2, 3))}),
    "campuses": LayerLook(
        100,
        {"": Look("area", fill="#DCE6F0", line=DEEP_NAVY, width_px=1.2, min_zoom=14),
         "focus": Look("area", fill="#DCE6F0", line=DEEP_NAVY, width_px=2.6)},
        Label(13, DEEP_NAVY, 700, min_zoom=15.5, along=True, halo_px=4, inside=True),
    ),
    "routes": LayerLook(
        110,
        {
            "straight": Look("line", line="#7A1FA0", width_px=2, casing="#FFFFFF", casing_px=2.5),
            "walk": Look("line", line="#0B3C6B", width_px=2.2, dash=(6, 3), casing="#FFFFFF", casing_px=2.8),
        },
        Label(11.5, INK, 600, halo_px=4),
    ),
    # Patrols: <team> is served, <team>-way only passed.
    "patrols": LayerLook(
        112,
        {f"{name}-way": _between(team) for name, team in TEAMS.items()}
        | {name: _patrolled(team) for name, team in TEAMS.items()}
        | {"": Look("line", line="#6B7680", width_px=2)},
    ),
    "tracks": LayerLook(
        114, {"": Look("line", line="#B5179E", width_px=2, dash=(1, 2), casing="#FFFFFF", casing_px=1.6, arrows_px=160)}
    ),
    # Tasks of a patrol compared with tracks: streets as lines, stops as symbols, both by state.
    "patrol_checked": LayerLook(
        148,
        {"done-line": Look("line", line=NAVY, width_px=4.2, casing="#FFFFFF", casing_px=2),
         "partly-line": Look("line", line="#8A6D1B", width_px=4, dash=(9, 4), casing="#FFFFFF", casing_px=2),
         "unknown-line": Look("line", line="#5F6B76", width_px=3.2, dash=(2, 3), casing="#FFFFFF", casing_px=2),
         "missed-line": Look("line", line="#A3161F", width_px=4, dash=(3, 3), casing="#FFFFFF", casing_px=2),
         "not_planned-line": Look("line", line="#8B96A1", width_px=1.4, dash=(1, 3)),
         "not_planned": Look("symbol", symbol="check-left", size_px=13),
         "done": Look("symbol", symbol="check-done", size_px=18),
         "unknown": Look("symbol", symbol="check-unknown", size_px=18),
         "partly": Look("symbol", symbol="check-partly", size_px=18),
         "missed": Look("symbol", symbol="check-missed", size_px=18),
         "": Look("dot", fill="#777777", line="#FFFFFF", size_px=5)},
    ),
    "refused_places": LayerLook(107, {"": Look("symbol", symbol="mark-refused", size_px=11)}),
    "patrol_left": LayerLook(
        108,
        {"": Look("dot", fill="#FFFFFF", line="#A3161F", width_px=1.6, size_px=7),
         "line": Look("line", line="#A3161F", width_px=3, dash=(1, 3), casing="#FFFFFF", casing_px=2)},
    ),
    "depots": LayerLook(138, {"": Look("symbol", symbol="guard-post", size_px=22)},
                        Label(11.5, DEEP_NAVY, 700, min_zoom=12, halo_px=4)),
    "gates": LayerLook(120, {"": Look("symbol", symbol="gate", size_px=20, min_zoom=15)},
                       Label(11.5, DEEP_NAVY, 700, min_zoom=16.5, halo_px=4)),
    "devices": LayerLook(
        130,
        {**{kind: Look("symbol", symbol=f"{name}-mono", size_px=17, fill_opacity=0.8, min_zoom=15.5)
            for kind, name in _DEVICE_SYMBOLS.items()},
         "line": Look("line", line="#6B7680", width_px=1.6, dash=(1, 2.5), min_zoom=16),
         "": Look("dot", fill="#777777", line="#FFFFFF", size_px=5, min_zoom=16)},
    ),
    "incidents": LayerLook(135, {"": Look("symbol", symbol="hazard-incident", size_px=16, min_zoom=14.5)}),
    "venues": LayerLook(
        140,
        {**{name: Look("symbol", symbol=name, size_px=21, min_zoom=13) for name in _VENUE_SYMBOLS},
         "": Look("symbol", symbol="venue-other", size_px=21, min_zoom=13)},
        Label(11.5, INK, 500, min_zoom=16, halo_px=3.5),
    ),
    # Devices of a plan: dots at their places; from street zoom on the planner map adds the symbol beside the road.
    "treatments": LayerLook(
        145,
        {name: Look("dot", fill=NAVY, line="#FFFFFF", symbol=name, size_px=7) for name in _TREATMENT_SYMBOLS}
        | {"": Look("dot", fill=NAVY, line="#FFFFFF", size_px=7)},
    ),
    # Items of the ledger: shapes by source, from street zoom on with the symbol beside; urgent ones have a ring below.
    "ledger_urgent": LayerLook(
        144,
        {"overdue": Look("dot", fill="#FFFFFF", line="#A3161F", width_px=2.4, size_px=12),
         "due_soon": Look("dot", fill="#FFFFFF", line="#8A6D1B", width_px=1.4, size_px=10),
         "": Look("dot", fill="#FFFFFF", line="#6B7680", size_px=10)},
    ),
    "ledger": LayerLook(
        146,
        {name: Look("dot", fill=DEEP_NAVY, line="#FFFFFF", symbol=name, size_px=10, outline=outline)
         for name, outline in _LEDGER_OUTLINES.items()}
        | {"open": Look("dot", fill=DEEP_NAVY, line="#FFFFFF", size_px=8)}
        | {"": Look("dot", fill="#FFFFFF", line="#6B7680", size_px=6)},
    ),
    "stations": LayerLook(
        147,
        {name: Look("tag", fill=team.colour, shape=team.shape, size_px=17) for name, team in TEAMS.items()}
        | {"": Look("tag", fill="#6B7680", shape="box", size_px=17)},
    ),
    "schools": LayerLook(
        150,
        {grade: Look("symbol", symbol=f"grade-{grade}", size_px=size) for grade, size in _GRADE_SIZE.items()}
        | {"": Look("symbol", symbol="grade-unknown", size_px=13)},
        Label(12, INK, 600, halo_px=3.5, first_ranks=10),
    ),
}  # fmt: skip
"""Drawing order: land, built, green, water, rentals, veil, catchment, zones, roads, risk, campus, routes, symbols."""


@dataclass(frozen=True)
class Chip:
    """A verdict or state in words inside an outlined box; the outline style differs as well as the colour."""

    fill: str
    line: str
    text: str
    style: Literal["solid", "dashed", "dotted"]


_ASK = Chip("#FFF5D6", "#8A6D1B", "#5C4700", "dashed")
_UNSURE = Chip("#F4F6F8", "#8B96A1", SOFT_INK, "dotted")
CHIPS: Final[dict[str, Chip]] = {
    "suspected": Chip("#FBE9E7", "#A3161F", "#8B121A", "solid"),
    "remeasure": _ASK,
    "disagree": _ASK,
    "not_measurable": _UNSURE,
    "no_limit": _UNSURE,
    "unverified": _UNSURE,
    "clear": Chip("#FFFFFF", "#B4BCC5", SOFT_INK, "solid"),
    "missing": Chip("#FFFFFF", "#A3161F", "#8B121A", "solid"),
    "unknown": Chip("#F4F6F8", "#6B7680", MUTED, "dashed"),
    "present": Chip("#FFFFFF", "#54728C", SOFT_INK, "solid"),
}
"""By verdict, or by state of an audited facility. "clear" is not green: outside a distance is not "safe"."""


@dataclass(frozen=True)
class Pattern:
    """Fill of a hazard family: colour and the pattern that tells it apart in grey."""

    fill: str
    pattern: Literal["solid", "diagonal", "horizontal", "dots"]


FAMILIES: Final[dict[str, Pattern]] = {
    "traffic": Pattern("#2B3642", "solid"),
    "venues": Pattern("#6A4C93", "diagonal"),
    "water": Pattern("#5FA8D3", "horizontal"),
    "rentals": Pattern("#E3C88C", "dots"),
}

CONFIDENCE: Final[dict[str, tuple[str, str]]] = {
    "A": ("#2E4A62", "#FFFFFF"),
    "B": ("#54728C", "#FFFFFF"),
    "C": ("#C3D1DD", INK),
    "D": ("#FFFFFF", INK),
}
"""Confidence class -> (fill, text); D is drawn with a dashed outline."""

STRAIGHT: Final = "#7A1FA0"
WALK: Final = "#0B3C6B"
TOLERANCE: Final = "#F3CF4E"
