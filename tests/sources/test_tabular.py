import zipfile
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import openpyxl
import pytest
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box

from gislib import rules, wording
from gislib.domain.errors import DatumError, InputError
from gislib.geo import datum
from gislib.sources import limits
from gislib.sources.tabular import TableOptions, read_table

WGS = TableOptions(datum="wgs84")
HEADER = "场所名称,类型,经度,纬度\n"
GOOD = "星光网吧,网吧,104.901,25.091\n"


@pytest.fixture(scope="module")
def rs():
    return rules.load()


@pytest.fixture
def read(tmp_path, rs):
    def run(text, layer="venues", options=WGS, context=None, name="t.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read_table(layer, path, options, context or {}, rs)

    return run


def refused(call, *args, **kwargs):
    with pytest.raises(InputError) as caught:
        call(*args, **kwargs)
    return caught.value


def reasons(loaded):
    return [tuple(row) for row in loaded.rejected[["row", "code"]].itertuples(index=False)]


# files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_encodings(read, encoding):
    table = read(HEADER + GOOD, encoding=encoding).layers["venues"]
    assert table["name"].tolist() == ["星光网吧"]


def test_rare_characters_survive_gb18030(read):
    table = read(HEADER + "㵲堃喆玥垚网吧,网吧,104.9,25.09\n", encoding="gb18030").layers["venues"]
    assert table["name"].tolist() == ["㵲堃喆玥垚网吧"]


@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
def test_delimiters(read, sign):
    assert len(read((HEADER + GOOD).replace(",", sign)).layers["venues"]) == 1


def test_quoted_cells_hold_delimiters_and_line_breaks_and_rows_keep_their_line_numbers(read):
    loaded = read(HEADER + '"星光,\n网吧",网吧,104.9,25.09\n\n坏,网吧,x,25.09\n')
    assert loaded.layers["venues"]["name"].tolist() == ["星光,\n网吧"]
    assert reasons(loaded) == [(5, "coordinate_unreadable")]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "t.csv", "file_empty"),
        (HEADER, "t.csv", "table_header_only"),
        ("\n\n", "t.csv", "table_header_only"),
        ("a,b\n1,2\n", "t.csv", "header_not_found"),
        ("<html><body>", "t.csv", "file_is_markup"),
        (b"\x81\x20\xff\xff\x00", "t.csv", "file_encoding"),
        (b"a,b\0c", "t.csv", "file_binary"),
        (HEADER + GOOD, "t.doc", "file_format_unknown"),
        (b"PK\x03\x04broken", "t.xlsx", "file_broken"),
        ("<html>", "t.xls", "file_broken"),
        ("{", "t.geojson", "file_broken"),
        ("not a shapefile", "t.shp", "file_broken"),
        ("no zip", "t.zip", "archive_broken"),
        ("<kml>", "t.kml", "file_broken"),
        ("场所名称,类型\n星光,网吧\n", "t.csv", "table_without_coordinates"),
        (HEADER + "星光,网吧,,25\n星光,网吧,#N/A,25\n", "t.csv", "table_all_rejected"),
    ],
)
def test_unusable_files_give_one_error(read, content, name, code):
    error = refused(read, content, name=name)
    assert error.code == code
    assert error.values["file"] == name


def test_missing_file_and_unknown_layer(tmp_path, rs):
    assert refused(read_table, "venues", tmp_path / "no.csv", WGS, {}, rs).code == "file_missing"
    assert refused(read_table, "roads", tmp_path / "no.csv", WGS, {}, rs).code == "layer_unknown"


def test_oversized_file_and_too_many_rows(read, monkeypatch):
    monkeypatch.setattr(limits, "MAX_ROWS", 2)
    assert refused(read, HEADER + GOOD * 3).code == "too_many_rows"
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 10)
    assert refused(read, HEADER + GOOD).code == "file_too_large"


def test_all_rejected_names_the_first_reason(read):
    error = refused(read, HEADER + "星光,网吧,106.936593N/A,25\n")
    assert (error.values["row"], error.values["column"], error.values["reason"], error.values["value"]) == (
        2,
        "经度",
        "coordinate_unreadable",
        "106.936593N/A",
    )
    assert wording.error(error).endswith("：坐标读不出来。请写成 104.9012 或 104°54′04″。")


def test_refused_rows_name_the_columns_of_the_file(read):
    far = "星光,网吧,104.9,25.09\n" * 4 + "月光,网吧,120.1,30.2\n夜色,寺庙,104.9,25.09\n"
    found = read("店名,业态,X坐标(经度),Y坐标(纬度)\n" + far).rejected
    assert found["column"].tolist() == ["X坐标(经度)、Y坐标(纬度)", "业态"]
    assert found["code"].tolist() == ["coordinate_far_away", "kind_unknown"]


# workbooks


def workbook(path, rows, merge=None, other=None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    if other:
        book.create_sheet(other).append(["x"])
    book.save(path)
    return path


def test_merged_title_rows_above_the_header_are_skipped(tmp_path, rs):
    path = workbook(
        tmp_path / "t.xlsx",
        [
            ["兴义市娱乐场所统计表", None, None, None, None],
            ["填报单位：某局", None, None, "日期", datetime(2026, 3, 1)],  # noqa: DTZ001
            [],
            ["序号", "场所名称", "类别", "经度", "纬度"],
            [1, "星光网吧", "网吧", 104.901, 25.091],
            [2, "坏", "网吧", "106.936593N/A", 25.091],
        ],
        merge="A1:E1",
    )
    loaded = read_table("venues", path, WGS, {}, rs)
    assert loaded.layers["venues"]["name"].tolist() == ["星光网吧"]
    assert reasons(loaded) == [(6, "coordinate_unreadable")]
    assert loaded.provenance.counts["columns_dropped"] == 1


def test_a_cover_sheet_is_passed_over_and_several_tables_are_asked_about(tmp_path, rs):
    rows = [["名称", "类型", "经度", "纬度"], ["星光", "网吧", 104.9, 25.09]]
    book = openpyxl.load_workbook(workbook(tmp_path / "t.xlsx", [["填表说明"], ["请如实填写"]], other="数据"))
    book["数据"].delete_rows(1)
    for row in rows:
        book["数据"].append(row)
    book.save(tmp_path / "t.xlsx")
    loaded = read_table("venues", tmp_path / "t.xlsx", WGS, {}, rs)
    assert loaded.layers["venues"]["name"].tolist() == ["星光"]
    assert [m.values for m in loaded.provenance.warnings if m.code == "sheets_unread"] == [
        {"read": "数据", "unread": "Sheet"}
    ]
    book.copy_worksheet(book["数据"]).title = "二季度"
    book.save(tmp_path / "two.xlsx")
    error = refused(read_table, "venues", tmp_path / "two.xlsx", WGS, {}, rs)
    assert (error.code, error.values["sheets"]) == ("header_on_sheets", "数据、二季度")
    none = workbook(tmp_path / "none.xlsx", [["填表说明"]], other="附表")
    error = refused(read_table, "venues", none, WGS, {}, rs)
    assert (error.code, error.values["sheets"]) == ("header_on_no_sheet", "Sheet、附表")


def test_sheets_by_name_and_number_and_the_unread_are_said(tmp_path, rs):
    rows = [["名称", "类型", "经度", "纬度"], ["星光", "网吧", 104.9, 25.09]]
    path = workbook(tmp_path / "t.xlsx", rows, other="说明")
    loaded = read_table("venues", path, WGS, {}, rs)
    assert [m.values for m in loaded.provenance.warnings if m.code == "sheets_unread"] == [
        {"read": "Sheet", "unread": "说明"}
    ]
    for sheet in ("1", "Sheet"):
        assert len(read_table("venues", path, TableOptions(datum="wgs84", sheet=sheet), {}, rs).layers["venues"]) == 1
    error = refused(read_table, "venues", path, TableOptions(datum="wgs84", sheet="9"), {}, rs)
    assert (error.code, error.values["known"]) == ("sheet_missing", "Sheet, 说明")


def test_a_stray_cell_in_the_last_corner_does_not_fill_the_memory(tmp_path, rs):
    book = openpyxl.Workbook()
    book.active.append(["名称", "类型", "经度", "纬度"])
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "t.xlsx")
    error = refused(read_table, "venues", tmp_path / "t.xlsx", WGS, {}, rs)
    assert (error.code, error.values["rows"], error.values["columns"]) == ("sheet_too_large", 1_048_576, 16_384)


def test_numeric_codes_and_dates_of_a_workbook_become_plain_text(tmp_path, rs):
    path = workbook(
        tmp_path / "t.xlsx",
        [
            ["出租屋编码", "类型", "床位数", "走访时间", "经度", "纬度"],
            [10086, "群租房", 12, datetime(2026, 2, 3), 104.9, 25.09],  # noqa: DTZ001
        ],
    )
    row = read_table("rentals", path, WGS, {}, rs).layers["rentals"].iloc[0]
    assert (row.name, row["kind"], row["beds"], row["last_visit"]) == (
        "rentals:10086",
        "group_rental",
        12.0,
        "2026-02-03",
    )


# names and texts


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "@SUM(1)", "a&b<b>", "'; --"])
def test_names_survive_verbatim(read, name):
    quoted = '"' + name.replace('"', '""') + '"'
    table = read(HEADER + f"{quoted},网吧,104.9,25.09\n").layers["venues"]
    assert table["name"].tolist() == [name]


def test_unmapped_columns_and_personal_numbers_are_dropped_and_counted(read):
    loaded = read("名称,类型,经度,纬度,营业时间,法人,电话\n星光13812345678,网吧,104.9,25.09,8：00～24：00,张三,138\n")
    row = loaded.layers["venues"].iloc[0]
    assert row["hours"] == "08:00-24:00"
    assert row[["name"]].isna().all()
    assert loaded.provenance.counts["columns_dropped"] == 2
    assert loaded.provenance.counts["cells_private"] == 1
    assert "138" not in loaded.rejected.to_csv()
    assert "张三" not in repr(loaded)


def test_long_decimals_are_not_taken_for_telephone_numbers(read):
    loaded = read(HEADER + "星光,网吧,104.13812345678,25.13912345678\n")
    assert loaded.layers["venues"].geometry.iloc[0].x == pytest.approx(104.13812345678)


def test_own_mapping_goes_before_the_synonyms(read):
    options = TableOptions(datum="wgs84", column_map={"name": "招牌"})
    table = read("名称,招牌,类型,经度,纬度\n甲公司,星光,网吧,104.9,25.09\n", options=options).layers["venues"]
    assert table["name"].tolist() == ["星光"]
    bad = TableOptions(datum="wgs84", column_map={"name": "没有"})
    assert refused(read, HEADER + GOOD, options=bad).code == "map_unknown_column"
    bad = TableOptions(datum="wgs84", column_map={"colour": "类型"})
    assert refused(read, HEADER + GOOD, options=bad).code == "map_unknown_field"


def test_a_mapping_finds_a_header_the_synonyms_do_not(read):
    options = TableOptions(datum="wgs84", column_map={"name": "A", "kind": "B", "lon": "C", "lat": "D"})
    table = read("A,B,C,D\n星光,网吧,104.9,25.09\n", options=options).layers["venues"]
    assert table["name"].tolist() == ["星光"]


def test_english_headers(read):
    table = read("Name,Category,Longitude,Latitude,Opening Hours\nStar,Internet cafe,104.9,25.09,8:00-22:00\n")
    assert table.layers["venues"].iloc[0][["kind", "hours"]].tolist() == ["net_bar", "08:00-22:00"]


# kinds, ids, values


def test_kinds_in_chinese_english_and_from_names(read):
    loaded = read(
        HEADER
        + "甲,网咖,104.9,25.09\n乙,Net bar,104.9,25.09\n丙,net_bar,104.9,25.09\n丁,娱乐场所-量贩歌厅,104.9,25.09\n"
        + "金色年华夜总会,,104.9,25.09\n某店,,104.9,25.09\n某店,五金,104.9,25.09\n"
    )
    assert loaded.layers["venues"]["kind"].tolist() == ["net_bar", "net_bar", "net_bar", "ktv", "nightclub"]
    assert reasons(loaded) == [(7, "kind_missing"), (8, "kind_unknown")]


def test_school_kinds_by_column_else_by_name(read):
    table = read(
        '学校名称,办学类型,在校生数,经度,纬度\n甲,小学,"1,200人",104.9,25.09\n兴义市红星幼儿园,,80,104.9,25.09\n'
        "中共市委党校,,,104.9,25.09\n育才,,,104.9,25.09\n",
        "schools",
    ).layers["schools"]
    assert table["kind"].tolist() == ["primary", "kindergarten", "not_a_school", "school"]
    assert table["pupils"].tolist()[:2] == [1200.0, 80.0]
    assert table["pupils"].isna().tolist() == [False, False, True, True]


def test_unreadable_cells_become_missing_and_come_back(read):
    loaded = read(
        "学校名称,办学类型,在校生数,围墙,经度,纬度\n甲小学,小学,很多,大概,104.9,25.09\n乙小学,小学,无,有,104.9,25.09\n",
        "schools",
    )
    assert loaded.rejected.to_dict("records") == [
        {"row": 2, "column": "在校生数", "code": "cell_number", "value": "很多"},
        {"row": 2, "column": "围墙", "code": "cell_flag", "value": "大概"},
    ]
    assert loaded.provenance.rows_kept == 2
    assert loaded.layers["schools"]["pupils"].isna().all()
    assert loaded.layers["schools"]["wall"].tolist()[1] is True


def test_ids_from_codes_and_repeated_codes(read):
    loaded = read(
        "学校代码,学校名称,经度,纬度\nA1,甲小学,104.9,25.09\nA1,乙小学,104.91,25.09\n,丙小学,104.9,25.08\n", "schools"
    )
    assert loaded.layers["schools"].index.tolist() == ["schools:A1", "new:4"]
    assert reasons(loaded) == [(3, "code_duplicate")]


def test_source_name_coverage_and_claims(read):
    day = datetime(2026, 3, 1, 4, tzinfo=UTC)
    options = TableOptions(datum="cgcs2000", source_id="police", data_date="2026-02-01", read_at=day)
    loaded = read("编码,名称,类型,经度,纬度\n7,星光,网吧,104.9,25.09\n", options=options)
    assert loaded.layers["venues"].index.tolist() == ["police:7"]
    provenance = loaded.provenance
    assert (provenance.source_id, provenance.claims, provenance.covers_area) == ("police", frozenset(), False)
    assert (provenance.datum, provenance.read_at, provenance.origin) == (
        "cgcs2000",
        "2026-03-01T04:00:00+00:00",
        "t.csv",
    )
    complete = TableOptions(datum="wgs84", covers_area=True)
    assert read(HEADER + GOOD, options=complete).provenance.claims == {"venues"}
    schools = read("学校名称,学段,经度,纬度\n甲,小学,104.9,25.09\n", "schools", complete)
    assert schools.provenance.claims == frozenset()


def test_water_rentals_devices_incidents_areas(read):
    water = (
        read("名称,水域类型,护栏,四个一,经度,纬度\n木浪河水库,,有,无,104.9,25.09\n", "water").layers["water"].iloc[0]
    )
    assert (water["kind"], water["fenced"]) == ("reservoir", True)
    assert water[["kit"]].isna().all()
    rental = read("房屋编号,床位,经度,纬度\n1,4,104.9,25.09\n", "rentals")
    assert rental.layers["rentals"]["kind"].tolist() == ["room"]
    assert rental.provenance.counts["kind_assumed"] == 1
    device = read("设施类型,有无标线,经度,纬度\n斑马线,有,104.9,25.09\n", "devices").layers["devices"].iloc[0]
    assert (device["kind"], device["marked"]) == ("crossing", True)
    incident = read("发生时间,案由,经度,纬度\n2025年9月1日 7时50分,交通事故,104.9,25.09\n", "incidents").layers[
        "incidents"
    ]
    assert incident.iloc[0][["date", "kind"]].tolist() == ["2025-09-01T07:50", "crash"]
    areas = read("行政区划代码,名称,级别,上级\n522301001,黄草街道,乡镇,522301\n,无码,乡镇,522301\n", "areas")
    assert areas.layers["areas"].index.tolist() == ["522301001"]
    assert reasons(areas) == [(3, "code_missing")]


def test_uncertainty_defaults_and_own_column(read):
    table = read("名称,类型,经度,纬度,定位精度\n甲,网吧,104.9,25.09,0.5\n乙,网吧,104.9,25.09,\n").layers["venues"]
    assert table["located_to_m"].tolist() == [0.5, 20.0]


# coordinates in context


def test_swapped_columns_are_mended_with_a_warning(read):
    loaded = read("名称,类型,经度,纬度\n甲,网吧,25.09,104.90\n乙,网吧,25.10,104.91\n")
    assert loaded.layers["venues"].geometry.x.tolist() == [104.90, 104.91]
    assert "coordinates_swapped" in [message.code for message in loaded.provenance.warnings]


def test_a_single_swapped_row_is_refused(read):
    loaded = read(HEADER + GOOD * 3 + "乙,网吧,25.10,104.91\n")
    assert reasons(loaded) == [(5, "coordinate_swapped")]


def test_swapped_columns_outside_china_are_known_from_the_context(read, schools):
    helsinki = schools.set_geometry(schools.geometry.translate(24.94 - 104.9, 60.17 - 25.09))
    loaded = read(HEADER + "Baari,bar,60.17,24.94\n", options=TableOptions(), context={"schools": helsinki})
    assert loaded.layers["venues"].geometry.iloc[0].coords[0] == (24.94, 60.17)


def test_positions_outside_the_area_off_the_globe_and_far_away_are_refused(read, schools):
    text = HEADER + GOOD * 3 + "北京,网吧,116.4,39.9\n零,网吧,0,0\n坏,网吧,204.9,25.09\n邻县,网吧,105.9,25.09\n"
    loaded = read(text, context={"schools": schools})
    assert reasons(loaded) == [
        (5, "coordinate_far_away"),
        (6, "coordinate_out_of_range"),
        (7, "coordinate_out_of_range"),
        (8, "coordinate_outside_area"),
    ]


def test_joint_coordinate_column_and_degree_signs(read):
    table = read('名称,类型,坐标\n甲,网吧,"104.9,25.09"\n').layers["venues"]
    assert table.geometry.iloc[0] == Point(104.9, 25.09)
    table = read(HEADER + "甲,网吧,104°54′0″E,北纬25度6分\n").layers["venues"]
    assert table.geometry.iloc[0].coords[0] == pytest.approx((104.9, 25.1))


# datum


def school_csv(schools, name, datum_words=""):
    spots = schools.geometry.representative_point()
    lon, lat = datum.from_wgs84(name, spots.x.to_numpy(), spots.y.to_numpy())
    rows = [f"{n},{x:.7f},{y:.7f}" for n, x, y in zip(schools["name"], lon, lat, strict=True)]
    return f"学校名称,{datum_words}经度,{datum_words}纬度\n" + "\n".join(rows) + "\n"


def test_undeclared_datum_without_evidence_is_refused(read):
    with pytest.raises(DatumError) as caught:
        read(HEADER + GOOD, options=TableOptions())
    assert caught.value.code == "datum_undeclared"
    assert caught.value.values["matched"] == 0


@pytest.mark.parametrize("name", ["wgs84", "gcj02", "bd09"])
def test_undeclared_datum_is_found_by_named_campuses(read, schools, name):
    loaded = read(school_csv(schools, name), "schools", TableOptions(), {"schools": schools})
    assert loaded.provenance.datum == name
    told = {m.code: m.values for m in loaded.provenance.warnings}
    assert told["datum_by_schools"]["datum"] == name
    assert told["datum_by_schools"]["matched"] == 3
    assert ("datum_converted" in told) == (name != "wgs84")
    got = loaded.layers["schools"].geometry
    assert np.hypot(got.x - schools.geometry.representative_point().x.to_numpy(), 0).max() < 1e-6


def test_datum_in_the_header_counts(read):
    text = "名称,类型,经度(GCJ02),纬度(GCJ02)\n甲,网吧,104.9,25.09\n"
    assert read(text, options=TableOptions()).provenance.datum == "gcj02"
    both = "名称,类型,百度经度,百度纬度,lng_wgs84,lat_wgs84\n甲,网吧,104.91,25.1,104.9,25.09\n"
    loaded = read(both, options=TableOptions())
    assert loaded.provenance.datum == "wgs84"
    assert loaded.layers["venues"].geometry.iloc[0] == Point(104.9, 25.09)


def test_a_file_that_contradicts_the_campuses_is_refused_and_the_planner_is_warned(read, schools):
    text = school_csv(schools, "gcj02", "WGS84")
    with pytest.raises(DatumError) as caught:
        read(text, "schools", TableOptions(), {"schools": schools})
    assert (caught.value.code, caught.value.values["confirmed"]) == ("datum_contradicted", "gcj02")
    loaded = read(text, "schools", WGS, {"schools": schools})
    assert "datum_doubtful" in [message.code for message in loaded.provenance.warnings]


# gates


def test_gates_find_their_campus_by_name_code_and_id(read, schools):
    text = (
        "学校名称,校门名称,用途,经度,纬度\n兴义市第八中学,东门,学生,104.901,25.0905\nosm:w1,南门,,104.9005,25.09\n"
        "w2,西门,消防,104.92,25.0905\n第九中学,门,,104.9,25.09\n,门,,104.9,25.09\n兴义市第八中学,远门,,104.903,25.0905\n"
        "osm:w1,北门,天线,104.9005,25.091\n"
    )
    loaded = read(text, "gates", WGS, {"schools": schools})
    gates = loaded.layers["gates"]
    assert gates["school_id"].tolist() == ["osm:w1", "osm:w1", "osm:w2"]
    assert gates["role"].tolist() == ["student", "student", "fire"]
    assert gates["counts_for_measuring"].tolist() == [True, True, False]
    assert gates["inferred"].tolist() == [False] * 3
    assert reasons(loaded) == [
        (5, "gate_school_unknown"),
        (6, "gate_without_school"),
        (7, "gate_far_from_campus"),
        (8, "gate_role_unknown"),
    ]


# shapes


def features(**columns):
    geometry = columns.pop("geometry")
    return gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp", "kml"])
def test_vector_formats(tmp_path, rs, suffix):
    path = tmp_path / f"t.{suffix}"
    frame = features(name=["星光网吧"], geometry=[Point(104.9, 25.09)])
    frame.to_file(path, driver={"kml": "KML"}.get(suffix), engine="pyogrio", encoding=None)
    loaded = read_table("venues", path, TableOptions(), {}, rs)
    row = loaded.layers["venues"].iloc[0]
    assert (row["name"], row["kind"], row.geometry.x) == ("星光网吧", "net_bar", pytest.approx(104.9))
    assert loaded.provenance.datum == "wgs84"


def test_kml_row_numbers_are_no_codes_and_the_filled_name_column_counts(tmp_path, rs):
    frame = features(名称=["星光", "月光"], 类型=["网吧"] * 2, geometry=[Point(104.9, 25.09), Point(104.91, 25.09)])
    frame.to_file(tmp_path / "t.kml", driver="KML", engine="pyogrio")
    loaded = read_table("venues", tmp_path / "t.kml", TableOptions(), {}, rs)
    table = loaded.layers["venues"]
    assert table["name"].tolist() == ["星光", "月光"]
    assert table.index.tolist() == ["new:1", "new:2"]
    told = [m.values["columns"] for m in loaded.provenance.warnings if m.code == "columns_dropped"]
    assert told == ["Name、description"]


def test_shapefile_in_gbk_without_code_page(tmp_path, rs):
    frame = features(名称=["星光网吧"], geometry=[Point(104.9, 25.09)])
    frame.to_file(tmp_path / "t.shp", encoding="GBK")
    (tmp_path / "t.cpg").unlink()
    loaded = read_table("venues", tmp_path / "t.shp", TableOptions(), {}, rs)
    assert loaded.layers["venues"]["name"].tolist() == ["星光网吧"]


def test_shapefile_in_gauss_kruger_is_projected_back(tmp_path, rs):
    features(name=["星光网吧"], geometry=[Point(104.9, 25.09)]).to_crs("EPSG:4544").to_file(tmp_path / "t.shp")
    loaded = read_table("venues", tmp_path / "t.shp", TableOptions(), {}, rs)
    assert loaded.layers["venues"].geometry.iloc[0].distance(Point(104.9, 25.09)) < 1e-7


def test_shapefile_without_prj_needs_a_datum(tmp_path, rs):
    features(name=["星光网吧"], geometry=[Point(104.9, 25.09)]).to_file(tmp_path / "t.shp")
    (tmp_path / "t.prj").unlink()
    error = refused(read_table, "venues", tmp_path / "t.shp", TableOptions(), {}, rs)
    assert (error.code, error.values["file"]) == ("crs_undeclared", "t.shp")
    loaded = read_table("venues", tmp_path / "t.shp", TableOptions(datum="gcj02"), {}, rs)
    assert loaded.provenance.datum == "gcj02"
    assert loaded.layers["venues"].geometry.iloc[0].x < 104.9


def zipped(tmp_path, names=("data/点",)):
    features(name=["星光网吧"], geometry=[Point(104.9, 25.09)]).to_file(tmp_path / "t.shp")
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as out:
        for name in names:
            for suffix in ("shp", "shx", "dbf", "prj", "cpg"):
                out.write(tmp_path / f"t.{suffix}", f"{name}.{suffix}")
    return tmp_path / "t.zip"


def test_zipped_shapefile(tmp_path, rs):
    loaded = read_table("venues", zipped(tmp_path), TableOptions(), {}, rs)
    assert loaded.layers["venues"]["name"].tolist() == ["星光网吧"]
    assert loaded.provenance.origin == "t.zip"


@pytest.mark.parametrize(
    ("names", "code"),
    [(("a", "b"), "archive_shapefiles"), ((), "archive_shapefiles"), (("../t",), "archive_traversal")],
)
def test_zips_that_are_refused(tmp_path, rs, names, code):
    assert refused(read_table, "venues", zipped(tmp_path, names), TableOptions(), {}, rs).code == code


def test_zip_bombs_are_refused(tmp_path, rs):
    for suffix in ("zip", "xlsx"):
        path = tmp_path / f"t.{suffix}"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("a.shp", bytes(20 * limits.MIB))
        assert refused(read_table, "venues", path, TableOptions(), {}, rs).code == "archive_bomb"


@pytest.mark.parametrize("suffix", ["kml", "geojson", "json", "shp", "gpkg"])
def test_a_virtual_format_under_another_name_opens_nothing(tmp_path, rs, suffix):
    secret = tmp_path / "secret.csv"
    secret.write_text(HEADER + GOOD)
    path = tmp_path / f"t.{suffix}"
    path.write_text(
        f"<OGRVRTDataSource><OGRVRTLayer name='secret'><SrcDataSource>{secret}</SrcDataSource>"
        "<GeometryType>wkbPoint</GeometryType><GeometryField encoding='PointFromColumns' x='经度' y='纬度'/>"
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    assert refused(read_table, "venues", path, WGS, {}, rs).code == "file_broken"


def test_kml_with_entities_is_refused(read):
    bomb = '<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "aaaa">]><kml>&a;</kml>'
    assert refused(read, bomb, name="t.kml").code == "file_xml_entities"


def test_several_layers_need_a_choice(tmp_path, rs):
    frame = features(name=["星光网吧"], geometry=[Point(104.9, 25.09)])
    for layer in ("one", "two"):
        frame.to_file(tmp_path / "t.gpkg", layer=layer)
    assert refused(read_table, "venues", tmp_path / "t.gpkg", TableOptions(), {}, rs).code == "layer_ambiguous"
    assert len(read_table("venues", tmp_path / "t.gpkg", TableOptions(sheet="two"), {}, rs).layers["venues"]) == 1


def test_too_many_vertices(tmp_path, rs, monkeypatch):
    features(name=["甲小学"], geometry=[box(104.9, 25.09, 104.91, 25.1)]).to_file(tmp_path / "t.geojson")
    monkeypatch.setattr("gislib.sources.vector_files.MAX_VERTICES", 4)
    assert refused(read_table, "schools", tmp_path / "t.geojson", TableOptions(), {}, rs).code == "too_many_vertices"


def test_shapes_of_the_wrong_kind_empty_and_broken(tmp_path, rs):
    bow_tie = Polygon([(104.9, 25.09), (104.901, 25.091), (104.901, 25.09), (104.9, 25.091)])
    names = ["甲网吧", "乙网吧", "丙网吧", "丁网吧", "戊网吧"]
    shapes = [
        bow_tie,
        LineString([(104.9, 25), (104.9, 25.1)]),
        None,
        MultiPoint([(104.9, 25.09)]),
        Point(104.9, 25.09, 7),
    ]
    features(name=names, geometry=shapes).to_file(tmp_path / "t.geojson")
    loaded = read_table("venues", tmp_path / "t.geojson", TableOptions(), {}, rs)
    venues = loaded.layers["venues"]
    assert venues["name"].tolist() == ["甲网吧", "丁网吧", "戊网吧"]
    assert venues.geometry.is_valid.all()
    assert not venues.geometry.has_z.any()
    assert reasons(loaded) == [(2, "geometry_kind"), (3, "geometry_missing")]
    assert {m.code: m.values for m in loaded.provenance.warnings}["geometry_mended"] == {"count": 1}
    assert venues["located_to_m"].tolist() == [5.0, 20.0, 20.0]


def test_swapped_geojson_is_mended(tmp_path, rs):
    features(name=["甲小学"], geometry=[box(25.09, 104.9, 25.091, 104.901)]).to_file(tmp_path / "t.geojson")
    loaded = read_table("schools", tmp_path / "t.geojson", TableOptions(datum="wgs84"), {}, rs)
    assert loaded.layers["schools"].total_bounds == pytest.approx([104.9, 25.09, 104.901, 25.091])


def test_row_order_of_the_file_does_not_change_the_table(read):
    rows = [f"网吧{at},网吧,{104.9 + at / 1000:.3f},25.09\n" for at in range(5)]
    first = read("编码," + HEADER + "".join(f"{at}," + row for at, row in enumerate(rows))).layers["venues"]
    back = read("编码," + HEADER + "".join(f"{at}," + rows[at] for at in (3, 1, 4, 0, 2))).layers["venues"]
    assert back.sort_index().equals(first.sort_index())


def test_depots_have_kinds_by_word_or_name_and_never_a_telephone(read):
    rows = "城关派出所,,104.9,25.09,138 0013 8000\n一小门卫室,门卫,104.91,25.09,\n"
    rows += "中心广场岗亭,,104.92,25.09,\n仓库,,104.93,25.09,\n"
    loaded = read("驻地名称,驻地类型,经度,纬度,联系电话\n" + rows, "depots")
    table = loaded.layers["depots"]
    assert dict(zip(table["name"], table["kind"], strict=True)) == {
        "城关派出所": "police_station", "一小门卫室": "gatehouse", "中心广场岗亭": "post", "仓库": "other",
    }  # fmt: skip
    assert list(table.columns) == ["name", "kind", "area_code", "source_id", "located_to_m", "geometry"]
    assert "8000" not in str(loaded)
