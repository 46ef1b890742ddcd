"""``huxuetu meeting``: freeze what is known for a joint-prevention meeting and write its papers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gislib import wording
from gislib.assessment import Request
from gislib.cli.output import JsonOption, LangOption, Output, Report, run
from gislib.cli.values import day, formats
from gislib.planning import meeting_papers, meetings, users
from gislib.reports.briefing.content import MEETING_KINDS, Letterhead
from gislib.rules import DEFAULT_PROFILE
from gislib.sources.workspace import DEFAULT_TIME_ZONE
from gislib.store.meetings import MeetingFacts


def hold_meeting(  # noqa: PLR0913 - one parameter per option
    workspace: Annotated[Path, typer.Argument(help="Workspace folder.", metavar="WORKSPACE")],
    *,
    kind: Annotated[str, typer.Option(help="term_start, mid_term or term_end.")],
    on: Annotated[str | None, typer.Option(help="Day of the meeting, YYYY-MM-DD (default: today).")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the meeting.")] = None,
    plan: Annotated[str | None, typer.Option(help="Id of the plan before the meeting.", metavar="P1")] = None,
    organ: Annotated[str, typer.Option(help="Issuing organ for the red head; empty: none.")] = "",
    chosen: Annotated[str, typer.Option("--formats", help="docx, pdf.")] = "docx,pdf",
    out: Annotated[Path | None, typer.Option(help="Folder for the papers; none: only freeze.", metavar="DIR")] = None,
    profile: Annotated[str, typer.Option(help="Rule profile of results that are made first.")] = DEFAULT_PROFILE,
    as_json: JsonOption = False,
    lang: LangOption = "zh",
) -> None:
    """Freeze a meeting once, and write briefing, minutes and to-do pages; later runs write the same papers again."""

    def work(report: Report) -> object:
        wanted = formats(chosen, meeting_papers.FORMATS)
        session = users.local(workspace)
        held_on = day(on, session.workspace.meta.time_zone or DEFAULT_TIME_ZONE)
        named = title or (wording.term("meeting", kind) if kind in MEETING_KINDS else kind)
        facts = MeetingFacts(kind, named, held_on)
        held = meetings.hold(session, Request(held_on, profile=profile), facts, plan, report)
        meeting_id = held.meeting.meeting_id
        found = meetings.differences(session, meeting_id)
        told = {
            "meeting": meeting_id,
            "snapshot": held.meeting.snapshot_id,
            "already_frozen": held.already,
            "held_on": held_on.isoformat(),
            "agenda": list(held.meeting.facts.agenda),
            "differences": None if found is None else [vars(one) for one in found],
        }
        if out is None:
            return told
        done = meeting_papers.write_papers(session, meeting_id, out, wanted, Letterhead(organ), report)
        return told | {"files": done.files, "missing_characters": done.missing_characters}

    run(Output(as_json, lang), work)
