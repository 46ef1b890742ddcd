"""Import by upload: choose the layer, check which column is which, import, see what was refused."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gislib import wording
from gislib.domain.errors import GislibError
from gislib.planning import file_preview
from gislib.planning.imports import RASTER_LAYERS, TABLE_LAYERS, ImportOptions, ImportSummary, import_file
from gislib.sources import workspace
from gislib.ui import auth, cache, document, guard, markup, quality, words
from gislib.ui.picture import Html

LAYERS: Final = ("osm", *TABLE_LAYERS, *RASTER_LAYERS)
CLAIMABLE: Final = ("venues", "rentals", "water")
"""Layers that may claim to be complete: only then is none at a campus 0, and not unknown."""
_BOXES: Final = {"--map": "data.column", "--datum": "data.datum", "--sheet": "data.sheet"}
DATUMS: Final = ("auto", "wgs84", "cgcs2000", "gcj02", "bd09")


def form(lang: str) -> None:
    """Upload form; the last import's outcome stays below it."""
    left, right = st.columns([2, 3], gap="medium")
    with left:
        layer = st.selectbox(
            wording.text("data.layer", lang),
            LAYERS,
            format_func=lambda code: _layer_name(code, lang),
            key="import.layer",
        )
        datum = st.selectbox(
            wording.text("data.datum", lang),
            DATUMS,
            format_func=lambda code: _datum_name(code, lang),
            key="import.datum",
        )
        name = st.text_input(
            wording.text("data.source_name", lang), value=layer, max_chars=40, key=f"import.name.{layer}"
        )
        dated = st.date_input(
            wording.text("data.data_date", lang), value=None, format="YYYY-MM-DD", key=f"import.date.{layer}"
        )
        complete = layer in CLAIMABLE and st.checkbox(
            wording.text("data.complete", lang),
            help=wording.text("data.complete_note", lang),
            key=f"import.all.{layer}",
        )
        document.set_upload_words(lang)
        upload = st.file_uploader(wording.text("data.file", lang), key="import.file")
        st.caption(wording.text("data.formats", lang))
    options = ImportOptions(
        name=name.strip() or layer,
        datum=None if datum == "auto" else datum,
        data_date=dated.isoformat() if isinstance(dated, date) else None,
        complete=bool(complete),
    )
    with right:
        if upload is None:
            st.html(markup.note(wording.text("data.choose_file", lang)))
        else:
            with guard.part():
                _checked(layer, options, upload, lang)
        _outcome(lang)


def _checked(layer: str, options: ImportOptions, upload: UploadedFile, lang: str) -> None:
    """Show the mapping of the columns, and the button that imports."""
    with _told(lang), _stored(upload) as file:
        if layer in TABLE_LAYERS:
            options = replace(options, sheet=_sheet(layer, file, lang))
            options = replace(options, column_map=_mapping(layer, file, options.sheet, lang))
        if options.name in _known_sources():
            st.html(markup.note(wording.text("data.replaces", lang, name=options.name), warn=True))
        if not st.button(wording.text("data.import", lang), type="primary", key="import.go"):
            return
        with st.spinner(wording.text("ui.computing", lang)):
            done = import_file(auth.session(cache.workspace_root()), layer, file, options)
    st.session_state["import.done"] = done
    st.rerun()


@contextmanager
def _told(lang: str) -> Iterator[None]:
    """Show an error in the words of this page, and end its part: the tabs and the footer still come."""
    try:
        yield
    except GislibError as problem:
        st.error(in_page_words(wording.error(problem, lang), lang), icon=":material/error:")
        guard.stop_part()


def in_page_words(told: str, lang: str) -> str:
    """Sentence of an import with the names of this page's boxes where the command line has options."""
    for option, box in _BOXES.items():
        told = told.replace(option, wording.text("data.box", lang, name=wording.text(box, lang)))
    return told


def _sheet(layer: str, file: Path, lang: str) -> str | None:
    """Worksheet or layer to read, where a file has several."""
    names = file_preview.sheet_names(file)
    if len(names) < 2:  # noqa: PLR2004 - nothing to choose
        return None
    return st.selectbox(wording.text("data.sheet", lang), names, key=f"import.sheet.{layer}.{file.name}")


def _known_sources() -> list[str]:
    root = cache.workspace_root()
    return workspace.sources(workspace.open_workspace(root)) if workspace.is_workspace(root) else []


@contextmanager
def _stored(upload: UploadedFile) -> Iterator[Path]:
    """Keep the uploaded file on disk under its own name, for as long as it is read."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / Path(upload.name).name
        file.write_bytes(upload.getbuffer())
        yield file


def _mapping(layer: str, file: Path, sheet: str | None, lang: str) -> dict[str, str]:
    """Let the planner correct which column is which field; returns only what differs from what was understood."""
    found = file_preview.preview(layer, file, sheet)
    st.html(
        markup.note(
            wording.text("data.understood", lang, rows=found.rows, mapped=len(found.mapped), columns=len(found.headers))
        )
    )
    table = pd.DataFrame(
        {
            "field": [_field_name(name, lang) for name in found.fields],
            "column": [found.mapped.get(name, "") for name in found.fields],
        },
        index=list(found.fields),
    )
    edited = st.data_editor(
        table,
        hide_index=True,
        disabled=["field"],
        height=min(38 + 35 * len(table), 300),
        column_config={
            "field": st.column_config.TextColumn(wording.text("data.field", lang)),
            "column": st.column_config.SelectboxColumn(wording.text("data.column", lang), options=["", *found.headers]),
        },
        key=f"import.map.{layer}",
    )
    chosen = edited["column"].dropna()
    return {
        str(name): str(header) for name, header in chosen.items() if header and found.mapped.get(str(name)) != header
    }


def _outcome(lang: str) -> None:
    done: ImportSummary | None = st.session_state.get("import.done")
    if done is None:
        return
    origin = done.provenance
    pairs = {
        wording.text("data.source", lang): f"{done.source_id} · {origin.origin}",
        wording.text("data.rows", lang): wording.text(
            "data.kept_of", lang, kept=origin.rows_kept, read=origin.rows_read
        ),
        wording.text("data.layers", lang): wording.text("ui.separator", lang).join(
            f"{_layer_name(name, lang)} {count:,}" for name, count in done.layers.items()
        ),
    }
    st.html(markup.card(wording.text("data.done", lang), markup.body(markup.facts(pairs))))
    for message in done.warnings:
        st.html(markup.note(in_page_words(words.message(message.code, message.values, lang), lang), warn=True))
    if len(done.rejected):
        quality.rejected_grid(done.rejected, lang, "import.rejected")


def _layer_name(code: str, lang: str) -> str:
    return wording.text(f"data.layer_name.{code}", lang)


def _datum_name(code: str, lang: str) -> str:
    return wording.text("data.datum_auto", lang) if code == "auto" else wording.term("datum", code, lang)


def _field_name(code: str, lang: str) -> str:
    try:
        return wording.text(f"data.field_name.{code}", lang)
    except KeyError:
        return code


def start_note(lang: str) -> Html:
    """Say how a workspace begins."""
    return markup.note(wording.text("data.start", lang))
