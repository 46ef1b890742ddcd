"""Many editors at once, and kills in the middle of writing: a save is applied or refused, none vanishes."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from store_plans import LI, WANG, device, devices, logged, replayed
from store_writers import adder, crew

from gislib.domain.errors import ConflictError, StoreError
from gislib.store import audit, edits, ledger, plans
from gislib.store.database import FILE, open_store
from gislib.store.item_facts import Facts
from gislib.store.items import NewItem, Save

EDITORS = 20
PATIENT = 6
"""Editors that all try until they are through: their tries grow with the square of their number."""
FORKED = 4
IMPORTED = 40
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    # Python 3.12 warns of threads that other packages keep; the children only write to the store.
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


def applied(lines):
    """Note -> version of the saves that were applied."""
    return {words[1]: int(words[2]) for line in lines if (words := line.split())[0] == "applied"}


def check_whole(store, plan):
    assert plan.head.version == len(plan.devices) + 1, "every version added one device"
    assert replayed(store, "P1") == logged(plan)
    assert audit.entries(store)["detail"].map(lambda detail: detail["version"]).tolist() == [
        *range(1, plan.head.version + 1)
    ]


def check_file(folder, url):
    if url is None:
        raw = sqlite3.connect(folder / FILE)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()


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


def test_threads_all_get_their_edit_in(store):
    plans.create(store, "甲", {}, devices(), LI)
    together = Barrier(PATIENT)

    def save(editor):
        refusals = 0
        version = plans.heads(store)[0].version
        together.wait()
        while True:
            try:
                edits.apply(store, "P1", version, [edits.Change(None, device(note=str(editor)))], WANG)
            except ConflictError:
                refusals += 1
                version = plans.heads(store)[0].version
            else:
                return refusals

    with ThreadPoolExecutor(PATIENT) as threads:
        refusals = sum(threads.map(save, range(PATIENT)))
    plan = plans.read(store, "P1")
    assert sorted(plan.devices["note"], key=int) == [str(editor) for editor in range(PATIENT)]
    assert refusals >= PATIENT - 1, "they did get into each other's way"
    check_whole(store, plan)


def test_processes_all_get_their_edits_in(store):
    plans.create(store, "甲", {}, devices(), LI)
    with crew(FORKED, adder(store, 2)) as writers:
        done = applied(writers.finish())
    plan = plans.read(store, "P1")
    assert sorted(plan.devices["note"]) == sorted(done)
    assert set(done) == {f"{editor}-{save}" for editor in range(FORKED) for save in range(2)}
    assert sorted(done.values()) == [*range(2, 2 * FORKED + 2)]
    check_whole(store, plan)


def test_killed_while_writing(store, tmp_path, url):
    """What a writer reported as saved is there after kill -9; nothing is half there; writing goes on."""
    plans.create(store, "甲", {}, devices(), LI)
    done = {}
    for number, reports in enumerate((4, 11)):
        with crew(FORKED, adder(store, 10**6)) as writers:
            lines = [writers.said.readline() for _ in range(reports)]
            lines += writers.kill()
        # The last line of a killed writer may be cut off.
        done |= {version: note for note, version in applied(line for line in lines if len(line.split()) > 1).items()}
        store.engine.dispose()
        check_file(tmp_path, url)
        plan = plans.read(open_store(tmp_path, url), "P1")
        notes = {int(label.rpartition("-")[2]) + 1: note for label, note in plan.devices["note"].items()}
        assert {version: notes[version] for version in done} == done
        assert len(done) <= len(notes) <= len(done) + FORKED * (number + 1), "only unreported saves are unknown"
        check_whole(store, plan)
    version = plans.read(store, "P1").head.version
    assert edits.undo(store, "P1", version, LI).head.version == version + 1


def importer(store):
    """Work that imports batches into the ledger, one key per item, and reports each batch after its commit."""

    def work(writer, say):
        for batch in range(10**6):
            keys = [f"{writer}-{batch}-{n}" for n in range(IMPORTED)]
            facts = Facts("导入", school_id="s")
            items = [NewItem("import", date(2026, 9, 1), facts, key) for key in keys]
            ledger.add(store, items, LI)
            say(f"applied {writer}-{batch} {IMPORTED}")

    return work


def test_killed_while_importing(store, tmp_path, url):
    """A batch is in the ledger whole or not at all; the same import again brings only what is missing."""
    with crew(3, importer(store)) as writers:
        lines = [writers.said.readline() for _ in range(4)]
        lines += writers.kill()
    check_file(tmp_path, url)
    found = ledger.table(store)
    batches = found["source_key"].str.rpartition("-")[0].value_counts()
    assert set(batches) == {IMPORTED}
    assert set(applied(lines)) <= set(batches.index)
    assert len(ledger.history(store)) == len(found)
    assert found.index.tolist() == [f"H-{n:05d}" for n in range(1, len(found) + 1)]
    again = [NewItem("import", date(2026, 9, 1), Facts("导入", school_id="s"), f"0-0-{n}") for n in range(IMPORTED + 3)]
    assert len(ledger.add(store, again, LI).new) == 3 + IMPORTED * ("0-0" not in batches.index)


def test_one_of_many_moves_of_an_item_wins(store):
    """Two meetings assign the same items at once: the whole of one, nothing of the others."""
    ids = ledger.add(store, [NewItem("manual", date(2026, 9, 1), Facts("x", school_id="s"))] * 5, LI).item_ids
    together = Barrier(PATIENT)

    def assign(editor):
        lead = f"department_{editor}"
        changes = {"department_lead": lead, "deadline": date(2026, 10, 1)}
        together.wait()
        try:
            ledger.save(store, [Save(one, 1, "assign", changes) for one in ids], LI)
        except StoreError as problem:
            return problem.code
        return lead

    with ThreadPoolExecutor(PATIENT) as threads:
        answers = list(threads.map(assign, range(PATIENT)))
    assert answers.count("items_stale") == PATIENT - 1
    (winner,) = set(answers) - {"items_stale"}
    assert set(ledger.table(store)["department_lead"]) == {winner}


def test_processes_open_a_new_store_at_once(tmp_path, url):
    def work(_, say):
        say(str(len(plans.heads(open_store(tmp_path, url)))))

    with crew(8, work) as openers:
        assert openers.finish() == ["0"] * 8
