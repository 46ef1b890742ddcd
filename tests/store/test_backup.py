"""Backup and restore: everything comes back, from either database to either; damage changes nothing."""

import hashlib
import json
import random
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import select
from store_decisions import decide_everything
from store_plans import LI, WANG, device, devices
from store_refusals import refused

from gislib.domain.errors import StoreError
from gislib.store import (
    archive,
    audit,
    backup,
    copying,
    edits,
    patrols,
    plans,
)
from gislib.store.database import FILE, lone_store, open_store, reading
from gislib.store.server import MARKER

OTHERS = {"workspace.json": b"{}", "inputs/osm/1/roads.parquet": bytes(range(256)) * 300, "结果/甲 乙.csv": b""}


def fill(store):
    """Something in every table."""
    plans.create(
        store, "甲", {"budget_yuan": 2e6}, devices(device("a", note="㵲水"), device("b", chainage_m=0.1 + 0.2)), LI
    )
    edits.apply(store, "P1", 1, [edits.Change("P1-0002", None)], WANG)
    edits.undo(store, "P1", 2, WANG)
    decide_everything(store)
    patrols.create(store, "巡", {"shift": "leaving"}, [{"seed": 1}], LI)


def content(store):
    """Every row of every table."""
    with reading(store) as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in copying.TABLES
        }


def folder_of(parent, name, url=None):
    root = parent / name
    root.mkdir()
    for path, plain in OTHERS.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(plain)
    return root, open_store(root, url)


def files(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A backup of a full workspace, and what its store held."""
    parent = tmp_path_factory.mktemp("made")
    root, store = folder_of(parent, "县")
    fill(store)
    held = content(store)
    backup.backup(store, root, list(OTHERS), parent / "备份.zip", LI)
    store.engine.dispose()
    return parent / "备份.zip", held


def test_every_table_is_filled(made):
    assert [name for name, rows in made[1].items() if not rows] == []


@pytest.mark.parametrize(
    ("old", "new"), [("file", "server"), ("server", "file"), ("server", "server"), ("file", "file")]
)
def test_from_either_database_to_either(request, tmp_path, old, new):
    urls = {"file": None, "server": None if {old, new} == {"file"} else request.getfixturevalue("pg").url}
    root, store = folder_of(tmp_path, "县", urls[old])
    fill(store)
    held = content(store)
    listed = [*OTHERS, FILE, f"{FILE}-wal", f"{FILE}-shm", MARKER]
    told = backup.backup(store, root, listed, tmp_path / "b.zip", WANG)
    store.engine.dispose()
    assert {entry.path for entry in told.files} == {FILE, *OTHERS}
    assert told.rows == {name: len(rows) for name, rows in held.items()}
    again = tmp_path / "again"
    assert backup.restore(tmp_path / "b.zip", again, WANG, url=urls[new]) == backup.Restored(told, None)
    own = {MARKER} if urls[new] else {FILE}
    assert set(files(again)) == {*OTHERS, *own}
    assert {path: files(again)[path] for path in OTHERS} == OTHERS
    with lone_store(again, urls[new]) as restored:
        found = content(restored)
        *before, last = found.pop("audit")
        assert before == held.pop("audit")
        assert found == held
        assert last[2:6] == ("王工", "planner", "restore", "b.zip")
        assert plans.create(restored, "新", {}, devices(), LI).head.plan_id == "P2"
    assert audit.entries(open_store(root, urls[old]))["action"].iloc[-1] == "backup"
    open_store(root, urls[old]).engine.dispose()


def test_what_is_committed_beside_the_file_is_in_the_backup(tmp_path):
    """Changes that SQLite still keeps in its side file."""
    root, store = folder_of(tmp_path, "县")
    with reading(store):
        plans.create(store, "甲", {}, devices(), LI)
        assert (root / f"{FILE}-wal").stat().st_size > 0
        backup.backup(store, root, [], tmp_path / "b.zip", LI)
    backup.restore(tmp_path / "b.zip", tmp_path / "again", LI)
    assert [head.name for head in plans.heads(open_store(tmp_path / "again"))] == ["甲"]


def test_replacing_a_workspace_keeps_it_aside(tmp_path, made):
    root, store = folder_of(tmp_path, "县")
    plans.create(store, "现有", {}, devices(), LI)
    before = content(store)
    refused("restore_not_empty", backup.restore, made[0], root, LI)
    assert content(open_store(root)) == before
    done = backup.restore(made[0], root, LI, replace=True)
    assert [head.name for head in plans.heads(open_store(root))] == ["甲"]
    assert done.kept == tmp_path / "县.before-restore-1"
    with lone_store(done.kept) as old:
        assert content(old) == before
    assert backup.restore(made[0], root, LI, replace=True).kept.name == "县.before-restore-2"
    assert {path.name for path in tmp_path.iterdir()} == {"县", "县.before-restore-1", "县.before-restore-2"}
    (tmp_path / "file").write_bytes(b"x")
    refused("restore_not_empty", backup.restore, made[0], tmp_path / "file", LI, replace=True)


def refuse_all(tmp_path, source, codes=("backup_damaged", "backup_not_archive")):
    """A damaged archive is refused, and neither a new folder nor the one to replace is touched."""
    root = tmp_path / "县"
    root.mkdir(exist_ok=True)
    (root / "kept").write_bytes(b"kept")
    before = {path.name for path in tmp_path.iterdir()}
    for target, replace in ((root, True), (tmp_path / "neu", False)):
        with pytest.raises(StoreError) as caught:
            backup.restore(source, target, LI, replace=replace)
        assert caught.value.code in codes
    assert {path.name for path in tmp_path.iterdir()} == before
    assert files(root) == {"kept": b"kept"}


def test_any_truncation_or_changed_byte_is_refused(tmp_path, made):
    whole = made[0].read_bytes()
    chance = random.Random(5)  # noqa: S311 - no secret
    source = tmp_path / "b.zip"
    for _ in range(12):
        source.write_bytes(whole[: chance.randrange(len(whole))])
        refuse_all(tmp_path, source)
    codes = []
    for _ in range(40):
        at = chance.randrange(len(whole))
        source.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            archive.check(source)
        except StoreError as problem:
            codes.append(problem.code)
    # A few bytes of a zip say nothing: times, version needed, the copy of a header.
    assert len(codes) >= 30
    assert set(codes) <= {"backup_damaged", "backup_not_archive"}


def rezipped(source, target, edit):
    """The archive with its parts changed by ``edit(parts)``, as a person with a zip program would."""
    with zipfile.ZipFile(source) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
        comment = old.comment
    comment = edit(parts) or comment
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, plain in parts.items():
            new.writestr(name, plain)
        new.comment = comment


def sealed(parts, change):
    """Change the manifest and its hash too, as somebody who knows the format would."""
    manifest = json.loads(parts["manifest.json"])
    change(manifest)
    parts["manifest.json"] = json.dumps(manifest).encode()
    return hashlib.sha256(parts["manifest.json"]).hexdigest().encode()


def entry(path, plain):
    return {"path": path, "bytes": len(plain), "sha256": hashlib.sha256(plain).hexdigest()}


def smuggled(name):
    def edit(parts):
        parts[name] = b"evil"
        return sealed(parts, lambda manifest: manifest["files"].append(entry(name, b"evil")))

    return edit


def swapped_database(plain):
    def edit(parts):
        parts[FILE] = plain
        return sealed(parts, lambda manifest: manifest.update(files=[entry(FILE, plain)] + [
            one for one in manifest["files"] if one["path"] != FILE]))  # fmt: skip

    return edit


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda parts: parts.update({"workspace.json": b"{ }"}), "backup_damaged"),
        (lambda parts: parts.update(extra=b"x"), "backup_damaged"),
        (lambda parts: parts.pop("workspace.json") and None, "backup_damaged"),
        (lambda parts: parts.pop("manifest.json") and None, "backup_damaged"),
        (lambda parts: parts.update({"manifest.json": parts["manifest.json"] + b" "}), "backup_damaged"),
        (lambda parts: sealed(parts, lambda manifest: manifest.update(format=2)), "backup_newer"),
        (lambda parts: sealed(parts, lambda manifest: manifest.update(files=3)), "backup_damaged"),
        (lambda parts: sealed(parts, lambda manifest: manifest["rows"].update(plans=9)), "backup_damaged"),
        (smuggled("../evil"), "backup_damaged"),
        (smuggled("/evil"), "backup_damaged"),
        (smuggled("a/../../evil"), "backup_damaged"),
        (smuggled("c:evil"), "backup_damaged"),
        (smuggled("a\\evil"), "backup_damaged"),
        (swapped_database(b"no database, only a text that is long enough" * 30), "store_not_database"),
    ],
)
def test_edited_archives_are_refused(tmp_path, made, edit, code):
    source = tmp_path / "b.zip"
    rezipped(made[0], source, edit)
    refuse_all(tmp_path, source, (code,))
    assert not (tmp_path / "evil").exists()


def test_no_archive(tmp_path):
    refused("backup_missing", archive.check, tmp_path / "none.zip")
    (tmp_path / "text.zip").write_text("x")
    refused("backup_not_archive", archive.check, tmp_path / "text.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("a", "b")
    refused("backup_damaged", archive.check, tmp_path / "other.zip")


def test_refused_backups_leave_nothing(tmp_path):
    (tmp_path / "out").mkdir()
    root, store = folder_of(tmp_path, "县")
    refused("backup_file_missing", backup.backup, store, root, ["inputs/gone"], tmp_path / "out" / "b.zip", LI)
    refused("backup_name", backup.backup, store, root, ["../x"], tmp_path / "out" / "b.zip", LI)
    assert list((tmp_path / "out").iterdir()) == []
    (tmp_path / "out" / "b.zip").write_bytes(b"x")
    refused("backup_exists", backup.backup, store, root, [], tmp_path / "out" / "b.zip", LI)
    refused(
        "backup_not_written",
        archive.write,
        tmp_path / "none" / "b.zip",
        [],
        (LI.at, ""),
        archive.Manifest("", "", "", {}, ()),
    )
    assert audit.entries(store).empty


def test_a_disk_too_small(tmp_path, made, monkeypatch):
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda _: usage)
    refuse_all(tmp_path, made[0], ("backup_no_space",))


def test_a_store_that_holds_something_takes_no_copy(tmp_path, made):
    _, store = folder_of(tmp_path, "县")
    plans.create(store, "甲", {}, devices(), LI)
    _, other = folder_of(tmp_path, "b")
    refused("store_not_empty", copying.copy_all, other, store)
    assert Path(made[0]).is_file()


def test_the_same_store_makes_the_same_manifest(tmp_path):
    root, store = folder_of(tmp_path, "县")
    first = backup.backup(store, root, list(OTHERS), tmp_path / "1.zip", LI)
    assert archive.check(tmp_path / "1.zip") == first
    assert [one.path for one in first.files] == [FILE, *sorted(OTHERS)]
