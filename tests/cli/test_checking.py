"""The data-quality report in words."""

import pandas as pd

from gislib.cli.checking import report_of
from gislib.planning.checks import COLUMNS, CheckReport


def test_serious_rows_come_first_and_every_row_has_a_sentence():
    rows = pd.DataFrame(
        [
            ("note", "pupils_unknown", "schools", "osm:w1", ""),
            ("doubt", "family_unknown", "", "", "water"),
            ("note", "a_warning_of_an_import", "osm", "", "n=3"),
            ("serious", "gate_unsnapped", "gates", "g1", ""),
        ],
        columns=list(COLUMNS),
    )
    told = report_of(CheckReport(rows, {"schools": 1}, {"primary": 1}, ("water",)), "zh")
    assert [row["text"] for row in told["rows"]] == [
        "[严重] 校门 g1 附近没有可接入的道路，步行距离测不了，请核对位置。",
        "[存疑] 水域没有来源声明查全：按未知处理，不当作没有。",
        "[提示] 学校 osm:w1 没有学生数，按同类中位数估，请补上。",
        "[提示] a_warning_of_an_import n=3",
    ]
    assert told["rows"][0]["severity"] == "serious"
    assert told["counts"] == {"schools": 1}
