"""Both languages say the same things, and every code that can reach a screen has its text."""

import ast
import re
import string
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from gislib import rules, wording
from gislib.compliance.verdict import VERDICTS
from gislib.domain import errors
from gislib.domain.errors import InputError, RuleError
from gislib.domain.tables import LAYERS
from gislib.rules.model import RELIABILITIES, RULE_KINDS
from gislib.rules.schema import PROFILE_STATES, SCOPES, UNITS

ROOT = Path(__file__).resolve().parents[1]
ON = date(2026, 11, 23)
RULES = rules.load()
ZH, EN = (dict(wording.catalogue(lang)) for lang in wording.LANGUAGES)


def placeholders(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def test_same_keys():
    assert sorted(ZH) == sorted(EN)


def test_same_placeholders():
    assert {key: placeholders(ZH[key]).keys() for key in ZH} == {key: placeholders(EN[key]).keys() for key in ZH}


def test_no_text_is_blank():
    blank = {key for key in ZH if not ZH[key].strip() or not EN[key].strip()}
    assert all(key.startswith("term.unit.") for key in blank)


def test_house_wording():
    """Never 违法 or 违规, no apology, no exclamation mark."""
    assert {key: text for key, text in ZH.items() if re.search("违法|违规|抱歉|[!！]", text)} == {}
    assert {key: text for key, text in EN.items() if re.search("illegal|unlawful|sorry|!", text, re.IGNORECASE)} == {}


def test_text_fills_in():
    assert wording.text("errors.profile_unknown", id="a", known="b, c") == "没有口径“a”，可用：b, c。"
    assert wording.text("errors.profile_unknown", "en", id="a", known="b") == "There is no profile “a”; known: b."


def test_values_are_not_templates():
    """A name from a file that holds braces is shown, not filled in."""
    assert "{id}" in wording.text("errors.profile_unknown", id="{id}", known="")


def test_unknown_key_language_or_value_is_a_mistake_in_the_program():
    with pytest.raises(KeyError):
        wording.text("errors.nothing")
    with pytest.raises(KeyError):
        wording.text("errors.profile_unknown", "fr", id="", known="")
    with pytest.raises(KeyError):
        wording.text("errors.profile_unknown", id="")


def test_term():
    assert [wording.term("verdict", code) for code in VERDICTS] == [
        "疑似在距离内",
        "需现场复测",
        "测不了",
        "无规定",
        "在距离外",
    ]


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("verdict", VERDICTS),
        ("verdict_note", VERDICTS),
        ("method", rules.METHODS),
        ("method_note", rules.METHODS),
        ("method_letter", rules.METHODS),
        ("family", RULES.table("risk.weights", ON)),
        ("slice", RULES.table("risk.slices", ON)),
        ("reliability", RELIABILITIES),
        ("reliability_note", RELIABILITIES),
        ("rule_kind", RULE_KINDS),
        ("profile_status", PROFILE_STATES),
        ("scope", SCOPES),
        ("unit", UNITS),
        ("layer", LAYERS),
        ("grade", ("red", "orange", "yellow", "blue", "unknown")),
        ("confidence", "ABCD"),
        ("protection", RULES.table("risk.campus_protection", ON)),
    ],
)
def test_terms_are_complete(group: str, codes: tuple[str, ...]):
    for lang in wording.LANGUAGES:
        for code in codes:
            wording.term(group, code, lang)


def test_error_line():
    problem = RuleError("rule_unknown", id="zone.moon_m")
    assert wording.error(problem) == "没有编号为 zone.moon_m 的规则，请检查 data/rules。"
    assert wording.error(problem, "en").startswith("There is no rule zone.moon_m")


def test_error_without_text_still_says_something():
    assert wording.error(RuleError("brand_new", file="a.toml")) == "brand_new: file=a.toml"


def test_error_of_a_missing_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HUXUETU_HOME", str(tmp_path))
    assert wording.error(InputError("home_missing", path="x", variable="y")) == "home_missing: path=x, variable=y"


def write_texts(home: Path, **files: str) -> None:
    (home / "data" / "rules").mkdir(parents=True)
    (home / "data" / "text" / "errors").mkdir(parents=True)
    for name, content in files.items():
        (home / "data" / "text" / f"{name.replace('__', '/')}.zh.toml").write_text(content, "utf-8")


def test_files_are_merged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    write_texts(tmp_path, a='[errors]\nx = "甲"', errors__b='[errors]\ny = "乙"')
    monkeypatch.setenv("HUXUETU_HOME", str(tmp_path))
    assert wording.catalogue("zh") == {"errors.x": "甲", "errors.y": "乙"}


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ('[errors]\nx = "乙"', "text_duplicate"),
        ("[errors]\ny = 1", "text_not_text"),
        ("[errors", "text_file_unreadable"),
    ],
)
def test_broken_catalogues_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, second: str, code: str):
    write_texts(tmp_path, a='[errors]\nx = "甲"', errors__b=second)
    monkeypatch.setenv("HUXUETU_HOME", str(tmp_path))
    with pytest.raises(InputError) as caught:
        wording.catalogue("zh")
    assert caught.value.code == code
    assert caught.value.values["file"] == "b.zh.toml"


def raised_errors() -> list[tuple[str, str, set[str]]]:
    """Message code, file and value names of every error and message made by its class in the program."""
    names = {name for name in dir(errors) if name.endswith("Error")} | {"Message"}
    found = []
    for file in sorted((ROOT / "gislib").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            if node.func.id not in names:
                continue
            code = node.args[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                given = {str(keyword.arg) for keyword in node.keywords}
                found.append((code.value, file.name, given | {"None"} if node.func.id == "Message" else given))
    return found


def test_every_error_has_its_text():
    assert {code: file for code, file, _ in raised_errors() if f"errors.{code}" not in ZH} == {}


def test_every_error_gives_what_its_text_names():
    """Not judged: ``**values`` (named None by ``ast``), and messages, whose values are one table."""
    short = {
        (code, file): sorted(wanted - given)
        for code, file, given in raised_errors()
        if (wanted := set(placeholders(ZH.get(f"errors.{code}", "")))) - given and "None" not in given
    }
    assert short == {}


def test_refusals_of_the_rules_have_texts():
    text = (ROOT / "gislib" / "rules" / "schema.py").read_text("utf-8") + (
        ROOT / "gislib" / "rules" / "loader.py"
    ).read_text("utf-8")
    codes = set(re.findall(r'(?:refuse|Error)\("(rule_[a-z_]+)"', text))
    assert len(codes) >= 8
    assert all(f"errors.{code}" in ZH for code in codes)
