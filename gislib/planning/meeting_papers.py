"""Papers of a meeting as files: briefing, to-do lists, minutes, sign-in sheets, and the forms of who issues them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from gislib import rules, wording
from gislib.domain.errors import InputError
from gislib.planning import briefings, meetings, sign_in_sheets, snapshots
from gislib.planning.authors import author_of, store_of
from gislib.planning.session import Progress, Session, require_role, silent
from gislib.reports.briefing import item_lists
from gislib.reports.briefing.compose import briefing_paper
from gislib.reports.briefing.content import Briefing, LedgerItem, Letterhead
from gislib.reports.briefing.form_papers import minutes_paper, order_paper, reminder_paper
from gislib.reports.briefing.forms import Decision, Minutes, Order, Problem, Reminder, Sender
from gislib.reports.briefing.paper import Paper
from gislib.reports.briefing.pdf import missing_in_paper, render_pdf
from gislib.reports.briefing.word import render_word
from gislib.reports.files import write_bytes
from gislib.store import audit, ledger

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
    table = ledger.table(store_of(session))
    decisions = []
    for one in meeting.decisions:
        there = one.item_id is not None and one.item_id in table.index
        row = table.loc[one.item_id] if there else None
        lead = "" if row is None else str(row["department_lead"])
        due = None if row is None else date.fromisoformat(str(row["deadline"]))
        decisions.append(Decision(one.text, lead, due))
    facts = meeting.facts
    told = Minutes(
        area=known.stamp.area, meeting_kind=facts.kind, held_on=facts.held_on, stamp=known.stamp,
        place=facts.place or "", heard=facts.agenda, decisions=tuple(decisions),
        organ=(letterhead or Letterhead()).organ,
    )  # fmt: skip
    return minutes_paper(told, rules.load())


def order(session: Session, meeting_id: str, item_id: str, sender: Sender, deadline: date | None = None) -> Paper:
    """
    Draft of an order to rectify one item, by a department with the power.

    Parameters
    ----------
    deadline
        None: that of the item.

    Raises
    ------
    InputError
        ``form_no_power``, ``meeting_item_unknown``, ``meeting_item_undated``, ``meeting_item_everywhere`` (nobody to
        address it to); ``form_deadline_early`` for a day before the meeting.
    """
    require_role(session, "planner")
    told = briefings.briefing(session, meeting_id)
    item = _item(told, item_id)
    if item.whole_area:
        raise InputError("meeting_item_everywhere", item=item_id)
    due = deadline or item.deadline
    if due is None:
        raise InputError("meeting_item_undated", item=item_id)
    asked = Order(
        sender=sender, receiver=item.place, problems=(Problem(item.title, item.rule_id),),
        demands=(item.measure,) if item.measure else (), deadline=due, issued_on=told.held_on,
        stamp=told.stamp, place=item.place,
    )  # fmt: skip
    return order_paper(asked, rules.load())


def reminder(session: Session, meeting_id: str, item_ids: Sequence[str], receiver: str, sender: Sender) -> Paper:
    """
    Reminder that passes items on to a school or another office; it orders nothing.

    Raises
    ------
    InputError
        ``meeting_item_unknown``, ``form_without_problem``.
    """
    require_role(session, "planner")
    told = briefings.briefing(session, meeting_id)
    items = [_item(told, item_id) for item_id in item_ids]
    asked = Reminder(
        sender=sender, receiver=receiver, subject=_subject(items),
        problems=tuple(Problem(item_lists.placed_title(one), one.rule_id) for one in items),
        proposals=tuple(dict.fromkeys(one.measure for one in items if one.measure)),
        issued_on=told.held_on, stamp=told.stamp,
    )  # fmt: skip
    return reminder_paper(asked, rules.load())


def _subject(items: Sequence[LedgerItem]) -> str:
    return items[0].title if len(items) == 1 else wording.text("meetings.subject_items", count=len(items))


def _item(told: Briefing, item_id: str) -> LedgerItem:
    found = next((one for one in told.items or () if one.item_id == item_id), None)
    if found is None:
        raise InputError("meeting_item_unknown", item=item_id)
    return found


def _check(formats: Sequence[str]) -> None:
    for name in formats:
        if name not in FORMATS:
            raise InputError("format_unknown", format=name, known=", ".join(FORMATS))


def _note(session: Session, meeting_id: str, detail: dict[str, object]) -> None:
    audit.record(store_of(session), author_of(session), "meeting.export", meeting_id, detail)
