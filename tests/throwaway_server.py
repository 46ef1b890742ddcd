"""
A PostgreSQL server of the tests' own: a new cluster in a temporary folder, reached by a socket in it, gone afterwards.

Needs the programs of PostgreSQL 15 or later (Debian package ``postgresql``); they refuse to run as root, so root hands
them to another user.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
OLDEST = 15
# What a process leaves when it is killed is in the cache of the system: fsync would only cost time.
QUICK = ("fsync=off", "max_connections=60", "shared_buffers=16MB", "listen_addresses=")


@dataclass(frozen=True)
class Server:
    """Programs and folder of a cluster, and who runs it."""

    programs: Path
    folder: Path
    user: str | None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=self.user, cwd=self.folder)

    def start(self) -> None:
        settings = " ".join(f"-c {setting}" for setting in (*QUICK, f"unix_socket_directories={self.folder}"))
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-l", log, "-w", "-o", settings, "start")

    def kill(self) -> None:
        """End the server and all it started as a power cut would, as far as processes go."""
        head = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(head)], capture_output=True, text=True, check=False)
        for process in (head, *map(int, found.stdout.split())):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        while Path(f"/proc/{head}/stat").exists() and " Z " not in Path(f"/proc/{head}/stat").read_text():
            time.sleep(0.02)
        # Dead but not yet collected by the system's first process, they would look alive to the next start.
        for lock in (self.folder / "data" / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)


def programs() -> Path | None:
    """Folder with the newest server programs of the machine; None if there are none."""
    found = [path for place in PLACES for path in Path("/").glob(place[1:]) if (path / "initdb").is_file()]
    versions = {path: int("".join(filter(str.isdigit, path.parent.name)) or 0) for path in found}
    usable = [path for path in found if versions[path] >= OLDEST]
    return max(usable, key=versions.__getitem__, default=None)


@contextmanager
def server(found: Path) -> Iterator[Server]:
    """Server that runs inside the block."""
    folder = Path(tempfile.mkdtemp(prefix="huxuetu-pg-"))
    try:
        user = _lesser_user() if os.geteuid() == 0 else None
        if user is not None:
            shutil.chown(folder, user)
        made = Server(found, folder, user)
        made.run(
            "initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )
        made.start()
        try:
            yield made
        finally:
            made.run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lesser_user() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
