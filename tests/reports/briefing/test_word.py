"""The Word file: layout by GB/T 9704 in its XML, the same words as the paper, safe against any text."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace
from datetime import date

import docx
import pytest
from briefing_facts import ON, STAMP, full, item
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from gislib import rules
from gislib.reports.briefing.compose import briefing_paper
from gislib.reports.briefing.content import Letterhead
from gislib.reports.briefing.item_lists import department_to_do
from gislib.reports.briefing.paper import Form, FormRow, Paper, Picture, Prose, SignOff, Table, columns, texts
from gislib.reports.briefing.word import render_word

RS = rules.load()
BRIEFING = briefing_paper(full(), RS)
NASTY = 'A&B <测试> {{x}} "=1+1" \x00\x07\n换行\u200b \ud800 㵲 \U00030edd'


BREAK = "\u200b"


def opened(paper: Paper, **choices: str) -> Document:
    return docx.Document(io.BytesIO(render_word(paper, **choices)))  # type: ignore[arg-type]


def part_text(paper: Paper, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(render_word(paper))) as packed:
        return packed.read(name).decode()


def words(document: Document) -> str:
    """All text of the body, paragraph by paragraph, without the places where long ids may be broken."""
    lines = ("".join(t.text or "" for t in p.iter(qn("w:t"))) for p in document.element.body.iter(qn("w:p")))
    return "\n".join(lines).replace(BREAK, "")


def small(*blocks: object, **changed: object) -> Paper:
    return replace(Paper(("题",), tuple(blocks), STAMP), **changed)  # type: ignore[arg-type]


def test_page_and_grid():
    section = opened(BRIEFING).sections[0]
    sides = (section.top_margin, section.left_margin, section.right_margin, section.bottom_margin)
    assert [round(side / Mm(1)) for side in sides if side is not None] == [37, 28, 26, 35]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)  # type: ignore[operator]
    [grid] = section._sectPr.findall(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")


def test_text_style():
    style = opened(BRIEFING).styles["Text"]
    assert style.font.size == Pt(16)
    assert style.paragraph_format.line_spacing == Pt(28.95)
    looks, layout = style.element.rPr, style.element.pPr
    assert looks.find(qn("w:spacing")).get(qn("w:val")) == "-5"
    assert layout.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    assert layout.find(qn("w:widowControl")).get(qn("w:val")) == "0"


@pytest.mark.parametrize(
    ("fonts", "names"),
    [
        ("official", ["仿宋_GB2312", "黑体", "楷体_GB2312", "方正小标宋简体", "宋体"]),
        ("common", ["仿宋", "黑体", "楷体", "宋体", "宋体"]),
    ],
)
def test_fonts_of_every_role(fonts: str, names: list[str]):
    styles = opened(BRIEFING, fonts=fonts).styles.element
    found = {
        style.get(qn("w:styleId")): style.find(f"{qn('w:rPr')}/{qn('w:rFonts')}").attrib
        for style in styles.findall(qn("w:style"))
        if style.find(f"{qn('w:rPr')}/{qn('w:rFonts')}") is not None
    }
    roles = ["Text", "Heading1", "Heading2", "Title", "PageOdd"]
    assert [found[role][qn("w:eastAsia")] for role in roles] == names
    assert found["Text"][qn("w:ascii")] == "Times New Roman"
    assert not any("Theme" in key for role in roles for key in found[role])


def test_stand_ins_for_fonts_that_machines_lack():
    table = part_text(BRIEFING, "word/fontTable.xml")
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋;FangSong;' in table


def test_every_style_used_exists():
    document = opened(BRIEFING)
    known = {style.get(qn("w:styleId")) for style in document.styles.element.findall(qn("w:style"))}
    used = {p.get(qn("w:val")) for p in document.element.body.iter(qn("w:pStyle"), qn("w:rStyle"))}
    assert used - known == set()
    assert len(used) >= 12


def test_page_numbers_and_marking_on_odd_and_even_pages():
    document = opened(BRIEFING)
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, style in ((section.footer, "PageOdd"), (section.even_page_footer, "PageEven")):
        [line] = footer.paragraphs
        assert line.style is not None
        assert line.style.style_id == style
        assert line.text == "—  —"
        assert "PAGE" in "".join(one.text or "" for one in line._p.iter(qn("w:instrText")))
    for header in (section.header, section.even_page_header):
        assert header.paragraphs[0].text == "示例数据·虚构｜内部资料 · 内部工作用图 · 未经地图审核，不得公开"


def test_long_ids_may_be_broken_at_their_points_and_a_table_begins_with_several_rows():
    rows = tuple((f"distance.net_bar.rule{k}", "12.5") for k in range(5))
    table = opened(small(Table(columns(("编号", "m"), (53, 103), "lr"), rows))).tables[0]
    assert table.cell(1, 0).text == f"distance.{BREAK}net_{BREAK}bar.{BREAK}rule0"
    assert table.cell(1, 1).text == "12.5"
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert kept == [None, True, True, None, None, None], "the head by its style"


def test_all_words_of_the_paper_are_in_the_file():
    shown = words(opened(BRIEFING))
    body = replace(BRIEFING, stamp=replace(STAMP, marking=()), head_date="")
    lost = [text for text in texts(body.blocks) if text not in shown and text not in LAYOUT]
    assert [text for text in lost if text != full().maps[0].description] == []


LAYOUT = {"left", "center", "right", ""}


def test_tables_repeat_their_head_and_never_cut_a_row():
    for table in opened(BRIEFING).element.body.iter(qn("w:tbl")):
        head, *rows = table.findall(qn("w:tr"))
        assert head.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in (head, *rows))
        assert not any(row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows)
        assert len(table.find(qn("w:tblGrid"))) == len(head.findall(qn("w:tc")))


def test_red_head_only_when_typed():
    assert 'w:val="Organ"' not in part_text(BRIEFING, "word/document.xml")
    typed = briefing_paper(full(letterhead=Letterhead("平安校园联防联控工作专班", "第3期")), RS)
    document = opened(typed)
    organ, number, title = document.paragraphs[:3]
    assert (organ.text, number.text, title.text) == (
        "平安校园联防联控工作专班", "第3期\t2026年9月1日", "钟山区校园及周边安全",
    )  # fmt: skip
    assert organ.runs[0].font.size == Pt(36.5)
    assert "".join(words(opened(BRIEFING)).split("\n")[:2]) == "钟山区校园及周边安全会商简报（开学初）"


def test_the_number_of_a_form_stands_under_its_title():
    document = opened(small(mark="（草案）", number="责改〔2026〕3号", addressee="某网吧"))
    assert [p.text for p in document.paragraphs] == ["题", "（草案）", "责改〔2026〕3号", "某网吧："]


def test_text_before_the_sign_off_is_kept_with_it():
    document = opened(small(Prose("正文"), SignOff("办公室", "2026年9月1日")))
    text, by, day = document.paragraphs[-3:]
    assert (text.paragraph_format.keep_with_next, by.paragraph_format.keep_with_next) == (True, True)
    assert day.text == "2026年9月1日"


def test_any_text_is_shown_as_it_is():
    paper = small(
        Prose(NASTY, label=NASTY), Table(columns([NASTY], [50], "l"), ((NASTY,),), NASTY),
        Form((FormRow((NASTY, NASTY)),)), SignOff(NASTY, NASTY), title=(NASTY,), organ=NASTY, addressee=NASTY,
    )  # fmt: skip
    clean = 'A&B <测试> {{x}} "=1+1" 换行 㵲 \U00030edd'
    assert words(opened(paper)).count(clean) == 12


def test_picture_has_its_size_and_a_description():
    document = opened(BRIEFING)
    [shape] = document.inline_shapes
    assert (round(shape.width / Mm(1)), round(shape.height / Mm(1))) == (120, 60)
    assert shape._inline.docPr.get("descr") == "示意图"


def test_a_hand_filled_row_keeps_its_height():
    paper = small(Table(columns(["甲"], [50], "l"), (("",),), row_mm=12), Form((FormRow(("乙", ""), 20),)))
    heights = [int(h.get(qn("w:val"))) for h in opened(paper).element.body.iter(qn("w:trHeight"))]
    assert [round(twips / 1440 * 25.4, 1) for twips in heights] == [12.0, 20.0]


def test_the_same_paper_gives_the_same_bytes_and_no_clock():
    first = render_word(BRIEFING)
    time.sleep(2.1)
    assert first == render_word(BRIEFING)
    assert first != render_word(briefing_paper(full(area="水城区"), RS))
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {entry.date_time[:3] for entry in packed.infolist()} == {(2026, 9, 1)}
        assert not any("thumbnail" in name for name in packed.namelist())
    facts = opened(BRIEFING).core_properties
    assert (facts.author, facts.comments, facts.title) == ("", "", "钟山区校园及周边安全会商简报（开学初）")
    assert facts.created is not None
    assert facts.created.date() == ON


def test_five_thousand_items_are_written_in_seconds():
    told = full(items=tuple(item(number) for number in range(1, 5001)))
    many = Paper(("待办",), tuple(department_to_do(told, "education")), told.stamp)
    started = time.process_time()
    content = render_word(many)
    assert time.process_time() - started < 15
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.read("word/document.xml").count(b"H-0") == 5000


def test_pictures_need_no_other_file():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="10mm" height="10mm" viewBox="0 0 10 10"/>'
    document = opened(small(Picture(svg, 10, 10, "图", NASTY)))
    assert len(document.inline_shapes) == 1


def test_day_of_the_stamp_dates_the_file():
    other = replace(BRIEFING, stamp=replace(STAMP, as_of=date(2027, 1, 2)))
    assert opened(other).core_properties.created.date() == date(2027, 1, 2)  # type: ignore[union-attr]
