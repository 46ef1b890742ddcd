"""The wished campuses: who should stand roughly where, and on how much ground."""

from __future__ import annotations

from typing import Final

from demo import layout
from demo.shapes import bend
from demo.townships import placed
from demo.wishes import Wish

GROUND_M2: Final = {
    "kindergarten": 2600.0, "primary": 12_500.0, "middle": 23_000.0, "nine_year": 26_000.0, "high": 46_000.0,
    "vocational": 44_000.0, "special": 7_500.0, "not_a_school": 8_000.0,
}  # fmt: skip

# name, kind, x, y before bending
_TOWN: Final[tuple[tuple[str, str, float, float], ...]] = (
    ("澜桥县第一中学", "high", -640, 1340),
    ("澜桥县民族高级中学", "high", 1130, 960),
    ("澜桥县新城高级中学", "high", -2150, -320),
    ("澜桥县第二中学", "middle", 1500, 980),
    ("澜桥县第三中学", "middle", 220, -40),
    ("澜桥县第四中学", "middle", -500, 190),
    ("澜桥县第五中学", "middle", 150, 1080),
    ("澜桥县民族中学", "middle", -1150, -910),
    ("澜桥县城东九年制学校", "nine_year", 1480, -300),
    ("澜桥县北门九年制学校", "nine_year", -1260, 1060),
    ("澜桥县中等职业学校", "vocational", -1460, -1230),
    ("澜桥县机电职业技术学校", "vocational", -2600, 1020),
    ("澜桥县特殊教育学校", "special", 1450, -620),
    ("澜桥县第一小学", "primary", -180, 190),
    ("澜桥县第二小学", "primary", -170, -210),
    ("澜桥县第三小学", "primary", 700, 180),
    ("澜桥县第四小学", "primary", -820, 210),
    ("澜桥县民族小学", "primary", -480, -300),
    ("澜桥县桥北小学", "primary", -840, 900),
    ("澜桥县南苑小学", "primary", -140, -920),
    ("澜桥县城东小学", "primary", 1130, -70),
    ("澜桥县建设路小学", "primary", 470, -600),
    ("澜桥县望江小学", "primary", 470, 900),
    ("澜桥县果园小学", "primary", -1450, 200),
    ("澜桥县工业路小学", "primary", 1140, -860),
    ("澜桥县迎宾小学", "primary", -800, -600),
    ("澜桥县书院小学", "primary", 470, -1230),
    ("澜桥县科创小学", "primary", -3000, 110),
    ("澜桥县七彩幼儿园", "kindergarten", 380, -250),
    ("澜桥县机关幼儿园", "kindergarten", 60, 200),
    ("澜桥县第一幼儿园", "kindergarten", -250, -60),
    ("澜桥县第二幼儿园", "kindergarten", 780, -320),
    ("澜桥县江畔幼儿园", "kindergarten", -700, 470),
    ("澜桥县金太阳幼儿园", "kindergarten", -1150, -280),
    ("澜桥县小博士幼儿园", "kindergarten", 1050, 220),
    ("澜桥县童心幼儿园", "kindergarten", 60, -560),
    ("澜桥县北辰幼儿园", "kindergarten", -180, 900),
    ("澜桥县蓓蕾幼儿园", "kindergarten", 750, 1080),
    ("澜桥县春苗幼儿园", "kindergarten", -810, -960),
    ("澜桥县东兴幼儿园", "kindergarten", 1560, 170),
    ("澜桥县启明幼儿园", "kindergarten", 780, -900),
    ("澜桥县新城幼儿园", "kindergarten", -2150, 180),
    ("澜桥县北岸幼儿园", "kindergarten", -2120, 1010),
    ("中共澜桥县委党校", "not_a_school", -1190, 1330),
    ("澜桥县教师进修学校", "not_a_school", 760, -600),
)
# title, kind, x, y on the skeleton of a township
_TOWNSHIP: Final[tuple[tuple[str, str, float, float], ...]] = (
    ("{0}中学", "middle", 370, 320),
    ("{0}中心小学", "primary", -310, 110),
    ("{0}中心幼儿园", "kindergarten", 20, -300),
    ("{0}童乐幼儿园", "kindergarten", 300, -110),
)


def wishes() -> list[Wish]:
    """Campuses of the county town and the township towns."""
    out = []
    for name, kind, x, y in _TOWN:
        suffix = layout.STREET_OFFICES[0][2] if x > -1600 else layout.STREET_OFFICES[1][2]
        out.append(Wish(name, kind, GROUND_M2[kind], bend(x, y), suffix))
    for name, _, seat, bearing_deg, size, suffix in layout.TOWNSHIPS:
        for title, kind, x, y in _TOWNSHIP:
            if name.endswith("乡") and "童乐" in title:
                continue
            wanted = "nine_year" if name.endswith("乡") and kind == "middle" else kind
            full = title.format(name) if wanted == kind else f"{name}九年制学校"
            out.append(Wish(full, wanted, GROUND_M2[wanted], placed(seat, bearing_deg, size, (x, y)), suffix))
    return out
