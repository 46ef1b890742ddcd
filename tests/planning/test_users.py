"""Roles and areas: whoever may not is refused by the planning layer itself, and the refusal is written down."""

from __future__ import annotations

import importlib
import inspect
import json
import shutil
from dataclasses import replace

import planning_writers
import pytest

from gislib.domain.errors import ConflictError, RefusedError, StoreError
from gislib.planning import audit_log, users
from gislib.planning.authors import store_of
from gislib.planning.session import in_scope, open_session, require_all_areas, require_area
from gislib.store import audit
from gislib.store.users import Rights

# Whoever may look may take these, as docs/decisions/0011 says; the audit tells who did.
FOR_EVERYBODY = {
    "checklists.blank": "an empty form",
    "exports.campus_file": "what the page of the campus shows",
    "exports.ranking_file": "what the overview shows",
}
# They ask about a folder, not a session.
OF_A_FOLDER = {
    "backups.restore": "refused in test_backups for accounts of the folder that it replaces",
    "demo.build": "makes a folder that is not there yet, in which nobody has rights",
}
# They write down that something was refused.
NOTES = {"plans.note_stale"}
# What planners of some areas may write: rows of their areas, and what decides nothing. All else is one for all areas.
BY_AREA = ("assess", "checklists", "ledger", "ledger_book", "ledger_photos", "ledger_remedies", "ledger_sources",
           "meeting_papers", "patrol_tasks", "results", "snapshots", "meetings.decide")  # fmt: skip


def writing():
    """Names of the public functions that write and ask who does."""
    names = [name.removeprefix("gislib.planning.") for name in planning_writers.public_writers()]
    return [name for name in names if name not in {*FOR_EVERYBODY, *OF_A_FOLDER, *NOTES}]


def whole():
    return [name for name in writing() if name not in BY_AREA and name.partition(".")[0] not in BY_AREA]


def called(name, session):
    """Call a function with nothing but a session: it must ask who does it before it looks at anything else."""
    module, _, function = name.partition(".")
    asked = getattr(importlib.import_module(f"gislib.planning.{module}"), function)
    first, *parameters = inspect.signature(asked).parameters.values()
    assert first.name == "session"
    given = {p.name: None for p in parameters if p.default is p.empty}
    positional = [given.pop(p.name) for p in parameters if p.name in given and p.kind is not p.KEYWORD_ONLY]
    return asked(session, *positional, **given)


@pytest.fixture
def viewer(tmp_path, file_workspace):
    shutil.copytree(file_workspace, tmp_path / "ws")
    return open_session(tmp_path / "ws", "访客", "viewer")


@pytest.fixture(scope="module")
def file_workspace(tmp_path_factory):
    """An empty workspace."""
    folder = tmp_path_factory.mktemp("small") / "ws"
    (folder / "inputs").mkdir(parents=True)
    told = {"format": 1, "name": "测试县", "time_zone": "Asia/Shanghai", "demo": False}
    (folder / "workspace.json").write_text(json.dumps(told), encoding="utf-8")
    return folder


@pytest.fixture
def admin(viewer):
    return replace(viewer, actor="管理员", role="admin")


@pytest.mark.parametrize("name", writing())
def test_a_viewer_writes_nothing_and_is_written_down(viewer, name):
    with pytest.raises(RefusedError, match="role_too_low"):
        called(name, viewer)
    rows = audit.entries(store_of(viewer))
    assert list(rows["action"]) == ["refused.role"]
    assert (rows["subject"][0], rows["actor"][0]) == (name, "访客")


@pytest.mark.parametrize("name", whole())
def test_a_planner_of_one_area_leaves_alone_what_is_for_all(viewer, name):
    admin = replace(viewer, role="admin", areas=frozenset({"529901"}))
    with pytest.raises(RefusedError, match="areas_not_all"):
        called(name, admin)
    rows = audit.entries(store_of(viewer))
    assert list(rows[["action", "subject"]].itertuples(index=False, name=None)) == [("refused.area", name)]


def test_the_functions_that_write_are_found():
    found = {name.removeprefix("gislib.planning.") for name in planning_writers.public_writers()}
    assert found >= {
        "imports.import_file", "imports.undo", "ledger.save", "checklists.import_file", "meetings.hold", "plans.accept",
        "exports.export", "backups.restore", "users.put", "terms.set_gate_times", "meeting_papers.write_papers",
    }  # fmt: skip
    assert found >= FOR_EVERYBODY.keys() | OF_A_FOLDER.keys()
    assert not found & {"ledger.table", "meetings.read", "overview.overview", "campus_map.campus_html"}
    assert len(whole()) > 30


@pytest.mark.parametrize(
    ("own", "code", "seen"),
    [
        (None, None, True),
        (None, "529901101", True),
        ({"529901"}, "529901101", True),
        ({"529901"}, "529901", True),
        ({"529901"}, "529902101", False),
        ({"529901"}, None, False),
        ({"529900"}, "529902", True),
        ({"520000"}, "529902101", True),
        ({"529901100"}, "529901101", False),
        (set(), "529901", False),
    ],
)
def test_an_area_holds_those_below_it(viewer, own, code, seen):
    areas = None if own is None else frozenset(own)
    assert in_scope(replace(viewer, areas=areas), code) is seen


@pytest.mark.usefixtures("home")
def test_another_area_is_refused_and_written_down(viewer):
    planner = replace(viewer, role="planner", areas=frozenset({"529901"}))
    require_area(planner, "529901101")
    with pytest.raises(RefusedError, match="area_not_yours"):
        require_area(planner, "529902")
    with pytest.raises(RefusedError, match="areas_not_all"):
        require_all_areas(planner)
    assert list(audit.entries(store_of(viewer))["action"]) == ["refused.area", "refused.area"]


@pytest.mark.usefixtures("home")
def test_rights_are_those_of_the_session_that_signs_in(admin):
    root = admin.workspace.root
    users.put(admin, "管理员", 0, Rights("admin", None))
    users.put(admin, "李工", 0, Rights("planner", frozenset({"529901"})))
    li = users.signed_in(root, "李工")
    assert (li.role, li.areas) == ("planner", frozenset({"529901"}))
    unknown = users.signed_in(root, "路人")
    assert (unknown.role, unknown.areas) == ("viewer", frozenset())
    users.put(admin, "李工", 1, Rights("planner", frozenset({"529901"}), active=False))
    with pytest.raises(RefusedError, match="user_off"):
        users.signed_in(root, "李工")


@pytest.mark.usefixtures("home")
def test_only_an_administrator_of_all_areas_gives_rights(admin):
    with pytest.raises(RefusedError, match="areas_not_all"):
        users.put(replace(admin, areas=frozenset({"529901"})), "李工", 0, Rights("admin", None))
    with pytest.raises(RefusedError, match="role_too_low"):
        users.users(replace(admin, role="planner"))
    users.put(admin, "管理员", 0, Rights("admin", None))
    with pytest.raises(StoreError, match="user_last_admin"):
        users.put(admin, "管理员", 1, Rights("planner", None))
    with pytest.raises(ConflictError, match="user_stale"):
        users.put(admin, "管理员", 0, Rights("admin", None))
    assert [one.actor for one in users.users(admin)] == ["管理员"]


@pytest.mark.usefixtures("home")
def test_the_audit_is_filtered_and_taken_out(admin):
    users.put(admin, "=cmd()", 0, Rights("admin", None))
    with pytest.raises(RefusedError):
        users.users(replace(admin, actor="访客", role="viewer"))
    assert list(audit_log.entries(admin)["action"]) == ["refused.role", "user.put"]
    only = audit_log.AuditFilter(action="refused")
    assert list(audit_log.entries(admin, only)["actor"]) == ["访客"]
    assert list(audit_log.entries(admin, audit_log.AuditFilter(text="cmd"))["action"]) == ["user.put"]
    assert audit_log.entries(admin, audit_log.AuditFilter(actor="nobody")).empty
    today = audit_log.entries(admin)["at"][0].date()
    assert len(audit_log.entries(admin, audit_log.AuditFilter(first=today, last=today))) == 2
    assert audit_log.entries(admin, audit_log.AuditFilter(last=today.replace(year=2020))).empty
    text = audit_log.as_csv(admin, audit_log.AuditFilter(action="user")).decode("utf-8-sig")
    assert text.splitlines()[1].split(",")[4] == "'=cmd()"
    assert next(iter(audit_log.entries(admin)["action"])) == "audit.export"
    with pytest.raises(RefusedError):
        audit_log.entries(replace(admin, role="planner"))


@pytest.mark.usefixtures("home")
def test_the_audit_is_for_who_answers_for_all_areas(admin):
    some = replace(admin, areas=frozenset({"529901"}))
    for ask in (audit_log.entries, audit_log.as_csv, users.users):
        with pytest.raises(RefusedError, match="areas_not_all"):
            ask(some)


@pytest.mark.usefixtures("home")
def test_the_local_user_may_do_what_their_account_may(admin, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "王五")
    root = admin.workspace.root
    assert (users.local(root).role, users.local(root).areas) == ("admin", None)
    users.put(admin, "管理员", 0, Rights("admin", None))
    users.put(admin, "王五", 0, Rights("viewer", frozenset({"529901"})))
    assert (users.starting(root).role, users.starting(root).areas) == ("viewer", frozenset({"529901"}))
