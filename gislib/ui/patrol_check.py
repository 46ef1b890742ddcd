"""Planned and done: recorded tracks of a day against the routes, who was where when, and what was missed."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Final

import streamlit as st

from gislib import wording
from gislib.patrol.checked import Checked
from gislib.patrol.clock import clock
from gislib.planning import imports, patrol_checks
from gislib.planning.session import Session
from gislib.reports import map_layers
from gislib.ui import document, guard, markup, words
from gislib.ui.map_component import MapLayer
from gislib.ui.markup import Figure, Heading
from gislib.ui.patrol_view import Shown
from gislib.ui.picture import Html

MISSED_SHOWN: Final = 15
_TYPES: Final = ("gpx", "csv", "tsv", "xlsx")


def upload(session: Session, lang: str) -> None:
    """Field for recorded tracks; several files add up."""
    document.set_upload_words(lang)
    files = st.file_uploader(
        wording.text("patrols.check.upload", lang), _TYPES, accept_multiple_files=True, key="patrol.tracks"
    )
    if not files or not st.button(wording.text("patrols.check.import", lang), key="patrol.tracks.import"):
        return
    with guard.show_errors(lang):
        for file in files:
            with tempfile.TemporaryDirectory() as scratch:
                path = Path(scratch) / Path(file.name).name
                path.write_bytes(file.getvalue())
                done = imports.import_into(session, imports.TRACK_LAYER, path)
            told = {"file": path.name, "kept": done.provenance.rows_kept, "rejected": len(done.rejected)}
            st.html(markup.note(wording.text("patrols.check.imported", lang, **told)))


def day(session: Session, lang: str) -> date | None:
    """Choice among the days on which something was recorded; None if nothing was."""
    days = patrol_checks.track_days(session)
    if not days:
        st.html(markup.note(wording.text("patrols.check.none", lang)))
        return None
    return st.selectbox(
        wording.text("patrols.check.day", lang), days, format_func=lambda on: on.isoformat(), key="patrol.check.day"
    )


def teams(session: Session, seen: Shown, on: date, lang: str) -> dict[str, str]:
    """Choice of the team for every track whose label names none."""
    found = patrol_checks.track_teams(session, seen.record, on)
    names = {team.team_id: team.name for team in seen.record.teams}
    chosen = {}
    for label in sorted(name for name, team in found.items() if team is None):
        picked = st.selectbox(
            wording.text("patrols.check.whose", lang, label=label), [None, *names], key=f"patrol.whose.{label}",
            format_func=lambda team: names[team] if team else wording.text("patrols.check.nobody", lang),
        )  # fmt: skip
        if picked:
            chosen[label] = picked
    return chosen


def tracks_layer(session: Session, seen: Shown, on: date, chosen: dict[str, str], lang: str) -> MapLayer:
    """Recorded ways on the map."""
    lines = patrol_checks.track_lines(session, seen.record, on, chosen)
    lines["tip"] = [
        f"{label} · {clock(begin)}–{clock(end)}"
        for label, begin, end in zip(lines["label"], lines["begins_min"], lines["ends_min"], strict=True)
    ]
    content = map_layers.map_layer(lines, tip="tip")
    return MapLayer("tracks", "tracks", wording.text("patrols.check.layer", lang), content)


def cards(found: Checked, lang: str) -> Html:
    """Key figures and teams, and tracks that could not be used."""
    figures = [
        Figure(
            wording.text(f"patrols.check.{name}", lang), f"{words.decimals(100 * value)}%",
            wording.text(f"patrols.check.{name}_note", lang), alert=name == "unknown" and value > 0,
        )
        for name, value in (
            ("planned", found.planned_share), ("eligible", found.eligible_share), ("unknown", found.unknown_share)
        )
    ]  # fmt: skip
    notes = (
        [wording.text("patrols.check.unmatched", lang, labels="、".join(found.unmatched))] if found.unmatched else []
    )
    notes += [wording.text("patrols.check.jumps", lang, count=found.jumps)] if found.jumps else []
    parts = [markup.figure_strip(figures), _teams(found, lang)]
    return Html("".join([*parts, *(markup.note(note, warn=True) for note in notes)]))


def _teams(found: Checked, lang: str) -> Html:
    heads = _heads(("team", "hours", "metres", "covered", "gaps"), lang)
    rows = [
        (
            team.name,
            words.EMPTY if team.begins_min is None else f"{clock(team.begins_min)}–{clock(team.ends_min or 0.0)}",
            f"{words.decimals(team.metres / 1000)} / {words.decimals(team.planned_metres / 1000)} km",
            f"{words.percent(team.covered_share)}",
            "、".join(f"{clock(a)}–{clock(b)}" for a, b in team.gaps) or words.EMPTY,
        )
        for team in found.teams
    ]
    return markup.card(wording.text("patrols.check.teams", lang), markup.table(heads, rows))


def missed(found: Checked, lang: str) -> Html:
    """What was planned and not done, or not wholly, most risk first."""
    tasks = found.missed
    heads = _heads(("place", "task", "planned_at", "state", "reason", "share"), lang)
    rows = [
        (
            words.text_or(task.name, wording.text("patrols.nameless_place", lang)),
            wording.term("patrol_kind", task.kind, lang),
            words.EMPTY if task.planned_min is None else clock(task.planned_min),
            wording.term("check_state", task.state, lang),
            wording.term("check_reason", task.reason, lang) if task.reason else words.EMPTY,
            words.percent(task.share),
        )
        for task in tasks[:MISSED_SHOWN]
    ]
    note = wording.text("patrols.check.missed_note", lang, shown=len(rows), total=len(tasks))
    return markup.card(wording.text("patrols.check.missed", lang), markup.table(heads, rows), note)


def _heads(names: tuple[str, ...], lang: str) -> list[Heading]:
    return [Heading(wording.text(f"patrols.check.head.{name}", lang)) for name in names]
