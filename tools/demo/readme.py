"""The note beside the data: that all of it is invented, and what is in it."""

from __future__ import annotations

from demo.incidents import PROCESS

TEXT = """\
# 示例数据·虚构：澜桥县

本目录的县、乡镇、道路、学校、场所、出租房、事件、地形、人口全部是程序编造的，用来试用护学图和跑测试。
坐标落在 105.2°E、25.2°N 附近，只是借用黔西南一类的地势；那里没有这样一座县城。
名称如与真实单位相同，纯属巧合。任何图、表、文件都要保留“示例数据·虚构”字样。

- 重新生成：`python tools/make_demo.py`（种子固定，重复运行逐字节相同）。
- 行政区划代码 529901 及其下级是虚构的：GB/T 2260 的贵州部分没有 5299 这一地级代码，不会与真实县区相混。
- 学校标识码以 99 开头、道路编号 G999、OSM 元素编号从 900000000000 起，都不是真实编号。

| 文件 | 内容 | 用哪个命令导入 |
|---|---|---|
| town.osm.pbf | 道路、建筑、水域、已有设施（不含学校） | import … osm |
| areas.geojson | 县和乡镇、街道的范围 | import … areas |
| schools.geojson | 校园边界；一所只有实测点，两个教学点只有地址定位（±90 米），两个非学校 | import … schools |
| gates.csv | 校门；“已实测”为是的精度 0.5 米 | import … gates |
| venues.csv | 场所 | import … venues |
| rentals.csv | 登记出租房，无人名 | import … rentals |
| water.csv | OSM 里没有的小水体，及围栏、“四个一”情况 | import … water |
| incidents.csv | 三学年事件，见下 | import … incidents |
| dem.tif | 高程，1 角秒，米 | import … dem |
| population.tif | 人口，3 角秒，人/格 | import … population |
| planted.json | 预埋的案例和手算答案 | 测试用 |

全部表格：WGS 84，UTF-8（带 BOM）；空单元格表示不知道，不表示没有。

## 预埋案例

在城西街道的直线路段上，全部实测到 0.5 米：边界直线 199.9 / 200.0 / 200.1 米各一处；
对街（直线 26 米，依规步行 206 米）；隔中央护栏（直线 39 米，步行 339 米）；隔江（直线 132 米，步行 800 米以上）；
只有点位的幼儿园（边界直线测不了，步行 142 米）；水库便道（校门步行约 150 米到无围栏的岸）。算式在 planted.json。

## 事件

"""


def text() -> str:
    """Whole note."""
    return TEXT + PROCESS
