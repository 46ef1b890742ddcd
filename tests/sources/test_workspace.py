import json
from contextlib import contextmanager
from pathlib import Path

import pytest
from disk_order import Disk
from geopandas.testing import assert_geodataframe_equal
from shapely.geometry import Point

from gislib.domain.errors import InputError, TableError, WorkspaceError
from gislib.domain.tables import LAYERS, conform
from gislib.sources import manifest, staging, undoing, version_files, workspace
from gislib.sources.provenance import Loaded, Message, no_rejections

A, B, C = ("venues:A", "甲", 0, 0), ("venues:B", "乙", 100, 0), ("venues:C", "丙", 200, 0)


def snapshot(folder):
    """Every file but the lock, with its bytes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture
def ws(tmp_path):
    return workspace.create(tmp_path / "w")


def test_nothing_is_on_disk_before_the_first_source(ws):
    assert not ws.root.exists()
    assert workspace.open_or_create(ws.root) == ws


def test_first_import_writes_a_workspace_that_opens(ws, load_venues):
    difference = workspace.put_source(ws, load_venues([A, B]))
    assert difference.layers["venues"].added == ("venues:A", "venues:B")
    again = workspace.open_workspace(ws.root)
    assert again == ws
    assert again.meta.time_zone == "Asia/Shanghai"
    tables = workspace.tables(again)
    assert set(tables) == set(LAYERS)
    assert tables["venues"]["name"].tolist() == ["甲", "乙"]
    assert tables["water"].empty
    assert tables["venues"].crs.to_epsg() == 4326


def test_tables_come_back_as_they_were_put(ws, load_venues):
    loaded = load_venues([A, B])
    workspace.put_source(ws, loaded)
    assert_geodataframe_equal(workspace.tables(ws)["venues"], loaded.layers["venues"])


def test_replacing_retires_and_reports(ws, load_venues):
    workspace.put_source(ws, load_venues([A, B]))
    moved = (B[0], "乙乙", 100, 0)
    difference = workspace.put_source(ws, load_venues([moved, C])).layers["venues"]
    assert (difference.added, difference.changed, difference.gone) == (("venues:C",), ("venues:B",), ("venues:A",))
    assert workspace.tables(ws)["venues"].index.tolist() == ["venues:B", "venues:C"]
    assert workspace.retired(ws)["venues"]["name"].tolist() == ["甲"]


def test_a_retired_row_that_returns_is_active_again(ws, load_venues):
    for rows in ([A, B], [B], [A, B]):
        workspace.put_source(ws, load_venues(rows))
    assert workspace.tables(ws)["venues"].index.tolist() == ["venues:A", "venues:B"]
    assert workspace.retired(ws) == {}


def test_retired_rows_pile_up_over_several_imports(ws, load_venues):
    for rows in ([A, B, C], [B, C], [C]):
        workspace.put_source(ws, load_venues(rows))
    assert workspace.retired(ws)["venues"].index.tolist() == ["venues:A", "venues:B"]


def test_undo_goes_back_once_and_redo_forth(ws, load_venues):
    workspace.put_source(ws, load_venues([A, B], rows_kept=2))
    version = workspace.data_version(ws)
    workspace.put_source(ws, load_venues([C]))
    difference = undoing.undo(ws, "venues").layers["venues"]
    assert (difference.added, difference.gone) == (("venues:A", "venues:B"), ("venues:C",))
    assert workspace.data_version(ws) == version
    assert workspace.tables(ws)["venues"].index.tolist() == ["venues:A", "venues:B"]
    with pytest.raises(WorkspaceError) as caught:
        undoing.undo(ws, "venues")
    assert (caught.value.code, caught.value.values["rows"]) == ("already_undone", 2)
    assert workspace.data_version(ws) == version
    standing = undoing.standings(ws)["venues"]
    assert (standing.current.rows_kept, standing.other.rows_kept, standing.undone) == (2, 1, True)
    undoing.redo(ws, "venues")
    assert workspace.tables(ws)["venues"].index.tolist() == ["venues:C"]
    with pytest.raises(WorkspaceError, match="not_undone"):
        undoing.redo(ws, "venues")
    undoing.undo(ws, "venues")
    workspace.put_source(ws, load_venues([A]))
    undoing.undo(ws, "venues")
    assert workspace.tables(ws)["venues"].index.tolist() == ["venues:A", "venues:B"]


def test_undo_of_the_first_import_leaves_no_rows(ws, load_venues):
    workspace.put_source(ws, load_venues([A]))
    undoing.undo(ws, "venues")
    assert workspace.tables(ws)["venues"].empty
    assert workspace.provenances(ws) == {}
    with pytest.raises(WorkspaceError) as caught:
        undoing.undo(ws, "venues")
    assert (caught.value.code, caught.value.values["file"], caught.value.values["rows"]) == ("already_undone", "-", 0)
    assert undoing.redo(ws, "venues").layers["venues"].added == ("venues:A",)


def test_undo_of_an_unknown_source_names_the_known(ws, load_venues):
    workspace.put_source(ws, load_venues([A]))
    with pytest.raises(WorkspaceError) as caught:
        undoing.undo(ws, "water")
    assert (caught.value.code, caught.value.values["known"]) == ("source_missing", "venues")


@pytest.mark.parametrize("broken", ["write_record", "write_layers", "copy_attachments"])
def test_failed_first_import_leaves_no_workspace(ws, load_venues, monkeypatch, broken):
    def fail(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(version_files, broken, fail)
    with pytest.raises(OSError, match="disk full"):
        workspace.put_source(ws, load_venues([A]))
    assert not ws.root.exists()


def test_a_killed_first_import_is_begun_again(ws, load_venues):
    """What it left is no workspace and no source, whenever it was killed."""
    workspace.put_source(ws, load_venues([A, B]))
    (ws.root / "workspace.json").unlink()
    (ws.inputs / "water" / ".new-1").mkdir(parents=True)
    (ws.root / ".workspace.json-x").touch()
    again = workspace.open_or_create(ws.root)
    workspace.put_source(again, load_venues([C]))
    assert workspace.sources(again) == ["venues"]
    assert workspace.tables(again)["venues"].index.tolist() == ["venues:C"]
    assert undoing.undo(again, "venues").layers["venues"].gone == ("venues:C",)
    assert workspace.tables(again)["venues"].empty
    assert not (again.inputs / "water").exists()


def test_a_folder_of_others_is_not_taken_for_a_left_over(ws):
    (ws.root / "inputs").mkdir(parents=True)
    with pytest.raises(WorkspaceError, match="workspace_not_empty"):
        workspace.create(ws.root)
    (ws.root / "inputs" / ".lock").touch()
    (ws.root / "letters.txt").touch()
    with pytest.raises(WorkspaceError, match="workspace_not_empty"):
        workspace.create(ws.root)


def test_a_first_import_that_fails_spares_one_that_was_quicker(ws, load_venues, monkeypatch):
    """Two first imports wait for each other; the second fails, and the first one's workspace stays."""
    real = staging.locked

    def fail(*_args, **_kwargs):
        raise OSError("disk full")

    @contextmanager
    def late(folder):
        with monkeypatch.context() as patch:
            patch.setattr(staging, "locked", real)
            workspace.put_source(ws, load_venues([A]))
        monkeypatch.setattr(version_files, "write_record", fail)
        with real(folder):
            yield

    monkeypatch.setattr(staging, "locked", late)
    with pytest.raises(OSError, match="disk full"):
        workspace.put_source(ws, load_venues([B]))
    assert workspace.tables(workspace.open_workspace(ws.root))["venues"].index.tolist() == ["venues:A"]


@pytest.mark.parametrize(
    ("module", "broken"),
    [
        (version_files, "write_record"),
        (version_files, "copy_attachments"),
        (manifest, "write"),
    ],
)
def test_failed_import_changes_nothing(ws, load_venues, monkeypatch, module, broken):
    workspace.put_source(ws, load_venues([A, B]))
    before, version = workspace.tables(ws)["venues"], workspace.data_version(ws)

    def fail(*_args, **_kwargs):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(module, broken, fail)
        with pytest.raises(OSError, match="disk full"):
            workspace.put_source(ws, load_venues([C]))
    assert_geodataframe_equal(workspace.tables(ws)["venues"], before)
    assert workspace.data_version(ws) == version
    workspace.put_source(ws, load_venues([C]))
    assert workspace.tables(ws)["venues"].index.tolist() == ["venues:C"]


def test_a_refused_table_leaves_every_file_as_it_was(ws, load_venues, load_twins):
    workspace.put_source(ws, load_venues([A]))
    before, twins = snapshot(ws.root), load_twins(B)
    assert {Path(name).name for name in before} >= {"workspace.json", "sources.json", "venues.parquet"}
    with pytest.raises(TableError, match="table_duplicate_id"):
        workspace.put_source(ws, twins)
    assert snapshot(ws.root) == before


def test_failed_first_import_into_an_existing_empty_folder_keeps_the_folder(tmp_path, load_twins):
    ws, twins = workspace.create(tmp_path), load_twins(B)
    with pytest.raises(TableError):
        workspace.put_source(ws, twins)
    assert tmp_path.exists()
    assert list(tmp_path.iterdir()) == []


def test_foreign_folders_are_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(WorkspaceError) as caught:
        workspace.create(tmp_path)
    assert caught.value.code == "workspace_not_empty"
    with pytest.raises(WorkspaceError) as caught:
        workspace.open_workspace(tmp_path)
    assert caught.value.code == "workspace_missing"
    with pytest.raises(WorkspaceError) as caught:
        workspace.create(tmp_path / "letter.txt")
    assert caught.value.code == "workspace_not_folder"


@pytest.mark.parametrize(
    ("text", "code"), [("{", "workspace_damaged"), ('{"format": 99, "name": "x"}', "workspace_format")]
)
def test_damaged_and_later_workspaces_are_refused(tmp_path, text, code):
    (tmp_path / "workspace.json").write_text(text)
    with pytest.raises(WorkspaceError) as caught:
        workspace.open_workspace(tmp_path)
    assert caught.value.code == code


def test_data_version_is_over_content_not_times_names_or_row_order(tmp_path, load_venues):
    def version(folder, *args, **kwargs):
        ws = workspace.create(tmp_path / folder)
        workspace.put_source(ws, load_venues(*args, **kwargs))
        return workspace.data_version(ws)

    first = version("a", [A, B])
    assert version("b", [B, A], read_at="2030-01-01T00:00:00Z", origin="other.xlsx") == first
    assert version("c", [A, C]) != first
    assert version("d", [A, B], claims=frozenset({"venues"})) != first
    assert version("e", [A, B], data_date="2020-01-01") != first


def test_provenance_round_trip(ws, load_venues):
    loaded = load_venues([A], claims=frozenset({"venues"}), warnings=(Message("datum_by_schools", {"matched": 3}),))
    workspace.put_source(ws, loaded)
    assert workspace.provenances(ws) == {"venues": loaded.provenance}


def test_another_name_adds_a_source(ws, load_venues):
    workspace.put_source(ws, load_venues([A]))
    workspace.put_source(ws, load_venues([("police:A", "丁", 50, 0)]), "police")
    assert workspace.sources(ws) == ["police", "venues"]
    assert workspace.tables(ws)["venues"]["source_id"].tolist() == ["police", "venues"]


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "x" * 65])
def test_source_names_cannot_leave_the_folder(ws, load_venues, name):
    with pytest.raises(InputError) as caught:
        workspace.put_source(ws, load_venues([A], source_id=name))
    assert caught.value.code == "source_name"
    assert not ws.root.exists()


def test_serials_survive_a_reordered_import(ws, load_venues):
    workspace.put_source(ws, load_venues([("new:2", "甲", 0, 0), ("new:3", "乙", 100, 0)]))
    first = workspace.tables(ws)["venues"]["name"].to_dict()
    difference = workspace.put_source(ws, load_venues([("new:2", "乙", 100, 0), ("new:3", "甲", 0, 0)]))
    assert workspace.tables(ws)["venues"]["name"].to_dict() == first
    assert [difference.count(change) for change in ("added", "changed", "gone")] == [0, 0, 0]


def test_gates_of_a_retired_campus_are_left_out(ws, schools, make_provenance):
    gates = conform(
        "gates",
        schools.head(1)
        .assign(
            geometry=[Point(104.9, 25.09)],
            school_id=["osm:w1"],
            role="student",
            counts_for_measuring=True,
            inferred=False,
        )
        .set_axis(["osm:n1"]),
    )
    workspace.put_source(ws, Loaded({"schools": schools}, no_rejections(), make_provenance("osm")))
    workspace.put_source(ws, Loaded({"gates": gates}, no_rejections(), make_provenance("gates")))
    assert len(workspace.tables(ws)["gates"]) == 1
    workspace.put_source(ws, Loaded({"schools": schools.tail(2)}, no_rejections(), make_provenance("osm")))
    assert workspace.tables(ws)["gates"].empty


def test_attachments_are_stored_and_versioned(ws, load_venues, tmp_path):
    (tmp_path / "x.tif").write_bytes(b"one")
    workspace.put_source(ws, load_venues([], source_id="dem"), attachments={"dem.tif": tmp_path / "x.tif"})
    version = workspace.data_version(ws)
    assert workspace.attachments(ws, "dem.tif")["dem"].read_bytes() == b"one"
    assert workspace.attachments(ws, "slope.tif") == {}
    (tmp_path / "x.tif").write_bytes(b"two")
    workspace.put_source(ws, load_venues([], source_id="dem"), attachments={"dem.tif": tmp_path / "x.tif"})
    assert workspace.data_version(ws) != version


def test_left_overs_of_a_killed_import_are_swept(ws, load_venues):
    workspace.put_source(ws, load_venues([A]))
    (ws.inputs / "venues" / ".new-dead").mkdir()
    (ws.inputs / "venues" / "2").mkdir()
    workspace.put_source(ws, load_venues([B]))
    workspace.put_source(ws, load_venues([C]))
    assert sorted(path.name for path in (ws.inputs / "venues").iterdir()) == ["2", "3"]


def test_a_damaged_manifest_is_said(ws, load_venues):
    workspace.put_source(ws, load_venues([A]))
    (ws.inputs / "sources.json").write_text(json.dumps({"venues": 5}))
    with pytest.raises(WorkspaceError) as caught:
        workspace.tables(ws)
    assert caught.value.code == "workspace_damaged"


def test_an_import_is_on_the_disk_before_it_is_the_current_one(ws, load_venues, monkeypatch):
    """Every file has its final name only after its content is written, and sources.json comes last."""
    disk = Disk(ws.root.parent, monkeypatch)
    workspace.put_source(ws, load_venues([A]))
    named = disk.named()
    assert [Path(name).name for name in named] == [
        "provenance.json", "1", "ids.parquet", "sources.json", "workspace.json",
    ]  # fmt: skip
    disk.check("w/inputs/venues/1", ("venues.parquet", "rejected.parquet", "provenance.json", "retired"))
    for name in named:
        disk.check(name)
    assert disk.calls[-1] == ("sync", "."), "a new workspace has its own name on the disk at last"
