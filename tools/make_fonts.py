"""
Cut the fonts of the printed sheets from an npm tree into ``data/fonts``, byte for byte the same on every run.

Run it outside the project, then commit what it wrote; the list of characters is that of Debian's ``unicode-data``::

    mkdir /tmp/npm && cd /tmp/npm && npm init -y
    npm i --ignore-scripts @expo-google-fonts/noto-sans-sc@0.4.3
    apt-get install unicode-data
    python tools/make_fonts.py /tmp/npm/node_modules data/fonts

Kept: the 8,105 characters of 通用规范汉字表 (2013), everything of GB 2312, the traditional forms in common use, Latin,
the punctuation and signs of a map sheet, and rare characters of Chinese place and personal names. The pages in a
browser get the same characters (``vendor_assets.py``). Noto has no reserved font name, so the cut fonts keep theirs;
the licence is laid beside them.
"""

from __future__ import annotations

import argparse
import bz2
import shutil
from pathlib import Path
from typing import Final

from fontTools import subset
from fontTools.ttLib import TTFont

PACKAGE: Final = "@expo-google-fonts/noto-sans-sc"
LICENCE: Final = "LICENSE_FONT"
FONTS: Final = {
    "400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
}

UNIHAN: Final = Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
STANDARD_COUNT: Final = 8105

_FIRST_ROW, _LAST_ROW = 0xA1, 0xF7
_FIRST_CELL, _LAST_CELL = 0xA1, 0xFE
LATIN: Final = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180))))
SIGNS: Final = "‐‑–—―‘’“”„†‡•…‰′″‹›€№™←↑→↓↔−√∞≈≠≤≥①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳■□▲△▶◀▼▽◆◇○◎●★☆✓㎡㎥㎜㎝㎞〇〓"
# Outside GB 2312, but seen in names of rivers, dams, villages, townships and schools of the south-west, and of people.
RARE: Final = (
    "㵲氹塆坉浉罍垚堃喆珺玥晢婳砦峁塬埫垭垴堽塝垸墩畈瑀琊琇珣璟瑄玙玘珂珏琎琪琨瑢瑗璇璎璠璐璘璞瑭"
    "昉昊昇昕昱晔晖晞晟暄暘曈曌旻旸翀翃翊翎翚翯飏飔骐骙骕骦鹮鹍鸾鸢鸲鹇鹀"
    "垟堌垱埇埠塅堉堠塍墕墚嶅嶂崀岽崃嵖岈嵛嵊峧峤岜岚岙岇屼崂崟崮崾嵕嶍巘"
    "沄沚泃泖泚泜泐洣洨洧洺浕浛浠浡浬涠涢涪淏淯淝淠渼湉湜湲溁溆溇溠滆滍漈漖漷潆潖潴澉澄澛澥澧澪濉瀍瀼灞沕洑浐浯浼涞涿"
    "柘栟桠梽棨椑楂楠榕槜樨橑檫杧枞枧枳栌栎梓梾棪椤棠"
    "祊祎祐祺禚禤禧稔稹穗竑竘竣竦笪筼箐篁簕籴糇"
    "芃芊芑芗苋苡茆茇茌茕茜荇荥莘莨莜菁菂萁萸葳葶蒄蒗蓥蔺薏薮藁蘅"
    "砀砻硔硖硚碁碶碣礐礌礤硇郏郗郜郝郴郾鄠鄞鄢酂酃酆锜锟锴镕镛镠镡镬闫闼阆阊阍陉陟隰隽雒霅霁霄"
    "靓鞑韫韬颎颙馗馥驿驷骁骊髡魃鲃鲅鲬鳌麂麾黟黾鼋䶮犇骉羴焱淼鑫森磊垚堃"
    "佲偲傈僳僮仡佬侗仫傣彝瑶畲㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㤘㥄㧐㧑㧟㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙"
)


def gb2312() -> str:
    """Every character of GB 2312."""
    cells = (
        bytes((row, cell)) for row in range(_FIRST_ROW, _LAST_ROW + 1) for cell in range(_FIRST_CELL, _LAST_CELL + 1)
    )
    return "".join(pair.decode("gb2312", "ignore") for pair in cells)


def traditional() -> str:
    """Traditional characters in common use: the first level of Big5."""
    pairs = (bytes((row, cell)) for row in range(0xA4, 0xC7) for cell in range(0x40, 0xFF))
    return "".join(pair.decode("big5", "ignore") for pair in pairs)


def standard(unihan: Path) -> str:
    """Characters of 通用规范汉字表, by the field kTGH of Unicode's Han database."""
    with bz2.open(unihan, "rt", encoding="utf-8") as lines:
        fields = [line.split("\t") for line in lines if not line.startswith("#")]
    found = "".join(chr(int(field[0].removeprefix("U+"), base=16)) for field in fields if field[1:2] == ["kTGH"])
    if len(found) != STANDARD_COUNT:
        raise SystemExit(f"{unihan} lists {len(found)} characters, not {STANDARD_COUNT}")
    return found


def characters(unihan: Path) -> str:
    """All characters that are kept."""
    return gb2312() + standard(unihan) + traditional() + LATIN + SIGNS + RARE


def cut(source: Path, target: Path, kept: str, flavor: str | None = None) -> None:
    """Write some characters of ``source`` to ``target``, without hinting, outlines and metrics unchanged."""
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=["*"], glyph_names=False)
    options.layout_features = ["kern", "locl", "ccmp", "mark", "mkmk", "vert"]
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=kept)
    subsetter.subset(font)
    font.flavor = flavor
    font.save(target)


def main() -> None:
    """Cut every font and lay the licence beside them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("node_modules", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--unihan", type=Path, default=UNIHAN)
    asked = parser.parse_args()
    package = asked.node_modules / PACKAGE
    asked.target.mkdir(parents=True, exist_ok=True)
    kept = characters(asked.unihan)
    for inside, name in FONTS.items():
        cut(package / inside, asked.target / name, kept)
    shutil.copyfile(package / LICENCE, asked.target / "OFL.txt")


if __name__ == "__main__":
    main()
