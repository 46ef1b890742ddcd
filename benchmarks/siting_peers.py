"""
Peers of the siting solver, each run as a process of its own: some do not keep to a time limit and have to be ended.

``python siting_peers.py highs|cbc PACKAGES.pickle BUDGET_YUAN GAP SECONDS`` prints value, bound and seconds as JSON.
"""

from __future__ import annotations

import json
import math
import pickle
import sys
import time
from pathlib import Path

import numpy as np
import pulp

from gislib.siting import milp
from gislib.siting.milp import Limits, Program


def highs(program: Program, limits: Limits) -> tuple[float, float]:
    """Value and bound of HiGHS on the whole program."""
    found = milp.solve(program, limits)
    packages = program.packages
    value = packages.gain[found.without].sum() + packages.gain_with[found.with_zone].sum()
    return float(value + packages.zone_gain[found.zones].sum()) if found.any else math.nan, found.bound


def cbc(program: Program, limits: Limits) -> tuple[float, float]:
    """Value of CBC through PuLP on the whole program; PuLP hands no bound over."""
    model = pulp.LpProblem("siting", pulp.LpMaximize)
    columns = [pulp.LpVariable(f"x{k}", 0, 1, cat="Binary") for k in range(len(program.gains))]
    model += pulp.LpAffineExpression(zip(columns, program.gains.tolist(), strict=True))
    matrix = program.matrix
    for row in range(matrix.shape[0]):
        own = slice(matrix.indptr[row], matrix.indptr[row + 1])
        entries = zip((columns[k] for k in matrix.indices[own]), matrix.data[own].tolist(), strict=True)
        floor = np.isfinite(program.lower[row])
        sense, side = (pulp.LpConstraintGE, program.lower) if floor else (pulp.LpConstraintLE, program.upper)
        model.addConstraint(pulp.LpConstraint(pulp.LpAffineExpression(entries), sense, rhs=float(side[row])))
    model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=limits.gap, timeLimit=limits.seconds, threads=2))
    if model.sol_status not in {pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible}:
        return math.nan, math.inf
    return float(pulp.value(model.objective)), math.inf


def main(name: str, file: str, budget: str, gap: str, seconds: str) -> None:
    packages = pickle.loads(Path(file).read_bytes())  # noqa: S301 - written by the benchmark itself
    program = milp.program(packages, float(budget))
    began = time.perf_counter()
    value, bound = {"highs": highs, "cbc": cbc}[name](program, Limits(float(gap), float(seconds)))
    told = {"value": value, "bound": bound, "seconds": time.perf_counter() - began}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
