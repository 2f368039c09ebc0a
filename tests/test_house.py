"""What the house promises of its own code."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import pipeline
from pipeline.coordinating.adopting import adopt
from pipeline.forms.loader import DEFAULT_FORM, form_ids, load_form
from tests.support.folders import make_district

ROOT = Path(pipeline.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """Return a module as Python reads it, once for all tests."""
    return ast.parse(path.read_text("utf-8"))


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string constant that is not a docstring."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if (
                isinstance(child, ast.Constant)
                and isinstance(child.value, str)
                and not isinstance(node, ast.Expr)
            ):
                yield child.lineno, child.value


def form_words() -> set[str]:
    """The keys of the annual report, and of the other forms those that no ordinary word can be: they have a dot."""
    words: set[str] = set()
    for form in map(load_form, form_ids()):
        own = {table.key for table in form.tables}
        own |= {text.key for text in form.texts} | {entry.key for entry in form.entries}
        for cell in form.cells:
            own |= {cell.key, cell.row.key, cell.column.key, *cell.column.key.split(".")}
        words |= own if form.id == DEFAULT_FORM else {key for key in own if "." in key}
    return words - {""}


def test_the_name_of_a_module_stands_once() -> None:
    """Who reads ``figures`` in an import or a traceback knows which."""
    names = Counter(path.stem for path in SOURCES if not path.stem.startswith("__"))
    assert [name for name, times in names.items() if times > 1] == []


def bound_names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that the code gives to something: a variable, a field, a parameter, a function, a class, an import."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((node.lineno, alias.asname) for alias in names if alias.asname)
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                yield node.lineno, name


def test_names_are_of_the_fields_own_words() -> None:
    """A run is called a run, and a finding a finding; what a form's TOML calls so is a contract with who writes one."""
    other = {"night", "nights", "nightly", "tonight", "told", "desk", "pen"}
    other |= {"glance", "glances", "knot", "knots", "stray", "strays"}
    keys = {"told", "rest_told", "all_told", "told_beside"}

    def is_other(name: str) -> bool:
        return not other.isdisjoint(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))

    names = [
        (path.relative_to(ROOT).as_posix(), line, name)
        for path in SOURCES
        for line, name in (
            (0, path.stem),
            (0, path.parent.name),
            *bound_names(parsed(path)),
        )
    ]
    found = [
        f"{path}:{line}: {name}"
        for path, line, name in names
        if is_other(name) and not (name in keys and path.startswith("forms/"))
    ]
    assert not found


def test_no_key_of_any_form_stands_in_the_code() -> None:
    """One declaration: a row added to the TOML is a row everywhere."""
    words = form_words()
    assert {"requests", "total", "licences", "info.agency", "overview.lead", "pending"} <= words
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in SOURCES
        for line, text in literals(parsed(path))
        if text in words
    ]
    assert not found, (
        "what a form is asked for stands in its TOML; a new row that is called so needs a longer key"
    )


def test_no_grey_is_too_pale_to_be_read() -> None:
    """4.5 to one on white, as WCAG 2.1 asks (1.4.3)."""
    greys = [
        (path.name, grey)
        for path in sorted((ROOT / "publishing").rglob("*.py"))
        for grey in re.findall(r'(?:font_color"?[:=] ?|QUIET = )"#([0-9A-F]{6})"', path.read_text("utf-8"))
        if grey[:2] == grey[2:4] == grey[4:]
    ]
    assert greys
    for name, grey in greys:
        light = ((int(grey[:2], 16) / 255 + 0.055) / 1.055) ** 2.4
        assert 1.05 / (light + 0.05) >= 4.5, name


def test_the_ledger_is_opened_with_the_district_as_decided_and_in_one_place() -> None:
    """Nobody works with a roster that was not held against memory, or with a deadline that was extended since."""
    only = {"open_ledger", "open_copy", "as_decided", "check_codes"}
    found = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) in only
    }
    assert found == {"ledger/access.py"}


def test_no_address_of_a_cell_stands_in_the_code() -> None:
    forms = [load_form(name) for name in form_ids()]
    places = {place.cell for form in forms for place in form.places.values()}
    places -= {rule for form in forms for rule in form.rules_by_id}  # a rule may be called as a cell is: F10
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in SOURCES
        for line, text in literals(parsed(path))
        if text in places
    ]
    assert not found


@pytest.mark.parametrize("arguments", [["--help"], ["fields"], ["run", "--help"], ["--version"]])
def test_quick_commands_do_not_wait_for_pandas(arguments: list[str]) -> None:
    code = (
        "import sys; from pipeline.cli.commands import app\n"
        f"app({arguments!r}, standalone_mode=False)\n"
        "heavy = {'pandas', 'pandera', 'numpy', 'openpyxl', 'xlsxwriter', 'docx', 'python_calamine', 'lxml'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_night_with_nothing_new_does_not_wait_for_what_builds(tmp_path: Path) -> None:
    """Only the standard library, the configuration and the ledger are needed to see that nothing has come."""
    folder = make_district(tmp_path, ["甲局"], {})
    shutil.copytree(ROOT.parent / "input_templates", folder / "input_templates")
    night = ["run", str(folder), "--now", "2024-01-20T08:00:00"]
    code = (
        "import sys; from pipeline.cli.commands import app\n"
        "try:\n"
        f"    app({night!r}, standalone_mode=False)\n"
        "finally:\n"
        "    heavy = {'pandas', 'pandera', 'numpy', 'openpyxl', 'xlsxwriter', 'docx', 'lxml', 'jinja2', "
        "'imap_tools', 'pydantic', 'ssl'} & set(sys.modules)\n"
        "    print('imported', sorted(heavy))"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
        for _ in range(2)
    )
    assert "没有新的报送" in second.stdout, first.stderr
    assert second.stdout.endswith("imported []\n"), second.stdout


@pytest.mark.parametrize(
    "command",
    [
        ["decide", "{folder}", "waive", "甲局", "T3-04", "--reason", "机构合并", "--by", "王主任"],
        ["letters", "{folder}"],
    ],
    ids=lambda command: command[0],
)
@pytest.mark.parametrize("has_book", [False, True], ids=["text", "workbook"])
def test_a_small_command_does_not_wait_for_what_judges(
    tmp_path: Path, command: list[str], *, has_book: bool
) -> None:
    """Settings are checked without pandera, also those in a workbook."""
    folder = make_district(tmp_path, ["甲局"], {})
    if has_book:
        adopt(folder)
    arguments = [part.format(folder=folder) for part in command]
    code = (
        "import sys; from pipeline.cli.commands import app\n"
        f"app({arguments!r}, standalone_mode=False)\n"
        "heavy = {'pandas', 'pandera', 'xlsxwriter', 'python_calamine', 'docx', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(parsed(path))
