"""
Best states of variables that are tied in small groups, by eliminating one variable after the other (max-sum).

Tables of worth over a few variables each are added up; the sum is to be greatest. A variable is eliminated by adding
the tables that hold it and taking the best of its states for every state of the others in them. Tables may carry a
first axis of cases (prices) that are worked out at once.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gislib.domain.arrays import Floats

Scope: TypeAlias = tuple[int, ...]
_View: TypeAlias = tuple[slice | None, ...]


@dataclass(frozen=True)
class _Step:
    """
    Elimination of one variable.

    ``mask``: tables that never change, added up (None: none). ``given``: number of a given table, order of its axes and
    how it is widened to ``scope`` (the variable first). ``messages``: earlier steps, widened alike.
    """

    variable: int
    scope: Scope
    mask: Floats | None
    given: tuple[tuple[int, tuple[int, ...], _View], ...]
    messages: tuple[tuple[int, _View], ...]


@dataclass(frozen=True)
class Plan:
    """Order of elimination of a set of variables, worked out once and used for every price."""

    steps: tuple[_Step, ...]
    variables: int

    def best(self, given: Sequence[Floats]) -> Floats:
        """
        Greatest sum of every case; -inf where nothing is allowed.

        Parameters
        ----------
        given
            Tables in the order of the scopes that the plan was made for; first axis: cases.
        """
        return self._run(given)[0]

    def states(self, given: Sequence[Floats]) -> list[int]:
        """State of every variable in a best choice of the first case; meaningless if nothing is allowed."""
        _, sums = self._run(given)
        found = [0] * self.variables
        for step, total in zip(reversed(self.steps), reversed(sums), strict=True):
            rest = total[0]
            for other in reversed(step.scope[1:]):
                rest = rest[..., found[other]]
            found[step.variable] = int(rest.argmax())
        return found

    def _run(self, given: Sequence[Floats]) -> tuple[Floats, list[Floats]]:
        """Greatest sums, and the added tables of every step."""
        messages: list[Floats] = []
        sums: list[Floats] = []
        result = np.zeros(1)
        for step in self.steps:
            total = step.mask
            for number, axes, view in step.given:
                part = given[number].transpose(axes)[view]
                total = part if total is None else total + part
            for number, view in step.messages:
                part = messages[number][view]
                total = part if total is None else total + part
            if total is None:
                raise AssertionError(step.variable)
            message = total.max(axis=1)
            sums.append(total)
            messages.append(message)
            if len(step.scope) == 1:
                result = result + message
        return result, sums


def elimination_order(sizes: Sequence[int], scopes: Sequence[Scope]) -> tuple[list[int], int]:
    """Variables in order of elimination, always that of the smallest table, and the entries of the largest table."""
    near: list[set[int]] = [set() for _ in sizes]
    for scope in scopes:
        for variable in scope:
            near[variable].update(scope)
    for variable, others in enumerate(near):
        others.discard(variable)
    size = [math.prod(sizes[v] for v in others) * sizes[k] for k, others in enumerate(near)]
    waiting = [(entries, variable) for variable, entries in enumerate(size)]
    heapq.heapify(waiting)
    done = [False] * len(sizes)
    order: list[int] = []
    widest = 0
    while waiting:
        entries, variable = heapq.heappop(waiting)
        if done[variable] or entries != size[variable]:
            continue
        done[variable] = True
        widest = max(widest, entries)
        order.append(variable)
        for other in near[variable]:
            near[other] |= near[variable]
            near[other] -= {other, variable}
        for other in near[variable]:
            size[other] = math.prod(sizes[v] for v in near[other]) * sizes[other]
            heapq.heappush(waiting, (size[other], other))
    return order, widest


def make_plan(order: Sequence[int], fixed: Sequence[tuple[Scope, Floats]], given: Sequence[Scope]) -> Plan:
    """
    Plan of an order of elimination.

    Parameters
    ----------
    order
        All variables; each must be in some scope.
    fixed
        Scopes and tables that never change (0 allowed, -inf forbidden), axes as the scope.
    given
        Scopes of the tables given later.
    """
    rank = {variable: k for k, variable in enumerate(order)}
    fixed_at = _by_first([scope for scope, _ in fixed], rank)
    given_at = _by_first(given, rank)
    messages_at: dict[int, list[tuple[int, Scope]]] = {}
    steps: list[_Step] = []
    for variable in order:
        own_fixed, own_given = fixed_at.get(variable, []), given_at.get(variable, [])
        messages = messages_at.get(variable, [])
        scopes = [*(fixed[n][0] for n in own_fixed), *(given[n] for n in own_given), *(scope for _, scope in messages)]
        whole = tuple(sorted({variable}.union(*scopes), key=rank.__getitem__))
        mask: Floats | None = None
        for scope, table in (fixed[n] for n in own_fixed):
            part = table.transpose(_axes(scope, rank))[None][_view(scope, whole)]
            mask = part if mask is None else mask + part
        turned = tuple((n, (0, *(a + 1 for a in _axes(given[n], rank))), _view(given[n], whole)) for n in own_given)
        steps.append(_Step(variable, whole, mask, turned, tuple((n, _view(scope, whole)) for n, scope in messages)))
        if len(whole) > 1:
            messages_at.setdefault(whole[1], []).append((len(steps) - 1, whole[1:]))
    return Plan(tuple(steps), len(order))


def _by_first(scopes: Sequence[Scope], rank: dict[int, int]) -> dict[int, list[int]]:
    """Numbers of the scopes by their variable that is eliminated first."""
    found: dict[int, list[int]] = {}
    for number, scope in enumerate(scopes):
        found.setdefault(min(scope, key=rank.__getitem__), []).append(number)
    return found


def _axes(scope: Scope, rank: dict[int, int]) -> tuple[int, ...]:
    """Axes of a table in the order of elimination."""
    return tuple(sorted(range(len(scope)), key=lambda k: rank[scope[k]]))


def _view(scope: Scope, whole: Scope) -> _View:
    """Index that widens a table (cases first, axes in the order of elimination) to the whole scope."""
    return (slice(None), *(slice(None) if v in scope else None for v in whole))
