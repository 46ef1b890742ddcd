"""Corrections of the data that stand, as administrators see them: listed, and taken back with a reason."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import pandas as pd

from gislib.planning import edited
from gislib.planning.authors import author_of, store_of
from gislib.planning.session import Session, require_whole
from gislib.sources import workspace
from gislib.store import workspace_edits
from gislib.store.workspace_edits import Edit


@dataclass(frozen=True)
class Correction:
    """
    Edits that one closing of an item wrote, or one edit of any other origin: they are taken back together.

    ``names``: of the feature of each edit, None where it has none or the sources do not bring it any more.
    """

    edits: tuple[Edit, ...]
    names: tuple[str | None, ...]

    @property
    def edit_ids(self) -> tuple[str, ...]:
        """Ids of the edits."""
        return tuple(edit.edit_id for edit in self.edits)

    @property
    def item_id(self) -> str | None:
        """Ledger item whose closing it was, None for another origin."""
        return self.edits[0].item_id

    @property
    def actor(self) -> str:
        """Who made it."""
        return self.edits[0].actor

    @property
    def at(self) -> datetime:
        """When."""
        return self.edits[0].at


def corrections(session: Session) -> list[Correction]:
    """Corrections that stand, the newest first; RefusedError unless an administrator of all areas asks."""
    require_whole(session, "admin")
    groups = [tuple(group) for _, group in groupby(edited.edits_of(session.workspace), _closing)]
    tables = workspace.tables(session.workspace) if groups else {}
    named = [Correction(edits, tuple(_name(tables[edit.layer], edit) for edit in edits)) for edits in groups]
    return named[::-1]


def take_back(session: Session, edit_ids: Sequence[str], reason: str) -> None:
    """
    Take corrections back, all or none; the next assessment is without them. A closed item stays closed.

    Raises
    ------
    RefusedError
        ``role_too_low`` below admin, ``areas_not_all`` for an administrator of some areas only.
    StoreError
        ``reason_missing``, ``workspace_edit_unknown``, ``workspace_edit_gone``.
    """
    require_whole(session, "admin")
    workspace_edits.take_back(store_of(session), edit_ids, reason, author_of(session))


def _closing(edit: Edit) -> tuple[Hashable, ...]:
    return (edit.item_id, edit.actor, edit.at) if edit.item_id else (edit.edit_id,)


def _name(table: pd.DataFrame, edit: Edit) -> str | None:
    named = edit.sets.get("name")
    if named is None and "name" in table.columns and edit.feature_id in table.index:
        named = table.loc[edit.feature_id, "name"]
    return str(named) if pd.notna(named) else None
