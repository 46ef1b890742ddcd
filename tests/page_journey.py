"""A page under test: run without a browser, or opened in one; waited for, pressed and read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from browser import ROOT, Seen, opened
from playwright.sync_api import Browser, Page
from streamlit.testing.v1 import AppTest

from gislib import wording

PATIENCE_MS = 300_000
"""The first page of a server computes for everybody, on machines that do other things as well."""
SETTLED_MS = 300
ASKED_MS = 100
_DEFECTS = [wording.text("ui.defect", lang) for lang in wording.LANGUAGES]
RUNS = """() => { if (!window.hxRuns) { window.hxRuns = {count: 0};
  new MutationObserver(() => window.hxRuns.count++).observe(document.querySelector("[data-testid=stApp]"),
    {attributes: true, attributeFilter: ["data-test-script-state"]}); } return window.hxRuns.count; }"""
"""How often the script has begun or ended since this was first asked."""
SCRIPT = "document.querySelector('[data-testid=stApp]').dataset.testScriptState"


def app_on(workspace: Path, monkeypatch: pytest.MonkeyPatch, script: str = "app.py", seconds: float = 180.0) -> AppTest:
    """A script of the project on a workspace, not run yet."""
    monkeypatch.setenv("HUXUETU_WORKSPACE", str(workspace))
    monkeypatch.chdir(ROOT)
    return AppTest.from_file(str(ROOT / script), default_timeout=seconds)


def shown(app: AppTest, page: str, **query: str) -> str:
    """What a page of the whole app says for an address; it may not show any error."""
    app.query_params.update(query)
    app.run()
    app.switch_page(page).run()
    assert not app.error, [problem.value for problem in app.error]
    return text_of(app)


def text_of(app: AppTest) -> str:
    """Everything the page says in its HTML blocks."""
    return " ".join(pieces(app))


def pieces(app: AppTest) -> list[str]:
    """Texts between the tags of the page's HTML blocks."""
    assert not app.exception, [problem.message for problem in app.exception]
    assert not [said for said in app.error if said.value in _DEFECTS]
    body = " ".join(block.proto.body for block in app.get("html"))
    return [text.strip() for text in re.split(r"<style.*?</style>|<[^>]+>", body, flags=re.DOTALL) if text.strip()]


def entered(browser: Browser, url: str, seen: Seen) -> Page:
    """Page of a served workspace in a tab of its own, once it is at rest."""
    page = opened(browser, url, seen)
    idle(page)
    return page


def gone_to(page: Page, url: str) -> Page:
    """The same in a tab that is there."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto(url)
    idle(page)
    return page


def idle(page: Page) -> None:
    """Wait until the script has run, the map, if there is one, has drawn and answered, and nothing begins anew."""
    page.wait_for_selector(".hx-footer, [data-testid=stAlert]", timeout=PATIENCE_MS)
    runs = -1
    while runs != page.evaluate(RUNS):
        until(page, f"{SCRIPT} === 'notRunning'")
        runs = page.evaluate(RUNS)
        if page.locator(".hxt-map").count():
            page.wait_for_selector(".hxt-map[data-ready]:not([data-busy])", timeout=PATIENCE_MS)
        page.wait_for_timeout(SETTLED_MS)


def until(page: Page, condition: str, timeout: float = PATIENCE_MS, arg: object = None) -> None:
    """Wait for a condition in the page, asked a few times a second: at every frame, asking is what the machine does."""
    page.wait_for_function(condition, arg=arg, timeout=timeout, polling=ASKED_MS)


def press(page: Page, name: str) -> None:
    """Press a button and wait for the answer, which a busy machine may begin late."""
    runs = page.evaluate(RUNS)
    page.get_by_role("button", name=name, exact=True).click()
    until(page, "(runs) => window.hxRuns.count > runs", arg=runs)
    idle(page)


def figure(page: Page, label: str) -> float:
    """Number in the box of a label."""
    box = next(text for text in page.locator(".hx-kpi").all_inner_texts() if text.startswith(label))
    found = re.search(r"([\d.]+)", box.removeprefix(label).replace("≥", ""))
    assert found is not None, box
    return float(found[1])


def look_at(page: Page, lon: float, lat: float, zoom: int) -> None:
    """Move the map."""
    page.evaluate(
        "([lon, lat, zoom]) => document.querySelector('.hxt-map').huxuetu.map.setView([lat, lon], zoom)",
        [lon, lat, zoom],
    )
    page.wait_for_timeout(400)


def pixel(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Place of a position in the window."""
    x, y = page.evaluate(
        """([lon, lat]) => { const host = document.querySelector(".hxt-map"), box = host.getBoundingClientRect();
          const p = host.huxuetu.map.latLngToContainerPoint([lat, lon]); return [p.x + box.left, p.y + box.top]; }""",
        [lon, lat],
    )
    return x, y


def on_map(page: Page, layer: str) -> list[dict[str, Any]]:
    """GeoJSON features of a layer as the map got them."""
    found: list[dict[str, Any]] = page.evaluate(
        """async (layer) => { const {data} = document.querySelector(".hxt-map").huxuetu;
          const url = data.layers.find((l) => l.id === layer).url;
          return (await (await fetch(url.replace(/^\\//, ""))).json()).features; }""",
        layer,
    )
    return found
