"""What a check against recorded tracks found, task by task and team by team."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

DONE: Final = "done"
PARTLY: Final = "partly"
MISSED: Final = "missed"
UNKNOWN: Final = "unknown"
NOT_PLANNED: Final = "not_planned"
STATES: Final = (DONE, PARTLY, MISSED, UNKNOWN, NOT_PLANNED)

NO_TRACK: Final = "no_track"
GAP: Final = "gap"
FAST: Final = "fast"
SHORT: Final = "short"
PART: Final = "part"
AWAY: Final = "away"
REASONS: Final = (NO_TRACK, GAP, FAST, SHORT, PART, AWAY)


@dataclass(frozen=True)
class TaskCheck:
    """
    One street or stop, planned against done; minutes since midnight of the first day.

    Attributes
    ----------
    demand_id, kind, name, school_name, risk
        As in the record.
    team_id, planned_min
        Team that was to serve it and when; None if nobody was.
    state
        One of `STATES`; a task that nobody was to serve is done, partly done or not planned.
    reason
        Why it is not done, one of `REASONS`; None if it is, or was not planned.
    share
        Street: share of its length that was walked. Stop: share of the planned time that was spent there.
    unknown_share
        Share that may have been served during a gap of the team's track.
    first_min, begins_min, late_min
        When a track was first there; when it was served, at the visit that fits the plan best; minutes after the plan
        (negative: before it). None if never, or not planned.
    stay_min
        Minutes at a stop; None for streets.
    track
        Label of the track that served it, None if none.
    """

    demand_id: str
    kind: str
    name: str | None
    school_name: str | None
    risk: float
    team_id: str | None
    planned_min: float | None
    state: str
    reason: str | None
    share: float
    unknown_share: float
    first_min: float | None
    begins_min: float | None
    late_min: float | None
    stay_min: float | None
    track: str | None


@dataclass(frozen=True)
class TeamCheck:
    """
    One team.

    ``labels``: its tracks; ``begins_min``, ``ends_min``: first and last fix, None without a track; ``metres``,
    ``planned_metres``: recorded, and of its route; ``gaps``: times within its hours that no track covers; shares: of
    the risk it was to serve.
    """

    team_id: str
    name: str
    labels: tuple[str, ...]
    begins_min: float | None
    ends_min: float | None
    metres: float
    planned_metres: float
    gaps: tuple[tuple[float, float], ...]
    covered_share: float
    unknown_share: float


@dataclass(frozen=True)
class Checked:
    """
    Planned against done.

    Attributes
    ----------
    tasks, teams
        One row each, in the order of the record.
    planned_share, unknown_share
        Served share of the planned risk, and the share that cannot be told; the rest was missed. 0 of nothing.
    eligible_share
        Served share of all risk that was asked for.
    unmatched
        Labels of tracks that belong to no team of the record; what they covered counts.
    jumps
        Positions left out because nobody can have reached them.
    """

    tasks: tuple[TaskCheck, ...]
    teams: tuple[TeamCheck, ...]
    planned_share: float
    unknown_share: float
    eligible_share: float
    unmatched: tuple[str, ...]
    jumps: int

    @property
    def missed(self) -> tuple[TaskCheck, ...]:
        """
        Planned tasks that were missed, only partly done, or of which nothing can be told; most risk first.

        ``reason`` says which: a team without a track, or a gap in it, has done what is unknown, not missed.
        """
        short = [task for task in self.tasks if task.state in {MISSED, PARTLY, UNKNOWN} and task.team_id is not None]
        return tuple(sorted(short, key=lambda task: (-task.risk * (1.0 - task.share), task.demand_id)))


def risk_shares(tasks: Sequence[TaskCheck]) -> tuple[float, float]:
    """Served and unknown share of the risk of some tasks; 0 of nothing."""
    whole = sum(task.risk for task in tasks)
    if not whole > 0:
        return 0.0, 0.0
    served = sum(task.risk * task.share for task in tasks)
    return served / whole, sum(task.risk * task.unknown_share for task in tasks) / whole
