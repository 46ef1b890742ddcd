"""
What no tour can beat: fewest metres between streets, by a linear programme with cuts.

The programme chooses how often each way between two places is walked besides the streets themselves. Every set of
places with an odd number of streets leaving it needs one such way out, every set that no street leaves needs two: the
tour has to come and go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np

from gislib.domain.arrays import Floats, Ints
from gislib.domain.solver import quiet_solver
from gislib.patrol.cuts import Cut, labels, violated_cuts
from gislib.patrol.tours import compiled

SAME_M: Final = 1e-6
"""Metres by which two ways count as equally long."""
SHORTER_M: Final = 1e-3
"""Both parts of a chain are shorter than the way they replace by more than this, so no two ways replace each other."""
ROUNDS: Final = 200


@dataclass(frozen=True)
class MetresBound:
    """
    Fewest metres between streets that any closed tour needs.

    ``closed`` if no violated cut was found any more. ``links`` holds pairs of places and ``times`` how often the
    programme walks between them, fractions included.
    """

    metres: float
    cuts: int
    closed: bool
    links: Ints
    times: Floats


def metres_bound(
    metres: Floats, ends: Ints, depot: int, rounds: int = ROUNDS, tick: Callable[[float], bool] = lambda _share: True
) -> MetresBound:
    """
    Lower bound on the metres walked between streets by one team that serves all of them and returns.

    Parameters
    ----------
    metres
        ``(places, places)`` shortest ways. Of two directions the shorter one counts.
    ends
        ``(streets, 2)`` places at both ends.
    depot
        Place of the depot.
    rounds
        Solutions of the programme at most; the bound holds after each.
    tick
        Asked after every solution with the share of rounds made; False ends the search for cuts.

    Notes
    -----
    The columns are all pairs of places whose shortest way passes no other place; a longer way is a chain of them, so
    no column is left out.
    """
    if not len(ends):
        return MetresBound(0.0, 0, closed=True, links=np.zeros((0, 2), np.int64), times=np.zeros(0))
    used, place = np.unique(np.append(ends.ravel(), depot), return_inverse=True)
    own = place[:-1].reshape(-1, 2).astype(np.int64)
    short = np.minimum(metres, metres.T)[np.ix_(used, used)]
    a, b = direct_pairs(short, np.argsort(short, axis=1, kind="stable"))
    group = labels((own[:, 0], own[:, 1]), len(used))
    programme = _Programme(short[a, b])
    odd = np.bincount(own.ravel(), minlength=len(used)) % 2 == 1
    found = [Cut(np.array([place]), 1.0) for place in np.flatnonzero(odd).tolist()]
    found += [Cut(np.flatnonzero(group == g), 2.0) for g in range(int(group.max()) + 1) if group.max() > 0]
    total, cuts, values = 0.0, 0, np.zeros(len(a))
    for made in range(rounds):
        if not found or (made and not tick(made / rounds)):
            break
        cuts += len(found)
        for cut in found:
            inside = np.zeros(len(used), bool)
            inside[cut.places] = True
            programme.add(np.flatnonzero(inside[a] != inside[b]), cut.least)
        total, values = programme.solve()
        found = violated_cuts((a, b, values), odd, group)
    walked = values > SAME_M
    links = np.stack([used[a[walked]], used[b[walked]]], axis=1)
    return MetresBound(total, cuts, closed=not found, links=links, times=values[walked])


class _Programme:
    """Linear programme that grows by rows: fewest metres, each column at least 0."""

    def __init__(self, cost: Floats) -> None:
        self._solver = quiet_solver()
        count = len(cost)
        self._solver.addCols(
            count, cost, np.zeros(count), np.full(count, highspy.kHighsInf), 0,
            np.zeros(count, np.int32), np.zeros(0, np.int32), np.zeros(0),
        )  # fmt: skip

    def add(self, columns: Ints, least: float) -> None:
        """Demand that the columns sum up to at least ``least``."""
        count = len(columns)
        self._solver.addRow(least, highspy.kHighsInf, count, columns.astype(np.int32), np.ones(count))

    def solve(self) -> tuple[float, Floats]:
        """
        Least metres and the value of every column.

        Raises
        ------
        RuntimeError
            The solver gave up; a bound of 0 would look proven.
        """
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(self._solver.modelStatusToString(self._solver.getModelStatus()))
        solution = self._solver.getSolution()
        return self._solver.getInfo().objective_function_value, np.array(solution.col_value)


@compiled
def direct_pairs(metres: Floats, order: Ints) -> tuple[Ints, Ints]:
    """
    Pairs ``a < b`` of places whose shortest way passes no third place.

    Parameters
    ----------
    metres
        Symmetric shortest ways; pairs without a way are left out.
    order
        Places by distance, row by row.
    """
    n = len(metres)
    first, second = [0][:0], [0][:0]
    for a in range(n):
        for b in range(a + 1, n):
            whole = metres[a, b]
            direct = np.isfinite(whole)
            for k in range(n):
                c = order[a, k]
                if metres[a, c] >= whole - SHORTER_M or not direct:
                    break
                passes = metres[a, c] + metres[c, b] <= whole + SAME_M and metres[c, b] < whole - SHORTER_M
                if passes and c not in {a, b}:
                    direct = False
            if direct:
                first.append(a)
                second.append(b)
    return np.array(first), np.array(second)
