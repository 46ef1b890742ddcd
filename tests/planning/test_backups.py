"""Backup and restore of a workspace, as an administrator does it."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import pytest

from gislib.domain.errors import RefusedError, StoreError
from gislib.planning import backups, plans, results, users
from gislib.planning.authors import store_of
from gislib.planning.session import open_session
from gislib.sources import workspace_files
from gislib.store import audit
from gislib.store.server import MARKER
from gislib.store.users import Rights


@pytest.fixture
def own(planned, twin, tmp_path):
    return open_session(twin(planned.workspace.root, tmp_path / "workspace"), actor="管理员")


def content(session):
    """Bytes of every file but the database and the marker of one on a server, whose own bytes may differ."""
    root = session.workspace.root
    kept = [path for path in workspace_files.files(session.workspace) if not path.startswith("decisions.")]
    return {path: (root / path).read_bytes() for path in kept}


def test_there_and_back(own, tmp_path):
    before, devices = content(own), plans.by_name(own, "方案甲").devices
    file = tmp_path / "backup.zip"
    manifest = backups.backup(own, file)
    assert {entry.path for entry in manifest.files} == {*before, "decisions.sqlite"}
    assert not any(path.startswith(".") or "/." in path for path in before)
    restored = backups.restore(file, tmp_path / "elsewhere")
    there = open_session(tmp_path / "elsewhere")
    assert restored.kept is None
    assert content(there) == before
    assert plans.by_name(there, "方案甲").devices.equals(devices)
    assert results.is_current(there, "school_risk") == results.is_current(own, "school_risk")
    assert audit.entries(store_of(there))["action"].iloc[-1] == "restore"
    assert audit.entries(store_of(own))["action"].iloc[-1] == "backup"


def test_a_damaged_file_changes_nothing(own, tmp_path):
    file = tmp_path / "backup.zip"
    backups.backup(own, file)
    before = content(own)
    whole = file.read_bytes()
    (tmp_path / "short.zip").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(tmp_path / "edited.zip", "w") as target:
        target.comment = source.comment
        for item in source.infolist():
            data = source.read(item)
            target.writestr(
                item, data.replace("澜桥县".encode(), "某某县".encode()) if item.filename == "workspace.json" else data
            )
    for name in ("short.zip", "edited.zip"):
        with pytest.raises(StoreError, match=r"backup_not_archive|backup_damaged"):
            backups.restore_over(own, tmp_path / name)
        assert content(own) == before
        assert plans.by_name(own, "方案甲") is not None
    assert not list(tmp_path.glob("*before-restore*"))


def test_restoring_over_a_workspace_keeps_what_was_there(own, tmp_path):
    file = tmp_path / "backup.zip"
    backups.backup(own, file)
    plan = plans.by_name(own, "方案甲")
    plans.retire(own, plan.head.plan_id, plan.head.version)
    back = backups.restore_over(own, file)
    assert plans.by_name(back, "方案甲") is not None
    (kept,) = tmp_path.glob("workspace.before-restore-*")
    assert plans.by_name(open_session(kept), "方案甲") is None
    with pytest.raises(StoreError, match="restore_not_empty"):
        backups.restore(file, own.workspace.root)


def test_where_accounts_are_kept_the_local_user_needs_one_of_an_administrator(own, tmp_path):
    file = tmp_path / "backup.zip"
    backups.backup(own, file)
    backups.restore(file, own.workspace.root, "路人", replace=True)
    assert len(list(tmp_path.glob("*before-restore*"))) == 1, "without accounts everybody at the machine may"
    for actor, rights in {
        "主任": Rights("admin", None), "王工": Rights("planner"), "镇长": Rights("admin", frozenset({"529901"})),
    }.items():  # fmt: skip
        users.put(own, actor, 0, rights)
    before = content(own)
    for actor, code in {"路人": "role_too_low", "王工": "role_too_low", "镇长": "areas_not_all"}.items():
        with pytest.raises(RefusedError, match=code):
            backups.restore(file, own.workspace.root, actor, replace=True)
    assert content(own) == before
    assert list(audit.entries(store_of(own))["actor"].iloc[-3:]) == ["路人", "王工", "镇长"]
    assert len(users.users(own)) == 3
    assert backups.restore(file, tmp_path / "elsewhere", "路人").kept is None
    backups.restore(file, own.workspace.root, "主任", replace=True)
    assert users.users(own) == []


def test_a_workspace_beyond_reading_is_replaced(own, home, tmp_path):
    file = tmp_path / "backup.zip"
    backups.backup(own, file)
    users.put(own, "主任", 0, Rights("admin", None))
    store_of(own).engine.dispose()
    (own.workspace.root / ("decisions.sqlite" if home is None else MARKER)).write_bytes(b"no database" * 1000)
    backups.restore(file, own.workspace.root, "路人", replace=True)
    assert plans.by_name(own, "方案甲") is not None


def test_only_an_administrator_of_all_areas(own, tmp_path):
    for who in (replace(own, role="planner"), replace(own, areas=frozenset({"529901"}))):
        with pytest.raises(RefusedError):
            backups.backup(who, tmp_path / "no.zip")
        with pytest.raises(RefusedError):
            backups.restore_over(who, tmp_path / "no.zip")
    assert not (tmp_path / "no.zip").exists()
    actions = audit.entries(store_of(own))["action"]
    assert list(actions.iloc[-4:]) == ["refused.role", "refused.role", "refused.area", "refused.area"]
