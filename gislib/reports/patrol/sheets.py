"""Patrol sheets: a cover with teams, posts and what is left, then per team map, way, checks and signatures."""

from __future__ import annotations

from typing import Any, Final

from gislib import wording
from gislib.patrol.clock import clock
from gislib.patrol.record import Post, Task, TeamPlan
from gislib.reports.fonts import FAMILY
from gislib.reports.patrol.content import PatrolPaper
from gislib.reports.patrol.leaves import LEAST_ROW_MM, WIDTHS_MM, Leaf, leaves
from gislib.reports.patrol.route_map import WIDTH_MM, ground_of, leaf_map
from gislib.reports.qr import amap_link, geo_address, qr_side, qr_svg
from gislib.reports.typesetting import Document, Sheets, missing_in, printable_data, typeset_images

TEMPLATE: Final = "patrol.typ"
LEFT_SHOWN: Final = 24
MODULE_MM: Final = 0.55
"""Side of a module of a code: read from a copy at 150 dpi, where half a millimetre is three points."""


def render_patrol(paper: PatrolPaper) -> Sheets:
    """
    Cover and sheets of all teams as one PDF, A4 upright, black on white; equal patrols give equal bytes.

    Raises
    ------
    InputError
        ``fonts_missing`` if ``data/fonts`` is incomplete.
    """
    return _document(paper).sheets(TEMPLATE)


def render_patrol_pages(paper: PatrolPaper, ppi: float) -> tuple[bytes, ...]:
    """Pages of `render_patrol` as PNG, for a look before printing."""
    document = _document(paper)
    return typeset_images(TEMPLATE, document.data, document.images, ppi)


def _document(paper: PatrolPaper) -> Document:
    crs, layers = ground_of(paper)
    images: dict[str, str] = {}
    missing: set[str] = set()
    teams = []
    for t, team in enumerate(paper.record.teams):
        pages = []
        for leaf in leaves(team):
            drawn = leaf_map(leaf, crs, layers, mono=True)
            name = f"map-{t}-{leaf.number}.svg"
            images[name] = drawn.svg
            missing |= drawn.missing
            codes = _codes(leaf, f"{t}-{leaf.number}")
            images |= {code["file"]: code.pop("svg") for code in codes}
            pages.append(
                {"map": name, "codes": codes, "rows": [vars(row) for row in leaf.rows], "page": _page_line(leaf)}
            )
        teams.append({"title": team.name, "facts": _facts(team), "pages": pages})
    data = _frame_data(paper) | {"teams": teams, "cover": _cover(paper)}
    missing |= missing_in(data)
    codes_missing = "、".join(f"U+{ord(sign):04X}" for sign in sorted(missing))
    note = [wording.text("sheet.missing", codes=codes_missing)] if missing else []
    data["credits"] = "｜".join([*paper.stamp.attribution, *note])
    return Document(printable_data(data), images, frozenset(missing))


def _codes(leaf: Leaf, key: str) -> list[dict[str, Any]]:
    """Codes of the first station of the page, where the team goes next."""
    spot = leaf.stations[0].spot
    links = {"amap": amap_link(spot.x, spot.y), "geo": geo_address(spot.x, spot.y)}
    return [
        {
            "file": f"qr-{key}-{kind}.svg", "caption": wording.text(f"sheet.qr_{kind}"), "svg": qr_svg(link),
            "width": qr_side(link) * MODULE_MM,
        }
        for kind, link in links.items()
    ]  # fmt: skip


def _page_line(leaf: Leaf) -> str:
    return wording.text("patrol_sheet.leaf", number=leaf.number, count=leaf.count) if leaf.count > 1 else ""


def _facts(team: TeamPlan) -> list[str]:
    """Two lines: when and who, whence and how far."""
    who = wording.text(
        "patrol_sheet.who", begin=clock(team.begins_min), end=clock(team.ends_min), back=clock(team.returns_min),
        mode=wording.term("patrol_mode", team.mode), people=team.headcount,
        police=wording.text("patrol_sheet.with_police") if team.skills else "",
    )  # fmt: skip
    route = wording.text(
        "patrol_sheet.route", depot=_named(team.depot_name), km=f"{team.metres / 1000:.1f}",
        stations=sum(station.number is not None for station in team.stations),
    )  # fmt: skip
    return [who, route]


def _frame_data(paper: PatrolPaper) -> dict[str, Any]:
    """What all pages share."""
    stamp = paper.stamp
    dates = sorted({source.data_date for source in stamp.sources if source.data_date})
    words = {
        key: wording.text(f"patrol_sheet.{key}") for key in ("leader", "members", "caution", "handed_in", "received")
    }
    return words | {
        "font": FAMILY,
        "title": wording.text("patrol_sheet.title", shift=paper.shift_title),
        "plan": wording.text("patrol_sheet.plan", id=paper.patrol_id, version=paper.version, name=paper.name),
        "day": wording.text("patrol_sheet.day", day=_day(paper)),
        "marking": "｜".join(stamp.marking),
        "versions": wording.text(
            "patrol_sheet.versions", data=stamp.data_version, rules=stamp.rules_version, code=stamp.code_version,
            date=dates[0] if dates else wording.text("patrol_sheet.undated"),
        ),
        "page": wording.text("sheet.page", page="{page}", pages="{pages}"),
        "map_width": WIDTH_MM,
        "widths": list(WIDTHS_MM),
        "least_row": LEAST_ROW_MM,
        "head": [
            wording.text(f"patrol_sheet.head.{name}")
            for name in ("label", "arrives", "way", "stretch", "total", "task", "sign")
        ],
    }  # fmt: skip


def _day(paper: PatrolPaper) -> str:
    """Date in words, or a line to fill in."""
    on = paper.on
    return wording.text("patrol_sheet.no_day") if on is None else f"{on.year}年{on.month}月{on.day}日"


def _cover(paper: PatrolPaper) -> dict[str, Any]:
    """Teams, posts at the gates, and what nobody serves."""
    record = paper.record
    left = sorted((task for task in record.tasks if task.reason), key=lambda task: (-task.risk, task.demand_id))
    line = wording.text(
        "patrol_sheet.cover", begin=clock(record.begins_min), end=clock(record.ends_min), teams=len(record.teams),
        covered=f"{100 * record.covered_share:.1f}", bound=f"{100 * record.coverage_bound:.1f}",
    )  # fmt: skip
    return {
        "line": line,
        "team_head": _heads("team", "name", "mode", "depot", "hours", "stations", "km", "back"),
        "teams": [_team_cells(team) for team in record.teams],
        "post_title": wording.text("patrol_sheet.posts", count=len(record.posts)),
        "post_head": _heads("post", "campus", "gate", "hours", "people", "sign"),
        "posts": [_post_cells(post) for post in record.posts],
        "left_title": wording.text("patrol_sheet.left", count=len(left), shown=min(len(left), LEFT_SHOWN)),
        "left_head": _heads("left", "place", "task", "campus", "reason"),
        "left": [_left_cells(task) for task in left[:LEFT_SHOWN]],
    }


def _team_cells(team: TeamPlan) -> list[str]:
    return [
        team.name,
        wording.text("patrols.team", mode=wording.term("patrol_mode", team.mode), people=team.headcount),
        _named(team.depot_name),
        f"{clock(team.begins_min)}–{clock(team.ends_min)}",
        str(sum(station.number is not None for station in team.stations)),
        f"{team.metres / 1000:.1f}",
        clock(team.returns_min),
    ]


def _post_cells(post: Post) -> list[str]:
    hours = f"{clock(post.begins_min)}–{clock(post.ends_min)}"
    people = "、".join(wording.term("post_people", code) for code in post.people)
    return [_named(post.school_name), post.gate_name or wording.text("patrol_sheet.gate"), hours, people, ""]


def _left_cells(task: Task) -> list[str]:
    reason = wording.term("patrol_reason", str(task.reason))
    return [_named(task.name), wording.term("patrol_kind", task.kind), task.school_name or "—", reason]


def _named(name: str | None) -> str:
    return name or wording.text("patrol_sheet.nameless")


def _heads(table: str, *names: str) -> list[str]:
    return [wording.text(f"patrol_sheet.{table}_head.{name}") for name in names]
