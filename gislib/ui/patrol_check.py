"""Planned and done: recorded tracks of a day against the routes, who was where when, and what was missed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
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
from gislib.ui import document, guard, markup, patrol_done
from gislib.ui.map_component import MapLayer
from gislib.ui.patrol_view import Shown

_TYPES: Final = ("gpx", "csv", "tsv", "xlsx")


@dataclass(frozen=True)
class Comparison:
    """Day, what the check found, and its tracks as a layer of the map."""

    on: date
    found: Checked
    tracks: MapLayer


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
                done = imports.import_file(session, imports.TRACK_LAYER, path)
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


def show(session: Session, seen: Shown, lang: str) -> Comparison | None:
    """Upload, day and teams of the tracks, figures and notes; returns what was compared, None without tracks."""
    upload(session, lang)
    with guard.show_errors(lang):
        on = day(session, lang)
        if on is None:
            return None
        chosen = teams(session, seen, on, lang)
        found = patrol_checks.check_patrol(session, seen.record, on, chosen)
        layer = tracks_layer(session, seen, on, chosen, lang)
    patrol_done.figures(found, lang)
    st.html(patrol_done.team_table(found, lang))
    for told in patrol_done.notes(found, lang):
        st.html(markup.note(told, warn=True))
    return Comparison(on, found, layer)
