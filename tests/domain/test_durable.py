"""What has its final name is on the disk: content first, then the name, then the folder that holds the name."""

from __future__ import annotations

import os

import pytest
from disk_order import Disk

from gislib.domain import durable


@pytest.fixture
def disk(tmp_path, monkeypatch):
    return Disk(tmp_path, monkeypatch)


def test_a_file(tmp_path, disk):
    (tmp_path / "draft").write_text("new")
    (tmp_path / "final").write_text("old")
    durable.put(tmp_path / "draft", tmp_path / "final")
    assert disk.calls == [("sync", "draft"), ("name", "draft", "final"), ("sync", ".")]
    assert (tmp_path / "final").read_text() == "new"


def test_a_folder_with_all_that_it_holds(tmp_path, disk):
    (tmp_path / "draft" / "deep").mkdir(parents=True)
    (tmp_path / "draft" / "a").write_text("a")
    (tmp_path / "draft" / "deep" / "b").write_text("b")
    durable.put(tmp_path / "draft", tmp_path / "final")
    disk.check("final", ("a", "deep", "deep/b"))
    assert (tmp_path / "final" / "deep" / "b").read_text() == "b"


def test_a_file_that_cannot_be_written_keeps_the_old_one(tmp_path, monkeypatch):
    (tmp_path / "draft").write_text("new")
    (tmp_path / "final").write_text("old")

    def full(_handle):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="disk full"):
        durable.put(tmp_path / "draft", tmp_path / "final")
    assert (tmp_path / "final").read_text() == "old"
