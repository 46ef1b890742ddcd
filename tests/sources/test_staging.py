import threading

import pytest

from gislib.sources import staging


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    with staging.staged(tmp_path / "home", "1") as stage:
        (stage / "x").write_text("x")
        assert not (tmp_path / "home" / "1").exists()
    assert (tmp_path / "home" / "1" / "x").exists()
    with pytest.raises(KeyError), staging.staged(tmp_path / "home", "2"):
        raise KeyError
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["1"]


def test_a_home_that_stays_empty_goes_too(tmp_path):
    with pytest.raises(KeyError), staging.staged(tmp_path / "home", "1"):
        raise KeyError
    assert not (tmp_path / "home").exists()


def test_the_second_writer_waits(tmp_path):
    order = []

    def second():
        with staging.locked(tmp_path):
            order.append("second")

    with staging.locked(tmp_path):
        other = threading.Thread(target=second)
        other.start()
        other.join(timeout=0.2)
        order.append("first")
    other.join(timeout=60)
    assert order == ["first", "second"]
