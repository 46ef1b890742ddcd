"""Items of the ledger as values: a new one, one as it stands, one step of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from gislib.store import item_steps
from gislib.store.item_facts import Facts
from gislib.store.workspace_edits import NewEdit

SOURCES: Final = ("finding", "audit", "water", "risk", "inspection", "manual", "import", "meeting")
WHOLE_AREA: Final = frozenset({"meeting"})
"""Sources of items that may name no place: they concern the whole area."""


@dataclass(frozen=True)
class NewItem:
    """
    A hazard to put down.

    ``source``: one of `SOURCES`. ``source_key``: what it came from, None for what has no key (by hand). ``state`` other
    than found, with ``closed_on`` if closed: only for items taken over from an earlier ledger (source import).
    """

    source: str
    found_on: date
    facts: Facts
    source_key: str | None = None
    state: str = item_steps.FOUND
    closed_on: date | None = None


@dataclass(frozen=True)
class Item:
    """An item as it stands; ``outcome``: how it was closed; ``extensions``: how often its deadline was put off."""

    item_id: str
    version: int
    state: str
    outcome: str | None
    source: str
    source_key: str | None
    meeting_id: str | None
    found_on: date
    closed_on: date | None
    extensions: int
    facts: Facts
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class Save:
    """
    One step of one item.

    ``step``: see `item_steps`. ``changes``: facts that it changes. ``on``: local day of closing. ``edits``: what
    closing it changed in the workspace's data (a device installed, a venue gone, a water fenced).
    """

    item_id: str
    expected_version: int
    step: str = item_steps.EDIT
    changes: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    on: date | None = None
    edits: Sequence[NewEdit] = ()


@dataclass(frozen=True)
class Added:
    """Ids of the items in the order they were given, and which of them are new."""

    item_ids: tuple[str, ...]
    new: frozenset[str]
