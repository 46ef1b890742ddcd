"""Parts of the briefing that tell the state of the area: situation, changes, ranking, suspected venues."""

from __future__ import annotations

from typing import Final

from gislib import wording
from gislib.reports.briefing import content, figures
from gislib.reports.briefing.content import Briefing, Change, Ranked, Suspect
from gislib.reports.briefing.paper import Block, Picture, Prose, Table, columns, day_text
from gislib.rules import RuleSet

CHANGES_PER_KIND: Final = 8
"""Changes of one kind that are printed; the first come first: best ranks, and suspects by name."""
_CHANGE_WIDTHS: Final = (30.0, 62.0, 32.0, 32.0)
_RANK_WIDTHS: Final = (10.0, 18.0, 32.5, 14.0, 10.0, 50.0, 21.5)
_SUSPECT_WIDTHS: Final = (26.0, 20.0, 27.0, 15.0, 11.0, 30.0, 14.0, 13.0)


def situation(briefing: Briefing) -> list[Block]:
    """Counts of campuses, venues and ledger items on the day of the stamp."""
    now = briefing.situation
    if now is None:
        return [missing("situation")]
    told = [
        wording.text(
            "briefing.situation_campuses",
            day=day_text(briefing.stamp.as_of),
            area=briefing.area,
            campuses=now.campuses,
            grades=figures.grades(now.grades),
            unranked=now.unranked,
        )
    ]
    if now.suspected is None:
        told.append(wording.text("briefing.missing_distances"))
    else:
        counts = {"suspected": now.suspected, "remeasure": now.remeasure or 0, "unmeasured": now.not_measurable or 0}
        told.append(wording.text("briefing.situation_venues", **counts))
    if now.items_open is None:
        told.append(wording.text("briefing.missing_items"))
    else:
        counts = {"open": now.items_open, "overdue": now.items_overdue or 0, "closed": now.items_closed or 0}
        first = "_first" if briefing.previous_on is None else ""
        told.append(wording.text(f"briefing.situation_items{first}", **counts))
    return [Prose(text) for text in told]


def changes(briefing: Briefing) -> list[Block]:
    """What differs from the last meeting."""
    found, before = briefing.changes, briefing.previous_on
    if found is None or before is None:
        return [missing("changes")]
    if not found:
        return [Prose(wording.text("briefing.changes_none", day=day_text(before)))]
    heads = words("change", "kind", "subject", "before", "after")
    shown = [own for kind in dict.fromkeys(one.kind for one in found) for own in _of_kind(found, kind)]
    rows = tuple(
        (wording.text(f"briefing.change_{one.kind}"), one.subject, _value(one, one.before), _value(one, one.after))
        for one in shown
    )
    line = Prose(wording.text("briefing.changes_line", day=day_text(before), count=len(found)))
    table = Table(columns(heads, _CHANGE_WIDTHS, "llcc"), rows, wording.text("briefing.changes_caption"))
    left = len(found) - len(shown)
    rest = [Prose(wording.text("briefing.changes_more", shown=CHANGES_PER_KIND, left=left))] if left else []
    return [line, table, *rest]


def ranking(briefing: Briefing) -> list[Block]:
    """Campuses by rank with reasons, confidence and interval of the rank; then the maps."""
    found = briefing.ranking
    if found is None:
        return [missing("ranking"), *_pictures(briefing)]
    if not found:
        return [Prose(wording.text("briefing.ranking_none")), *_pictures(briefing)]
    shown = sorted(found, key=lambda one: (one.rank, one.name))[: briefing.shown]
    heads = words("rank", "rank", "range", "name", "score", "grade", "reasons", "confidence")
    rows = tuple(_ranked(one) for one in shown)
    line = wording.text("briefing.ranking_line", shown=len(shown), total=len(found))
    table = Table(columns(heads, _RANK_WIDTHS, "cclrclc"), rows, wording.text("briefing.ranking_caption"))
    return [Prose(line), table, *_pictures(briefing)]


def suspects(briefing: Briefing, rs: RuleSet) -> list[Block]:
    """Venues to be measured on site: suspected ones first, then those within the tolerance."""
    found = briefing.suspects
    if found is None:
        return [missing("suspects")]
    if not found:
        return [Prose(wording.text("briefing.suspects_none"))]
    heads = words("suspect", "venue", "campus", "distance", "method", "limit", "clause", "verdict", "lead")
    ordered = sorted(found, key=lambda one: (one.verdict != "suspected", one.campus, one.venue, one.rule_id))
    rows = tuple(_suspect(one, briefing, rs) for one in ordered)
    caption = wording.text("briefing.suspects_caption")
    table = Table(columns(heads, _SUSPECT_WIDTHS, "llccrlcc"), rows, caption)
    return [Prose(_suspects_line(briefing, found)), table]


def _suspects_line(briefing: Briefing, found: tuple[Suspect, ...]) -> str:
    """How many pairs there are, those that the table leaves out among them."""
    suspected = sum(one.verdict == "suspected" for one in found)
    counts = {"suspected": suspected, "remeasure": len(found) - suspected}
    now = briefing.situation
    if now is not None and now.suspected is not None:
        counts = {"suspected": now.suspected, "remeasure": now.remeasure or 0}
    part = "_part" if sum(counts.values()) > len(found) else ""
    return wording.text(f"briefing.suspects_line{part}", **counts, shown=len(found))


def missing(part: str) -> Prose:
    """Sentence for a part that was not worked out."""
    return Prose(wording.text(f"briefing.missing_{part}"))


def words(group: str, *names: str) -> tuple[str, ...]:
    """Heads of the columns of a table."""
    return tuple(wording.text(f"briefing.{group}_head_{name}") for name in names)


def _of_kind(found: tuple[Change, ...], kind: str) -> list[Change]:
    return [one for one in found if one.kind == kind][:CHANGES_PER_KIND]


def _value(change: Change, value: str | float | None) -> str:
    if value is None:
        return figures.NONE
    if change.kind in content.GRADE_CHANGES:
        return wording.term("grade", str(value))
    if isinstance(value, str):
        return value
    if change.kind in content.SHARE_CHANGES:
        return figures.percent(value)
    if change.kind in content.RANK_CHANGES:
        return wording.text("briefing.rank", rank=int(value))
    return figures.quantity(value)


def _ranked(one: Ranked) -> tuple[str, ...]:
    least = wording.text("briefing.at_least") if one.index_is_least else ""
    reasons = [
        wording.text(
            "briefing.reason_at" if reason.place else "briefing.reason",
            family=wording.term("family", reason.family),
            share=figures.percent(reason.share),
            place=reason.place,
        )
        for reason in one.reasons
    ]
    return (
        str(one.rank),
        figures.rank_range(one.rank_low, one.rank_high),
        one.name,
        least + figures.number(one.score, 1),
        wording.term("grade", one.grade),
        "、".join(reasons) or figures.NONE,
        wording.text("briefing.confidence", letter=one.confidence, top10=figures.percent(one.p_top10)),
    )


def _suspect(one: Suspect, briefing: Briefing, rs: RuleSet) -> tuple[str, ...]:
    rule = rs.rule(one.rule_id, briefing.stamp.as_of)
    kinds = rs.kinds("venue")
    kind = kinds[one.venue_kind].zh if one.venue_kind in kinds else one.venue_kind
    measured = wording.text(
        "briefing.measured",
        distance=figures.number(one.distance_m, 1),
        tolerance=figures.number(one.tolerance_m, 1),
    )
    lead = figures.three_columns(rs, rule.departments)[0]
    return (
        wording.text("briefing.venue", name=one.venue, kind=kind),
        one.campus,
        measured,
        wording.term("method", one.method),
        figures.quantity(one.limit_m),
        rule.clause,
        wording.term("verdict", one.verdict),
        lead,
    )


def _pictures(briefing: Briefing) -> list[Block]:
    return [
        Picture(
            one.svg,
            one.width_mm,
            one.height_mm,
            wording.text("briefing.figure", number=number, caption=one.caption),
            one.description,
        )
        for number, one in enumerate(briefing.maps, start=1)
    ]
