"""
Tables of patrols: the head says which version stands, every version keeps what was walked; versions are append-only.

Patrol 3 is ``R3`` on the outside.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from gislib.store.schema import METADATA, NAME_LENGTH, UtcTime, json_column

# live_name: the name while the patrol is not retired, so that a retired one frees its name.
PATROLS: Final = sa.Table(
    "patrols", METADATA,
    sa.Column("serial", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(NAME_LENGTH), nullable=False),
    sa.Column("live_name", sa.String(NAME_LENGTH), unique=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)  # fmt: skip

# parameters: what was asked, with the versions of data and rules. content: the sets of routes, JSON, deflated.
PATROL_VERSIONS: Final = sa.Table(
    "patrol_versions", METADATA,
    sa.Column("patrol_serial", sa.Integer, sa.ForeignKey("patrols.serial"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("parameters", json_column(), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)  # fmt: skip
