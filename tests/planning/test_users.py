"""Roles and areas: whoever may not is refused by the planning layer itself, and the refusal is written down."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import shutil
from dataclasses import replace

import pytest

import gislib.planning
from gislib.domain.errors import ConflictError, RefusedError, StoreError
from gislib.planning import audit_log, users
from gislib.planning.authors import store_of
from gislib.planning.session import in_scope, open_session, require_all_areas, require_area
from gislib.store import audit
from gislib.store.users import Rights

# Public functions of a session that change nothing: everybody who may look may call them.
READING = {
    "backups": set(),
    "briefings": {"briefing", "preview"},
    "campus": {"campus"},
    "campus_map": {"pair_lines", "layers", "campus_html"},
    "checklists": {"blank", "current", "inspected"},
    "checks": {"check"},
    "evidence": {"evidence", "measured_lines"},
    "exports": {"export_tables"},
    "ledger": {"table", "read", "history", "located"},
    "ledger_book": {"workbook", "preview"},
    "ledger_photos": {"photos", "photo"},
    "ledger_sources": {"proposed"},
    "meeting_papers": {"minutes"},
    "meetings": {"meetings", "read", "previous", "known", "differences", "differences_at", "agenda_of"},
    "overview": {"overview", "base_layers", "reasons"},
    "patrol_basis": {"patrol_basis", "campus_hours"},
    "patrol_checks": {"track_days", "track_teams", "check_patrol", "track_lines"},
    "patrol_days": {"day_sets", "school_days"},
    "patrol_papers": {"paper_of"},
    "patrol_teams": {"proposed"},
    "patrols": {"heads", "read", "by_name"},
    "plan_basis": {"plan_basis"},
    "plan_files": {"plan_stamp"},
    "plan_scores": {"scores", "ways_out", "compare"},
    "plans": {"heads", "read", "by_name", "history", "warnings"},
    "preview": {"overview_at"},
    "proposals": {"frontier", "proposal"},
    "results": {"stamp", "read_run", "request_of", "is_current", "read"},
    "snapshots": {"known_now", "frozen"},
    "terms": {"terms", "term_on"},
    "works": {"works_of"},
}
# They say who asks and do nothing else.
PLUMBING = {"authors", "session"}


def writing():
    """Every public function of the planning layer that takes a session and is not listed as reading."""
    for module in pkgutil.iter_modules(gislib.planning.__path__):
        if module.name in PLUMBING:
            continue
        loaded = importlib.import_module(f"gislib.planning.{module.name}")
        for name, function in vars(loaded).items():
            public = inspect.isfunction(function) and function.__module__ == loaded.__name__ and name[0] != "_"
            if not public or next(iter(inspect.signature(function).parameters), "") != "session":
                continue
            if name not in READING.get(module.name, set()):
                yield pytest.param(function, id=f"{module.name}.{name}")


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


@pytest.mark.parametrize("function", list(writing()))
def test_a_viewer_writes_nothing_and_is_written_down(viewer, function):
    parameters = list(inspect.signature(function).parameters.values())[1:]
    given = {p.name: None for p in parameters if p.default is p.empty}
    positional = [given.pop(p.name) for p in parameters if p.name in given and p.kind is not p.KEYWORD_ONLY]
    with pytest.raises(RefusedError, match="role_too_low"):
        function(viewer, *positional, **given)
    rows = audit.entries(store_of(viewer))
    assert list(rows["action"]) == ["refused.role"]
    module = function.__module__.removeprefix("gislib.planning.")
    assert rows["subject"][0] == f"{module}.{function.__name__}"
    assert rows["actor"][0] == "访客"


def test_what_is_called_reading_exists():
    for module, names in READING.items():
        loaded = importlib.import_module(f"gislib.planning.{module}")
        assert not {name for name in names if not hasattr(loaded, name)}, module


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


def test_another_area_is_refused_and_written_down(viewer):
    planner = replace(viewer, role="planner", areas=frozenset({"529901"}))
    require_area(planner, "529901101")
    with pytest.raises(RefusedError, match="area_not_yours"):
        require_area(planner, "529902")
    with pytest.raises(RefusedError, match="areas_not_all"):
        require_all_areas(planner)
    assert list(audit.entries(store_of(viewer))["action"]) == ["refused.area", "refused.area"]


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
