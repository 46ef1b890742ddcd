"""Decisions on a PostgreSQL server: one schema per workspace, named in its folder; refused in one clear line."""

import json
import os
import threading

import pytest
import throwaway_server
from sqlalchemy import event, text
from store_plans import LI, device, devices
from store_refusals import refused

from gislib.store import audit, database, migration, plans, server
from gislib.store.database import FILE, lone_store, open_store, reading, writing


def schemas(url):
    engine = server.lone_engine(url)
    with engine.connect() as connection:
        names = connection.scalars(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'huxuetu%'")).all()
    engine.dispose()
    return set(names)


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "w").mkdir()
    return tmp_path / "w"


@pytest.fixture
def opened(workspace, pg):
    store = open_store(workspace, pg.url)
    yield store
    store.engine.dispose()


def test_two_workspaces_of_one_server_do_not_see_each_other(tmp_path, pg):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        with lone_store(tmp_path / name, pg.url) as store:
            plans.create(store, f"方案 {name}", {}, devices(device()), LI)
    for name in ("a", "b"):
        with lone_store(tmp_path / name, pg.url) as store:
            assert [(head.plan_id, head.name) for head in plans.heads(store)] == [("P1", f"方案 {name}")]


def test_the_folder_names_the_schema(workspace, opened, pg):
    schema = json.loads((workspace / server.MARKER).read_text("utf-8"))["schema"]
    assert schema in schemas(pg.url)
    assert not (workspace / FILE).exists()
    assert [path.name for path in workspace.iterdir()] == [server.MARKER]
    assert open_store(workspace, pg.url) is opened


def test_a_moved_folder_keeps_its_decisions(workspace, opened, pg):
    plans.create(opened, "甲", {}, devices(), LI)
    moved = workspace.rename(workspace.with_name("moved"))
    with lone_store(moved, pg.url) as store:
        assert [head.name for head in plans.heads(store)] == ["甲"]


def test_one_home_only(workspace, tmp_path, pg):
    with lone_store(workspace, pg.url):
        refused("store_on_server", open_store, workspace)
    assert not (workspace / FILE).exists()
    with lone_store(tmp_path):
        refused("store_in_file", open_store, tmp_path, pg.url)
    assert not (tmp_path / server.MARKER).exists()


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"schema": 3}', '{"schema": "public; DROP TABLE plans"}', "\udc80"]
)
def test_a_damaged_marker(workspace, pg, content):
    (workspace / server.MARKER).write_bytes(content.encode("utf-8", "surrogateescape"))
    refused("store_marker_damaged", open_store, workspace, pg.url)


def test_another_server_that_never_saw_the_workspace(workspace, pg):
    (workspace / server.MARKER).write_text(json.dumps({"schema": "huxuetu_" + "0" * 32}), "utf-8")
    before = schemas(pg.url)
    refused("store_other_server", open_store, workspace, pg.url)
    assert schemas(pg.url) == before


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://root@localhost/x",
        "sqlite:///x",
        "postgresql://someone:secret@localhost",
        "",
        "postgresql://[",
    ],
)
def test_unusable_addresses(workspace, url):
    problem = refused("store_url_unusable", open_store, workspace, url)
    assert "secret" not in str(problem)


def test_nobody_answers(workspace, tmp_path):
    problem = refused("store_unreachable", open_store, workspace, f"postgresql://a:secret@/x?host={tmp_path}")
    assert "secret" not in str(problem)
    assert not list(workspace.iterdir())


def test_no_such_database_and_no_rights(workspace, pg):
    refused("store_unreachable", open_store, workspace, pg.url.replace("/postgres?", "/absent?"))
    engine = server.lone_engine(pg.url)
    with engine.connect() as connection:
        connection.execute(text("CREATE ROLE guest LOGIN"))
    engine.dispose()
    refused("store_read_only", open_store, workspace, pg.url.replace("postgres@", "guest@"))
    assert not list(workspace.iterdir())


def test_a_read_sees_one_moment(opened):
    """What others commit while somebody reads is not half in what they read."""
    with reading(opened) as connection:
        before = connection.scalar(text("SELECT count(*) FROM audit"))
        writer = threading.Thread(target=audit.record, args=(opened, LI, "export", "P1"))
        writer.start()
        writer.join()
        assert connection.scalar(text("SELECT count(*) FROM audit")) == before == 0
    assert len(audit.entries(opened)) == 1


def test_a_read_cannot_write(opened):
    def write():
        with reading(opened) as connection:
            audit.add(connection, LI, "export", "P1", {})

    refused("store_read_only", write)


def test_busy(opened):
    opened.engine.dispose()
    event.listen(opened.engine, "connect", lambda raw, _: (raw.execute("SET lock_timeout TO '50ms'"), raw.commit()))
    with writing(opened):
        worker = []
        thread = threading.Thread(
            target=lambda: worker.append(refused("store_busy", audit.record, opened, LI, "export", "P1").code)
        )
        thread.start()
        thread.join()
    assert worker == ["store_busy"]
    audit.record(opened, LI, "export", "P1")


def test_commits_wait_for_the_disk_whatever_the_server_says(workspace, pg):
    engine = server.lone_engine(pg.url)
    with engine.connect() as connection:
        connection.execute(text("CREATE ROLE hasty LOGIN SUPERUSER"))
        connection.execute(text("ALTER ROLE hasty SET synchronous_commit TO off"))
    engine.dispose()
    with lone_store(workspace, pg.url.replace("postgres@", "hasty@")) as store, reading(store) as connection:
        assert connection.scalar(text("SHOW synchronous_commit")) == "on"


def test_written_by_a_later_release(workspace, opened, pg):
    with writing(opened) as connection:
        connection.execute(text(f"UPDATE {migration.VERSIONS} SET version_num = '9999'"))  # noqa: S608
    database._open.clear()
    refused("store_newer", open_store, workspace, pg.url)


def test_the_server_killed_and_started_again(tmp_path):
    """Committed records are there after kill -9 of the server; the same store goes on without being opened again."""
    found = throwaway_server.programs()
    if found is None and os.environ.get("CI") != "true":
        pytest.skip("no PostgreSQL server programs (Debian package postgresql)")
    with throwaway_server.server(found) as own:
        store = open_store(tmp_path, own.url)
        plans.create(store, "甲", {}, devices(device()), LI)
        own.kill()
        refused("store_unreachable", plans.heads, store)
        own.start()
        assert [head.name for head in plans.heads(store)] == ["甲"]
        plans.create(store, "乙", {}, devices(), LI)
        store.engine.dispose()
