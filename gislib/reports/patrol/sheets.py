"""Patrol sheets: a cover with teams, posts and what is left, then per team map, way, checks and signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from gislib import wording
from gislib.patrol.clock import clock
from gislib.patrol.record import Post, Station, Task, TeamPlan
from gislib.reports.fonts import FAMILY
from gislib.reports.patrol.content import PatrolPaper
from gislib.reports.patrol.leaves import LEAST_ROW_MM, WIDTHS_MM, Leaf, leaves, team_sign
from gislib.reports.patrol.route_map import WIDTH_MM, ground_of, leaf_map
from gislib.reports.patrol.shift_map import SAMPLE_MM, TEAM_MM, shift_maps, team_map, team_sample
from gislib.reports.patrol.way_words import own_name
from gislib.reports.qr import amap_link, geo_address, qr_side, qr_svg
from gislib.reports.typesetting import Document, Sheets, missing_in, printable_data, typeset_images

TEMPLATE: Final = "patrol.typ"
LEFT_SHOWN: Final = 18
MARKER_CHARACTERS: Final = 7
"""Each takes nine signs of the code."""
MODULE_MM: Final = 0.5
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
    paged = [(team, leaves(team)) for team in paper.record.teams]
    maps = {f"shift-{k}.svg": drawn for k, drawn in enumerate(shift_maps(paged, crs, layers))}
    images |= {name: drawn.svg for name, drawn in maps.items()}
    images |= {f"team-{k}.svg": team_sample(k, team_sign(team)) for k, (team, _) in enumerate(paged)}
    missing |= {sign for drawn in maps.values() for sign in drawn.missing}
    for t, (team, split) in enumerate(paged):
        pages, own = [], split
        whole = team_map(t, own, crs, layers)
        if whole is not None:
            images[f"whole-{t}.svg"] = whole.svg
            missing |= whole.missing
            own = (replace(own[0], spare_mm=own[0].spare_mm - TEAM_MM), *own[1:])
        for leaf in own:
            drawn = leaf_map(leaf, crs, layers, mono=True)
            name = f"map-{t}-{leaf.number}.svg"
            images[name] = drawn.svg
            missing |= drawn.missing
            codes = _codes(leaf, f"{t}-{leaf.number}")
            images |= {code["file"]: code.pop("svg") for code in codes}
            pages.append(
                {
                    "map": name,
                    "codes": codes,
                    "rows": [vars(row) for row in leaf.rows],
                    "page": _page_line(leaf),
                    "whole": f"whole-{t}.svg" if whole is not None and leaf.number == 1 else "",
                }
            )
        teams.append({"title": team.name, "facts": _facts(team), "pages": pages})
    cover = _cover(paper) | {
        "maps": [{"file": name, "width": drawn.frame.width_mm} for name, drawn in maps.items()],
        "signs": [f"team-{k}.svg" for k in range(len(paged))], "sign_width": SAMPLE_MM[0],
    }  # fmt: skip
    data = _frame_data(paper) | {"teams": teams, "cover": cover}
    missing |= missing_in(data)
    codes_missing = "、".join(f"U+{ord(sign):04X}" for sign in sorted(missing))
    note = [wording.text("sheet.missing", codes=codes_missing)] if missing else []
    data["credits"] = "｜".join([*paper.stamp.attribution, *note])
    return Document(printable_data(data), images, frozenset(missing))


def _codes(leaf: Leaf, key: str) -> list[dict[str, Any]]:
    """Codes of the first station of the page, where the team goes next, with words that say so."""
    station = leaf.stations[0]
    spot = station.spot
    links = {"amap": amap_link(spot.x, spot.y, _amap_name(station)), "geo": geo_address(spot.x, spot.y)}
    return [
        {
            "file": f"qr-{key}-{kind}.svg", "caption": wording.text(f"sheet.qr_{kind}"), "svg": qr_svg(link),
            "width": qr_side(link) * MODULE_MM, "leads": _leads(station),
        }
        for kind, link in links.items()
    ]  # fmt: skip


def _leads(station: Station) -> str:
    """Where a code leads."""
    if station.number is None:
        return wording.text("patrol_sheet.to_place", place=wording.text(f"patrol_sheet.{station.kind}_place"))
    return wording.text("patrol_sheet.to_place", place=wording.text("patrol_sheet.numbered", number=station.number))


def _amap_name(station: Station) -> str:
    """Name that the map of a phone writes at its marker: that of the place, cut so that the code stays readable."""
    number = "" if station.number is None else wording.text("patrol_sheet.numbered", number=station.number)
    return (own_name(station.name) or number)[:MARKER_CHARACTERS]


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
        "day": _day(paper),
        "day_label": wording.text("patrol_sheet.day"),
        "day_units": [wording.text(f"patrol_sheet.{unit}") for unit in ("year", "month", "day_of_month")],
        "marking": _marking(stamp.marking),
        "versions": wording.text(
            "patrol_sheet.versions", data=stamp.data_version, rules=stamp.rules_version, code=stamp.code_version,
            date=dates[0] if dates else wording.text("patrol_sheet.undated"),
        ),
        "whole_note": wording.text("patrol_sheet.whole_note"),
        "page": wording.text("sheet.page", page="{page}", pages="{pages}"),
        "map_width": WIDTH_MM,
        "widths": list(WIDTHS_MM),
        "least_row": LEAST_ROW_MM,
        "head": [
            wording.text(f"patrol_sheet.head.{name}")
            for name in ("label", "arrives", "way", "stretch", "total", "task", "sign")
        ],
    }  # fmt: skip


def _marking(lines: Sequence[str]) -> str:
    """Marking lines as one, without what a line before has said already."""
    told: list[str] = []
    for line in lines:
        said = {word for own in told for word in own.split()}
        told.append(" ".join(word for word in line.split() if word == "·" or word not in said))
    return "｜".join(filter(None, told))


def _day(paper: PatrolPaper) -> str:
    """Date in words; "" leaves lines to fill in."""
    on = paper.on
    if on is None:
        return ""
    units = zip((on.year, on.month, on.day), ("year", "month", "day_of_month"), strict=True)
    return "".join(f"{number}{wording.text(f'patrol_sheet.{unit}')}" for number, unit in units)


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
        "map_note": wording.text("patrol_sheet.map_note"),
        "team_head": _heads("team", "look", "name", "mode", "depot", "hours", "stations", "km", "back"),
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
    return [_named(own_name(task.name)), wording.term("patrol_kind", task.kind), task.school_name or "—", reason]


def _named(name: str | None) -> str:
    return name or wording.text("patrol_sheet.nameless")


def _heads(table: str, *names: str) -> list[str]:
    return [wording.text(f"patrol_sheet.{table}_head.{name}") for name in names]
