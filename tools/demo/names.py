"""Invented names: streets, villages, campuses' neighbours. Any likeness to a real place is chance."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from demo.plane import chance

_FIRST: Final = (
    "青 白 石 龙 云 花 松 竹 桐 梨 杉 茶 金 银 水 大 小 上 下 新 老 坪 马 牛 凤 鹤 桂 柏 枫 岩 坡 沙".split()
)
_SECOND: Final = "井 塘 寨 坪 坡 湾 沟 田 洞 山 岭 坝 冲 垭 林 桥 屯 箐 口 坳".split()
_LANE_FIRST: Final = "桂 柳 槐 梧 兰 竹 荷 梅 松 枫 杏 榕 茶 盐 米 布 铁 油 豆 瓷 弓 箭 灯 钟 鼓 书 墨 砚 琴 棋".split()
_LANE_SECOND: Final = "花 香 园 井 市 坊 铺 桥 门 台 墙 阁 楼 湾 塘".split()
_SHOP: Final = (
    "星云 极速 拾光 悦歌 惠民 旺角 好又来 金源 兴隆 澜江 云上 蓝海 天天 百姓 平价 青藤 九号 老友 小城 阳光 "
    "鸿运 顺达 福满 新世纪 乐购 万家 佳佳 红太阳 雅致 晨光 望江 桥头 东门 西街 南苑 北岸 聚友 知音 半山 江畔"
).split()


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
