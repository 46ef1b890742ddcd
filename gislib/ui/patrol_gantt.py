"""Timetable of a shift: one row a team, one box a station, with words; patterns tell the tasks apart in grey."""

from __future__ import annotations

from html import escape
from typing import Final

from gislib import wording
from gislib.patrol.clock import clock
from gislib.patrol.record import BREAK, RETURN, START, PatrolRecord, Station, TeamPlan
from gislib.reports.looks import LINE, MUTED, SOFT_INK, TEAMS, TOLERANCE, TeamLook
from gislib.reports.symbols import swatch_svg
from gislib.ui import markup, patrol_view
from gislib.ui.picture import Html, picture

ROW_PX: Final = 34
_BOX_PX: Final = 24
_HEAD_PX: Final = 18
_RIGHT_PX: Final = 26
"""Room for the half of the last tick's time."""
_NAME_PCT: Final = 10.0
_WORDS_PCT: Final = 3.2
"""A box narrower than this share of the row carries no words; they are in its title."""
_TICKS_MIN: Final = (5, 10, 15, 20, 30, 60, 120)
_MOST_TICKS: Final = 13
_STREET: Final = "street"
_FILLED: Final = frozenset({"hotspot", "post"})
_FREE: Final = "free"
_LEAST_FREE_MIN: Final = 3.0
"""Less time between the return and the end of the shift is not worth a box."""
_LEGEND: Final = (
    ("hotspot", "stand"), ("street", "street"), ("venue", "check"), (BREAK, "rest"), (_FREE, "free"),
)  # fmt: skip
_BAND: Final = f"{TOLERANCE}40"


def gantt(record: PatrolRecord, lang: str) -> Html:
    """Timetable of all teams as a card."""
    begin = min([record.begins_min, *(team.begins_min for team in record.teams)])
    end = max([record.ends_min, *(max(team.ends_min, team.returns_min) for team in record.teams)])
    span, band = (begin, end), required(record)
    rows = "".join(_row(team, patrol_view.letter(k), span, lang) for k, team in enumerate(record.teams))
    body = Html(
        f'<div style="position:relative;margin:4px {_RIGHT_PX}px 8px 10px;padding-top:{_HEAD_PX}px">'
        f"{_band(band, span)}{_ticks(begin, end)}{rows}</div>"
    )
    note = wording.text("patrols.gantt_note", lang)
    return markup.card(Html(escape(wording.text("patrols.gantt", lang)) + _legend(band, lang)), body, note)


def required(record: PatrolRecord) -> tuple[float, float] | None:
    """From when to when the gate posts must be manned; None in a shift without posts."""
    if not record.posts:
        return None
    return min(post.begins_min for post in record.posts), max(post.ends_min for post in record.posts)


def _band(band: tuple[float, float] | None, span: tuple[float, float]) -> str:
    """Pale band of the hours in which the posts must be manned."""
    if band is None:
        return ""
    left, right = (_left(min(max(minute, span[0]), span[1]), span) for minute in band)
    return (
        f'<i data-band style="position:absolute;left:{left:.2f}%;width:{right - left:.2f}%;top:{_HEAD_PX}px;bottom:0;'
        f'background:{_BAND};border-top:2px solid #B26A00"></i>'
    )


def _left(minute: float, span: tuple[float, float]) -> float:
    """Position in percent of the whole width."""
    return _NAME_PCT + (100.0 - _NAME_PCT) * (minute - span[0]) / max(span[1] - span[0], 1.0)


def _ticks(begin: float, end: float) -> str:
    step = next((s for s in _TICKS_MIN if (end - begin) / s <= _MOST_TICKS), _TICKS_MIN[-1])
    first = -(-begin // step) * step
    marks = []
    while first <= end:
        left = _left(first, (begin, end))
        marks.append(
            f'<i style="position:absolute;left:{left:.2f}%;top:{_HEAD_PX}px;bottom:0;border-left:1px solid {LINE}"></i>'
            f'<span style="position:absolute;left:{left:.2f}%;top:0;transform:translateX(-50%);font-size:11px;'
            f'color:{MUTED}">{clock(first)}</span>'
        )
        first += step
    return "".join(marks)


def _row(team: TeamPlan, letter: str, span: tuple[float, float], lang: str) -> str:
    mode = wording.text("patrols.team", lang, mode=wording.term("patrol_mode", team.mode, lang), people=team.headcount)
    look = TEAMS[letter]
    colour = look.colour
    walked = (
        f'<i style="position:absolute;left:{_left(team.begins_min, span):.2f}%;top:50%;height:2px;'
        f'width:{_left(team.returns_min, span) - _left(team.begins_min, span):.2f}%;background:{_run(look)}"></i>'
    )
    boxes = "".join(_box(team, station, colour, span, lang) for station in team.stations)
    if team.ends_min - team.returns_min >= _LEAST_FREE_MIN:
        title = wording.text("patrols.legend.free", lang)
        boxes += _placed(_FREE, title, title, (team.returns_min, team.ends_min), colour, span)
    tag = picture(swatch_svg("stations", letter))
    return (
        f'<div style="position:relative;height:{ROW_PX}px"><div style="position:absolute;top:2px;font-size:12px;'
        f'line-height:15px"><b>{escape(team.name)}</b> {tag}<br><span style="font-size:11px;color:{MUTED}">'
        f"{escape(mode)}</span></div>{walked}{boxes}</div>"
    )


def _box(team: TeamPlan, station: Station, colour: str, span: tuple[float, float], lang: str) -> str:
    if station.kind in {START, RETURN}:
        return ""
    words = patrol_view.task_words(station, lang)
    title = f"{clock(station.begins_min)}–{clock(station.ends_min)} {words}"
    short = words if station.kind == BREAK else patrol_view.tag(team, station)
    return _placed(station.kind, title, short, (station.begins_min, station.ends_min), colour, span)


def _placed(
    kind: str, title: str, short: str, minutes: tuple[float, float], colour: str, span: tuple[float, float]
) -> str:
    """Box from one minute to another, with its short words where they fit."""
    left = _left(minutes[0], span)
    width = max(_left(minutes[1], span) - left, 0.12)
    text = escape(short) if width >= _WORDS_PCT else ""
    return (
        f'<div title="{escape(title)}" style="position:absolute;box-sizing:border-box;left:{left:.2f}%;'
        f"width:{width:.2f}%;top:{(ROW_PX - _BOX_PX) / 2:g}px;height:{_BOX_PX}px;overflow:hidden;text-align:center;"
        f'font-size:11px;font-weight:700;line-height:{_BOX_PX - 2}px;border-radius:3px;{_style(kind, colour)}">'
        f"{text}</div>"
    )


def _run(look: TeamLook) -> str:
    """Line of a team in its dash, as a background."""
    if not look.dash:
        return look.colour
    stops, at = [], 0.0
    for k, length in enumerate(look.dash):
        stops.append(f"{look.colour if k % 2 == 0 else 'transparent'} {at:g}px {at + length:g}px")
        at += length
    return f"repeating-linear-gradient(90deg,{','.join(stops)})"


def _style(kind: str, colour: str) -> str:
    """Box of a task: filled, hatched, outlined, dashed."""
    if kind in _FILLED:
        return f"background:{colour};color:#FFFFFF;border:1px solid {colour}"
    if kind == _STREET:
        hatch = f"repeating-linear-gradient(135deg,{colour}55 0 2px,#FFFFFF 2px 5px)"
        return f"background:{hatch};color:{colour};border:1px solid {colour}"
    if kind == BREAK:
        return f"background:#F4F6F8;color:{MUTED};border:1px dotted {MUTED}"
    if kind == _FREE:
        return f"background:#FFFFFF;color:{MUTED};border:1px dashed {colour}"
    return f"background:#FFFFFF;color:{colour};border:2px solid {colour}"


def _legend(band: tuple[float, float] | None, lang: str) -> str:
    """Boxes by task, the line of the way, and the band with its hours."""
    drawn: list[tuple[str, str, dict[str, str]]] = [
        (f"height:12px;border-radius:2px;{_style(kind, SOFT_INK)}", word, {}) for kind, word in _LEGEND
    ]
    drawn.append((f"height:2px;margin-bottom:4px;background:{SOFT_INK}", "way", {}))
    if band is not None:
        hours = {"begin": clock(band[0]), "end": clock(band[1])}
        drawn.append((f"height:12px;background:{_BAND};border-top:2px solid #B26A00", "window", hours))
    return "".join(
        '<span style="display:inline-block;margin-left:12px;font-weight:400;font-size:12px;white-space:nowrap">'
        '<i style="display:inline-block;box-sizing:border-box;width:20px;vertical-align:-1px;margin-right:4px;'
        f'{style}"></i>'
        f"{escape(wording.text(f'patrols.legend.{word}', lang, **told))}</span>"
        for style, word, told in drawn
    )
