"""
Tables of plans and of the audit, as the newest migration leaves them; portable SQL types only.

``plans`` and ``plan_devices`` hold the present; ``plan_steps``, ``plan_changes`` and ``audit`` are append-only: no row
of them is ever updated or deleted, and replaying a plan's changes gives its devices. Ids on the outside are texts:
plan 3 is ``P3``, its device 7 ``P3-0007``. A missing value means unknown, as in the tables of ``gislib.domain``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa

NAME_LENGTH: Final = 80
"""Longest name of a plan, in characters."""
STATUSES: Final = ("draft", "accepted", "retired")


class UtcTime(sa.TypeDecorator[datetime]):
    """Moment with a time zone, kept as UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """UTC without zone, which every database keeps."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """UTC with its zone."""
        return None if value is None else value.replace(tzinfo=UTC)


# Constraints have names, so that later migrations can change them on every database.
METADATA: Final = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def json_column() -> sa.JSON:
    """JSON type whose None is the database's own missing value."""
    return sa.JSON(none_as_null=True)


# live_name: the name while the plan is not retired, so that a retired plan frees its name.
# devices_issued: serial of the last device id given out; ids are never given twice.
PLANS: Final = sa.Table(
    "plans", METADATA,
    sa.Column("serial", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(NAME_LENGTH), nullable=False),
    sa.Column("live_name", sa.String(NAME_LENGTH), unique=True),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("devices_issued", sa.Integer, nullable=False),
    sa.Column("parameters", json_column(), nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("created_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)  # fmt: skip

# The columns of DECIDED["treatments"]; geometry: WKB, WGS 84.
DEVICES: Final = sa.Table(
    "plan_devices", METADATA,
    sa.Column("plan_serial", sa.Integer, sa.ForeignKey("plans.serial"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("treatment_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("candidate_id", sa.Text),
    sa.Column("site_id", sa.Text),
    sa.Column("segment_id", sa.Text),
    sa.Column("chainage_m", sa.Double),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("approach_bearing_deg", sa.Double),
    sa.Column("school_id", sa.Text),
    sa.Column("hazard_id", sa.Text),
    sa.Column("quantity", sa.Double, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("cost_yuan", sa.Double, nullable=False),
    sa.Column("cost_low_yuan", sa.Double, nullable=False),
    sa.Column("cost_high_yuan", sa.Double, nullable=False),
    sa.Column("clauses", sa.Text, nullable=False),
    sa.Column("refused_by", sa.Text, nullable=False),
    sa.Column("verify_on_site", sa.Text, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("geometry", sa.LargeBinary, nullable=False),
)  # fmt: skip

# step: the plan's version after it. undoes_step: the step whose changes it takes back; a redo takes back an undo.
# parameters_*: missing if the step leaves them.
STEPS: Final = sa.Table(
    "plan_steps", METADATA,
    sa.Column("plan_serial", sa.Integer, sa.ForeignKey("plans.serial"), primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("undoes_step", sa.Integer),
    sa.Column("parameters_before", json_column()),
    sa.Column("parameters_after", json_column()),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)  # fmt: skip

# before, after: the device's columns with the geometry as WKB in hexadecimal; missing: not in the plan.
CHANGES: Final = sa.Table(
    "plan_changes", METADATA,
    sa.Column("plan_serial", sa.Integer, primary_key=True),
    sa.Column("step", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("before", json_column()),
    sa.Column("after", json_column()),
    sa.ForeignKeyConstraint(["plan_serial", "step"], ["plan_steps.plan_serial", "plan_steps.step"]),
)  # fmt: skip

AUDIT: Final = sa.Table(
    "audit", METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", json_column(), nullable=False),
)  # fmt: skip
