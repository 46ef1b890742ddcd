"""Twenty people on one plan: every save is applied or refused visibly, none vanishes."""

import os
from collections import Counter

import pytest
import town_workspace
from plan_worlds import REQUEST
from store_plans import devices, logged, replayed
from store_writers import crew

from gislib.domain.errors import ConflictError
from gislib.planning import plans
from gislib.planning.authors import author_of, store_of
from gislib.planning.loaded import tables_of
from gislib.planning.plan_basis import plan_basis
from gislib.planning.session import DATABASE_URL, open_session
from gislib.store import audit
from gislib.store import plans as stored_plans

EDITORS = 20
pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork"),
    pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning"),
]


@pytest.fixture
def session(tmp_path, url, monkeypatch):
    """Session on the small town with an empty plan."""
    if url is None:
        monkeypatch.delenv(DATABASE_URL, raising=False)
    else:
        monkeypatch.setenv(DATABASE_URL, url)
    found = town_workspace.build(tmp_path / "town")
    stored_plans.create(store_of(found), "甲", {}, devices(), author_of(found))
    plan_basis(found, REQUEST)  # before the forks: each inherits it
    return found


def test_twenty_editors_of_one_plan(session):
    root = session.workspace.root
    spot = tables_of(session.workspace)["gates"].geometry.iloc[0]

    def work(editor, say):
        """Add one device, from the version that everybody saw at first, until it is in."""
        own, seen = open_session(root, f"editor{editor}", "planner"), 1
        while True:
            try:
                done = plans.add(own, REQUEST, ("P1", seen), "hump", (spot.x - editor / 9000, spot.y))
            except ConflictError as problem:
                say(f"refused {own.actor} {problem.code} {seen}")
                seen = plans.heads(own)[0].version
            else:
                say(f"applied {own.actor} {done.plan.head.version} {' '.join(done.touched)}")
                return

    with crew(EDITORS, work) as editors:
        said = [line.split() for line in editors.finish()]
    applied = {int(words[2]): (words[1], words[3]) for words in said if words[0] == "applied"}
    refused = [words for words in said if words[0] == "refused"]
    assert sorted(applied) == [*range(2, EDITORS + 2)]
    assert {actor for actor, _ in applied.values()} == {f"editor{number}" for number in range(EDITORS)}
    assert {words[2] for words in refused} == {"plan_stale"}
    assert sum(words[3] == "1" for words in refused) == EDITORS - 1, "one save from the first version went through"
    steps = plans.history(session, "P1").dropna(subset="device_id")
    logged_steps = zip(steps["step"], steps["actor"], steps["device_id"], strict=True)
    assert {int(step): (actor, device) for step, actor, device in logged_steps} == applied
    plan = plans.read(session, "P1")
    assert sorted(plan.devices.index) == sorted(device for _, device in applied.values())
    assert replayed(store_of(session), "P1") == logged(plan)
    rows = audit.entries(store_of(session))
    assert Counter(rows.loc[rows["action"] == "plan.stale", "actor"]) == Counter(words[1] for words in refused)
    assert set(rows.loc[rows["action"] == "plan.edit", "actor"]) == {actor for actor, _ in applied.values()}
