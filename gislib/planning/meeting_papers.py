"""Papers of a meeting as files: briefing, to-do lists, minutes, and sign-in sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from gislib import rules
from gislib.domain.errors import InputError
from gislib.planning import briefings, meetings, sign_in_sheets, snapshots
from gislib.planning.authors import author_of, store_of
from gislib.planning.session import Progress, Session, require_role, silent
from gislib.reports.briefing import item_lists
from gislib.reports.briefing.compose import briefing_paper
from gislib.reports.briefing.content import Briefing, Letterhead
from gislib.reports.briefing.form_papers import minutes_paper
from gislib.reports.briefing.forms import Decision, Minutes
from gislib.reports.briefing.paper import Paper
from gislib.reports.briefing.pdf import missing_in_paper, render_pdf
from gislib.reports.briefing.word import render_word
from gislib.reports.files import write_bytes
from gislib.store import audit, ledger
from gislib.store import meetings as stored_meetings
from gislib.store.database import Store

FORMATS: Final = ("docx", "pdf")
BRIEFING: Final = "briefing"
MINUTES: Final = "minutes"
TO_DO: Final = "todo"
SIGN_IN: Final = "sign-in"


@dataclass(frozen=True)
class Papers:
    """Files that were written, and the characters that PDFs print as 〓 because the fonts lack them."""

    files: tuple[Path, ...]
    missing_characters: tuple[str, ...]


def write_papers(
    session: Session, meeting_id: str, folder: Path, formats: Sequence[str] = FORMATS,
    letterhead: Letterhead | None = None, progress: Progress = silent,
) -> Papers:  # fmt: skip
    """
    Write briefing, minutes, to-do lists of departments and sign-in sheets to a folder, and note it in the audit.

    Sign-in sheets: one per patrol that the meeting froze, for all its teams, and a blank one.

    Raises
    ------
    InputError
        ``format_unknown``, ``meeting_not_frozen``.
    """
    require_role(session, "planner")
    _check(formats)
    told = briefings.briefing(session, meeting_id, letterhead)
    rs = rules.load()
    named = {BRIEFING: briefing_paper(told, rs), MINUTES: minutes(session, meeting_id, letterhead)}
    named |= {f"{TO_DO}/{code}": to_do(told, code) for code in item_lists.departments_named(told, rs)}
    named |= _sign_in(session, meeting_id)
    files: list[Path] = []
    missing: set[str] = set()
    for k, (name, paper) in enumerate(named.items()):
        progress("meeting.papers", k / len(named))
        files += [write_bytes(folder / f"{name}.{end}", rendered(paper, end)) for end in formats]
        missing |= set(missing_in_paper(paper))
    _note(session, meeting_id, {"formats": list(formats), "papers": len(named)})
    progress("meeting.done", 1.0)
    return Papers(tuple(files), tuple(sorted(missing)))


def write_last_papers(session: Session, folder: Path, formats: Sequence[str], progress: Progress = silent) -> Papers:
    """Papers of the last frozen meeting as by `write_papers`; InputError ``meeting_none_frozen`` without any."""
    require_role(session, "planner")
    frozen = [one for one in meetings.meetings(session) if one.snapshot_id is not None]
    if not frozen:
        raise InputError("meeting_none_frozen")
    return write_papers(session, frozen[-1].meeting_id, folder, formats, progress=progress)


def _sign_in(session: Session, meeting_id: str) -> dict[str, Paper]:
    """Sheet of every patrol that the meeting froze, as the patrol is now, and a blank one."""
    patrols = meetings.known(session, meetings.read(session, meeting_id)).tables[snapshots.PATROLS]["patrol_id"]
    sheets = {f"{SIGN_IN}/{key}": sign_in_sheets.patrol_sheets(session, str(key)) for key in patrols}
    return sheets | {f"{SIGN_IN}/blank": sign_in_sheets.blank_sheet(session, meeting_id)}


def one_paper(session: Session, meeting_id: str, paper: Paper, end: str) -> bytes:
    """A paper as one file for a browser, noted in the audit; InputError ``format_unknown``."""
    require_role(session, "planner")
    _check((end,))
    _note(session, meeting_id, {"formats": [end], "papers": 1, "title": "".join(paper.title)})
    return rendered(paper, end)


def rendered(paper: Paper, end: str) -> bytes:
    """Bytes of a paper as ``docx`` or ``pdf``."""
    return render_word(paper) if end == "docx" else render_pdf(paper).pdf


def to_do(told: Briefing, code: str) -> Paper:
    """Everything that a department has to do, to be handed out."""
    rs = rules.load()
    whole = item_lists.department_to_do(told, code)
    return Paper((told.area, item_lists.todo_title(rs, code)), tuple(whole), told.stamp)


def minutes(session: Session, meeting_id: str, letterhead: Letterhead | None = None) -> Paper:
    """Frame of the minutes with agenda and decisions; people are filled in by hand."""
    meeting = meetings.read(session, meeting_id)
    known = meetings.known(session, meeting)
    store = store_of(session)
    decisions = tuple(_decided(store, one) for one in meeting.decisions)
    facts = meeting.facts
    told = Minutes(
        area=known.stamp.area, meeting_kind=facts.kind, held_on=facts.held_on, stamp=known.stamp,
        place=facts.place or "", heard=facts.agenda, decisions=decisions,
        organ=(letterhead or Letterhead()).organ,
    )  # fmt: skip
    return minutes_paper(told, rules.load())


def _decided(store: Store, one: stored_meetings.Decision) -> Decision:
    """Decision with department and deadline as they were decided, whatever became of its item."""
    if one.item_id is None:
        return Decision(one.text, "")
    told = ledger.history(store, one.item_id)["after"].iloc[0]
    return Decision(one.text, str(told["department_lead"]), date.fromisoformat(str(told["deadline"])))


def _check(formats: Sequence[str]) -> None:
    for name in formats:
        if name not in FORMATS:
            raise InputError("format_unknown", format=name, known=", ".join(FORMATS))


def _note(session: Session, meeting_id: str, detail: dict[str, object]) -> None:
    audit.record(store_of(session), author_of(session), "meeting.export", meeting_id, detail)
