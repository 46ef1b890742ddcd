"""Opening a file: created, migrated, cached; whatever is no store of ours is refused in one clear line."""

import os
import shutil
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from store_plans import LI, device, devices

from gislib import wording
from gislib.domain.errors import StoreError
from gislib.store import audit, database, migration, plans, server, sqlite_file
from gislib.store.database import FILE, open_store, reading, writing

NOBODY = 65534


def refused(root):
    with pytest.raises(StoreError) as caught:
        open_store(root)
    assert wording.error(caught.value) != str(caught.value)
    return caught.value.code


def pragma(store, name):
    with reading(store) as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_a_committed_change_is_on_the_disk(file_store):
    assert [pragma(file_store, name) for name in ("journal_mode", "synchronous", "foreign_keys")] == ["wal", 2, 1]
    assert pragma(file_store, "busy_timeout") == sqlite_file.WAIT_S * 1000


def test_opened_once(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        assert len({id(store) for store in threads.map(open_store, [tmp_path] * 40)}) == 1


def test_a_file_put_in_its_place_is_another_store(tmp_path):
    first = open_store(tmp_path)
    plans.create(first, "甲", {}, devices(device()), LI)
    first.engine.dispose()
    shutil.copy(tmp_path / FILE, tmp_path / "kept")
    plans.create(first, "乙", {}, devices(), LI)
    first.engine.dispose()
    (tmp_path / "kept").replace(tmp_path / FILE)
    assert [head.name for head in plans.heads(open_store(tmp_path))] == ["甲"]


@pytest.mark.parametrize("name", ["澜桥县 2026", "50%", "a?b=c#d"])
def test_any_folder_name(tmp_path, name):
    (tmp_path / name).mkdir()
    store = open_store(tmp_path / name)
    assert plans.heads(store) == []
    assert (tmp_path / name / FILE).is_file()


def test_folder_missing(tmp_path):
    assert refused(tmp_path / "none") == "store_folder_missing"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("content", [b"not a database, only text that is long enough to be looked at" * 20, b"short"])
def test_not_a_database(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    assert refused(tmp_path) == "store_not_database"
    assert (tmp_path / FILE).read_bytes() == content


def test_an_empty_file_becomes_a_store(tmp_path):
    """What a crash at the very first opening can leave."""
    (tmp_path / FILE).touch()
    assert plans.heads(open_store(tmp_path)) == []


def test_another_programs_database(tmp_path):
    other = sqlite3.connect(tmp_path / FILE)
    other.execute("CREATE TABLE contacts (name TEXT)")
    other.close()
    assert refused(tmp_path) == "store_foreign"


def test_written_by_a_later_release(tmp_path):
    with writing(open_store(tmp_path)) as connection:
        connection.execute(text(f"UPDATE {migration.VERSIONS} SET version_num = '9999'"))  # noqa: S608
    database._open.clear()
    assert refused(tmp_path) == "store_newer"


def test_damaged(tmp_path):
    store = open_store(tmp_path)
    plans.create(store, "甲", {}, devices(*(device(str(n)) for n in range(200))), LI)
    store.engine.dispose()
    whole = (tmp_path / FILE).read_bytes()
    page = pragma(store, "page_size")
    store.engine.dispose()
    (tmp_path / FILE).write_bytes(whole[:page] + b"\xa5" * (len(whole) - page))
    database._open.clear()
    assert refused(tmp_path) == "store_damaged"


def test_a_folder_instead_of_the_file(tmp_path):
    (tmp_path / FILE).mkdir()
    assert refused(tmp_path) == "store_read_only"


@pytest.fixture
def open_folder():
    """A folder that every user can reach."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        root.chmod(0o755)
        yield root
        root.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("existing", [False, True])
def test_read_only_folder(open_folder, existing):
    """In a child without root's rights, to whom no mode bit matters."""
    if existing:
        open_store(open_folder).engine.dispose()
    open_folder.chmod(0o555)
    end, start = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(os.geteuid() or NOBODY)
        try:
            plans.create(open_store(open_folder), "甲", {}, devices(device()), LI)
            os.write(start, b"written")
        except StoreError as problem:
            os.write(start, problem.code.encode())
        finally:
            os._exit(0)
    os.close(start)
    os.waitpid(child, 0)
    assert os.read(end, 100) == b"store_read_only"
    os.close(end)


def test_a_failed_write_leaves_nothing(store):
    def half():
        with writing(store) as connection:
            audit.add(connection, LI, "export", "P1", {"share": 1})
            audit.add(connection, LI, "export", "P1", {"share": object()})

    with pytest.raises(StoreError, match="store_not_json"):
        half()
    assert audit.entries(store).empty


def test_busy(file_store, tmp_path):
    store = file_store
    store.engine.dispose()
    event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout=20"))
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="store_busy"):
        audit.record(store, LI, "export", "P1")
    assert audit.entries(store).empty, "reading is not held up by a writer"
    other.execute("ROLLBACK")
    other.close()
    audit.record(store, LI, "export", "P1")


def test_disk_full(file_store):
    store = file_store
    store.engine.dispose()
    event.listen(store.engine, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count=1"))
    with pytest.raises(StoreError, match="store_disk_full"):
        plans.create(store, "甲", {}, devices(*(device(str(n), note="长" * 500) for n in range(200))), LI)
    assert plans.heads(store) == []


def test_every_refusal_of_the_database_has_its_text():
    for code in {*sqlite_file.CODES.values(), *server.CODES.values(), "store_failed", "store_unreachable"}:
        problem = StoreError(code, file=FILE, problem="x")
        assert {wording.error(problem, lang) for lang in wording.LANGUAGES}.isdisjoint({str(problem)})


def test_migrating_on_any_engine():
    """Nothing but the connection is SQLite's own: the migrations run on a plain engine, inside its transaction."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert not migration.is_current(connection)
        migration.upgrade(connection)
        assert migration.is_current(connection)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM plans")) == 0
    engine.dispose()


@pytest.mark.parametrize(("sign", "home"), [("PRAGMA", "sqlite_file.py"), ("pg_", "server.py")])
def test_what_is_one_databases_own_stays_in_one_module(sign, home):
    folder = Path(database.__file__).parent
    assert [path.name for path in folder.rglob("*.py") if sign in path.read_text("utf-8")] == [home]
