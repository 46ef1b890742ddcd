"""Patrols and their versions."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0003"
down_revision: Final = "0002"


def upgrade() -> None:
    """Create the tables of patrols."""
    op.create_table(
        "patrols",
        sa.Column("serial", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("live_name", sa.String(80)),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_patrols"),
        sa.UniqueConstraint("live_name", name="uq_patrols_live_name"),
    )
    op.create_table(
        "patrol_versions",
        sa.Column("patrol_serial", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.PrimaryKeyConstraint("patrol_serial", "version", name="pk_patrol_versions"),
        sa.ForeignKeyConstraint(["patrol_serial"], ["patrols.serial"], name="fk_patrol_versions_patrol_serial"),
    )
