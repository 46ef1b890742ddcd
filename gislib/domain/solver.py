"""
A HiGHS solver that keeps quiet: its constructor greets on the standard output, where a command's JSON belongs.

All solvers of a process share one pool of threads and refuse to run with another number of them than the first had, so
nobody sets ``threads``.
"""

from __future__ import annotations

import os
import sys
from threading import Lock
from typing import Final

import highspy

_STDOUT: Final = 1
_greeting: Final = Lock()


def quiet_solver() -> highspy.Highs:
    """Solver without any output."""
    with _greeting:
        sys.stdout.flush()
        kept = os.dup(_STDOUT)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, _STDOUT)
            solver = highspy.Highs()  # type: ignore[no-untyped-call]
        finally:
            os.dup2(kept, _STDOUT)
            os.close(nowhere)
            os.close(kept)
    solver.setOptionValue("output_flag", False)  # noqa: FBT003 - the solver's own signature
    return solver
