"""Kill -9 among writes and imports: what was told as done is there, nothing is half there, and work goes on."""

import os
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import town_workspace
from browser import ROOT
from plan_worlds import REQUEST
from shapely import Point
from store_plans import devices, logged, replayed
from store_writers import crew
from streamlit.testing.v1 import AppTest

from gislib import wording
from gislib.domain.errors import ConflictError, StoreError
from gislib.planning import checklists, imports, ledger, ledger_book, meetings, plans
from gislib.planning.authors import author_of, store_of
from gislib.planning.imports import ImportOptions
from gislib.planning.ledger import Filters, Order
from gislib.planning.loaded import tables_of
from gislib.planning.session import DATABASE_URL, Session, open_session
from gislib.reports.ledger_book import HEAD_ROW
from gislib.sources import manifest, workspace
from gislib.store import audit, snapshots
from gislib.store import meetings as stored_meetings
from gislib.store import plans as stored_plans
from gislib.store.database import FILE
from gislib.store.item_facts import Facts
from gislib.store.items import Save
from gislib.store.meetings import MeetingFacts, NewDecision

ACTS = 200
WRITERS = 2
ROWS = 4
ON = REQUEST.as_of
STEPS = {"found": "assign", "assigned": "start", "rectifying": "submit", "recheck": "close"}
AFTER = {"found": "assigned", "assigned": "rectifying", "rectifying": "recheck", "recheck": "closed"}
LAST = ON + timedelta(days=4000)
LATE = (ConflictError, StoreError)
KINDS = ("hand", "step", "plan", "import", "undo", "book", "check", "freeze", "decide")
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


@dataclass
class Told:
    """
    What the writers said.

    ``items``: title, version and state; ``steps`` of the plan; ``sources``: tokens now and before; ``notes``: of an
    item that a workbook changed; ``checks``: last answer of each campus; ``meetings``: their version once frozen;
    ``decided``: meeting and item of each decision; ``sure``: acts that the writers themselves saw done.
    """

    items: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    steps: dict[int, tuple[str, str]] = field(default_factory=dict)
    sources: dict[str, tuple[str, str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    checks: dict[str, tuple[str, str]] = field(default_factory=dict)
    meetings: dict[str, int] = field(default_factory=dict)
    decided: dict[str, tuple[str, str]] = field(default_factory=dict)
    acts: Counter[str] = field(default_factory=Counter)
    sure: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)

    def take(self, kind, *words):
        """One act that was done."""
        self.acts[kind] += 1
        if kind in ("import", "undo"):
            self.sources[words[0]] = self.after(kind, *words)
        else:
            getattr(self, f"take_{kind}")(*words)

    def take_hand(self, title, item_id):
        self.items[item_id] = (title, 1, "found")

    def take_step(self, item_id, version, state):
        self.items[item_id] = (self.items[item_id][0], int(version), state)

    def take_plan(self, version, action, actor):
        self.steps[int(version)] = (action, actor)

    def take_book(self, item_id, version, token, new_id):
        title, _, state = self.items[item_id]
        self.items[item_id], self.items[new_id] = (title, int(version), state), (token, 1, "found")
        self.notes[item_id] = token

    def take_check(self, school_id, answer, token):
        self.checks[school_id] = (answer, token)

    def take_freeze(self, _, meeting_id):
        self.meetings[meeting_id] = 2

    def take_decide(self, meeting_id, version, token, item_id):
        self.meetings[meeting_id] = int(version)
        self.items[item_id] = (token, 1, "found")
        self.decided[token] = (meeting_id, item_id)

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
    meetings: dict[str, int]
    spot: Point
    folder: Path

    def told(self, words, act, *refusals):
        """Carry an act out after its first line; None if it was refused because another writer was first."""
        self.say(f"begin {self.number} {words}")
        try:
            done = act()
        except refusals:
            self.say(f"refused {self.number} {words}")
            return None
        return done

    def hand(self, token):
        item = self.told(f"hand {token}", lambda: ledger.add_by_hand(self.session, Facts(token, school_id="s1"), ON))
        self.items[item.item_id] = (token, 1, "found")
        self.say(f"done {self.number} hand {token} {item.item_id}")

    def open_item(self):
        """Id of some item that can still be changed; None if there is none."""
        still_open = [key for key, item in self.items.items() if item[2] != "closed"]
        return self.rng.choice(still_open) if still_open else None

    def step(self, token):
        item_id = self.open_item()
        if item_id is None:
            self.hand(token)
            return
        title, version, state = self.items[item_id]
        words = f"step {item_id} {version + 1} {AFTER[state]}"
        self.told(words, lambda: self.moved(item_id, version, state))
        self.items[item_id] = (title, version + 1, AFTER[state])
        self.say(f"done {self.number} {words}")

    def moved(self, item_id, version, state):
        if state == "found":
            return ledger.assign(self.session, [(item_id, version)], Order("education", LAST))
        on = LAST if state == "recheck" else None
        return ledger.save(self.session, [Save(item_id, version, STEPS[state], on=on)])

    def plan(self, _):
        version, action = plans.heads(self.session)[0].version, self.rng.choice(["undo", "redo"])
        words = f"plan {version + 1} {action} {self.session.actor}"
        if self.told(words, lambda: getattr(plans, action)(self.session, "P1", version), *LATE) is not None:
            self.say(f"done {self.number} {words}")

    def bring(self, token):
        file = csv_of(self.folder / f"{token}.csv", token, self.spot)
        name = f"venues{self.number}"
        options = ImportOptions(name=name, datum="wgs84")
        self.told(f"import {name} {token}", lambda: imports.import_file(self.session, "venues", file, options))
        self.say(f"done {self.number} import {name} {token}")

    def undo(self, _):
        name = f"venues{self.number}"
        act = imports.redo if imports.standings(self.session)[name].undone else imports.undo
        self.told(f"undo {name}", lambda: act(self.session, name))
        self.say(f"done {self.number} undo {name}")

    def book(self, token):
        """One item gets a note and one is new, by the same workbook."""
        item_id = self.open_item()
        if item_id is None:
            self.hand(token)
            return
        title, version, state = self.items[item_id]
        file = self.folder / f"{token}.xlsx"
        file.write_bytes(ledger_book.workbook(self.session, ON, Filters(text=item_id)))
        noted_and_new(file, token)
        words = f"book {item_id} {version + 1} {token}"
        done = self.told(words, lambda: ledger_book.apply(self.session, ledger_book.preview(self.session, file, ON)))
        (new_id,) = done.new
        self.items[item_id], self.items[new_id] = (title, version + 1, state), (token, 1, "found")
        self.say(f"done {self.number} {words} {new_id}")

    def check(self, token):
        """Two answers about a campus of this writer's own."""
        school_id, answer = f"s{self.number + 1}", self.rng.choice(["yes", "no"])
        words = f"check {school_id} {answer} {token}"
        file = answers_of(self.folder / f"{token}.csv", school_id, answer, token)
        self.told(words, lambda: checklists.import_file(self.session, file, ON))
        self.say(f"done {self.number} {words}")

    def freeze(self, token):
        facts = MeetingFacts("mid_term", token, ON + timedelta(days=self.rng.randrange(3000)))
        meeting = self.told(f"freeze {token}", lambda: self.frozen(facts), StoreError)
        if meeting is not None:
            self.meetings[meeting.meeting_id] = meeting.version
            self.say(f"done {self.number} freeze {token} {meeting.meeting_id}")

    def frozen(self, facts):
        meeting = meetings.plan(self.session, facts)
        told = {"data_version": "d"}, {"schools": pd.DataFrame({"x": [1.5]})}
        return stored_meetings.freeze(store_of(self.session), meeting.meeting_id, 1, told, author_of(self.session))

    def decide(self, token):
        if not self.meetings:
            self.freeze(token)
            return
        meeting_id = self.rng.choice(list(self.meetings))
        words = f"decide {meeting_id} {self.meetings[meeting_id] + 1} {token}"
        facts = Facts(token, school_id="s1", department_lead="education", deadline=LAST)
        both = [NewDecision(token, facts), NewDecision(token)]
        done = self.told(words, lambda: meetings.decide(self.session, meeting_id, self.meetings[meeting_id], both))
        item_id = done.decisions[-2].item_id
        self.meetings[meeting_id], self.items[item_id] = done.version, (token, 1, "found")
        self.say(f"done {self.number} {words} {item_id}")


def noted_and_new(file, token):
    """Change a workbook of one item: a note on it, and a new item below."""
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    heads = {sheet.cell(HEAD_ROW + 1, at).value: at for at in range(1, sheet.max_column + 1)}
    column = {name: heads[wording.text(f"ledger.column.{name}")] for name in ("title", "school", "note")}
    sheet.cell(HEAD_ROW + 2, column["note"]).value = token
    sheet.cell(HEAD_ROW + 3, column["title"]).value = token
    sheet.cell(HEAD_ROW + 3, column["school"]).value = "s1"
    book.save(file)


def answers_of(path, school_id, answer, token):
    rows = "".join(f"{school_id},{ON},科长,{code},{answer},{token}\n" for code, _ in asked())
    path.write_text(f"学校编号,检查日期,检查人岗位,检查项目,检查结果,备注\n{rows}", encoding="utf-8")
    return path


def asked():
    """Two questions that change the table of campuses: code and column."""
    return [(one.code, one.school_column) for one in checklists.questions(ON) if one.school_column][:2]


def acting(root, told, folder, spot):
    """Work of one writer, with the items that it put down before it was killed the last time."""

    def work(number, say):
        session = open_session(root, f"writer{number}")
        own = {key: item for key, item in told.items.items() if int(key[2:]) % WRITERS == number}
        rng = random.Random(f"{number}-{sum(told.acts.values())}")  # noqa: S311
        held = {key: version for key, version in told.meetings.items() if int(key[1:]) % WRITERS == number}
        writer = Writer(number, session, say, rng, own, held, spot, folder)
        while True:
            known = f"venues{number}" in manifest.read(session.workspace.inputs)
            acts = [writer.hand, writer.step, writer.plan, writer.bring, writer.undo, writer.book, writer.check,
                    writer.freeze, writer.decide]  # fmt: skip
            rng.choices(acts, [6, 9, 9, 5, 4 * known, 6, 4, 4, 4])[0](f"t{rng.randrange(10**9)}")

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
                told.sure[rest[0]] += 1
    return list(pending.values())


def check_items(session, told, pending):
    found = ledger.table(session, on=ON)
    titles = dict(zip(found["title"], found.index, strict=True))
    for kind, *words in pending:
        if kind == "book":
            item_id, version, token = words
            changed = (found.loc[item_id, "version"], found.loc[item_id, "note"]) == (int(version), token)
            assert changed == (token in titles), "half a workbook"
            if changed:
                told.take("book", *words, titles[token])
        if kind == "decide" and words[2] in titles:
            told.take("decide", *words, titles[words[2]])
        if kind == "hand" and words[0] in set(found["title"]):
            told.take("hand", words[0], found.index[found["title"] == words[0]][0])
        if kind == "step" and found.loc[words[0], "version"] == int(words[1]):
            told.take("step", *words)
    rows = found[["title", "version", "state"]].itertuples()
    assert {row.Index: (row.title, row.version, row.state) for row in rows} == told.items
    assert found["note"].dropna().to_dict() == told.notes
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


def check_answers(session, told, pending):
    """Both answers of a campus are of one file, and the table of campuses says the same."""
    current = checklists.current(session)
    schools = tables_of(session.workspace)["schools"]
    for school_id in sorted({*told.checks, *(words[0] for kind, *words in pending if kind == "check")}):
        shown = {tuple(row) for row in current.loc[current["school_id"] == school_id, ["answer", "note"]].to_numpy()}
        for kind, *words in pending:
            if kind == "check" and words[0] == school_id and shown == {tuple(words[1:])}:
                told.take(kind, *words)
        assert shown == ({told.checks[school_id]} if school_id in told.checks else set())
        for _, column in asked():
            if shown:
                assert bool(schools.loc[school_id, column]) == (told.checks[school_id][0] == "yes")


def check_meetings(session, told, pending):
    """Frozen ones have their snapshot whole; decisions are there in pairs, with their item."""
    found = {one.meeting_id: one for one in meetings.meetings(session)}
    titles = {one.facts.title: one for one in found.values() if one.snapshot_id is not None}
    for kind, *words in pending:
        if kind == "freeze" and words[0] in titles:
            told.take("freeze", words[0], titles[words[0]].meeting_id)
    assert {one.meeting_id: one.version for one in titles.values()} == told.meetings
    made = {}
    for one in titles.values():
        assert snapshots.table(store_of(session), one.snapshot_id, "schools")["x"].tolist() == [1.5]
        texts = [decision.text for decision in one.decisions]
        assert texts[::2] == texts[1::2]
        made |= {decision.text: (one.meeting_id, decision.item_id) for decision in one.decisions[::2]}
    assert made == told.decided


def names_of(token):
    return [f"{token} 网吧 {n}" for n in range(ROWS)] if token else []


def check_audit(session, told):
    """
    Every act has its line, and no line is without its act.

    Only an import lies in files: one that a kill cut off between them and its line may lack the line.
    """
    log = audit.entries(store_of(session))
    lines = Counter(log.loc[log["actor"] != "tester", "action"])
    assert lines["item.add"] == told.acts["hand"] + told.acts["book"]
    assert sum(lines[f"item.{name}"] for name in STEPS.values()) == told.acts["step"]
    assert lines["plan.undo"] + lines["plan.redo"] == told.acts["plan"]
    for act, action in (("book", "item.edit"), ("check", "checklist.add"), ("freeze", "meeting.freeze"),
                        ("decide", "meeting.decide")):  # fmt: skip
        assert lines[action] == told.acts[act], act
    for act, actions in (("import", ("import",)), ("undo", ("import.undo", "import.redo"))):
        assert told.sure[act] <= sum(lines[action] for action in actions) <= told.acts[act]
    assert lines["ledger.export"] >= told.acts["book"]
    assert not [action for action in lines if action.startswith("refused")]


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
        check_meetings(again, told, pending)
        check_answers(again, told, pending)
        check_audit(again, told)
    assert kills >= 6
    assert min(told.acts[kind] for kind in KINDS) >= 4, told.acts
    done = imports.import_file(again, "venues", csv_of(tmp_path / "n.csv", "new", spot), ImportOptions(datum="wgs84"))
    assert done.layers == {"venues": ROWS}
    monkeypatch.setenv("HUXUETU_WORKSPACE", str(root))
    monkeypatch.chdir(ROOT)
    app = AppTest.from_file(str(ROOT / "pages" / "base" / "data.py"), default_timeout=60).run()
    assert not app.exception
    assert not app.error
    assert told.cut, "no kill hit an act that was under way"
