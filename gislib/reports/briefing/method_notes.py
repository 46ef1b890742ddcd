"""Last annex of the briefing: how the numbers were made, from which data, under which rules."""

from __future__ import annotations

from typing import Final

from gislib import wording
from gislib.reports.briefing import figures, item_lists
from gislib.reports.briefing.content import Briefing
from gislib.reports.briefing.paper import Annex, Block, Prose, Table, columns
from gislib.reports.briefing.parts import words
from gislib.reports.metadata import SourceStamp
from gislib.rules import RuleSet

_FACT_WIDTHS: Final = (34.0, 122.0)
_RULE_WIDTHS: Final = (53.0, 33.0, 54.0, 16.0)
_TOLD: Final = ("index", "rank", "confidence", "distance", "cost", "patrol")


def method_notes(briefing: Briefing, rs: RuleSet, label: str) -> list[Block]:
    """Method in words, data and versions, rules cited, and the notes of the briefing itself."""
    told = [wording.text(f"briefing.method_{name}") for name in _TOLD] + list(briefing.notes)
    facts = Table(columns(words("fact", "name", "value"), _FACT_WIDTHS, "cl"), _facts(briefing, rs))
    cited = _cited(briefing, rs)
    if cited:
        head = columns(words("rule", "id", "title", "clause", "reliability"), _RULE_WIDTHS, "lllc")
        rules: list[Block] = [Table(head, cited, wording.text("briefing.rules_caption"))]
    else:
        rules = [Prose(wording.text("briefing.rules_none"))]
    prose = [Prose(f"{serial}．{text}") for serial, text in enumerate(told, start=1)]
    return [Annex(label, wording.text("briefing.method_title")), *prose, facts, *rules]


def _facts(briefing: Briefing, rs: RuleSet) -> tuple[tuple[str, str], ...]:
    stamp = briefing.stamp
    rows = [
        ("area", stamp.area),
        ("as_of", stamp.as_of.isoformat()),
        ("profile", rs.profile(stamp.profile).title_zh),
        ("data_version", stamp.data_version),
        ("rules_version", stamp.rules_version),
        ("code_version", stamp.code_version),
        ("parameters", "，".join(f"{name} = {value}" for name, value in stamp.parameters) or figures.NONE),
        *(("source", _source(one)) for one in stamp.sources),
        ("marking", "｜".join(stamp.marking) or figures.NONE),
        ("attribution", "｜".join(stamp.attribution) or figures.NONE),
    ]
    return tuple((wording.text(f"briefing.fact_{name}"), value) for name, value in rows)


def _source(one: SourceStamp) -> str:
    unknown = wording.text("briefing.unknown")
    return wording.text(
        "briefing.source", origin=one.origin, date=one.data_date or unknown, licence=one.licence or unknown
    )


def _cited(briefing: Briefing, rs: RuleSet) -> tuple[tuple[str, ...], ...]:
    """Every rule that a printed venue or item names, where it was read, how far it can be trusted."""
    named = {one.rule_id for one in briefing.suspects or ()}
    named |= {one.rule_id for one in item_lists.printed(briefing, rs) if one.rule_id is not None}
    found = [rs.rule(rule_id, briefing.stamp.as_of) for rule_id in sorted(named)]
    return tuple((one.id, one.title, one.clause, wording.term("reliability", one.reliability)) for one in found)
