"""Answers worked out beside the pages: once per key, errors kept for who asks, defects not hidden."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError

import pytest

from gislib.domain.errors import InputError
from gislib.ui import background


@pytest.fixture(autouse=True)
def nobody_else_in_the_queue(monkeypatch):
    """A page of an earlier test in this process may still be worked for: its turn is not ours."""
    monkeypatch.setattr(background, "_turn", threading.Lock())


def test_the_same_key_is_worked_out_once():
    calls = []
    first = background.job("once", lambda: calls.append(1) or "answer")
    assert first.result(5) == "answer"
    assert background.job("once", lambda: calls.append(2)).result(5) == "answer"
    assert calls == [1]


def test_nobody_waits_for_an_answer():
    go = threading.Event()
    answer = background.job("slow", lambda: go.wait(5))
    assert not answer.done()
    go.set()
    assert answer.result(5) is True


def test_answers_take_turns():
    go, running = threading.Event(), []
    first = background.job("first", lambda: (running.append("first"), go.wait(5)))
    second = background.job("second", lambda: running.append("second"))
    assert not second.done()
    go.set()
    first.result(5)
    second.result(5)
    assert running == ["first", "second"]


def test_an_error_of_ours_reaches_who_asks_and_is_tried_again():
    def fail():
        raise InputError("plan_budget", budget=0)

    with pytest.raises(InputError, match="plan_budget"):
        background.job("fails", fail).result(5)
    assert background.job("fails", lambda: "mended").result(5) == "mended"


def test_a_defect_is_not_waited_for_for_ever(monkeypatch):
    told = []
    monkeypatch.setattr(threading, "excepthook", lambda problem: told.append(problem.exc_type))
    answer = background.job("defect", lambda: 1 / 0)
    with pytest.raises(CancelledError):
        answer.result(5)
    for thread in [t for t in threading.enumerate() if t.name == "slow answer"]:
        thread.join(5)
    assert told == [ZeroDivisionError]


def test_old_answers_are_let_go(monkeypatch):
    monkeypatch.setattr(background, "KEPT", 2)
    kept = [background.job(("kept", n), lambda n=n: n) for n in range(4)]
    for answer in kept:
        answer.result(5)
    calls = []
    background.job(("kept", 0), lambda: calls.append(1)).result(5)
    assert calls == [1]
