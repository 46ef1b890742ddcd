"""
Something in every table of decisions but those of plans and patrols; and how a dump of a released schema was made.

``python tests/store_decisions.py tests/store/released/r0002.sql`` fills the tables that the dump holds empty.
"""

import sqlite3
import sys
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd
from store_plans import LI, WANG

from gislib.store import checklists, evidence, ledger, meetings, sqlite_file, terms, users, workspace_edits
from gislib.store.checklists import Answer
from gislib.store.database import Store
from gislib.store.evidence import Picture
from gislib.store.item_facts import Facts
from gislib.store.items import NewItem, Save
from gislib.store.meetings import MeetingFacts, NewDecision
from gislib.store.terms import GateTime, Holiday, TermFacts
from gislib.store.users import Rights
from gislib.store.workspace_edits import NewEdit

DAY = date(2026, 9, 8)
TASK = Facts(
    "清理网吧", school_id="s", department_lead="culture_tourism", deadline=date(2026, 10, 8), lon=104.9, lat=25.1
)


def decide_everything(store):
    """A term, a frozen meeting with decisions, items with a step, a photo, edits, an answer, an account."""
    offs, gates = (Holiday(DAY, DAY, "假"),), (GateTime("arrival", "07:00", "08:00", "s"),)
    terms.add(store, TermFacts("秋", DAY, date(2027, 1, 20), offs, gates), LI)
    meetings.add(store, MeetingFacts("term_start", "会", DAY, "T1"), LI)
    meetings.freeze(store, "M1", 1, ({"data_version": "d"}, {"scores": pd.DataFrame({"x": [1.5]})}), LI)
    meetings.decide(store, "M1", 2, [NewDecision("清理", TASK), NewDecision("其他")], LI)
    ledger.add(store, [NewItem("finding", DAY, TASK, "k")], LI)
    ledger.save(store, [Save("H-00001", 1, "assign")], WANG)
    photo = evidence.add(store, "H-00001", Picture(b"jpeg", "image/jpeg", 1, 1), LI)
    evidence.withdraw(store, photo, "错", LI)
    workspace_edits.add(store, [NewEdit("venues", "retire", "osm:n1")], LI)
    workspace_edits.take_back(store, ["E-00001"], "错", LI)
    checklists.add(store, [Answer("s", "q", "yes", DAY, "科长")], LI)
    users.put(store, "李工", 0, Rights("admin", None), LI)


def fill_dump(path):
    """Fill the tables of a dump with the program of now; its schema stays, so this is done before the next revision."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "old.sqlite"
        raw = sqlite3.connect(file)
        raw.executescript(path.read_text("utf-8"))
        raw.close()
        store = Store(sqlite_file.engine(file))
        decide_everything(store)
        store.engine.dispose()
        raw = sqlite3.connect(file)
        path.write_text("\n".join(raw.iterdump()) + "\n", "utf-8")
        raw.close()


if __name__ == "__main__":
    fill_dump(Path(sys.argv[1]))
