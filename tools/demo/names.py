"""Invented names: streets, villages, campuses' neighbours. Any likeness to a real place is chance."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from demo.plane import chance

_FIRST: Final = "青白石龙云花松竹桐梨杉茶金银水大小上下新老坪马牛凤鹤桂柏枫岩坡沙"
_SECOND: Final = "井塘寨坪坡湾沟田洞山岭坝冲垭林桥屯箐口坳"
_LANE_FIRST: Final = "桂柳槐梧兰竹荷梅松枫杏榕茶盐米布铁油豆瓷弓箭灯钟鼓书墨砚琴棋"
_LANE_SECOND: Final = "花香园井市坊铺桥门台墙阁楼湾塘"
_SHOP: Final = (
    "星云", "极速", "拾光", "悦歌", "惠民", "旺角", "好又来", "金源", "兴隆", "澜江",
    "云上", "蓝海", "天天", "百姓", "平价", "青藤", "九号", "老友", "小城", "阳光",
    "鸿运", "顺达", "福满", "新世纪", "乐购", "万家", "佳佳", "红太阳", "雅致", "晨光",
    "望江", "桥头", "东门", "西街", "南苑", "北岸", "聚友", "知音", "半山", "江畔",
)  # fmt: skip


def villages() -> list[str]:
    """Village names in seeded order, without repeats."""
    out = [a + b for a, b in itertools.product(_FIRST, _SECOND) if a != b]
    chance("village names").shuffle(out)
    return out


def lanes() -> Iterator[str]:
    """Lane names in seeded order, then none."""
    out = [a + b + "巷" for a, b in itertools.product(_LANE_FIRST, _LANE_SECOND)]
    chance("lane names").shuffle(out)
    return iter(out)


def shops() -> Iterator[str]:
    """Shop words in seeded order, endless; a repeat carries a branch number."""
    words = list(_SHOP)
    chance("shop names").shuffle(words)
    for branch in itertools.count(1):
        for word in words:
            yield word if branch == 1 else f"{word}{'一二三四五六七八九十'[min(branch, 10) - 1]}店"
