"""Backup of the workspace to one file, and restoring it."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from gislib import wording
from gislib.planning import backups
from gislib.planning.session import Session
from gislib.ui import document, guard, markup, state, words

_MADE = "backup.made"
_RESTORED = "backup.restored"
_MEGABYTE = 1_000_000.0


def show(session: Session, lang: str) -> None:
    """Draw both halves."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True):
        _backup(session, lang)
    with right, st.container(border=True):
        _restore(session, lang)


def _backup(session: Session, lang: str) -> None:
    st.html(markup.note(wording.text("admin.backup_note", lang)))
    if st.button(wording.text("admin.backup_make", lang), key="admin.backup", type="primary"):
        with guard.end_part(lang), st.spinner(wording.text("admin.backup_making", lang)):
            state.note(_MADE, _packed(session))
    made: tuple[str, bytes] | None = state.noted(_MADE)
    if made is not None:
        size = words.decimals(len(made[1]) / _MEGABYTE)
        st.download_button(
            wording.text("admin.backup_get", lang, size=size), made[1], made[0], "application/zip", on_click="ignore",
            key="admin.backup.get", width="stretch",
        )  # fmt: skip


def _packed(session: Session) -> tuple[str, bytes]:
    """Name and bytes of a backup."""
    name = f"{session.workspace.root.resolve().name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.zip"
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / name
        backups.backup(session, file)
        return name, file.read_bytes()


def _restore(session: Session, lang: str) -> None:
    st.html(markup.note(wording.text("admin.restore_note", lang), warn=True))
    document.set_upload_words(lang)
    upload = st.file_uploader(wording.text("admin.restore_file", lang), type=["zip"], key="admin.restore.file")
    sure = st.checkbox(wording.text("admin.restore_sure", lang), key="admin.restore.sure")
    asked = st.button(wording.text("admin.restore", lang), key="admin.restore", disabled=upload is None or not sure)
    if asked and upload is not None:
        with guard.end_part(lang), tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / Path(upload.name).name
            file.write_bytes(upload.getvalue())
            backups.restore_over(session, file)
        state.note(_RESTORED, upload.name)
        st.rerun()
    done: str | None = state.noted(_RESTORED)
    if done is not None:
        st.html(markup.note(wording.text("admin.restored", lang, file=done)))
