"""Real Chromium against our own server; every other host is unresolvable, and asking for one fails a test."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SCREENSHOTS = Path(__file__).resolve().parent / "screenshots"
SIZE = {"width": 1366, "height": 768}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]
START_SECONDS = 180
ANSWER_SECONDS = 120
"""Only a page that is broken waits so long: a busy machine is slow, not wrong."""


def chromium() -> str:
    """Path of the browser; without one CI fails, any other machine skips visibly."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing, and in CI that is a failure (apt-get install chromium)")
        pytest.skip("Chromium is missing: apt-get install chromium")
    return found


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """One browser for many pages."""
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Seen:
    """What a page asked for and complained about."""

    requests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        """Requests to any host but ours; ``data:`` and ``blob:`` never leave the page."""
        return [
            url
            for url in self.requests
            if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "file:"))
        ]

    def check(self) -> None:
        """Nothing outside asked, nothing of ours missing, no script error."""
        assert self.outside() == []
        # On a deep link Streamlit's client first looks for the server below the page's own path.
        assert [problem for problem in self.problems if "/_stcore/" not in problem] == []


def opened(browser: Browser, url: str, seen: Seen, size: dict[str, int] | None = None) -> Page:
    """Open a page and record its requests, failed answers and script errors in ``seen``."""
    page = browser.new_context(viewport=size or SIZE).new_page()
    page.set_default_timeout(ANSWER_SECONDS * 1000)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("websocket", lambda socket_: seen.requests.append(socket_.url))
    page.on("pageerror", lambda error: seen.problems.append(f"script error: {error}"))
    page.on(
        "response",
        lambda answer: seen.problems.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None,
    )
    page.goto(url)
    return page


@contextlib.contextmanager
def one_tab(browser: Browser, url: str, ready: str) -> Iterator[Callable[[], Page]]:
    """
    A test's own app in one tab for many tests: each call begins anew, far quicker than loading a page for every test.

    ``ready``: selector of the map once it is drawn.
    """
    seen = Seen()
    page = opened(browser, url, seen)
    page.wait_for_selector(ready)

    def anew() -> Page:
        seen.check()
        before = page.locator("#fresh").inner_text()
        page.mouse.move(1, 1)
        page.get_by_role("button", name="从头").click()
        page.wait_for_function("(n) => document.querySelector('#fresh').innerText !== n", arg=before)
        page.wait_for_function("document.querySelectorAll('.hxt-map').length === 1")
        page.wait_for_selector(ready)
        return page

    yield anew
    seen.check()
    page.context.close()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served_workspace(workspace: Path, folder: Path, first: str = "") -> Iterator[str]:
    """Serve a workspace as ``huxuetu serve`` does, after code of the test; ``folder`` takes the log."""
    port = free_port()
    code = (
        f"{first}\n"
        "import sys; from pathlib import Path; from gislib.ui.server import Address, serve; "
        "from gislib.ui.warming import warm_up_of; folder = Path(sys.argv[1]); "
        "serve(folder, Address(port=int(sys.argv[2])), print, warm_up_of(folder))"
    )
    with _running([sys.executable, "-c", code, str(workspace), str(port)], port, folder / "server.log") as address:
        yield address


@contextlib.contextmanager
def served(app: Path, folder: Path, env: dict[str, str] | None = None) -> Iterator[str]:
    """
    Run ``streamlit run app`` with the project's configuration; yields the address.

    ``folder`` takes the log; an app that is not the project's own is copied there beside the static files, because
    Streamlit looks for them beside the script.
    """
    if app.parent != ROOT:
        shutil.copytree(ROOT / "static", folder / "static", dirs_exist_ok=True)
        app = Path(shutil.copy(app, folder))
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(port)]
    with _running(command, port, folder / "server.log", env) as address:
        yield address


@contextlib.contextmanager
def _running(command: list[str], port: int, log: Path, env: dict[str, str] | None = None) -> Iterator[str]:
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=os.environ | (env or {})
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/_stcore/health", process, log)
            yield address
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own address
            return
        time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


def shot(page: Page, name: str) -> Path:
    """Screenshot into tests/screenshots (git-ignored), to be looked at."""
    SCREENSHOTS.mkdir(exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path)
    return path
