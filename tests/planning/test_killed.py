"""Kill -9 among writes and imports: what was told as done is there, nothing is half there, and work goes on."""

import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import town_workspace
from browser import ROOT
from plan_worlds import REQUEST
from shapely import Point
from store_plans import devices, logged, replayed
from store_writers import crew
from streamlit.testing.v1 import AppTest

from gislib.domain.errors import ConflictError, StoreError
from gislib.planning import imports, ledger, plans
from gislib.planning.authors import author_of, store_of
from gislib.planning.imports import ImportOptions
from gislib.planning.ledger import Order
from gislib.planning.loaded import tables_of
from gislib.planning.session import DATABASE_URL, Session, open_session
from gislib.sources import manifest, workspace
from gislib.store import audit
from gislib.store import plans as stored_plans
from gislib.store.database import FILE
from gislib.store.item_facts import Facts
from gislib.store.items import Save

ACTS = 200
WRITERS = 2
ROWS = 4
ON = REQUEST.as_of
STEPS = {"found": "assign", "assigned": "start", "rectifying": "submit", "recheck": "close"}
AFTER = {"found": "assigned", "assigned": "rectifying", "rectifying": "recheck", "recheck": "closed"}
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


@dataclass
class Told:
    """What the writers said: items with version and state, steps of the plan, tokens of each source now and before."""

    items: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    steps: dict[int, tuple[str, str]] = field(default_factory=dict)
    sources: dict[str, tuple[str, str]] = field(default_factory=dict)
    acts: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)

    def take(self, kind, *words):
        """One act that was done."""
        self.acts[kind] += 1
        if kind == "hand":
            title, item_id = words
            self.items[item_id] = (title, 1, "found")
        elif kind == "step":
            item_id, version, state = words
            self.items[item_id] = (self.items[item_id][0], int(version), state)
        elif kind == "plan":
            version, action, actor = words
            self.steps[int(version)] = (action, actor)
        else:
            self.sources[words[0]] = self.after(kind, *words)

    def after(self, kind, source, token=""):
        """Tokens of a source now and before, after an import or its undo."""
        now, before = self.sources.get(source, ("", ""))
        return (token, now) if kind == "import" else (before, now)


def csv_of(path, token, spot):
    rows = "".join(f"{token}-{n},{token} 网吧 {n},网吧,{spot.x + n / 1000:.6f},{spot.y:.6f}\n" for n in range(ROWS))
    path.write_text(f"代码,名称,类型,经度,纬度\n{rows}", encoding="utf-8")
    return path


@dataclass
class Writer:
    """Acts at random through the planning layer; says of every act that it begins, and that it is done."""

    number: int
    session: Session
    say: Callable[[str], None]
    rng: random.Random
    items: dict[str, tuple[str, int, str]]
    spot: Point
    folder: Path

    def told(self, words, act):
        """Carry an act out between its two lines; an act of another writer's plan version is refused."""
        self.say(f"begin {self.number} {words}")
        try:
            done = act()
        except (ConflictError, StoreError):
            self.say(f"refused {self.number} {words}")
            return None
        return done

    def hand(self, token):
        item = self.told(f"hand {token}", lambda: ledger.add_by_hand(self.session, Facts(token, school_id="s1"), ON))
        self.items[item.item_id] = (token, 1, "found")
        self.say(f"done {self.number} hand {token} {item.item_id}")

    def step(self, token):
        still_open = [key for key, item in self.items.items() if item[2] != "closed"]
        if not still_open:
            self.hand(token)
            return
        item_id = self.rng.choice(still_open)
        title, version, state = self.items[item_id]
        words = f"step {item_id} {version + 1} {AFTER[state]}"
        self.told(words, lambda: self.moved(item_id, version, state))
        self.items[item_id] = (title, version + 1, AFTER[state])
        self.say(f"done {self.number} {words}")

    def moved(self, item_id, version, state):
        if state == "found":
            return ledger.assign(self.session, [(item_id, version)], Order("education", ON))
        on = ON if state == "recheck" else None
        return ledger.save(self.session, [Save(item_id, version, STEPS[state], on=on)])

    def plan(self, _):
        version, action = plans.heads(self.session)[0].version, self.rng.choice(["undo", "redo"])
        words = f"plan {version + 1} {action} {self.session.actor}"
        if self.told(words, lambda: getattr(plans, action)(self.session, "P1", version)) is not None:
            self.say(f"done {self.number} {words}")

    def bring(self, token):
        file = csv_of(self.folder / f"{token}.csv", token, self.spot)
        name = f"venues{self.number}"
        options = ImportOptions(name=name, datum="wgs84")
        self.told(f"import {name} {token}", lambda: imports.import_file(self.session, "venues", file, options))
        self.say(f"done {self.number} import {name} {token}")

    def undo(self, _):
        name = f"venues{self.number}"
        self.told(f"undo {name}", lambda: imports.undo(self.session, name))
        self.say(f"done {self.number} undo {name}")


def acting(root, told, folder, spot):
    """Work of one writer, with the items that it put down before it was killed the last time."""

    def work(number, say):
        session = open_session(root, f"writer{number}")
        own = {key: item for key, item in told.items.items() if int(key[2:]) % WRITERS == number}
        rng = random.Random(f"{number}-{sum(told.acts.values())}")  # noqa: S311
        writer = Writer(number, session, say, rng, own, spot, folder)
        while True:
            known = f"venues{number}" in manifest.read(session.workspace.inputs)
            acts = [writer.hand, writer.step, writer.plan, writer.bring, writer.undo]
            rng.choices(acts, [5, 8, 9, 4, 3 * known])[0](f"t{rng.randrange(10**9)}")

    return work


def until_killed(workers, rng, wanted):
    """Lines of the writers, who die at a random moment after so many acts."""
    lines, done = [], 0
    while done < wanted:
        lines.append(workers.said.readline())
        assert lines[-1], "a writer ended by itself"
        done += lines[-1].startswith("done")
    time.sleep(rng.uniform(0, 0.15))
    return lines + workers.kill()


def heard(told, lines):
    """Take over what was done; the acts that were under way."""
    pending = {}
    for line in lines:
        word, writer, *rest = line.split()
        if word == "begin":
            pending[writer] = rest
        else:
            pending.pop(writer)
            if word == "done":
                told.take(*rest)
    return list(pending.values())


def check_items(session, told, pending):
    found = ledger.table(session, on=ON)
    for kind, *words in pending:
        if kind == "hand" and words[0] in set(found["title"]):
            told.take("hand", words[0], found.index[found["title"] == words[0]][0])
        if kind == "step" and found.loc[words[0], "version"] == int(words[1]):
            told.take("step", *words)
    rows = found[["title", "version", "state"]].itertuples()
    assert {row.Index: (row.title, row.version, row.state) for row in rows} == told.items
    for item_id, (_, version, _) in list(told.items.items())[-5:]:
        assert list(ledger.history(session, item_id)["version"]) == [*range(1, version + 1)]


def check_plan(session, told, pending):
    lines = plans.history(session, "P1").drop_duplicates("step")
    stand = {int(row.step): (row.action, row.actor) for row in lines.itertuples() if row.actor != "tester"}
    for kind, *words in pending:
        if kind == "plan" and stand.get(int(words[0])) == tuple(words[1:]):
            told.take(kind, *words)
    assert stand == told.steps
    plan = plans.read(session, "P1")
    assert plan.head.version == lines["step"].max()
    assert replayed(store_of(session), "P1") == logged(plan)


def check_sources(session, told, pending):
    venues = tables_of(session.workspace)["venues"]
    for name in sorted({*told.sources, *(words[0] for kind, *words in pending if kind in ("import", "undo"))}):
        shown = venues.loc[venues["source_id"] == name, "name"].sort_values().tolist()
        for kind, *words in pending:
            # Each writer has a source of its own: at most one act on it was under way.
            if kind in ("import", "undo") and words[0] == name and shown == names_of(told.after(kind, *words)[0]):
                told.take(kind, *words)
        assert shown == names_of(told.sources.get(name, ("", ""))[0])
    known = {"town", *(name for name, (now, _) in told.sources.items() if now)}
    assert set(workspace.sources(session.workspace)) == known
    assert set(workspace.provenances(session.workspace)) == known


def names_of(token):
    return [f"{token} 网吧 {n}" for n in range(ROWS)] if token else []


def check_audit(session, told, kills):
    """Every act has its line; an import that a kill cut off between its files and its line may lack it."""
    lines = Counter(audit.entries(store_of(session))["action"])
    assert lines["item.add"] == len(told.items)
    for act, action in (("import", "import"), ("undo", "import.undo")):
        assert told.acts[act] - kills * WRITERS <= lines[action] <= told.acts[act]


def check_file(root, url):
    if url is None:
        raw = sqlite3.connect(root / FILE)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()


@pytest.fixture
def session(tmp_path, url, monkeypatch):
    """Session on the small town with a plan of six edits."""
    if url is None:
        monkeypatch.delenv(DATABASE_URL, raising=False)
    else:
        monkeypatch.setenv(DATABASE_URL, url)
    found = town_workspace.build(tmp_path / "town")
    stored_plans.create(store_of(found), "甲", {}, devices(), author_of(found))
    spot = tables_of(found.workspace)["gates"].geometry.iloc[0]
    for number in range(6):
        plans.add(found, REQUEST, ("P1", 1 + number), "hump", (spot.x - number / 2000, spot.y))
    return found


def test_two_hundred_acts_with_kills_lose_nothing(session, tmp_path, url, monkeypatch):
    root, rng, told, kills = session.workspace.root, random.Random(5), Told(), 0  # noqa: S311
    spot = tables_of(session.workspace)["gates"].geometry.iloc[0]
    while sum(told.acts.values()) < ACTS:
        wanted = min(rng.randint(12, 34), ACTS - sum(told.acts.values()))
        with crew(WRITERS, acting(root, told, tmp_path, spot)) as writers:
            pending = heard(told, until_killed(writers, rng, wanted))
        kills += 1
        store_of(session).engine.dispose()
        check_file(root, url)
        again = open_session(root, "tester")
        told.cut.update(kind for kind, *_ in pending)
        check_items(again, told, pending)
        check_plan(again, told, pending)
        check_sources(again, told, pending)
    assert kills >= 6
    assert min(told.acts[kind] for kind in ("hand", "step", "plan", "import", "undo")) >= 10, told.acts
    check_audit(again, told, kills)
    done = imports.import_file(again, "venues", csv_of(tmp_path / "n.csv", "new", spot), ImportOptions(datum="wgs84"))
    assert done.layers == {"venues": ROWS}
    monkeypatch.setenv("HUXUETU_WORKSPACE", str(root))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "pages" / "base" / "data.py"), default_timeout=60).run()
    assert not app.exception
    assert not app.error
    assert told.cut, "no kill hit an act that was under way"
