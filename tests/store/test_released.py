"""Stores of every released schema open with all they held, on both databases."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, insert, select, text
from store_plans import LI, devices, logged, replayed

from gislib.store import audit, edits, ledger, migration, plans, server
from gislib.store.database import FILE, lone_store

DUMPS = sorted((Path(__file__).parent / "released").glob("r*.sql"))


def dumped(path):
    """Connection to a database in memory with the content of a dump."""
    raw = sqlite3.connect(":memory:", check_same_thread=False)
    raw.executescript(path.read_text("utf-8"))
    return raw


def to_file(path, folder, _):
    target = sqlite3.connect(folder / FILE)
    target.executescript(path.read_text("utf-8"))
    target.close()


def to_server(path, folder, pg):
    """The dump's schema made by its own migrations, then its rows."""
    revision = path.stem.removeprefix("r")
    lone = server.lone_engine(pg.url)
    with server.founding(folder, lone) as schema:
        target = server.engine(pg.url, schema)
        with target.connect().execution_options(writes=True) as connection, connection.begin():
            migration.upgrade(connection, revision)
            source = create_engine("sqlite://", creator=lambda: dumped(path))
            known = MetaData()
            known.reflect(connection)
            with source.connect() as old:
                for table in known.sorted_tables:
                    rows = [dict(row) for row in old.execute(select(table)).mappings()]
                    if rows and table.name != migration.VERSIONS:
                        connection.execute(insert(table), rows)
            source.dispose()
            for table, column in (("plans", "serial"), ("audit", "id")):
                server.continue_serials(connection, table, column)
        target.dispose()


@pytest.mark.parametrize("path", DUMPS, ids=lambda path: path.stem)
@pytest.mark.parametrize("bring", [to_file, to_server])
def test_a_released_store_opens_with_all_it_held(request, tmp_path, path, bring):
    url = request.getfixturevalue("pg").url if bring is to_server else None
    bring(path, tmp_path, request.getfixturevalue("pg") if url else None)
    with lone_store(tmp_path, url) as store:
        spring = plans.read(store, "P1")
        assert (spring.head.name, spring.head.version, spring.head.redoable) == ("春季方案", 3, True)
        assert spring.devices["note"].iloc[0] == "㵲水"
        assert spring.devices["chainage_m"].iloc[1] == 12.5
        assert replayed(store, "P1") == logged(spring)
        assert [head.name for head in plans.heads(store)] == ["春季方案"]
        assert plans.read(store, "P2").head.status == "retired"
        assert len(audit.entries(store)) == 6
        assert ledger.table(store).empty
        assert edits.redo(store, "P1", 3, LI).devices["note"].tolist()[-1] == "手加"
        assert plans.create(store, "新", {}, devices(), LI).head.plan_id == "P3"


def test_every_released_schema_has_its_dump():
    assert [path.stem.removeprefix("r") for path in DUMPS] == migration.revisions()[:-1]


def test_a_failed_migration_leaves_the_old_schema(tmp_path, monkeypatch):
    to_file(DUMPS[0], tmp_path, None)
    before = (tmp_path / FILE).read_bytes()

    def broken(connection):
        connection.execute(text("CREATE TABLE half (x INTEGER)"))
        raise RuntimeError

    monkeypatch.setattr(migration, "upgrade", broken)
    with pytest.raises(RuntimeError), lone_store(tmp_path):
        pass
    monkeypatch.undo()
    old, new = sqlite3.connect(":memory:"), sqlite3.connect(tmp_path / FILE)
    old.deserialize(before)
    assert list(new.iterdump()) == list(old.iterdump())
    new.close()
    with lone_store(tmp_path) as store:
        assert plans.heads(store)[0].name == "春季方案"
