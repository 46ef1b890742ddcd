"""Processes that write to one store at once, forked from the test: each line they say is told after its commit."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from store_plans import LI, device

from gislib.domain.errors import ConflictError
from gislib.store import edits, plans
from gislib.store.database import Store


@dataclass(frozen=True)
class Crew:
    """Writers and what they say, one line each time."""

    processes: list[multiprocessing.process.BaseProcess]
    said: TextIO

    def kill(self) -> list[str]:
        """End all in the middle of what they do; the lines that were not read yet."""
        for process in self.processes:
            os.kill(process.pid or 0, signal.SIGKILL)
        return self.finish()

    def finish(self) -> list[str]:
        """Wait for their end; the lines that were not read yet."""
        lines = self.said.read().splitlines()
        for process in self.processes:
            process.join()
        return lines


Say = Callable[[str], None]


@contextmanager
def crew(number: int, work: Callable[[int, Say], None]) -> Iterator[Crew]:
    """Fork processes that each do ``work(its number, say)``; a child must not go on with its parent's connections."""
    fork = multiprocessing.get_context("fork")
    end, start = os.pipe()

    def say(line: str) -> None:
        # In one piece: lines of several processes do not mix.
        os.write(start, f"{line}\n".encode())

    processes = [fork.Process(target=work, args=(writer, say)) for writer in range(number)]
    for process in processes:
        process.start()
    os.close(start)
    with os.fdopen(end, encoding="utf-8") as said:
        yield Crew(processes, said)
    for process in processes:
        if process.is_alive():
            process.kill()
        process.join()


def adder(store: Store, saves: int) -> Callable[[int, Say], None]:
    """Work that adds devices to plan P1, one per save, each with a note of its own, until each is in."""

    def work(writer: int, say: Say) -> None:
        for save in range(saves):
            _add_until_applied(store, f"{writer}-{save}", say)

    return work


def _add_until_applied(store: Store, note: str, say: Say) -> None:
    while True:
        version = plans.heads(store)[0].version
        try:
            plan = edits.apply(store, "P1", version, [edits.Change(None, device(note=note))], LI)
        except ConflictError:
            say(f"refused {note}")
        else:
            say(f"applied {note} {plan.head.version}")
            return
