from __future__ import annotations

from gislib.ui import markup
from gislib.ui.markup import Figure, Heading
from gislib.ui.picture import Html, picture, safe

EVIL = "<script>alert('x')</script>"
ESCAPED = "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;"


def test_every_text_is_escaped_exactly_once():
    blocks = [
        markup.title_row(EVIL, EVIL),
        markup.figure_strip([Figure(EVIL, EVIL, EVIL)]),
        markup.table([Heading(EVIL)], [[EVIL]]),
        markup.card(EVIL, EVIL, EVIL),
        markup.note(EVIL),
        markup.facts({EVIL: EVIL}),
        markup.footer([EVIL]),
        markup.chip("suspected", EVIL),
        markup.marked("grade-red", EVIL),
        markup.demo_badge(EVIL),
    ]
    for block in blocks:
        assert "<script" not in block
        assert ESCAPED in block


def test_markup_of_ours_is_not_escaped_again():
    inner = markup.chip("clear", "在距离外")
    assert inner in markup.table([Heading("判定")], [[inner]])
    assert safe(inner) == inner
    assert safe(str(inner)) != inner


def test_chips_differ_by_outline():
    styles = {code: markup.chip(code, "x") for code in ("suspected", "remeasure", "not_measurable")}
    assert "border-style:solid" in styles["suspected"]
    assert "border-style:dashed" in styles["remeasure"]
    assert "border-style:dotted" in styles["not_measurable"]


def test_selected_row_and_number_columns_are_marked():
    html = markup.table([Heading("a"), Heading("n", number=True)], [["x", "1"], ["y", "2"]], selected=1)
    assert html.count("class=on") == 1
    assert html.index("class=on") > html.index("x")
    assert html.count("class=num") == 3


def test_picture_has_the_size_of_its_drawing():
    html = picture('<svg xmlns="http://www.w3.org/2000/svg" width="12" height="9"></svg>', 'a "b"')
    assert 'width="12" height="9"' in html
    assert 'alt="a &quot;b&quot;"' in html
    assert isinstance(html, Html)
