"""
Program: processes that add devices to plan P1 of a workspace at once, each with its own note.

``store_writers.py WORKSPACE PROCESSES SAVES``; one line per save on stdout: ``applied NOTE VERSION`` after the commit,
or ``refused NOTE`` when somebody else was first (the save is then tried again on the newer version).
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path

from store_plans import LI, device

from gislib.domain.errors import ConflictError
from gislib.store import edits, plans
from gislib.store.database import Store, open_store


def say(line: str) -> None:
    """Write one line in one piece: lines of several processes do not mix."""
    os.write(1, f"{line}\n".encode())


def add_until_applied(store: Store, note: str) -> None:
    while True:
        version = plans.heads(store)[0].version
        try:
            plan = edits.apply(store, "P1", version, [edits.Change(None, device(note=note))], LI)
        except ConflictError:
            say(f"refused {note}")
        else:
            say(f"applied {note} {plan.head.version}")
            return


def write(store: Store, writer: int, saves: int) -> None:
    for save in range(saves):
        add_until_applied(store, f"{writer}-{save}")


def main(root: str, processes: str, saves: str) -> None:
    # Opened and used before the fork: a child must not go on with its parent's connections.
    store = open_store(Path(root))
    plans.read(store, "P1")
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=write, args=(store, number, int(saves))) for number in range(int(processes))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    sys.exit(any(writer.exitcode for writer in writers))


if __name__ == "__main__":
    main(*sys.argv[1:])
