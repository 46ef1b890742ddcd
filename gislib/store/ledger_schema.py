"""
Tables of the ledger: items, their history, evidence, and what closing them changed in the workspace's data.

``ledger_items`` holds the present; ``ledger_history``, ``evidence``, ``evidence_files`` and ``workspace_edits`` are
append-only. Item 7 is ``H-00007`` on the outside, edit 3 ``E-00003``. Codes of several departments are parted by spaces
("" = none). A missing value means unknown.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from gislib.store.schema import METADATA, UtcTime, json_column

KEY_LENGTH: Final = 300
"""Longest key of what an item came from, in characters."""

# live_key: the source_key while finding the same thing again must not open a second item (see `ledger`).
# extensions: how often the deadline was put off. found_on, deadline, closed_on: local days.
ITEMS: Final = sa.Table(
    "ledger_items", METADATA,
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String(16)),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("source_key", sa.String(KEY_LENGTH)),
    sa.Column("live_key", sa.String(KEY_LENGTH), unique=True),
    sa.Column("meeting_serial", sa.Integer, sa.ForeignKey("meetings.serial")),
    sa.Column("found_on", sa.Date, nullable=False),
    sa.Column("closed_on", sa.Date),
    sa.Column("extensions", sa.Integer, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("measure", sa.Text),
    sa.Column("net", sa.String(16)),
    sa.Column("grade", sa.String(16)),
    sa.Column("area_code", sa.Text),
    sa.Column("place_kind", sa.String(16)),
    sa.Column("place_id", sa.Text),
    sa.Column("school_id", sa.Text),
    sa.Column("lon", sa.Double),
    sa.Column("lat", sa.Double),
    sa.Column("rule_id", sa.Text),
    sa.Column("refs", json_column(), nullable=False),
    sa.Column("department_lead", sa.Text),
    sa.Column("departments_main", sa.Text, nullable=False),
    sa.Column("departments_support", sa.Text, nullable=False),
    sa.Column("post", sa.Text),
    sa.Column("deadline", sa.Date),
    sa.Column("note", sa.Text),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)  # fmt: skip

# version: the item's version after the step. before, after: the columns that it changed.
HISTORY: Final = sa.Table(
    "ledger_history", METADATA,
    sa.Column("item_serial", sa.Integer, sa.ForeignKey("ledger_items.serial"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("step", sa.String(16), nullable=False),
    sa.Column("before", json_column(), nullable=False),
    sa.Column("after", json_column(), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)  # fmt: skip

# One row per different picture; width and height in pixels.
FILES: Final = sa.Table(
    "evidence_files", METADATA,
    sa.Column("sha256", sa.String(64), primary_key=True),
    sa.Column("media_type", sa.String(64), nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)  # fmt: skip

# takes_back: the row that this one withdraws; such a row has no file. lon, lat: where it was taken, WGS 84.
EVIDENCE: Final = sa.Table(
    "evidence", METADATA,
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("item_serial", sa.Integer, sa.ForeignKey("ledger_items.serial"), nullable=False, index=True),
    sa.Column("sha256", sa.String(64), sa.ForeignKey("evidence_files.sha256")),
    sa.Column("takes_back", sa.Integer, sa.ForeignKey("evidence.serial"), unique=True),
    sa.Column("caption", sa.Text),
    sa.Column("taken_on", sa.Date),
    sa.Column("lon", sa.Double),
    sa.Column("lat", sa.Double),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)  # fmt: skip

# action: add, change, retire. sets: value by column that it sets. geometry: WKB, WGS 84; missing: left as it is.
# takes_back: the edit that this one undoes; all columns after it repeat that edit's.
WORKSPACE_EDITS: Final = sa.Table(
    "workspace_edits", METADATA,
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("takes_back", sa.Integer, sa.ForeignKey("workspace_edits.serial"), unique=True),
    sa.Column("layer", sa.String(32), nullable=False),
    sa.Column("feature_id", sa.Text, nullable=False),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("sets", json_column(), nullable=False),
    sa.Column("geometry", sa.LargeBinary),
    sa.Column("item_serial", sa.Integer, sa.ForeignKey("ledger_items.serial")),
    sa.Column("reason", sa.Text),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)  # fmt: skip
