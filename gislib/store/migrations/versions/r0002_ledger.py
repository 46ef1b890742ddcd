"""The ledger and its evidence, edits of the workspace's data, terms, meetings, snapshots, checklists, users."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0002"
down_revision: Final = "0001"


def upgrade() -> None:
    """Create the tables of the ledger and of meetings."""
    _terms_and_snapshots()
    _meetings()
    _ledger()
    _evidence_and_edits()
    _decisions()
    _checklists_and_users()


def _terms_and_snapshots() -> None:
    op.create_table(
        "terms",
        _serial("serial"),
        *_required(sa.Integer, "version"),
        *_required(sa.String(80), "name"),
        *_required(sa.Date, "starts", "ends"),
        *_required(sa.JSON, "holidays", "gate_times"),
        *_required(sa.DateTime, "changed_at"),
        *_required(sa.Text, "changed_by"),
        sa.PrimaryKeyConstraint("serial", name="pk_terms"),
        sa.UniqueConstraint("name", name="uq_terms_name"),
    )
    op.create_table(
        "snapshots",
        _serial("serial"),
        *_required(sa.JSON, "stamp"),
        *_author(),
        sa.PrimaryKeyConstraint("serial", name="pk_snapshots"),
    )
    op.create_table(
        "snapshot_tables",
        *_required(sa.Integer, "snapshot_serial", "rows"),
        *_required(sa.String(80), "name"),
        *_required(sa.String(64), "sha256"),
        *_required(sa.LargeBinary, "content"),
        sa.PrimaryKeyConstraint("snapshot_serial", "name", name="pk_snapshot_tables"),
        _points("snapshot_tables", "snapshot_serial", "snapshots.serial"),
    )


def _meetings() -> None:
    op.create_table(
        "meetings",
        _serial("serial"),
        *_required(sa.Integer, "version"),
        *_required(sa.String(16), "kind"),
        *_required(sa.Text, "title"),
        *_required(sa.Date, "held_on"),
        *_required(sa.JSON, "agenda"),
        *_optional(sa.Integer, "term_serial", "snapshot_serial"),
        *_optional(sa.Text, "place"),
        *_stamps(),
        sa.PrimaryKeyConstraint("serial", name="pk_meetings"),
        _points("meetings", "term_serial", "terms.serial"),
        _points("meetings", "snapshot_serial", "snapshots.serial"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger_items",
        _serial("serial"),
        *_required(sa.Integer, "version", "extensions"),
        *_required(sa.String(16), "state", "source"),
        *_required(sa.Date, "found_on"),
        *_required(sa.Text, "title", "departments_main", "departments_support"),
        *_required(sa.JSON, "refs"),
        *_optional(sa.String(16), "outcome", "net", "grade", "place_kind"),
        *_optional(sa.String(300), "source_key", "live_key"),
        *_optional(sa.Integer, "meeting_serial"),
        *_optional(sa.Date, "closed_on", "deadline"),
        *_optional(sa.Text, "measure", "area_code", "place_id", "school_id", "rule_id"),
        *_optional(sa.Text, "department_lead", "post", "note"),
        *_optional(sa.Double, "lon", "lat"),
        *_stamps(),
        sa.PrimaryKeyConstraint("serial", name="pk_ledger_items"),
        sa.UniqueConstraint("live_key", name="uq_ledger_items_live_key"),
        _points("ledger_items", "meeting_serial", "meetings.serial"),
    )
    op.create_table(
        "ledger_history",
        *_required(sa.Integer, "item_serial", "version"),
        *_required(sa.String(16), "step"),
        *_required(sa.JSON, "before", "after"),
        *_optional(sa.Text, "reason"),
        *_author(),
        sa.PrimaryKeyConstraint("item_serial", "version", name="pk_ledger_history"),
        _points("ledger_history", "item_serial", "ledger_items.serial"),
    )


def _evidence_and_edits() -> None:
    op.create_table(
        "evidence_files",
        *_required(sa.String(64), "sha256", "media_type"),
        *_required(sa.Integer, "width", "height"),
        *_required(sa.LargeBinary, "content"),
        sa.PrimaryKeyConstraint("sha256", name="pk_evidence_files"),
    )
    op.create_table(
        "evidence",
        _serial("serial"),
        *_required(sa.Integer, "item_serial"),
        *_optional(sa.String(64), "sha256"),
        *_optional(sa.Integer, "takes_back"),
        *_optional(sa.Text, "caption"),
        *_optional(sa.Date, "taken_on"),
        *_optional(sa.Double, "lon", "lat"),
        *_author(),
        sa.PrimaryKeyConstraint("serial", name="pk_evidence"),
        sa.UniqueConstraint("takes_back", name="uq_evidence_takes_back"),
        _points("evidence", "item_serial", "ledger_items.serial"),
        _points("evidence", "sha256", "evidence_files.sha256"),
        _points("evidence", "takes_back", "evidence.serial"),
    )
    op.create_index("ix_evidence_item_serial", "evidence", ["item_serial"])
    op.create_table(
        "workspace_edits",
        _serial("serial"),
        *_required(sa.String(32), "layer"),
        *_required(sa.Text, "feature_id"),
        *_required(sa.String(16), "action"),
        *_required(sa.JSON, "sets"),
        *_optional(sa.Integer, "takes_back", "item_serial"),
        *_optional(sa.LargeBinary, "geometry"),
        *_optional(sa.Text, "reason"),
        *_author(),
        sa.PrimaryKeyConstraint("serial", name="pk_workspace_edits"),
        sa.UniqueConstraint("takes_back", name="uq_workspace_edits_takes_back"),
        _points("workspace_edits", "takes_back", "workspace_edits.serial"),
        _points("workspace_edits", "item_serial", "ledger_items.serial"),
    )


def _decisions() -> None:
    op.create_table(
        "meeting_decisions",
        *_required(sa.Integer, "meeting_serial", "number"),
        *_required(sa.Text, "text"),
        *_optional(sa.Integer, "item_serial"),
        *_author(),
        sa.PrimaryKeyConstraint("meeting_serial", "number", name="pk_meeting_decisions"),
        _points("meeting_decisions", "meeting_serial", "meetings.serial"),
        _points("meeting_decisions", "item_serial", "ledger_items.serial"),
    )


def _checklists_and_users() -> None:
    op.create_table(
        "checklist_answers",
        _serial("serial"),
        *_required(sa.Text, "school_id", "post"),
        *_required(sa.String(80), "question"),
        *_required(sa.String(16), "answer"),
        *_required(sa.Date, "answered_on"),
        *_optional(sa.Text, "note"),
        *_author(),
        sa.PrimaryKeyConstraint("serial", name="pk_checklist_answers"),
    )
    op.create_index("ix_checklist_answers_school_id", "checklist_answers", ["school_id"])
    op.create_table(
        "users",
        *_required(sa.String(80), "actor"),
        *_required(sa.Integer, "version"),
        *_required(sa.String(16), "role"),
        *_required(sa.Boolean, "active"),
        *_optional(sa.JSON, "areas"),
        *_required(sa.DateTime, "changed_at"),
        *_required(sa.Text, "changed_by"),
        sa.PrimaryKeyConstraint("actor", name="pk_users"),
    )


def _author() -> Iterable[sa.Column[Any]]:
    return (*_required(sa.Text, "actor", "role"), *_required(sa.DateTime, "at"))


def _stamps() -> Iterable[sa.Column[Any]]:
    at = _required(sa.DateTime, "created_at", "changed_at")
    return (*at, *_required(sa.Text, "created_by", "changed_by"))


def _serial(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False, autoincrement=False)


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _required(kind: Any, *names: str) -> Iterable[sa.Column[Any]]:  # noqa: ANN401 - a type or its class, as SQLAlchemy
    return (sa.Column(name, kind, nullable=False) for name in names)


def _optional(kind: Any, *names: str) -> Iterable[sa.Column[Any]]:  # noqa: ANN401
    return (sa.Column(name, kind) for name in names)
