"""Many editors of one plan, and kills in the middle of writing: a save is applied or refused, none vanishes."""

import os
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from store_plans import LI, WANG, device, devices, logged, replayed

from gislib.domain.errors import ConflictError
from gislib.store import audit, edits, plans
from gislib.store.database import FILE, open_store

PROGRAM = Path(__file__).resolve().parents[1] / "store_writers.py"
EDITORS = 20
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def writers(root, processes, saves):
    command = [sys.executable, str(PROGRAM), str(root), str(processes), str(saves)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def applied(lines):
    """Note -> version of the saves that were applied."""
    return {words[1]: int(words[2]) for line in lines if (words := line.split())[0] == "applied"}


def check_whole(store, plan):
    assert plan.head.version == len(plan.devices) + 1, "every version added one device"
    assert replayed(store, "P1") == logged(plan)
    assert audit.entries(store)["detail"].map(lambda detail: detail["version"]).tolist() == [
        *range(1, plan.head.version + 1)
    ]


def test_one_of_twenty_simultaneous_saves_wins(store):
    plans.create(store, "甲", {}, devices(), LI)
    together = Barrier(EDITORS)

    def save(editor):
        together.wait()
        try:
            edits.apply(store, "P1", 1, [edits.Change(None, device(note=str(editor)))], LI)
        except ConflictError as problem:
            return problem.values["theirs"]
        return "applied"

    with ThreadPoolExecutor(EDITORS) as threads:
        answers = list(threads.map(save, range(EDITORS)))
    assert answers.count("applied") == 1
    assert answers.count(2) == EDITORS - 1
    check_whole(store, plans.read(store, "P1"))


def test_twenty_threads_all_get_their_edit_in(store):
    plans.create(store, "甲", {}, devices(), LI)

    def save(editor):
        refusals = 0
        while True:
            version = plans.heads(store)[0].version
            try:
                edits.apply(store, "P1", version, [edits.Change(None, device(note=str(editor)))], WANG)
            except ConflictError:
                refusals += 1
            else:
                return refusals

    with ThreadPoolExecutor(EDITORS) as threads:
        refusals = sum(threads.map(save, range(EDITORS)))
    plan = plans.read(store, "P1")
    assert sorted(plan.devices["note"], key=int) == [str(editor) for editor in range(EDITORS)]
    assert refusals > 0, "they did get into each other's way"
    check_whole(store, plan)


def test_twenty_processes_all_get_their_edits_in(store, tmp_path):
    plans.create(store, "甲", {}, devices(), LI)
    process = writers(tmp_path, EDITORS, 1)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    done = applied(out.splitlines())
    plan = plans.read(store, "P1")
    assert sorted(plan.devices["note"]) == sorted(done) == sorted(f"{editor}-0" for editor in range(EDITORS))
    assert sorted(done.values()) == [*range(2, EDITORS + 2)]
    check_whole(store, plan)


def test_killed_while_writing(store, tmp_path):
    """What a writer reported as saved is there after kill -9; nothing is half there; writing goes on."""
    plans.create(store, "甲", {}, devices(), LI)
    store.engine.dispose()
    done, processes = {}, 4
    for number, reports in enumerate((5, 33, 18, 26)):
        process = writers(tmp_path, processes, 10**6)
        lines = [process.stdout.readline() for _ in range(reports)]
        os.killpg(process.pid, signal.SIGKILL)
        lines += process.stdout.read().splitlines()
        process.stdout.close()
        process.wait()
        done |= {f"{number}:{version}": note for note, version in applied(lines).items()}
        with sqlite3.connect(tmp_path / FILE) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()
        reopened = open_store(tmp_path)
        plan = plans.read(reopened, "P1")
        notes = {int(label.rpartition("-")[2]) + 1: note for label, note in plan.devices["note"].items()}
        assert all(notes[int(key.partition(":")[2])] == note for key, note in done.items())
        assert len(done) <= len(notes) <= len(done) + processes * (number + 1), "only unreported saves are unknown"
        check_whole(reopened, plan)
    version = plans.read(store, "P1").head.version
    assert edits.undo(store, "P1", version, LI).head.version == version + 1


OPEN = """
import multiprocessing, sys
from pathlib import Path
from gislib.store import plans
from gislib.store.database import open_store

def opened(_):
    return len(plans.heads(open_store(Path(sys.argv[1]))))

with multiprocessing.get_context("fork").Pool(20) as pool:
    print(pool.map(opened, range(20), chunksize=1))
"""


def test_twenty_processes_open_a_new_store_at_once(tmp_path):
    command = [sys.executable, "-c", OPEN, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.stderr) == (str([0] * EDITORS), "")
