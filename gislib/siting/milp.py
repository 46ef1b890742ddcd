"""
The package model as a mixed-integer program for HiGHS.

Per package a binary x (without) and y (with the zone measure), per zone a binary z: Σx ≤ 1 - z and Σy ≤ z at every
site of a zone, Σx ≤ 1 elsewhere; spacing within one zone alike; one row per floor, one for the budget.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final, TypeAlias

import highspy
import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from gislib.domain.arrays import Flags, Floats, Ints
from gislib.domain.solver import quiet_solver
from gislib.siting.ceilings import Kept
from gislib.siting.packages import Packages

HALF: Final = 0.5
"""A binary above this is one."""
BUDGET_SLACK_YUAN: Final = 1e-6
"""Sums of prices may exceed the budget by rounding only."""

INTEGRALITY: Final = 1e-9
"""How far a binary may be from 0 and 1."""

TIE_GAP: Final = 1e-3
"""Relative gap of the price at which one of several choices that meet as many floors is taken."""
TIE_NODES: Final = 2000
"""Nodes after which the search for a cheaper one of them ends."""

SOLVED: Final = frozenset({highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty})
FEASIBLE: Final = int(highspy.SolutionStatus.kSolutionStatusFeasible)
INFEASIBLE: Final = highspy.HighsModelStatus.kInfeasible

_Row: TypeAlias = tuple[Ints, Floats, float, float]
"""Columns, coefficients, least and greatest sum."""


@dataclass(frozen=True)
class Columns:
    """Package and zone of every column: packages without, packages with the zone measure, zones."""

    without: Ints
    with_zone: Ints
    zones: int

    @property
    def count(self) -> int:
        """Number of columns."""
        return len(self.without) + len(self.with_zone) + self.zones


@dataclass(frozen=True)
class Program:
    """
    Binary program: columns with their gain, yuan and limits, and rows ``lower ≤ entries · x ≤ upper``.

    ``first_floor``: number of the first floor row.
    """

    packages: Packages
    columns: Columns
    gains: Floats
    costs: Floats
    limits: tuple[Floats, Floats]
    matrix: csr_matrix
    lower: Floats
    upper: Floats
    first_floor: int


@dataclass(frozen=True)
class Found:
    """
    Answer of the solver.

    ``any``: there is a choice; ``solved``: searched to the end. ``without``, ``with_zone``, ``zones``: chosen numbers.
    ``bound``: of the objective; infinite where the solver had none yet, minus infinity where nothing is allowed.
    """

    status: highspy.HighsModelStatus
    any: bool
    solved: bool
    without: Ints
    with_zone: Ints
    zones: Ints
    bound: float


@dataclass(frozen=True)
class Limits:
    """Relative gap that is enough, seconds and nodes at most (None: no limit)."""

    gap: float
    seconds: float | None = None
    nodes: int | None = None


def program(packages: Packages, budget_yuan: float, keep: Kept | None = None) -> Program:
    """Program of a package model; with ``keep`` only of what may be in a better choice."""
    inside = packages.zone_of_site[packages.site] >= 0
    zones = len(packages.zone_cost)
    columns = Columns(np.arange(len(inside)), np.flatnonzero(inside), zones)
    low, high = np.zeros(zones), np.ones(zones)
    if keep is not None:
        columns = Columns(np.flatnonzero(keep.without), np.flatnonzero(keep.with_zone), zones)
        low, high = np.where(keep.zone_off, low, high), np.where(keep.zone_on, high, low)
    costs = np.r_[packages.cost[columns.without], packages.cost[columns.with_zone], packages.zone_cost]
    gains = np.r_[packages.gain[columns.without], packages.gain_with[columns.with_zone], packages.zone_gain]
    tying = list(_tying(packages, columns))
    rows = [*tying, (np.arange(columns.count), costs, -np.inf, budget_yuan + BUDGET_SLACK_YUAN)]
    rows += _floors(packages, columns)
    plain = columns.count - zones
    limits = np.r_[np.zeros(plain), low], np.r_[np.ones(plain), high]
    lower, upper = np.array([r[2] for r in rows]), np.array([r[3] for r in rows])
    return Program(packages, columns, gains, costs, limits, _matrix(rows, columns.count), lower, upper, len(tying) + 1)


def solve(own: Program, limits: Limits) -> Found:
    """Choice of greatest gain."""
    return _found(own, own.gains, limits)


def solve_cheapest(own: Program, least_gain: float, limits: Limits) -> Found:
    """Cheapest choice that gains at least this much; the bound is minus the least cost."""
    matrix = csr_matrix(vstack([own.matrix, csr_matrix(own.gains[None, :])]))
    enough = replace(own, matrix=matrix, lower=np.append(own.lower, least_gain), upper=np.append(own.upper, np.inf))
    return _found(enough, -own.costs, limits)


def meet_floors(own: Program, limits: Limits) -> tuple[Found, Flags]:
    """
    Choice that meets as many floors as possible, and the floors that it leaves out.

    ``solved`` says whether it is known that no choice meets more. Of choices that meet as many, a cheap one is taken,
    to `TIE_GAP` of the least price.
    """
    floors = len(own.packages.floors)
    where = own.first_floor + np.arange(floors), np.arange(floors)
    slack = csr_matrix((np.ones(floors), where), shape=(own.matrix.shape[0], floors))
    ends = np.r_[own.limits[0], np.zeros(floors)], np.r_[own.limits[1], np.ones(floors)]
    relaxed = replace(own, limits=ends, matrix=csr_matrix(hstack([own.matrix, slack])))
    solver = _solver(relaxed, np.r_[np.zeros(own.columns.count), -np.ones(floors)], replace(limits, gap=0.0))
    solver.run()
    values = _values(solver, own.columns.count + floors)
    found = _read(own, solver, values[: own.columns.count])
    if not found.any:
        return found, np.ones(floors, bool)
    missed = np.asarray(values[own.columns.count :] > HALF)
    counted = csr_matrix(np.r_[np.zeros(own.columns.count), np.ones(floors)][None, :])
    tied = replace(
        relaxed, matrix=csr_matrix(vstack([relaxed.matrix, counted])), lower=np.append(own.lower, -np.inf),
        upper=np.append(own.upper, float(missed.sum())),
    )  # fmt: skip
    solver = _solver(tied, np.r_[-own.costs, np.zeros(floors)], replace(limits, gap=TIE_GAP, nodes=TIE_NODES))
    solver.run()
    values = _values(solver, own.columns.count + floors)
    if not len(values):
        return found, missed
    cheap = _read(own, solver, values[: own.columns.count])
    return replace(cheap, solved=found.solved), np.asarray(values[own.columns.count :] > HALF)


def _tying(packages: Packages, columns: Columns) -> Iterator[_Row]:
    """One package at most per site and per spacing row, and none beside a zone measure that it is not meant for."""
    column = _numbers(columns, len(packages.site))
    first_zone = columns.count - columns.zones
    zone_of = packages.zone_of_site[packages.site]
    order = np.argsort(packages.site, kind="stable")
    sites = np.split(order, np.flatnonzero(np.diff(packages.site[order])) + 1) if len(order) else []
    for own in chain(sites, packages.cliques):
        without, with_zone = (c[own][c[own] >= 0] for c in column)
        zone = int(zone_of[own[0]])
        if zone >= 0 and (zone_of[own] == zone).all():
            yield np.r_[without, first_zone + zone], np.ones(len(without) + 1), -np.inf, 1.0
            yield np.r_[with_zone, first_zone + zone], np.r_[np.ones(len(with_zone)), -1.0], -np.inf, 0.0
        else:
            yield np.r_[without, with_zone], np.ones(len(without) + len(with_zone)), -np.inf, 1.0


def _floors(packages: Packages, columns: Columns) -> list[_Row]:
    column = _numbers(columns, len(packages.site))
    first_zone = columns.count - columns.zones
    rows: list[_Row] = []
    for floor, own in packages.floors:
        parts = [*(c[own][c[own] >= 0] for c in column), first_zone + np.array(floor.zones, np.int64)]
        every = np.concatenate(parts).astype(np.int64)
        rows.append((every, np.ones(len(every)), 1.0, np.inf))
    return rows


def _numbers(columns: Columns, packages: int) -> tuple[Ints, Ints]:
    """Column of every package without and with the zone measure; -1 where it has none."""
    without, with_zone = np.full(packages, -1), np.full(packages, -1)
    without[columns.without] = np.arange(len(columns.without))
    with_zone[columns.with_zone] = len(columns.without) + np.arange(len(columns.with_zone))
    return without, with_zone


def _matrix(rows: Sequence[_Row], columns: int) -> csr_matrix:
    ends = np.r_[0, np.cumsum([len(r[0]) for r in rows])]
    entries = np.concatenate([r[1] for r in rows]), np.concatenate([r[0] for r in rows]), ends
    return csr_matrix(entries, shape=(len(rows), columns))


def _solver(own: Program, gains: Floats, limits: Limits) -> highspy.Highs:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = own.matrix.shape
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, (lp.col_lower_, lp.col_upper_) = gains, own.limits
    lp.row_lower_, lp.row_upper_ = own.lower, own.upper
    lp.integrality_ = [highspy.HighsVarType.kInteger] * lp.num_col_
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = own.matrix.indptr
    lp.a_matrix_.index_ = own.matrix.indices
    lp.a_matrix_.value_ = own.matrix.data
    solver = quiet_solver()
    solver.setOptionValue("mip_rel_gap", limits.gap)
    solver.setOptionValue("mip_abs_gap", 0.0)
    # a package that is built but for a millionth would cost some tenths of a yuan more than the row says
    solver.setOptionValue("mip_feasibility_tolerance", INTEGRALITY)
    if limits.seconds is not None:
        solver.setOptionValue("time_limit", limits.seconds)
    if limits.nodes is not None:
        solver.setOptionValue("mip_max_nodes", limits.nodes)
    solver.passModel(lp)
    return solver


def _found(own: Program, gains: Floats, limits: Limits) -> Found:
    """Run the solver and read its answer."""
    solver = _solver(own, gains, limits)
    solver.run()
    return _read(own, solver, _values(solver, own.columns.count))


def _values(solver: highspy.Highs, count: int) -> Floats:
    """Values of the columns; empty where there is no choice."""
    values = np.asarray(solver.getSolution().col_value, np.float64)
    told = solver.getInfo().primal_solution_status == FEASIBLE and len(values) == count
    return values if told else np.zeros(0)


def _read(own: Program, solver: highspy.Highs, values: Floats) -> Found:
    columns, status = own.columns, solver.getModelStatus()
    on: Flags = values > HALF if len(values) else np.zeros(columns.count, bool)
    without, with_zone, zones = np.split(on, [len(columns.without), columns.count - columns.zones])
    # a model without columns is not searched, so it has no bound of its own
    bound = float(solver.getInfo().mip_dual_bound) if columns.count else 0.0
    return Found(
        status, len(values) == columns.count, status in SOLVED or status == INFEASIBLE, columns.without[without],
        columns.with_zone[with_zone], np.flatnonzero(zones), -np.inf if status == INFEASIBLE else bound,
    )  # fmt: skip
