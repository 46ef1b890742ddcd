"""The solver leaves the standard output alone."""

import subprocess
import sys


def test_nothing_is_greeted():
    code = "from gislib.domain.solver import quiet_solver; s = quiet_solver(); s.run(); print('only this')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "only this\n"
