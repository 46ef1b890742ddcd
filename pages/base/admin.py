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

PARTS = {
    "users": admin_users.show,
    "terms": admin_terms.show,
    "log": admin_log.show,
    "backup": admin_backup.show,
    "corrections": admin_corrections.show,
}
choices = state.current()
lang = choices.lang

with guard.show_errors(lang):
    session = computing.open_workspace(lang)
    frame.title("admin.title", lang, admin_users.context(session, lang))
    stamp = computing.stamp_or_none(session, choices)

with guard.part():
    with guard.end_part(lang):
        require_role(session, "admin")
    tabs = frame.tabs("admin", tuple(PARTS), lang)
    for name, show in PARTS.items():
        with tabs[name], guard.part():
            show(session, lang)
frame.footer(stamp, lang)
