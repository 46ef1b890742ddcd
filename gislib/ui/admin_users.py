"""Accounts with their roles and areas."""

from __future__ import annotations

from typing import Final

import pandas as pd
import streamlit as st

from gislib import wording
from gislib.planning import users
from gislib.planning.loaded import tables_of
from gislib.planning.session import ROLES, Session
from gislib.store.users import Rights, User
from gislib.ui import guard, markup, words
from gislib.ui.markup import Heading
from gislib.ui.picture import Text

_LEVELS: Final = {
    "省": "province", "州": "prefecture", "市": "prefecture", "地市": "prefecture", "县": "county", "区": "county",
    "县区": "county", "乡镇": "township", "乡": "township", "镇": "township", "街道": "township",
}  # fmt: skip


def context(session: Session, lang: str) -> str:
    """Who is looking, in which role."""
    role = wording.text(f"admin.role_{session.role}", lang)
    return wording.text("admin.context", lang, actor=session.actor, role=role)


def show(session: Session, lang: str) -> None:
    """Table of the accounts, and the form that adds or changes one."""
    if session.areas is not None:
        areas(session, lang)
    with guard.end_part(lang):
        known = users.users(session)
    names = area_names(session)
    st.html(markup.note(wording.text("admin.users_note" if known else "admin.users_none", lang)))
    left, right = st.columns([3, 2], gap="small")
    with left:
        if known:
            heads = [
                Heading(wording.text(f"admin.user_{name}", lang)) for name in ("name", "role", "areas", "state", "by")
            ]
            rows = [_row(one, names, lang) for one in known]
            st.html(markup.card(wording.text("admin.users", lang), markup.table(heads, rows), str(len(known))))
        areas(session, lang)
    with right:
        _form(session, known, names, lang)


def area_names(session: Session) -> dict[str, str]:
    """Names of the areas of the workspace by code."""
    return {str(code): str(name) for code, name in tables_of(session.workspace)["areas"]["name"].items()}


def areas(session: Session, lang: str) -> None:
    """Areas that a scope may name, with their campuses."""
    tables = tables_of(session.workspace)
    counts = tables["schools"]["area_code"].value_counts()
    heads = [
        Heading(wording.text(f"admin.area_{name}", lang), number=name == "campuses")
        for name in ("code", "name", "level", "campuses")
    ]
    rows = [
        (str(code), str(row["name"]), _level(row["level"], lang), words.whole(_within(counts, str(code))))
        for code, row in tables["areas"].drop(columns="geometry").to_dict("index").items()
    ]
    st.html(markup.card(wording.text("admin.areas", lang), markup.table(heads, rows), str(len(rows))))


def _level(told: object, lang: str) -> str:
    """Level of an area as its file says it; the usual ones in words of the language."""
    code = _LEVELS.get(str(told))
    return words.text_or(told) if code is None else wording.text(f"admin.level_{code}", lang)


def _within(counts: pd.Series, code: str) -> int:
    """Campuses of an area and of those below it."""
    return int(counts[counts.index.str.startswith(code)].sum())


def _row(one: User, names: dict[str, str], lang: str) -> tuple[Text, ...]:
    rights = one.rights
    codes = wording.text("admin.all_areas", lang) if rights.areas is None else _list(sorted(rights.areas), names, lang)
    state = markup.chip(
        "clear" if rights.active else "unknown", wording.text(f"admin.active_{str(rights.active).lower()}", lang)
    )
    by = f"{one.changed_by} {one.changed_at:%Y-%m-%d}"
    return one.actor, wording.text(f"admin.role_{rights.role}", lang), codes, state, by


def _list(codes: list[str], names: dict[str, str], lang: str) -> str:
    return wording.text("ui.separator", lang).join(names.get(code, code) for code in codes) or words.EMPTY


def _form(session: Session, known: list[User], names: dict[str, str], lang: str) -> None:
    def text(name: str) -> str:
        return wording.text(f"admin.{name}", lang)

    by_name = {one.actor: one for one in known}
    chosen = st.selectbox(text("user_which"), ["", *by_name], format_func=lambda name: name or text("user_new"))
    old = by_name.get(chosen or "")
    rights = old.rights if old else Rights("viewer")
    with st.form(f"admin.user.{chosen}.{old.version if old else 0}", border=True):
        actor = st.text_input(text("user_name"), chosen or "", max_chars=80, disabled=old is not None)
        role = st.radio(
            text("user_role"), ROLES, ROLES.index(rights.role), horizontal=True,
            format_func=lambda one: text(f"role_{one}"),
        )  # fmt: skip
        everywhere = st.checkbox(text("all_areas"), rights.areas is None)
        picked = st.multiselect(
            text("user_areas"), list(names), sorted((rights.areas or frozenset()) & names.keys()), placeholder="",
            format_func=lambda code: f"{names[code]} {code}",
        )  # fmt: skip
        active = st.checkbox(text("user_active"), rights.active)
        asked = st.form_submit_button(text("save"), type="primary", width="stretch")
    if asked:
        scope = None if everywhere else frozenset(picked)
        with guard.end_part(lang):
            users.put(session, actor, old.version if old else 0, Rights(str(role), scope, active))
        st.rerun()
