"""The doctor: network shares are refused, the installation of the tests is well."""

from pathlib import Path

import pytest

from gislib.cli.doctor import diagnose, network_file_system

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/share /srv/plans nfs4 rw 0 0
//nas/my\\040share /srv/my\\040share cifs rw 0 0
/dev/sdb1 /srv/plans/local ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/plans/county", "nfs4"),
        ("/srv/plans", "nfs4"),
        ("/srv/plans2", None),
        ("/srv/my share/county", "cifs"),
        ("/srv/plans/local/county", None),
        ("/home/county", None),
    ],
)
def test_the_nearest_mount_decides(path, kind):
    assert network_file_system(Path(path), MOUNTS) == kind


def test_this_installation_is_well(tmp_path):
    diagnosis = diagnose(tmp_path / "not yet there")
    assert [check for check in diagnosis.checks if check.ok is False] == []
    assert diagnosis.ok
    assert {"python", "gdal_drivers", "rules_and_texts", "workspace_local"} <= {c.check for c in diagnosis.checks}


def test_a_broken_home_is_a_failed_check(tmp_path, monkeypatch):
    monkeypatch.setenv("HUXUETU_HOME", str(tmp_path))
    diagnosis = diagnose(None)
    assert not diagnosis.ok
    assert [check.check for check in diagnosis.checks if check.ok is False] == ["rules_and_texts"]
