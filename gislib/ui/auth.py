"""Who is looking: the login service where one is configured, else the local user."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from gislib import wording
from gislib.planning import users
from gislib.planning.session import Session
from gislib.ui.server import login_configured, project_root


def require_login(lang: str) -> None:
    """Show the login button and end the run where a login is configured and nobody is logged in."""
    if on_this_machine() or st.user.is_logged_in:
        return
    st.button(wording.text("ui.login", lang), on_click=st.login, type="primary")
    st.stop()


def session(root: Path) -> Session:
    """
    Session of the user on a workspace.

    Behind a login the actor is the account with the rights that administrators gave it; on a single machine it is the
    local user, who may do everything until accounts are kept, and may make a workspace by importing into it.
    """
    if on_this_machine():
        return users.starting(root)
    return users.signed_in(root, str(st.user.get("email") or st.user.get("sub")))


def on_this_machine() -> bool:
    """Whether whoever looks is the local user: no login service is configured."""
    return not login_configured(project_root())
