"""Joint-prevention meetings: put into the calendar, frozen with what is known, compared with the last one, decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from gislib import rules, wording
from gislib.assessment import Request
from gislib.domain.errors import InputError
from gislib.planning import changes, ledger, snapshots, terms
from gislib.planning.authors import author_of, store_of
from gislib.planning.session import Progress, Session, require_area, require_role, require_whole, silent
from gislib.planning.snapshots import Known
from gislib.reports.briefing.content import Change
from gislib.store import ledger as ledger_store
from gislib.store import meetings as stored
from gislib.store.item_facts import Facts
from gislib.store.meetings import Meeting, MeetingFacts, NewDecision
from gislib.store.terms import Term

NAMES_SHOWN = 5
"""Names in one point of a proposed agenda; the others are counted."""


@dataclass(frozen=True)
class TermMeetings:
    """Meetings of a term by day; no term: those of days between terms."""

    term: Term | None
    meetings: tuple[Meeting, ...]


@dataclass(frozen=True)
class Held:
    """A frozen meeting, and whether it had been frozen before: then nothing was written."""

    meeting: Meeting
    already: bool


def meetings(session: Session) -> list[Meeting]:
    """All meetings by day, without decisions that became items of areas which are not the actor's."""
    return _seen(session, stored.meetings(store_of(session)))


def read(session: Session, meeting_id: str) -> Meeting:
    """One meeting as in `meetings`; StoreError ``meeting_unknown``."""
    (found,) = _seen(session, [stored.read(store_of(session), meeting_id)])
    return found


def calendar(session: Session) -> tuple[TermMeetings, ...]:
    """All terms with their meetings as in `meetings`, earliest first; at the end those of no term, if there are any."""
    left, rows = meetings(session), []
    for term in terms.terms(session):
        own = tuple(one for one in left if term.facts.starts <= one.facts.held_on <= term.facts.ends)
        left = [one for one in left if one not in own]
        rows.append(TermMeetings(term, own))
    return (*rows, TermMeetings(None, tuple(left))) if left else tuple(rows)


def plan(session: Session, facts: MeetingFacts) -> Meeting:
    """
    Put a meeting into the calendar, in the term of its day; without a title it is called by its kind.

    Raises
    ------
    StoreError
        As in `gislib.store.meetings.add`: ``meeting_kind``, ``meeting_taken``.
    RefusedError
        ``role_too_low``, ``areas_not_all``.
    """
    require_whole(session)
    if facts.kind in stored.KINDS and not facts.title.strip():
        facts = replace(facts, title=wording.term("meeting", facts.kind))
    return stored.add(store_of(session), _in_term(session, facts), author_of(session))


def edit(session: Session, meeting_id: str, version: int, facts: MeetingFacts) -> Meeting:
    """Another day, place or agenda; errors as in `plan`, and ``meeting_stale``, ``meeting_decided``."""
    require_whole(session)
    return stored.edit(store_of(session), meeting_id, version, _in_term(session, facts), author_of(session))


def hold(
    session: Session, request: Request, facts: MeetingFacts, plan_id: str | None = None, progress: Progress = silent
) -> Held:
    """
    Freeze what is known for a meeting, the one of that kind and day or a new one; an empty agenda is proposed.

    Results that belong to other data, rules or program are made again first, so that what is frozen is what the pages
    show afterwards.

    Parameters
    ----------
    request
        Of the results that are made where there are none of now.
    plan_id
        Plan before the meeting, None as in `gislib.planning.snapshots.known_now`.

    Raises
    ------
    StoreError
        ``meeting_kind``, ``meeting_title``, ``plan_unknown``.
    RefusedError
        ``role_too_low``, ``areas_not_all``: what is frozen is what all areas know.
    """
    require_whole(session)
    meeting = _same(session, facts) or plan(session, facts)
    if meeting.snapshot_id is not None:
        return Held(meeting, already=True)
    snapshots.refresh(session, request, progress)
    progress("meeting.known", 0.8)
    known = snapshots.known_now(session, facts.held_on, plan_id)
    if not meeting.facts.agenda:
        points = agenda_of(session, known, facts.held_on)
        told = replace(meeting.facts, agenda=tuple(agenda_text(point) for point in points))
        meeting = edit(session, meeting.meeting_id, meeting.version, told)
    progress("meeting.freeze", 0.9)
    store, author = store_of(session), author_of(session)
    frozen = stored.freeze(store, meeting.meeting_id, meeting.version, snapshots.content(known), author)
    progress("meeting.done", 1.0)
    return Held(frozen, already=False)


def previous(session: Session, before: date) -> Meeting | None:
    """The last frozen meeting before a day."""
    frozen = [one for one in meetings(session) if one.snapshot_id is not None and one.facts.held_on < before]
    return frozen[-1] if frozen else None


def known(session: Session, meeting: Meeting) -> Known:
    """
    What a meeting froze.

    Raises
    ------
    InputError
        ``meeting_not_frozen``.
    """
    if meeting.snapshot_id is None:
        raise InputError("meeting_not_frozen", meeting=meeting.facts.title)
    return snapshots.frozen(session, meeting.snapshot_id)


def differences(session: Session, meeting_id: str) -> tuple[Change, ...] | None:
    """Differences of a frozen meeting from the one before; None if it is the first. Errors as in `known`."""
    meeting = read(session, meeting_id)
    return differences_at(session, known(session, meeting), meeting.facts.held_on)


def differences_at(session: Session, now: Known, on: date) -> tuple[Change, ...] | None:
    """Differences of what is known on a day from the last meeting before it; None without one."""
    last = previous(session, on)
    if last is None:
        return None
    return changes.changes(known(session, last), now, (last.facts.held_on, on))


def agenda_of(session: Session, now: Known, on: date) -> tuple[changes.Point, ...]:
    """Points proposed for a meeting on a day."""
    return changes.agenda(now, differences_at(session, now, on), on)


def agenda_text(point: changes.Point, lang: str = "zh") -> str:
    """One point of the agenda in words; long lists of names are cut and counted."""
    values = dict(point.values)
    if "names" in values:
        names = values["names"]
        shown = wording.text("meetings.comma", lang).join(names[:NAMES_SHOWN])
        more = {"names": shown, "count": len(names)}
        values["names"] = wording.text("meetings.names_more", lang, **more) if len(names) > NAMES_SHOWN else shown
    for name, digits in (("cost", ",.0f"), ("covered", ".0%")):
        if name in values:
            values[name] = format(values[name], digits)
    return wording.text(f"meetings.agenda_{point.code}", lang, **values)


def decide(session: Session, meeting_id: str, version: int, decisions: Sequence[NewDecision]) -> Meeting:
    """
    Put down what was decided; what is to be done becomes an item of the ledger, without a place for the whole area.

    Raises
    ------
    InputError
        ``ledger_place_unknown``, ``ledger_department_unknown``.
    ConflictError
        ``meeting_stale``.
    StoreError
        ``meeting_open``, ``decision_text``, ``decision_incomplete``, ``item_deadline_early`` for a deadline before the
        meeting.
    RefusedError
        ``role_too_low``, ``area_not_yours``.
    """
    require_role(session, "planner")
    told = [one if one.facts is None else replace(one, facts=_checked(session, one.facts)) for one in decisions]
    return stored.decide(store_of(session), meeting_id, version, told, author_of(session))


def _checked(session: Session, facts: Facts) -> Facts:
    """
    Facts with area and position; refuses departments that the rules do not list and places of other areas.

    What names no place concerns the one area of the actor; without limit it is only theirs who see all areas. Of
    several areas none can be told: refused.
    """
    known_codes = rules.load().kinds("department")
    lead = (facts.department_lead,) if facts.department_lead else ()
    for code in (*lead, *facts.departments_main, *facts.departments_support):
        if code not in known_codes:
            raise InputError("ledger_department_unknown", department=code)
    located = ledger.located(session, facts)
    if located.lon is None and located.area_code is None and session.areas is not None and len(session.areas) == 1:
        located = replace(located, area_code=next(iter(session.areas)))
    require_area(session, located.area_code)
    return located


def _seen(session: Session, told: Sequence[Meeting]) -> list[Meeting]:
    """Meetings with the decisions that the actor may read: their own areas' items, and what became no item."""
    if session.areas is None or not any(one.decisions for one in told):
        return list(told)
    mine = set(ledger.of_areas(session, ledger_store.table(store_of(session))).index)
    return [
        replace(one, decisions=tuple(d for d in one.decisions if d.item_id is None or d.item_id in mine))
        for one in told
    ]


def _in_term(session: Session, facts: MeetingFacts) -> MeetingFacts:
    term = terms.term_on(session, facts.held_on)
    return replace(facts, term_id=None if term is None else term.term_id)


def _same(session: Session, facts: MeetingFacts) -> Meeting | None:
    key = facts.kind, facts.held_on
    return next((one for one in meetings(session) if (one.facts.kind, one.facts.held_on) == key), None)
