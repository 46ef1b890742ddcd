"""
What every command does at its edge: progress to stderr, one summary to stdout, refusals as one line and an exit code.

Exit codes: 0 done, 2 bad input (any refusal of ours, a file system that refuses, a misspelt command line), 1 internal
(an uncaught error: Python's traceback, because it is ours to mend).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from gislib import rules, wording
from gislib.cli.plain import plain
from gislib.domain.errors import GislibError, InputError
from gislib.planning import checks

BAD_INPUT: Final = 2
SCHOOL_KIND: Final = "school_kind"
"""Kinds of campuses: named by the rules, not by the catalogue."""
VOCABULARIES: Final = {
    "verdicts": "verdict", "grades": "grade", "audit": "audit", "unknown_families": "family", "layers": "layer",
    "changes": "layer", "counts": "layer", "by_kind": SCHOOL_KIND,
    "status": "solver_status", "shift": "shift", "mode": "patrol_mode", "kind": "patrol_kind",
    "reason": "patrol_reason", "uncovered": "patrol_reason"
}  # fmt: skip
"""Group of terms that the codes of a field belong to."""

_REJECTED: Final = "rejected_"
"""Begins the name of a count of rows refused for one reason."""
_SENTENCE_END: Final = re.compile(r"。|\. ")
_TABLE_COLUMNS: Final = 8
"""Columns that a window of a command line shows side by side; rows with more are told one after the other."""
_TABLE_ROWS: Final = 40
"""Rows of a table shown to a person; ``--json`` and the files hold all."""

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
LangOption = Annotated[
    Literal["zh", "en"], typer.Option("--lang", envvar="HUXUETU_LANG", help="Language of texts.", metavar="zh|en")
]
Report = Callable[[str, float], None]
"""Progress of a use case: code of the step, share done from 0 to 1."""


@dataclass(frozen=True)
class Output:
    """How a command answers."""

    as_json: bool
    lang: str


def run(output: Output, work: Callable[[Report], object]) -> None:
    """Do ``work`` with a progress bar and print what it returns; refusals as in `refusing`."""
    with refusing(output):
        with _progress(output) as report:
            summary = plain(work(report))
        show(output, summary if isinstance(summary, dict) else {"result": summary})


@contextmanager
def refusing(output: Output) -> Iterator[None]:
    """
    Turn a refusal into one line on stderr and exit code 2.

    With ``as_json`` stdout gets one object ``{"error": {code, message, values}}`` in place of the summary.
    """
    try:
        yield
    except GislibError as problem:
        _refuse(output, problem)
    except OSError as problem:
        name = problem.filename if problem.filename is not None else ""
        _refuse(output, InputError("file_system", file=str(name), problem=problem.strerror or str(problem)))


def show(output: Output, summary: Mapping[str, Any]) -> None:
    """Print a summary of JSON values: one object, or lines and tables for a person."""
    said = _with_sentences(summary, output.lang)
    if output.as_json:
        _write_json(said)
    else:
        _show(said, output.lang)


def _refuse(output: Output, problem: GislibError) -> None:
    sentence = _one_line(wording.error(problem, output.lang))
    sys.stderr.write(sentence + "\n")
    if output.as_json:
        values = {name: str(value) for name, value in problem.values.items()}
        _write_json({"error": {"code": problem.code, "message": sentence, "values": values}})
    raise typer.Exit(BAD_INPUT)


def _one_line(text: str) -> str:
    """Drop line breaks and terminal control characters, which names from files may hold."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _write_json(content: object) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=False, allow_nan=False) + "\n")


@contextmanager
def _progress(output: Output) -> Iterator[Report]:
    """Bar on stderr; the percentage is what the use case reports."""
    share = TextColumn("{task.percentage:>3.0f}%")
    columns = (TextColumn("{task.description}"), BarColumn(), share, TimeElapsedColumn())
    bar = Progress(*columns, console=Console(stderr=True))
    task = bar.add_task("", total=1.0)

    def report(code: str, share: float) -> None:
        bar.start()  # not before there is something to report: a refusal is one line only
        bar.update(task, description=escape(_word("progress", code, output.lang)), completed=share)

    try:
        yield report
    except (GislibError, OSError):
        bar.live.transient = True  # takes the bar away again: a refusal is one line
        raise
    finally:
        if bar.live.is_started:
            bar.stop()


def _word(section: str, code: str, lang: str) -> str:
    """Text of a code, or the code itself where the catalogue has none: a name is no reason to stop."""
    return wording.catalogue(lang).get(f"cli.{section}.{code}", code)


def _with_sentences(value: Any, lang: str) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Messages (objects with exactly ``code`` and ``values``) get their sentence as ``text``."""
    if isinstance(value, list):
        return [_with_sentences(item, lang) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"code", "values"}:
        told = checks.in_words(value["values"], lang)
        return value | {"text": wording.error(GislibError(value["code"], **told), lang)}
    return {name: _with_sentences(item, lang) for name, item in value.items()}


def _show(summary: Mapping[str, Any], lang: str) -> None:
    console = Console()
    for name, value in summary.items():
        label = escape(_word("field", name, lang))
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            _show_rows(console, label, value, lang)
        else:
            told = _cell(value, lang, VOCABULARIES.get(name))
            console.print(f"{label}: {escape(told)}", soft_wrap=True, highlight=False)


def _show_rows(console: Console, label: str, rows: list[dict[str, Any]], lang: str) -> None:
    """Rows with a sentence as a list of sentences, imports one after the other, all else as a table."""
    shown = rows[:_TABLE_ROWS]
    if "text" in rows[0]:
        console.print(label)
        for row in shown:
            console.print(f"  · {escape(_one_line(row['text']))}", soft_wrap=True, highlight=False)
    elif any(isinstance(value, dict) for value in rows[0].values()):
        for row in shown:
            _show(row, lang)
    elif len(rows[0]) > _TABLE_COLUMNS:
        console.print(label)
        for row in shown:
            parts = (f"{_word('field', name, lang)} {_cell(row[name], lang, VOCABULARIES.get(name))}" for name in row)
            console.print(
                f"  · {escape(wording.text('cli.separator', lang).join(parts))}", soft_wrap=True, highlight=False
            )
    else:
        table = Table(title=label, title_justify="left")
        for name in rows[0]:
            table.add_column(escape(_word("field", name, lang)), overflow="fold")
        for row in shown:
            table.add_row(*(escape(_cell(value, lang, VOCABULARIES.get(name))) for name, value in row.items()))
        console.print(table)
    if len(rows) > len(shown):
        console.print(wording.text("cli.more_rows", lang, shown=len(shown), total=len(rows)), highlight=False)


def _cell(value: Any, lang: str, vocabulary: str | None = None) -> str:  # noqa: ANN401 - any JSON value
    """Text of a value; codes of a vocabulary in words, further codes as they are."""
    if value is None:
        return wording.text("cli.unknown", lang)
    if isinstance(value, bool):
        return wording.text("cli.yes" if value else "cli.no", lang)
    if isinstance(value, dict):
        parts = [f"{_term(vocabulary, name, lang)} {_cell(item, lang)}" for name, item in value.items()]
        return ", ".join(parts) or "-"
    if isinstance(value, list):
        return ", ".join(_cell(item, lang, vocabulary) for item in value) or "-"
    return _one_line(_term(vocabulary, str(value), lang))


def _term(vocabulary: str | None, code: str, lang: str) -> str:
    words = wording.catalogue(lang)
    if vocabulary == SCHOOL_KIND:
        kind = rules.load().kinds("school").get(code)
        return code if kind is None else (kind.zh if lang == "zh" else kind.en)
    found = _named(vocabulary, code, words)
    if found is None and code.startswith(_REJECTED):
        reason = words.get(f"errors.{code.removeprefix(_REJECTED)}", code)
        return f"{words['cli.field.rejected_count']} ({_SENTENCE_END.split(reason)[0]})"
    parts = [_named(vocabulary, part, words) for part in code.split(".")]  # a number or a file has dots as well
    return found or (" ".join(part or "" for part in parts) if all(parts) else code)


def _named(vocabulary: str | None, code: str, words: Mapping[str, str]) -> str | None:
    """Word for a code; None where the catalogue has none."""
    return words.get(f"term.{vocabulary}.{code}") or words.get(f"term.count.{code}") or words.get(f"cli.field.{code}")
