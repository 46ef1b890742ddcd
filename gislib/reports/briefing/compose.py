"""The briefing as a paper: its parts in order, numbered, with sign-off and annexes."""

from __future__ import annotations

from gislib import wording
from gislib.domain.errors import InputError
from gislib.reports.briefing import figures, item_lists, parts, tasks
from gislib.reports.briefing.content import MEETING_KINDS, Briefing
from gislib.reports.briefing.method_notes import method_notes
from gislib.reports.briefing.paper import Block, Heading, Paper, Prose, SignOff, day_text
from gislib.rules import RuleSet


def briefing_paper(briefing: Briefing, rs: RuleSet) -> Paper:
    """
    Paper of a briefing.

    Parameters
    ----------
    briefing
        What to tell.
    rs
        Rules that the snapshot was made under: names of departments and kinds, clauses, profile.

    Raises
    ------
    InputError
        ``meeting_kind_unknown``.
    RuleError
        A rule or profile that the briefing names is unknown or not in force on the day of the stamp.
    """
    if briefing.meeting_kind not in MEETING_KINDS:
        raise InputError("meeting_kind_unknown", kind=briefing.meeting_kind, known=", ".join(MEETING_KINDS))
    meeting = wording.text(f"briefing.meeting_{briefing.meeting_kind}")
    letterhead = briefing.letterhead
    return Paper(
        title=(wording.text("briefing.title", area=briefing.area), wording.text("briefing.subtitle", meeting=meeting)),
        blocks=(*_main(briefing, rs), *_closing(briefing), *_annexes(briefing, rs)),
        stamp=briefing.stamp,
        mark=wording.text("briefing.draft") if briefing.draft else "",
        organ=letterhead.organ.strip(),
        number=letterhead.number.strip(),
        head_date=day_text(briefing.held_on),
        missing=frozenset().union(*(one.missing for one in briefing.maps)),
    )


def _main(briefing: Briefing, rs: RuleSet) -> list[Block]:
    named = {
        "situation": parts.situation(briefing),
        "changes": parts.changes(briefing),
        "ranking": parts.ranking(briefing),
        "suspects": parts.suspects(briefing, rs),
        "plan": tasks.plan(briefing, rs),
        "patrols": tasks.patrols(briefing),
        "duties": tasks.duties(briefing, rs),
        "items": item_lists.rectification(briefing, rs),
    }
    blocks: list[Block] = []
    for serial, (name, own) in enumerate(named.items(), start=1):
        title = wording.text(f"briefing.part_{name}")
        blocks += [Heading(f"{figures.ordinal(serial)}、{title}"), *own]
    return blocks


def _closing(briefing: Briefing) -> list[Block]:
    """Last words, list of annexes and sign-off, which stay together."""
    annexes = [
        wording.text("briefing.annex_line", serial=serial, title=wording.text(f"briefing.{name}_title_list"))
        for serial, name in enumerate(("todo", "method"), start=1)
    ]
    lines = [wording.text("briefing.closing"), wording.text("briefing.annexes", titles="；".join(annexes))]
    day = day_text(briefing.held_on)
    return [*(Prose(text, with_next=True) for text in lines), SignOff(briefing.letterhead.signed_by.strip(), day)]


def _annexes(briefing: Briefing, rs: RuleSet) -> list[Block]:
    first, second = (wording.text("briefing.annex_label", serial=serial) for serial in (1, 2))
    return [*item_lists.to_do(briefing, rs, first), *method_notes(briefing, rs, second)]
