"""Patrols: routes proposed for a shift, kept in versions, changed by pinning and skipping, accepted, retired."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Final

from gislib import rules
from gislib.assessment import Request
from gislib.domain.errors import InputError
from gislib.patrol.alternatives import Alternative, alternatives
from gislib.patrol.clock import read_span
from gislib.patrol.demand import DemandOptions, demand
from gislib.patrol.numbers import Wishes
from gislib.patrol.parameters import POSTS, read_alternatives, read_shift
from gislib.patrol.record import PatrolRecord, from_json, to_json
from gislib.patrol.roster import post_stops, roster
from gislib.patrol.routing import balanced, build_problem, solve
from gislib.patrol.search import Effort
from gislib.patrol.stations import record
from gislib.planning import edited, patrol_teams
from gislib.planning.authors import author_of, store_of
from gislib.planning.patrol_basis import PatrolBasis, campus_hours, patrol_basis
from gislib.planning.patrol_teams import TeamWish
from gislib.planning.session import Progress, Session, require_whole, silent
from gislib.store import patrols as stored
from gislib.store.patrols import PatrolHead

ROUNDS: Final = 150_000
"""Rounds of the search without a time limit: some twenty seconds for four teams of a county, the same answer always."""
MOST_SETS: Final = 10

KeepOn = Callable[[], bool]


@dataclass(frozen=True)
class PatrolWish:
    """
    What a patrol is asked to do.

    Attributes
    ----------
    name
        A draft of that name gets a new version.
    shift_id
        One of `gislib.patrol.parameters.shifts`.
    teams
        Who goes.
    hours
        Hours of the shift, ``HH:MM-HH:MM``; "" = those of the rules.
    sets
        Sets of routes that cover as much but are hard to foresee.
    seed, seconds
        Seed, and time limit of the first set; None: `ROUNDS`, reproducible.
    pinned, skipped
        Id of a street or stop to the team that serves it whatever it costs; ids that nobody serves.
    posts
        Gate post to the team that stands there from begin to end.
    """

    name: str
    shift_id: str
    teams: tuple[TeamWish, ...]
    hours: str = ""
    sets: int = 1
    seed: int = 1
    seconds: float | None = None
    pinned: Mapping[str, str] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    posts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SavedPatrol:
    """A stored patrol: head, sets of routes, and what each set after the first loses and differs (shares)."""

    head: PatrolHead
    sets: tuple[PatrolRecord, ...]
    told: tuple[Mapping[str, float], ...]

    @property
    def wish(self) -> PatrolWish:
        """What was asked."""
        return wish_of(self.head)

    @property
    def request(self) -> Request:
        """Date of the rules, slice and profile that it was made with."""
        return request_of(self.head)


def propose(
    session: Session, request: Request, wish: PatrolWish, progress: Progress = silent,
    keep_on: KeepOn = lambda: True, seen_version: int | None = None,
) -> SavedPatrol:  # fmt: skip
    """
    Work out routes and store them; a draft of the same name gets a new version.

    Parameters
    ----------
    keep_on
        Asked often; False ends the search with what was found.
    seen_version
        Version of the draft that the planner saw; None: the one that stands.

    Raises
    ------
    InputError
        No or wrong teams, a depot off the network, a shift too short, windows that meet no shift, nothing to patrol
        (``patrol_nothing``), too many sets (``patrol_sets``), an unknown id pinned or skipped.
    StoreError
        ``patrol_name``, ``patrol_closed`` if an accepted patrol has the name.
    ConflictError
        ``patrol_stale`` if somebody saved a newer version than ``seen_version``.
    """
    require_whole(session)
    if not 1 <= wish.sets <= MOST_SETS:
        raise InputError("patrol_sets", sets=wish.sets, most=MOST_SETS)
    progress("patrol.ground", 0.02)
    found, told = _worked_out(session, patrol_basis(session, request), wish, progress, keep_on)
    progress("patrol.store", 0.98)
    store, author = store_of(session), author_of(session)
    content = _parameters(session, request, wish, told), [to_json(own) for own in found]
    before = stored.by_name(store, wish.name)
    if before is None:
        kept = stored.create(store, wish.name, *content, author)
    else:
        kept = stored.save(store, before.patrol_id, seen_version or before.version, content, author)
    progress("patrol.done", 1.0)
    return _saved(kept)


def _worked_out(
    session: Session, basis: PatrolBasis, wish: PatrolWish, progress: Progress, keep_on: KeepOn
) -> tuple[list[PatrolRecord], list[dict[str, float]]]:
    """Sets of routes, and what each loses and differs."""
    rs, on = basis.rules
    shift = read_shift(rs, on, wish.shift_id)
    hours = read_span(wish.hours) if wish.hours else shift.hours
    shift = replace(shift, hours=hours)
    gates = campus_hours(session, on, shift.slice, basis.ground.tables["schools"].index)
    posts = roster(basis.ground, shift, basis.rules, gates)
    own = posts[posts.index.isin(list(wish.posts))] if POSTS in shift.demand else posts.iloc[:0]
    asked = demand(
        basis.ground, basis.hazards, wish.shift_id, basis.rules,
        DemandOptions(hours, gates, post_stops(own) if len(own) else None),
    )  # fmt: skip
    if asked.streets.empty and asked.stops.empty:
        raise InputError("patrol_nothing", closed=len(asked.closed))
    pinned = {**wish.pinned, **{f"post:{gate}": team for gate, team in wish.posts.items() if gate in own.index}}
    teams = patrol_teams.teams_of(wish.teams, basis, hours)
    problem = build_problem(basis.ground, asked, teams, basis.rules, Wishes(pinned, wish.skipped))

    def tick(share: float) -> bool:
        progress("patrol.search", 0.1 + 0.85 * share)
        return keep_on()

    effort = Effort(ROUNDS if wish.seconds is None else None, wish.seconds or 0.0, wish.seed)
    if wish.sets == 1:
        found = [Alternative(solve(problem, effort, balanced(), tick), 0.0, 1.0)]
    else:
        wanted = replace(read_alternatives(rs, on), count=wish.sets)
        found = alternatives(problem, effort, wanted, balanced(), tick)
    names = patrol_teams.depot_names(wish.teams, basis)
    told = [{"loss_share": one.loss_share, "apart_share": one.apart_share} for one in found]
    return [record(basis.ground, problem, one.routes, posts, names) for one in found], told


def _parameters(
    session: Session, request: Request, wish: PatrolWish, told: Sequence[Mapping[str, float]]
) -> dict[str, Any]:
    """What a patrol was made from; JSON."""
    asked = vars(wish) | {
        "teams": [vars(team) for team in wish.teams], "skipped": sorted(wish.skipped), "pinned": dict(wish.pinned),
        "posts": dict(wish.posts),
    }  # fmt: skip
    return {
        "wish": asked,
        "sets": [dict(own) for own in told],
        "request": asdict(request) | {"as_of": request.as_of.isoformat()},
        "data_version": edited.data_version(session.workspace),
        "rules_version": rules.load().version,
    }


def wish_of(head: PatrolHead) -> PatrolWish:
    """What a patrol was asked to do, as it was stored."""
    told = dict(head.parameters["wish"])
    own = {"teams": tuple(TeamWish(**team) for team in told["teams"]), "skipped": frozenset(told["skipped"])}
    return PatrolWish(**told | own)


def request_of(head: PatrolHead) -> Request:
    """Request that a patrol was made with: date of the rules, slice, profile."""
    asked = dict(head.parameters["request"])
    return Request(**asked | {"as_of": date.fromisoformat(asked["as_of"])})


def heads(session: Session) -> list[PatrolHead]:
    """All patrols that are not retired, oldest first."""
    return stored.heads(store_of(session))


def read(session: Session, patrol_id: str, version: int | None = None) -> SavedPatrol:
    """One patrol, as it stands or as it was; StoreError ``patrol_unknown``."""
    return _saved(stored.read(store_of(session), patrol_id, version))


def by_name(session: Session, name: str) -> PatrolHead | None:
    """The patrol of a name, None if there is none."""
    return stored.by_name(store_of(session), name)


def accept(session: Session, patrol_id: str, version: int) -> PatrolHead:
    """Accept a patrol: it is walked as it is; ConflictError ``patrol_stale``."""
    return _set(session, patrol_id, version, stored.ACCEPTED)


def reopen(session: Session, patrol_id: str, version: int) -> PatrolHead:
    """Take an accepted patrol back to draft."""
    return _set(session, patrol_id, version, stored.DRAFT)


def retire(session: Session, patrol_id: str, version: int) -> PatrolHead:
    """Take a patrol off the list; nothing of it is lost."""
    return _set(session, patrol_id, version, stored.RETIRED)


def _set(session: Session, patrol_id: str, version: int, status: str) -> PatrolHead:
    require_whole(session)
    return stored.set_status(store_of(session), patrol_id, version, status, author_of(session))


def _saved(kept: stored.Patrol) -> SavedPatrol:
    sets = tuple(from_json(own) for own in kept.sets)
    return SavedPatrol(kept.head, sets, tuple(kept.head.parameters["sets"]))
