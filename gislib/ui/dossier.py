"""Blocks of the page of one campus: key figures, why its index is what it is, venues, hazards, standards audit."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd

from gislib import rules, wording
from gislib.planning.campus import Campus
from gislib.reports.symbols import symbol_exists
from gislib.ui import charts, markup, rulebook, words
from gislib.ui.markup import Figure, Heading
from gislib.ui.picture import Html, Text, picture
from gislib.ui.words import Row

MOST_ROWS: Final = 40
"""Rows of a read-only table; what is left out is said."""


def context(view: Campus, lang: str) -> str:
    """Name the kind of school."""
    return words.kind_name("school", view.row["kind"], lang)


def figures(view: Campus, lang: str) -> Html:
    """Index with grade and rank, confidence, pupils, chance of the first ten, venues, audit gaps."""
    row = view.row
    radius_m = float(view.zones.loc[view.zones["case"] == "venue", "radius_m"].iloc[0])
    ranked = words.known(row["rank"])
    grade = row["grade"] if ranked else "unknown"
    rank = (
        wording.text("campus.rank", lang, rank=words.rank_range(row))
        if ranked
        else wording.text("map.not_ranked", lang)
    )
    reasons = [word for word in words.text_or(row["confidence_reasons"], "").split() if word]
    estimated = wording.text("campus.estimated" if row["pupils_estimated"] else "campus.recorded", lang)
    audit = view.audit["status"].value_counts()
    strip = (
        Figure(
            wording.text("campus.index", lang),
            words.index_text(row),
            f"{wording.term('grade', grade, lang)} · {rank}",
            f"grade-{grade}",
            grow=1.5,
        ),
        Figure(
            wording.text("overview.confidence", lang),
            words.text_or(row["confidence"]),
            wording.text("campus.reasons", lang, count=len(reasons)) if reasons else "",
        ),
        Figure(wording.text("campus.pupils", lang), words.whole(row["pupils"]), estimated),
        Figure(wording.text("overview.column.p_top10", lang), words.percent(row["p_top10"])),
        Figure(
            wording.text("campus.venues_in_zone", lang, radius=words.whole(radius_m)),
            words.whole(view.venues_in_zone),
            _venue_note(view, radius_m, lang),
            grow=1.6,
        ),
        Figure(
            wording.text("campus.audit", lang),
            words.whole(audit.get("missing", 0)),
            wording.text("campus.audit_note", lang, unknown=int(audit.get("unknown", 0))),
        ),
    )
    return markup.figure_strip(strip)


def _venue_note(view: Campus, radius_m: float, lang: str) -> str:
    """Verdicts of the venues inside the zone, and how many doubtful ones lie beyond it."""
    near = view.venues["boundary_straight"].fillna(view.venues["gate_straight"]) <= radius_m
    inside = view.venues.loc[near, "verdict"].value_counts()
    beyond = int((view.venues.loc[~near, "verdict"].isin(["suspected", "remeasure"])).sum())
    told = wording.text(
        "campus.venue_note",
        lang,
        suspected=int(inside.get("suspected", 0)),
        remeasure=int(inside.get("remeasure", 0)),
    )
    return f"{told} · {wording.text('campus.venue_beyond', lang, count=beyond)}" if beyond else told


def explanation(view: Campus, lang: str) -> Html:
    """Contribution bar, and one line a family: share, index, its largest hazards."""
    shares = dict(zip(view.reasons["family"], view.reasons["share"], strict=True))
    bar = markup.body(picture(charts.contribution_bar(shares, 436), wording.text("campus.why_alt", lang)))
    rows: list[list[Text]] = []
    for reason in view.reasons.to_dict("records"):
        family = reason["family"]
        known = words.known(reason["index"])
        name = _family(family, lang, bold=True)
        text = _largest(view, family, lang) if known else wording.text("campus.family_unknown", lang)
        rows.append(
            [
                name,
                words.percent(reason["share"], words.UNKNOWN),
                words.decimals(reason["index"], 0, words.UNKNOWN),
                text,
            ]
        )
    columns = (
        Heading("", keep=True),
        Heading(wording.text("campus.column.share", lang), number=True),
        Heading(wording.text("campus.column.index", lang), number=True),
        Heading(wording.text("campus.column.reason", lang)),
    )
    title = wording.text("campus.why", lang, index=words.index_text(view.row))
    return markup.card(title, Html(bar + markup.table(columns, rows)), wording.text("campus.why_note", lang))


def _family(family: str, lang: str, *, bold: bool = False) -> Html:
    """Swatch and name of a hazard family."""
    word = wording.term("family", family, lang)
    return Html(
        f'<span class="hx-mark">{picture(charts.family_swatch(family))}{f"<b>{word}</b>" if bold else word}</span>'
    )


def _largest(view: Campus, family: str, lang: str) -> str:
    """Say what a family's index comes from: its largest hazards, with what makes them so."""
    own = view.hazards[(view.hazards["family"] == family) & (view.hazards["share"] > 0)]
    if own.empty:
        return wording.text("campus.no_hazard", lang)
    if family == "venues":
        return _venue_kinds(own, lang)
    named = own.assign(text=[_hazard_name(row, lang) for row in own.to_dict("records")]).drop_duplicates("text")
    parts = [_hazard_text(row, lang) for row in named.head(2).to_dict("records")]
    if family == "traffic":
        parts = [*parts[:1], *_lacking(view, lang)]
    elif family == "rentals":
        parts = [wording.text("campus.rentals_near", lang, count=len(own), metres=words.whole(own["distance_m"].min()))]
    return wording.text("ui.separator", lang).join(parts)


def _hazard_text(row: Row, lang: str) -> str:
    """Name, distance, and of a street its speed; one that only its class suggests is said to be assumed."""
    text = f"{row['text']} {words.whole(row['distance_m'])} m"
    if not words.known(row["speed_kmh"]):
        return text
    key = "campus.speed_assumed" if bool(row["default_speed"]) else "campus.speed"
    return f"{text} {wording.text(key, lang, speed=words.whole(row['speed_kmh']))}"


def _venue_kinds(own: pd.DataFrame, lang: str) -> str:
    """Count by kind, most numerous first, and the nearest metres."""
    counts = own["kind"].value_counts().head(3)
    separator = wording.text("ui.separator", lang)
    listed = separator.join(f"{words.kind_name('venue', str(kind), lang)} {count}" for kind, count in counts.items())
    return wording.text("campus.venues_near", lang, kinds=listed, metres=words.whole(own["distance_m"].min()))


def _lacking(view: Campus, lang: str) -> list[str]:
    """First facilities that the audit misses at the gates, as one phrase."""
    missing = view.audit[view.audit["status"] == "missing"].drop_duplicates("check")
    titles = [_rule_title(rules.load(), str(check), lang) for check in missing["check"].head(2)]
    if not titles:
        return []
    return [wording.text("campus.lacking", lang, listed=wording.text("ui.separator", lang).join(titles))]


def _hazard_name(row: Row, lang: str) -> str:
    topic = {"traffic": "road", "venues": "venue", "water": "water", "rentals": "rental"}[row["family"]]
    if words.known(row["name"]):
        return str(row["name"])
    return (
        words.kind_name(topic, row["kind"], lang)
        if words.known(row["kind"])
        else wording.term("family", row["family"], lang)
    )


def hazards(view: Campus, lang: str) -> Html:
    """Single hazards with their share, largest first."""
    shown = _joined(view.hazards[view.hazards["share"] > 0], lang)
    rows: list[list[Text]] = [
        [
            _family(str(row["family"]), lang),
            row["text"]
            if row["count"] == 1
            else wording.text("campus.pieces", lang, name=row["text"], count=row["count"]),
            words.term_or_code("part", row["part"], lang),
            words.decimals(row["distance_m"]),
            words.decimals(100 * row["share"]),
        ]
        for row in shown.head(MOST_ROWS).to_dict("records")
    ]
    columns = (
        Heading(wording.text("campus.column.family", lang), keep=True),
        Heading(wording.text("campus.column.hazard", lang)),
        Heading(wording.text("campus.column.part", lang), keep=True),
        Heading(wording.text("campus.column.distance", lang), number=True),
        Heading(wording.text("campus.column.share_percent", lang), number=True),
    )
    return markup.card(
        wording.text("campus.hazards", lang), markup.table(columns, rows), _shown_of(len(rows), len(shown), lang)
    )


def _pieces(row: Row, lang: str) -> str:
    """Name, with the number of pieces where there are several."""
    if row["count"] == 1:
        return str(row["text"])
    return wording.text("campus.pieces", lang, name=row["text"], count=row["count"])


def _joined(hazards: pd.DataFrame, lang: str) -> pd.DataFrame:
    """One row for the pieces of one street: their number, nearest metres, and share together; largest first."""
    named = hazards.assign(text=[_hazard_name(row, lang) for row in hazards.to_dict("records")])
    streets = named["family"] == "traffic"
    named["group"] = named["text"].where(streets, named["hazard_id"])
    out = named.groupby(["family", "part", "group"], sort=False, dropna=False).agg(
        text=("text", "first"), distance_m=("distance_m", "min"), share=("share", "sum"), count=("share", "size")
    )
    return out.reset_index().sort_values("share", ascending=False, kind="stable")


def venues(view: Campus, on: date, lang: str, selected: str = "") -> Html:
    """Venues around, nearest first: straight and walking distance, limit, verdict."""
    found = view.venues.head(MOST_ROWS)
    rows: list[list[Text]] = []
    for row in found.drop(columns="geometry").to_dict("records"):
        symbol = _venue_symbol(row["kind"])
        name = words.text_or(row["name"], words.kind_name("venue", row["kind"], lang))
        rows.append(
            [
                markup.marked(symbol, name, 16),
                words.decimals(row.get("boundary_straight")),
                words.decimals(row.get("gate_walk_legal")),
                _limit(row, on, lang),
                verdict_chip(row, lang),
            ]
        )
    columns = (
        Heading(wording.text("campus.venues", lang)),
        Heading(wording.text("campus.column.straight", lang), number=True),
        Heading(wording.text("campus.column.walk", lang), number=True),
        Heading(wording.text("campus.column.limit", lang), number=True),
        Heading(wording.text("campus.column.verdict", lang), keep=True),
    )
    position = list(found.index).index(selected) if selected in found.index else None
    body = markup.table(columns, rows, position) if rows else markup.body(wording.text("campus.no_venues", lang))
    return markup.card("", Html(f'<div style="max-height:262px;overflow:auto">{body}</div>'))


def _limit(row: Row, on: date, lang: str) -> Html:
    """Limit, and the chip of what is no plain law."""
    doubt = words.doubt_of(row["rule_id"], on, lang)
    chip = markup.chip("unverified", doubt) if doubt else ""
    return Html(f"{chip} {words.whole(row['limit_m'])}")


def verdict_chip(row: Row, lang: str) -> Html:
    """Verdict under the profile; a pair on which the methods disagree says so in the same chip."""
    short = wording.text(f"compliance.short.{row['verdict']}", lang)
    if bool(row["methods_disagree"]):
        return markup.chip("disagree", f"{short} · {wording.text('compliance.short.disagree', lang)}")
    return markup.chip(row["verdict"], wording.term("verdict", row["verdict"], lang) if lang == "zh" else short)


def _venue_symbol(kind: str) -> str:
    found = rules.load().kinds("venue").get(kind)
    return found.symbol if found and symbol_exists(found.symbol) else "venue-other"


def audit(view: Campus, lang: str) -> Html:
    """Standards audit: what is missing first, then unknown, then present, with clause and department."""
    order = pd.Categorical(view.audit["status"], ["missing", "unknown", "present"], ordered=True)
    table = view.audit.assign(order=order).sort_values(["order", "check", "gate_id"])
    gates = view.gates["name"].to_dict()
    rules_by_id = rules.load()
    rows: list[list[Text]] = [
        [
            markup.chip(row["status"], wording.term("audit", row["status"], lang)),
            _rule_title(rules_by_id, row["check"], lang),
            words.text_or(gates.get(row["gate_id"]), wording.term("scope", row["scope"], lang)),
            words.decimals(row["distance_m"]),
            rulebook.value_text(rules_by_id.entries[row["check"]][-1], lang),
            row["clause"],
            words.term_or_code("reliability", row["reliability"], lang),
            words.kind_name("department", row["lead_department"], lang)
            if words.known(row["lead_department"])
            else words.EMPTY,
        ]
        for row in table.head(MOST_ROWS).to_dict("records")
    ]
    names = ("status", "check", "place", "distance", "required", "clause", "reliability", "department")
    columns = [Heading(wording.text(f"campus.audit_column.{name}", lang), number=name == "distance") for name in names]
    note = _shown_of(len(rows), len(table), lang)
    return markup.card(wording.text("campus.audit_title", lang), markup.table(columns, rows), note)


def _rule_title(rule_set: rules.RuleSet, rule_id: str, lang: str) -> str:
    versions = rule_set.entries[rule_id]
    return versions[-1].title if lang == "zh" else versions[-1].title_en


def confidence_note(view: Campus, lang: str) -> Html:
    """Say why the result is less than fully reliable; empty where nothing is to be said."""
    listed = words.reasons_text(view.row["confidence_reasons"], lang)
    if listed == words.EMPTY:
        return Html("")
    label = wording.term("confidence", view.row["confidence"], lang)
    return markup.note(wording.text("campus.confidence_note", lang, label=label, reasons=listed))


def _shown_of(shown: int, total: int, lang: str) -> str:
    return wording.text("ui.shown_of", lang, shown=shown, total=total)
