"""管理: accounts and areas, terms, corrections of the data, the audit log, backup and restore."""

from gislib.planning.session import require_role
from gislib.ui import (
    admin_backup,
    admin_corrections,
    admin_log,
    admin_terms,
    admin_users,
    computing,
    frame,
    guard,
    state,
)

choices = state.current()
lang = choices.lang

with guard.show_errors(lang):
    session = computing.open_workspace(lang)
    frame.title("admin.title", lang, admin_users.context(session, lang))
    require_role(session, "admin")
    stamp = computing.stamp_or_none(session, choices)

tabs = frame.tabs("admin", ("users", "terms", "log", "backup", "corrections"), lang)
with tabs["users"]:
    admin_users.show(session, lang)
with tabs["terms"]:
    admin_terms.show(session, lang)
with tabs["log"]:
    admin_log.show(session, lang)
with tabs["backup"]:
    admin_backup.show(session, lang)
with tabs["corrections"]:
    admin_corrections.show(session, lang)
frame.footer(stamp, lang)
