"""The audit: every change, export and refusal, looked through and taken out as a table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from gislib.planning.authors import author_of, store_of
from gislib.planning.session import Session, require_whole
from gislib.reports.tables import csv_text
from gislib.store import audit


@dataclass(frozen=True)
class AuditFilter:
    """
    Which rows to show: all that meet every condition given.

    ``first``, ``last``: local days, both included. ``actor``: exactly this one. ``action``: beginning of the code
    (``item`` for every step of the ledger). ``text``: part of subject or detail.
    """

    first: date | None = None
    last: date | None = None
    actor: str = ""
    action: str = ""
    text: str = ""


def entries(session: Session, chosen: AuditFilter | None = None) -> pd.DataFrame:
    """
    Rows of the audit, the newest first.

    Returns
    -------
    DataFrame
        `gislib.store.audit.COLUMNS` with ``at`` in the workspace's local time and ``detail`` as one line of JSON.

    Raises
    ------
    RefusedError
        ``role_too_low`` unless an administrator asks.
    """
    require_whole(session, "admin")
    asked = chosen or AuditFilter()
    zone = ZoneInfo(session.workspace.meta.time_zone)
    rows = audit.entries(store_of(session))
    rows["at"] = pd.to_datetime(rows["at"], utc=True).dt.tz_convert(zone)
    rows["detail"] = [json.dumps(detail, ensure_ascii=False, sort_keys=True) for detail in rows["detail"]]
    keep = pd.Series(data=True, index=rows.index)
    if asked.first is not None:
        keep &= rows["at"] >= datetime.combine(asked.first, time(), zone)
    if asked.last is not None:
        keep &= rows["at"] < datetime.combine(asked.last + timedelta(days=1), time(), zone)
    if asked.actor:
        keep &= rows["actor"] == asked.actor
    if asked.action:
        keep &= (rows["action"] + ".").str.startswith(asked.action + ".")
    if asked.text:
        words = rows["subject"] + " " + rows["detail"]
        keep &= words.str.contains(asked.text, case=False, regex=False)
    return rows[keep].iloc[::-1].reset_index(drop=True)


def as_csv(session: Session, chosen: AuditFilter | None = None) -> bytes:
    """The rows as CSV (UTF-8 with mark, for spreadsheets), and one row more in the audit that says who took them."""
    found = entries(session, chosen)
    found["at"] = [moment.isoformat(timespec="seconds") for moment in found["at"]]
    content = csv_text(found).encode("utf-8-sig")
    audit.record(store_of(session), author_of(session), "audit.export", "audit", {"rows": len(found)})
    return content
