"""Timetable of a shift: one row a team, one box a station, with words; patterns tell the tasks apart in grey."""

from __future__ import annotations

from html import escape
from typing import Final

from gislib import wording
from gislib.patrol.clock import clock
from gislib.patrol.record import BREAK, RETURN, START, PatrolRecord, Station, TeamPlan
from gislib.reports.looks import LINE, MUTED, TEAMS
from gislib.ui import markup, patrol_view
from gislib.ui.patrol_view import LETTERS
from gislib.ui.picture import Html

ROW_PX: Final = 34
_BOX_PX: Final = 24
_HEAD_PX: Final = 18
_NAME_PCT: Final = 9.0
_WORDS_PCT: Final = 3.2
"""A box narrower than this share of the row carries no words; they are in its title."""
_TICKS_MIN: Final = (5, 10, 15, 20, 30, 60, 120)
_MOST_TICKS: Final = 13
_STREET: Final = "street"
_FILLED: Final = frozenset({"hotspot", "post"})
_LEGEND: Final = (("hotspot", "stand"), ("street", "street"), ("venue", "check"), ("break", "rest"))


def gantt(record: PatrolRecord, lang: str) -> Html:
    """Timetable of all teams as a card."""
    begin = min([record.begins_min, *(team.begins_min for team in record.teams)])
    end = max([record.ends_min, *(max(team.ends_min, team.returns_min) for team in record.teams)])
    rows = "".join(_row(team, LETTERS[k % len(LETTERS)], (begin, end), lang) for k, team in enumerate(record.teams))
    body = Html(
        f'<div style="position:relative;margin:4px 10px 8px;padding-top:{_HEAD_PX}px">{_ticks(begin, end)}{rows}</div>'
    )
    note = wording.text("patrols.gantt_note", lang)
    return markup.card(Html(escape(wording.text("patrols.gantt", lang)) + _legend(lang)), body, note)


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
    colour = TEAMS[letter].colour
    walked = (
        f'<i style="position:absolute;left:{_left(team.begins_min, span):.2f}%;top:50%;'
        f'width:{_left(team.returns_min, span) - _left(team.begins_min, span):.2f}%;border-top:2px solid {colour}"></i>'
    )
    boxes = "".join(_box(team, station, colour, span, lang) for station in team.stations)
    return (
        f'<div style="position:relative;height:{ROW_PX}px"><div style="position:absolute;top:2px;font-size:12px;'
        f'line-height:15px"><b>{escape(team.name)}</b><br><span style="font-size:11px;color:{MUTED}">{escape(mode)}'
        f"</span></div>{walked}{boxes}</div>"
    )


def _box(team: TeamPlan, station: Station, colour: str, span: tuple[float, float], lang: str) -> str:
    if station.kind in {START, RETURN}:
        return ""
    left = _left(station.begins_min, span)
    width = max(_left(station.ends_min, span) - left, 0.12)
    words = patrol_view.task_words(station, lang)
    title = f"{clock(station.begins_min)}–{clock(station.ends_min)} {words}"
    short = words if station.kind == BREAK else patrol_view.tag(team, station)
    text = escape(short) if width >= _WORDS_PCT else ""
    return (
        f'<div title="{escape(title)}" style="position:absolute;box-sizing:border-box;left:{left:.2f}%;'
        f"width:{width:.2f}%;top:{(ROW_PX - _BOX_PX) / 2:g}px;height:{_BOX_PX}px;overflow:hidden;text-align:center;"
        f'font-size:11px;font-weight:700;line-height:{_BOX_PX - 2}px;border-radius:3px;{_style(station.kind, colour)}">'
        f"{text}</div>"
    )


def _style(kind: str, colour: str) -> str:
    """Box of a task: filled, hatched, outlined, dashed."""
    if kind in _FILLED:
        return f"background:{colour};color:#FFFFFF;border:1px solid {colour}"
    if kind == _STREET:
        hatch = f"repeating-linear-gradient(135deg,{colour}55 0 2px,#FFFFFF 2px 5px)"
        return f"background:{hatch};color:{colour};border:1px solid {colour}"
    if kind == BREAK:
        return f"background:#F4F6F8;color:{MUTED};border:1px dashed {MUTED}"
    return f"background:#FFFFFF;color:{colour};border:2px solid {colour}"


def _legend(lang: str) -> str:
    colour = "#3F4B57"
    return "".join(
        f'<span style="display:inline-block;margin-left:14px;font-weight:400;font-size:12px"><i style="display:'
        f"inline-block;box-sizing:border-box;width:22px;height:12px;vertical-align:-1px;margin-right:4px;"
        f'border-radius:2px;{_style(kind, colour)}"></i>{escape(wording.text(f"patrols.legend.{word}", lang))}</span>'
        for kind, word in _LEGEND
    )
