"""Zip files and XML text that are the same for the same input, whatever the clock and the words in them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import date
from typing import Final

_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (section 2.2) forbids even when escaped."""


def xml_text(value: object) -> str:
    """Text of a value that an XML writer may escape: characters that XML cannot hold are left out."""
    return _NOT_XML.sub("", str(value))


def zip_bytes(files: Mapping[str, bytes], day: date) -> bytes:
    """Zip of files by name, in the given order, all dated on one day."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=(day.year, day.month, day.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return memory.getvalue()
