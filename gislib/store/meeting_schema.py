"""
Tables of what meetings need: terms, meetings and their decisions, frozen snapshots, checklist answers, users.

Snapshots and answers are append-only. Meeting 2 is ``M2`` on the outside, snapshot 5 ``S5``, term 1 ``T1``.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from gislib.store.schema import METADATA, NAME_LENGTH, UtcTime, json_column

# holidays: list of [first day, last day, name]; gate_times: see `terms.GateTime`.
TERMS: Final = sa.Table(
    "terms", METADATA,
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.String(NAME_LENGTH), nullable=False, unique=True),
    sa.Column("starts", sa.Date, nullable=False),
    sa.Column("ends", sa.Date, nullable=False),
    sa.Column("holidays", json_column(), nullable=False),
    sa.Column("gate_times", json_column(), nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)  # fmt: skip

# stamp: versions of data, rules and program, profile, parameters.
SNAPSHOTS: Final = sa.Table(
    "snapshots", METADATA,
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("stamp", json_column(), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)  # fmt: skip

# content: Parquet.
SNAPSHOT_TABLES: Final = sa.Table(
    "snapshot_tables", METADATA,
    sa.Column("snapshot_serial", sa.Integer, sa.ForeignKey("snapshots.serial"), primary_key=True),
    sa.Column("name", sa.String(NAME_LENGTH), primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)  # fmt: skip

# kind: term_start, mid_term, term_end. snapshot_serial: missing until the meeting froze one.
MEETINGS: Final = sa.Table(
    "meetings", METADATA,
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("held_on", sa.Date, nullable=False),
    sa.Column("term_serial", sa.Integer, sa.ForeignKey("terms.serial")),
    sa.Column("place", sa.Text),
    sa.Column("agenda", json_column(), nullable=False),
    sa.Column("snapshot_serial", sa.Integer, sa.ForeignKey("snapshots.serial")),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)  # fmt: skip

# item_serial: the ledger item that carries it out; missing: nothing to carry out.
DECISIONS: Final = sa.Table(
    "meeting_decisions", METADATA,
    sa.Column("meeting_serial", sa.Integer, sa.ForeignKey("meetings.serial"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("item_serial", sa.Integer, sa.ForeignKey("ledger_items.serial")),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)  # fmt: skip

# answer: yes, no, unknown, na. post: office of who looked, never a person's name.
ANSWERS: Final = sa.Table(
    "checklist_answers", METADATA,
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("school_id", sa.Text, nullable=False, index=True),
    sa.Column("question", sa.String(NAME_LENGTH), nullable=False),
    sa.Column("answer", sa.String(16), nullable=False),
    sa.Column("answered_on", sa.Date, nullable=False),
    sa.Column("post", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)  # fmt: skip

# areas: list of area codes; missing: all areas, an empty list: none.
USERS: Final = sa.Table(
    "users", METADATA,
    sa.Column("actor", sa.String(NAME_LENGTH), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("areas", json_column()),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)  # fmt: skip
