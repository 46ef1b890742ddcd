"""LibreOffice without a screen: Word files become PDF with our own fonts, so that all machines give the same pages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gislib.reports.fonts import font_folder

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{folder}</dir><dir>/usr/share/fonts/truetype/liberation</dir><cachedir>{cache}</cachedir></fontconfig>
"""
SECONDS = 240


def require_office() -> None:
    """Go on only with LibreOffice Writer and the tools that read a PDF; without, CI fails, others skip visibly."""
    found = shutil.which("soffice")
    writer = found and (Path(found).resolve().parent / "libswlo.so").is_file()
    if writer and all(shutil.which(tool) for tool in ("pdftotext", "pdffonts")):
        return
    if os.environ.get("CI"):
        pytest.fail("LibreOffice Writer or poppler is missing, and in CI that is a failure (make office)")
    pytest.skip("LibreOffice Writer or poppler is missing: make office")


def to_pdf(documents: dict[str, bytes], folder: Path) -> dict[str, Path]:
    """PDF of every Word file by name, made in one run of LibreOffice."""
    conf = folder / "fonts.conf"
    conf.write_text(FONTS.format(folder=font_folder(), cache=folder / "cache"), "utf-8")
    sources = []
    for name, content in documents.items():
        sources.append(folder / f"{name}.docx")
        sources[-1].write_bytes(content)
    command = ["soffice", f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(folder), *map(str, sources)],
        env=os.environ | {"FONTCONFIG_FILE": str(conf)}, timeout=SECONDS, check=True, capture_output=True,
    )  # fmt: skip
    return {name: folder / f"{name}.pdf" for name in documents}


def page_texts(pdf: Path) -> list[str]:
    """Text of every page, laid out in lines."""
    command = ["pdftotext", "-layout", "-enc", "UTF-8", str(pdf), "-"]
    shown = subprocess.run(command, check=True, capture_output=True, timeout=SECONDS).stdout.decode()
    return shown.split("\f")[:-1]


def font_names(pdf: Path) -> list[str]:
    """Names of the fonts in a PDF, without the mark of their subset."""
    shown = subprocess.run(["pdffonts", str(pdf)], check=True, capture_output=True, timeout=SECONDS).stdout.decode()
    return sorted({line.split()[0].split("+")[-1] for line in shown.splitlines()[2:]})
