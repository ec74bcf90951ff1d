"""The pages for people: what they link to, and the files and commands they name, exist."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.docs import network_extensions, neutron_differences

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.M)
SPAN = re.compile(r"`([^`\n]+)`")
# What begins like this is meant to be a file or folder of this repository.
PATH = re.compile(r"(?:(?:api|workflows|activities|models|deploy|tests|\.github|\.ci)/[\w./*-]*)")
MODULE = re.compile(r"python3? -m ([\w.]+)")


def _pages() -> list[Path]:
    command = ("git", "ls-files", "-z", "*.md")
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in _pages()]


def test_there_are_pages() -> None:
    names = {page.relative_to(ROOT).as_posix() for page in _pages()}
    assert {"README.md", "deploy/docs/glossary.md"} <= names


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in LINK.findall(_prose(page)) if not _leads(page, link)] == []


@pytest.mark.parametrize("page", PAGES)
def test_named_files_exist(page: Path) -> None:
    assert [path for path in _paths(page) if not any(ROOT.glob(path.rstrip("/")))] == []


@pytest.mark.parametrize("page", PAGES)
def test_named_commands_exist(page: Path) -> None:
    text = page.read_text()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    missing = [
        *(name for name in MODULE.findall(text) if importlib.util.find_spec(name) is None),
        *(line for line in _commands(page) if not _can_run(line)),
        *(name for name in re.findall(r"`(gateway-\w+)`", text) if name not in scripts),
    ]
    assert missing == []


def test_the_page_of_differences_is_what_the_tables_make() -> None:
    assert neutron_differences.PAGE.read_text() == neutron_differences.page()


def test_the_page_of_extensions_is_what_the_tables_make() -> None:
    assert network_extensions.PAGE.read_text() == network_extensions.page()


def test_a_difference_is_one() -> None:
    # Told as Neutron's where it is ours too, it would hide the next real one.
    for name in sorted(neutron_differences.TABLES.glob("*.yaml")):
        same = re.findall(r"^.* is: ([^,]+), .* neutron: \1\}$", name.read_text(), re.M)
        assert same == [], name


def test_the_glossary_has_at_most_forty_terms() -> None:
    text = (ROOT / "deploy" / "docs" / "glossary.md").read_text()
    terms = re.findall(r"^\| \*\*([^*]+)\*\*", text, re.M)
    assert 0 < len(terms) <= 40
    assert len(set(terms)) == len(terms)


def test_the_checker_finds_what_is_wrong(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One\n\n[a](none.md) [b](#two) `models/none.py` `deploy/none` `deploy/lab fly`\n"
    )
    assert [link for link in LINK.findall(_prose(page)) if _leads(page, link)] == []
    assert [path for path in _paths(page) if any(ROOT.glob(path))] == []
    assert [line for line in _commands(page) if _can_run(line)] == []


def _prose(page: Path) -> str:
    return SPAN.sub("", FENCE.sub("", page.read_text()))


def _leads(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True
    name, _, anchor = link.partition("#")
    target = (page.parent / name) if name else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> set[str]:
    titles = HEADING.findall(FENCE.sub("", page.read_text()))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _paths(page: Path) -> Iterator[str]:
    """What a page has between backticks, and is a path as a whole."""
    for span in SPAN.findall(FENCE.sub("", page.read_text())):
        if PATH.fullmatch(span):
            yield span


def _commands(page: Path) -> Iterator[str]:
    """The lines of code that begin with a script of this repository, without their comments."""
    text = page.read_text()
    fenced = [line for block in FENCE.findall(text) for line in block.splitlines()[1:-1]]
    spans = SPAN.findall(FENCE.sub("", text))
    for line in (*fenced, *spans):
        if re.match(r"(?:deploy/\w+|tests/\w+/run|\.ci/run)(?: |$)", line):
            yield line.partition("#")[0].strip()


def _can_run(line: str) -> bool:
    """Tell whether there is such a script or folder, and its first lines name all the words."""
    name, *words = line.split()
    script = ROOT / name
    if not words:
        return script.exists()
    if not os.access(script, os.X_OK):
        return False
    usage = "\n".join(script.read_text().splitlines()[:4])
    if "..." in usage:
        return True
    return all(word in usage for word in words if re.fullmatch(r"-*[a-z][a-z-]*", word))
