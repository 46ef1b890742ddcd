"""Plans, their devices, the log of their edits, and the audit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None


def upgrade() -> None:
    """Create the first tables."""
    op.create_table(
        "plans",
        *_required(sa.Integer, "serial", "version", "devices_issued"),
        *_required(sa.String(80), "name"),
        *_optional(sa.String(80), "live_name"),
        *_required(sa.String(16), "status"),
        *_required(sa.JSON, "parameters"),
        *_required(sa.DateTime, "created_at", "changed_at"),
        *_required(sa.Text, "created_by", "changed_by"),
        sa.PrimaryKeyConstraint("serial", name="pk_plans"),
        sa.UniqueConstraint("live_name", name="uq_plans_live_name"),
    )
    op.create_table(
        "plan_devices",
        *_required(sa.Integer, "plan_serial", "number"),
        *_required(
            sa.Text, "treatment_id", "kind", "side", "unit", "clauses", "refused_by", "verify_on_site", "origin"
        ),
        *_optional(sa.Text, "candidate_id", "site_id", "segment_id", "school_id", "hazard_id", "note"),
        *_required(sa.Double, "quantity", "cost_yuan", "cost_low_yuan", "cost_high_yuan"),
        *_optional(sa.Double, "chainage_m", "approach_bearing_deg"),
        *_required(sa.LargeBinary, "geometry"),
        sa.PrimaryKeyConstraint("plan_serial", "number", name="pk_plan_devices"),
        sa.ForeignKeyConstraint(["plan_serial"], ["plans.serial"], name="fk_plan_devices_plan_serial"),
    )
    op.create_table(
        "plan_steps",
        *_required(sa.Integer, "plan_serial", "step"),
        *_required(sa.String(16), "action"),
        *_optional(sa.Integer, "undoes_step"),
        *_optional(sa.JSON, "parameters_before", "parameters_after"),
        *_required(sa.Text, "actor", "role"),
        *_required(sa.DateTime, "at"),
        sa.PrimaryKeyConstraint("plan_serial", "step", name="pk_plan_steps"),
        sa.ForeignKeyConstraint(["plan_serial"], ["plans.serial"], name="fk_plan_steps_plan_serial"),
    )
    step = ["plan_serial", "step"]
    op.create_table(
        "plan_changes",
        *_required(sa.Integer, *step, "number"),
        *_optional(sa.JSON, "before", "after"),
        sa.PrimaryKeyConstraint(*step, "number", name="pk_plan_changes"),
        sa.ForeignKeyConstraint(step, [f"plan_steps.{name}" for name in step], name="fk_plan_changes_plan_serial"),
    )
    op.create_table(
        "audit",
        *_required(sa.Integer, "id"),
        *_required(sa.DateTime, "at"),
        *_required(sa.Text, "actor", "role", "action", "subject"),
        *_required(sa.JSON, "detail"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )


def _required(kind: Any, *names: str) -> Iterable[sa.Column[Any]]:  # noqa: ANN401 - a type or its class, as SQLAlchemy
    return (sa.Column(name, kind, nullable=False) for name in names)


def _optional(kind: Any, *names: str) -> Iterable[sa.Column[Any]]:  # noqa: ANN401
    return (sa.Column(name, kind) for name in names)
