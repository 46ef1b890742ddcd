"""Pages as they come out: 22 lines of 28 characters, no sign-off alone, all words there, only our fonts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from briefing_facts import STAMP, full
from office import font_names, page_texts, require_office, to_pdf

from gislib import rules
from gislib.reports.briefing.compose import briefing_paper
from gislib.reports.briefing.content import Letterhead
from gislib.reports.briefing.paper import Paper, Prose, SignOff, Table, columns
from gislib.reports.briefing.pdf import render_paper_pages, render_pdf
from gislib.reports.briefing.tasks import net_duties
from gislib.reports.briefing.word import render_word

RS = rules.load()
LINES, CHARACTERS = 22, 28
GRID = Paper(("题",), (Prose("国" * LINES * CHARACTERS * 3, indent=False),), STAMP)
FULL = briefing_paper(full(duties=net_duties(RS, STAMP.as_of), letterhead=Letterhead(signed_by="专班办公室")), RS)
DAY = "2026年9月1日"
BEFORE_BREAK = range(12, 22)


def closing(lines: int) -> Paper:
    """A paper whose sign-off comes after so many full lines."""
    blocks = (Prose("国" * CHARACTERS * lines, indent=False), Prose("末段文字。"), SignOff("办公室", DAY))
    return Paper(("题",), blocks, STAMP)


PAPERS = {"grid": GRID, "full": FULL} | {f"closing{lines}": closing(lines) for lines in BEFORE_BREAK}


def dense(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module", params=["word", "pdf"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """PDF of every paper, by LibreOffice from the Word file or by typst."""
    require_office()
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "word":
        return to_pdf({name: render_word(paper) for name, paper in PAPERS.items()}, folder)
    files = {name: folder / f"{name}.pdf" for name in PAPERS}
    for name, paper in PAPERS.items():
        files[name].write_bytes(render_pdf(paper).pdf)
    return files


def test_a_full_page_holds_22_lines_of_28_characters(pages: dict[str, Path]):
    _, full_page, *_ = page_texts(pages["grid"])
    counts = [line.count("国") for line in full_page.splitlines() if "国" in line]
    assert counts == [CHARACTERS] * LINES


def test_the_sign_off_is_never_alone(pages: dict[str, Path]):
    broken = set()
    for lines in BEFORE_BREAK:
        shown = [dense(page) for page in page_texts(pages[f"closing{lines}"])]
        [last] = [page for page in shown if dense(DAY) in page]
        assert "末段文字。" in last
        assert "办公室" in last
        broken.add(len(shown))
    assert broken == {1, 2}


def test_every_table_cell_is_on_the_pages(pages: dict[str, Path]):
    shown = dense("".join(page_texts(pages["full"])))
    for told in ("㵲阳小学", "极速网吧", "157,350", "人行横道标线磨损", "distance.net_bar.statutory", "专班办公室"):
        assert told in shown
    assert "{{" not in shown
    assert "〓" not in shown


def test_pages_are_numbered_and_marked(pages: dict[str, Path]):
    shown = [dense(page) for page in page_texts(pages["full"])]
    assert all("内部资料·内部工作用图" in page.replace("・", "·") for page in shown)
    assert all(f"—{number}—" in page for number, page in enumerate(shown, start=1))


def test_only_known_fonts(pages: dict[str, Path]):
    """A machine without Chinese fonts would show boxes."""
    assert all(name.startswith(("NotoSansSC", "LiberationSerif")) for name in font_names(pages["full"]))


def test_pdf_is_the_same_twice_and_reports_missing_characters():
    first = render_pdf(FULL)
    assert first == render_pdf(FULL)
    assert first.missing == ()
    odd = Paper(("题",), (Prose("〔\U00030edd〕"),), STAMP)
    assert render_pdf(odd).missing == ("\U00030edd",)
    assert len(render_paper_pages(odd, 40)) == 1


def test_a_long_id_is_broken_inside_its_column(tmp_path: Path):
    require_office()
    file = tmp_path / "ids.pdf"
    ids = Table(
        columns(("编号", "名称"), (53.0, 103.0), "ll"), (("distance.entertainment.guangdong_kindergarten", "场"),)
    )
    file.write_bytes(render_pdf(Paper(("题",), (ids,), STAMP)).pdf)
    shown = page_texts(file)[0].splitlines()
    pieces = [line.split()[0] for line in shown if "distance" in line or "_kinder" in line]
    assert pieces == ["distance.entertainment.", "guangdong_kindergarten"]


def test_a_pdf_says_what_it_could_not_print(tmp_path: Path):
    require_office()
    file = tmp_path / "odd.pdf"
    file.write_bytes(render_pdf(Paper(("题",), (Prose("甲\U00030edd乙 #panic() {{x}} <b>"),), STAMP)).pdf)
    [shown] = page_texts(file)
    assert "甲〓乙#panic(){{x}}<b>" in dense(shown)
    assert "〓代替字库没有的字：U+30EDD" in dense(shown)
