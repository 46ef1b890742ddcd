"""Folding of traditional characters that occur in names of schools, so that one word list serves both scripts."""

from __future__ import annotations

from typing import Final

_FOLD: Final = str.maketrans(
    "國學園兒級職業點實驗黨訓補習師範進專電駕駛殘聰啟輔讀貫綜課後親託貿護醫衛術藝樂縣鎮鄉區臺灣東華復輝興龍總廠場廳榮選練導館語應麗聯邊農",
    "国学园儿级职业点实验党训补习师范进专电驾驶残聪启辅读贯综课后亲托贸护医卫术艺乐县镇乡区台湾东华复辉兴龙总厂场厅荣选练导馆语应丽联边农",
)


def simplified(text: str) -> str:
    """Fold the traditional characters of school names to simplified ones; for comparing only."""
    return text.translate(_FOLD)
