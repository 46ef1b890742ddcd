"""Slow answers, worked out beside the pages: asked for once, looked at until they are there."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, Final

from gislib.domain.errors import GislibError

KEPT: Final = 32
"""Answers kept in memory, the ones asked for last."""

_jobs: OrderedDict[Hashable, Future[Any]] = OrderedDict()
_guard = threading.Lock()
_turn = threading.Lock()  # one at a time: pages go on meanwhile


def job(key: Hashable, work: Callable[[], object]) -> Future[Any]:
    """
    Answer under a key, begun now if nobody has asked for it yet; one that failed with an error of ours is begun again.

    Parameters
    ----------
    key
        Everything that the answer depends on.
    work
        Runs in a thread of its own: nothing of Streamlit may be called in it. It does not keep the program from ending.
    """
    with _guard:
        found = _jobs.get(key)
        if found is None or (found.done() and not found.cancelled() and found.exception() is not None):
            found = _jobs[key] = Future()
            threading.Thread(target=_run, args=(found, work), name="slow answer", daemon=True).start()
        _jobs.move_to_end(key)
        while len(_jobs) > KEPT:
            _jobs.popitem(last=False)
        return found


def _run(answer: Future[Any], work: Callable[[], object]) -> None:
    try:
        with _turn:
            answer.set_result(work())
    except GislibError as problem:
        answer.set_exception(problem)
    finally:
        if not answer.done():  # a defect: the page that looks at the answer meets it
            answer.cancel()
