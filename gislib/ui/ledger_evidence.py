"""Photos of an item: shown, added, taken as its place, withdrawn."""

from __future__ import annotations

import streamlit as st

from gislib import wording
from gislib.planning import ledger, ledger_photos
from gislib.planning.session import Session
from gislib.sources.limits import MIB
from gislib.sources.photos import MAX_BYTES
from gislib.store.items import Item, Save
from gislib.ui import document, guard, markup, state, words


def show(session: Session, item: Item, lang: str) -> None:
    """Photos with their day and caption, and the upload of another one."""
    found = ledger_photos.photos(session, item.item_id)
    if found.empty:
        st.html(markup.note(wording.text("ledger.photo.none", lang)))
    places = st.columns(2)
    for at, row in enumerate(found.reset_index().to_dict("records")):
        with places[at % len(places)]:
            evidence_id = str(row["evidence_id"])
            told = " · ".join(filter(None, (words.text_or(row["taken_on"], ""), words.text_or(row["caption"], ""))))
            st.image(
                ledger_photos.photo(session, item.item_id, evidence_id), caption=told or evidence_id, width="stretch"
            )
            if session.role != "viewer":
                _withdraw(session, item, evidence_id, lang)
    if session.role != "viewer":
        _offer_place(session, item, lang)
        _add(session, item, lang)


def _add(session: Session, item: Item, lang: str) -> None:
    serial = state.noted("ledger.photo.serial") or 0
    caption = st.text_input(
        wording.text("ledger.photo.caption", lang), key=f"ledger.photo.caption.{serial}", max_chars=100
    )
    label = wording.text("ledger.photo.add", lang, most=MAX_BYTES // MIB)
    document.set_upload_words(lang)
    sent = st.file_uploader(label, ["jpg", "jpeg", "png", "webp"], key=f"ledger.photo.file.{item.item_id}.{serial}")
    button = wording.text("ledger.photo.do", lang)
    if st.button(button, key="ledger.photo.do", type="primary", disabled=sent is None) and sent is not None:
        with guard.show_errors(lang):
            added = ledger_photos.add_photo(session, item.item_id, sent.getvalue(), sent.name, caption or None)
        state.note("ledger.photo.serial", serial + 1)
        state.note("ledger.photo.place", (item.item_id, added.lon, added.lat))
        st.rerun()


def _offer_place(session: Session, item: Item, lang: str) -> None:
    """Position that the camera noted, offered as the item's."""
    noted = state.noted("ledger.photo.place")
    if noted is None or noted[0] != item.item_id or noted[1] is None:
        return
    lon, lat = noted[1:]
    st.html(markup.note(wording.text("ledger.photo.place", lang, lon=f"{lon:.6f}", lat=f"{lat:.6f}")))
    if st.button(wording.text("ledger.photo.take_place", lang), key="ledger.photo.place"):
        with guard.show_errors(lang):
            ledger.save(session, [Save(item.item_id, item.version, changes={"lon": lon, "lat": lat})])
        state.note("ledger.photo.place", None)
        st.rerun()


def _withdraw(session: Session, item: Item, evidence_id: str, lang: str) -> None:
    with st.popover(wording.text("ledger.photo.withdraw", lang)):
        reason = st.text_input(wording.text("ledger.column.reason", lang), key=f"ledger.photo.reason.{evidence_id}")
        if st.button(wording.text("ledger.photo.withdraw", lang), key=f"ledger.photo.withdraw.{evidence_id}"):
            with guard.show_errors(lang):
                ledger_photos.withdraw_photo(session, item.item_id, evidence_id, reason)
            st.rerun()
