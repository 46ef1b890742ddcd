"""In which order content gets onto the disk and files get their names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


class Disk:
    """Calls that write content and names, in their order, as paths below a folder (``.`` is the folder itself)."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        if not Path("/proc/self/fd").is_dir():
            pytest.skip("no /proc: the files behind handles cannot be told")
        self.root = root.resolve()
        self.calls: list[tuple[str, ...]] = []
        real_sync, real_replace = os.fsync, os.replace

        def fsync(handle: int) -> None:
            self._note("sync", Path(f"/proc/self/fd/{handle}").resolve())
            real_sync(handle)

        def replace(source: Path, target: Path) -> None:
            real_replace(source, target)
            self._note("name", Path(source), Path(target))

        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(os, "replace", replace)

    def _note(self, what: str, *paths: Path) -> None:
        own = [str(path.relative_to(self.root)) for path in paths if path.is_relative_to(self.root)]
        if own:
            self.calls.append((what, *own))

    def named(self) -> list[str]:
        """Final names in the order they were given."""
        return [call[2] for call in self.calls if call[0] == "name"]

    def check(self, target: str, held: tuple[str, ...] = ()) -> None:
        """The draft and ``held`` below it are on the disk before the name, the folder of the name after it."""
        at = next(k for k, call in enumerate(self.calls) if call[0] == "name" and call[2] == target)
        draft = self.calls[at][1]
        before = {call[1] for call in self.calls[:at] if call[0] == "sync"}
        assert {str(Path(draft, name)) for name in ("", *held)} <= before
        assert self.calls[at + 1] == ("sync", str(Path(target).parent))
