"""Links between the project's own pages lead somewhere."""

import re
from pathlib import Path

import pytest

from tests.house.source import ROOT, all_files, read

PAGES = [path for path in all_files() if path.endswith(".md") and (path.startswith("docs/") or "/" not in path)]
# [words](place), ![words](picture) and <img src="picture">; a title after the place is not part of it.
LINK = re.compile(r"""\]\(\s*<?([^)\s>]+)|(?:src|href)=["']([^"']+)""")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)


def links(text: str) -> list[str]:
    """Relative places that a page of Markdown leads to, without what comes after #; code is no link."""
    places = [first or second for first, second in LINK.findall(CODE.sub("", text))]
    return [place.split("#")[0] for place in places if not re.match(r"[a-z][a-z0-9+.-]*:|//|#", place)]


def broken(page: str, text: str) -> list[str]:
    """Links of `page` that lead nowhere in the repository."""
    there = {ROOT / path for path in all_files()}
    folders = {folder for path in there for folder in path.parents}
    targets = {place: (ROOT / Path(page).parent / place).resolve() for place in links(text)}
    return [place for place, target in targets.items() if target not in there | folders]


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_somewhere(page: str) -> None:
    assert broken(page, read(page)) == []


def test_the_pages_are_looked_at_and_have_links() -> None:
    assert {"README.md", "docs/architecture.md"} <= set(PAGES)
    assert sum(len(links(read(page))) for page in PAGES) >= 10


def test_control_a_link_into_nothing_is_found() -> None:
    text = (
        "[a](adr/0002-outbox.md#why) [b](gone.md) ![c](pictures/gone.png 'x') <img src=\"gone.png\">\n"
        "[d](https://example.org/x) [e](#here) `[f](code.md)`\n```\n[g](block.md)\n```\n[h](../README.md)"
    )
    assert broken("docs/planted.md", text) == ["gone.md", "pictures/gone.png", "gone.png"]
