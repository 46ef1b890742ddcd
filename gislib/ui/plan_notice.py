"""What the rules say about devices, in words: the box in the map, the marks of the pins, the notes below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import pandas as pd
import shapely

from gislib import wording
from gislib.domain.errors import ConflictError, GislibError
from gislib.planning.plan_basis import PlanBasis, in_working_crs
from gislib.planning.plans import CONFLICT, REFUSED
from gislib.planning.plans import Warning as Said
from gislib.rules import Rule
from gislib.siting import placing
from gislib.siting.treatments import Treatment, catalogue
from gislib.store.plan_state import Plan
from gislib.ui import rulebook
from gislib.ui.map_editing import Notice
from gislib.ui.plan_edit import Outcome

LINES_SHOWN: Final = 3
"""Clauses that the box tells; further ones are opened by a click."""


def states(warnings: Sequence[Said]) -> dict[str, str]:
    """Mark of every device that needs one: ``refused`` before ``conflict``; what is only to be verified has none."""
    found = {w.device_id: "conflict" for w in warnings if w.kind == CONFLICT}
    return found | {w.device_id: "refused" for w in warnings if w.kind == REFUSED}


def of_device(basis: PlanBasis, plan: Plan, device_id: str, warnings: Sequence[Said], lang: str) -> Notice | None:
    """Box about the chosen device: why it may not stand there or beside which it may not; None if nothing is said."""
    own = [w for w in warnings if w.device_id == device_id and w.kind in {REFUSED, CONFLICT}]
    if not own:
        return None
    worst = [w for w in own if w.kind == own[0].kind]
    row = plan.devices.loc[[device_id]]
    known = catalogue(basis.rs, basis.request.as_of)
    title = title_of(known[str(row["treatment_id"].iloc[0])], lang)
    clauses = [basis.rs.rule(w.rule_id, basis.request.as_of) for w in worst]
    clauses_said = [_line(rule, warning, lang) for rule, warning in zip(clauses, worst, strict=True)]
    lines = list(dict.fromkeys(clauses_said))
    rest = lines[LINES_SHOWN:]
    road = _road(basis, str(row["segment_id"].iloc[0]))
    kind: Literal["refused", "conflict"] = "refused" if own[0].kind == REFUSED else "conflict"
    return Notice(
        kind,
        wording.text(f"treatments.notice.{kind}", lang, title=title) + (f" · {road}" if road else ""),
        tuple(lines[:LINES_SHOWN]),
        _source(clauses[0], lang),
        _instead(basis, plan, device_id, lang) if kind == REFUSED else "",
        device_id,
        more=wording.text("treatments.notice.more", lang, count=len(rest)) if rest else "",
        rest=tuple(rest),
    )


def of_problem(last: Outcome | None, known: Mapping[str, Treatment], lang: str) -> Notice | None:
    """Box about an act that was not done; one that came too late is told beside the map, see `plan_actions.late`."""
    if last is None or last.problem is None or isinstance(last.problem, ConflictError):
        return None
    title = wording.text("treatments.notice.not_done", lang)
    values = last.problem.values  # noqa: PD011 - of an error, not of a table
    treatment = known.get(str(values.get("treatment", "")))
    said = wording.error(last.problem, lang)
    if treatment is not None:  # people know its name, not its id
        said = wording.text(f"errors.{last.problem.code}", lang, **{**values, "treatment": title_of(treatment, lang)})
    return Notice("refused", title, (said,), at=last.refused_at)


def title_of(treatment: Treatment, lang: str) -> str:
    """Name of a treatment."""
    return treatment.title if lang == "zh" else treatment.title_en


def _line(rule: Rule, warning: Said, lang: str) -> str:
    title = rule.title if lang == "zh" else rule.title_en
    if warning.other_id:
        return wording.text("treatments.notice.with_other", lang, rule=title, other=warning.other_id)
    limited = isinstance(rule.value, int | float) and not isinstance(rule.value, bool)
    key = "limit" if limited else "clause"
    return wording.text(f"treatments.notice.{key}", lang, rule=title, value=rulebook.value_text(rule, lang))


def _source(rule: Rule, lang: str) -> str:
    kind, reliability = wording.term("rule_kind", rule.kind, lang), wording.term("reliability", rule.reliability, lang)
    return wording.text("treatments.notice.source", lang, id=rule.id, kind=kind, reliability=reliability)


def _road(basis: PlanBasis, segment_id: str) -> str:
    name = basis.tables["roads"]["name"].get(segment_id)
    return "" if name is None or pd.isna(name) else str(name)


def _instead(basis: PlanBasis, plan: Plan, device_id: str, lang: str) -> str:
    """Treatments of the same group that may stand at the same place."""
    row = in_working_crs(plan.devices.loc[[device_id]], basis)
    rules = basis.rs, basis.request.as_of
    known = catalogue(*rules)
    own = known[str(row["treatment_id"].iloc[0])]
    ((x, y),) = shapely.get_coordinates(row.geometry.to_numpy())
    fine = []
    for other in known.values():
        if other.id == own.id or not own.group or other.group != own.group:
            continue
        try:
            placed = placing.place(basis.now, other.id, (x, y), rules, basis.elevation)
        except GislibError:
            continue  # nothing in reach for that treatment: it is no alternative
        if not str(placed["refused_by"].iloc[0]):
            fine.append(title_of(other, lang))
    if not fine:
        return wording.text("treatments.notice.elsewhere", lang)
    return wording.text("treatments.notice.instead", lang, titles=wording.text("ui.separator", lang).join(fine))
