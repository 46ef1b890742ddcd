"""The documents keep the promises that rules and code make about them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
METHODS = (ROOT / "docs" / "methods.md").read_text("utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def own_locators() -> set[str]:
    """What rules cite of our own methods, such as ``§4 分级``."""
    found = set()
    for file in sorted((ROOT / "data" / "rules").glob("*.toml")):
        for rule in tomllib.loads(file.read_text("utf-8")).get("rule", []):
            found |= {ref["locator"] for ref in rule.get("references", []) if ref.get("source") == "own_method"}
    return found


def test_rules_cite_sections_that_exist() -> None:
    sections = dict(re.findall(r"(?ms)^## (§\d)(.*?)(?=^## |\Z)", METHODS))
    cited = own_locators()
    assert len(cited) > 10
    lost = []
    for locator in sorted(cited):
        section, _, words = locator.partition(" ")
        heads = [line for line in ("#" + sections.get(section, "")).splitlines() if line.startswith("#")]
        if not any(words in head for head in heads):
            lost.append(locator)
    assert lost == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_that_documents_name_exist(document: Path) -> None:
    text = document.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (document.parent / link).exists()] == []
    named = re.findall(r"`((?:docs|data|tests|tools|gislib|benchmarks|static)/[\w./-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))
    asked = set(re.findall(r"`?make ([a-z]+)", (ROOT / "README.md").read_text("utf-8")))
    assert {"run", "test"} <= asked <= targets
