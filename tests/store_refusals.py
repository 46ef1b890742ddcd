"""What every refusal of the store has: a code, and a text in every language."""

from __future__ import annotations

import pytest

from gislib import wording
from gislib.domain.errors import StoreError


def refused(code, call, *arguments, **named):
    """The error of a call that must be refused with this code."""
    with pytest.raises(StoreError) as caught:
        call(*arguments, **named)
    assert caught.value.code == code
    assert {wording.error(caught.value, lang) for lang in wording.LANGUAGES}.isdisjoint({str(caught.value)})
    return caught.value
